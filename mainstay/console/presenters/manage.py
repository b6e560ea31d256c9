"""People, mailboxes and health, as the administrator's screens show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mainstay.clocks import queries as clocks
from mainstay.clocks.models import Fault
from mainstay.console.presenters.mail import Way, way_out
from mainstay.jobs import queries as jobs
from mainstay.lib.time import to_text
from mainstay.mail.models import Arrival, Mailbox, Outcome, Security
from mainstay.orgs.models import Person
from mainstay.outbox import queries as outbox
from mainstay.screens.moments import Moment, moment, real_span
from mainstay.screens.people import Face, face

STEP_LATE = timedelta(seconds=30)  # a due step older than this: nobody watches the promises
LETTER_LATE = timedelta(minutes=10)
FETCH_LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody who works the desk."""

    face: Face
    role: str
    teams: str
    active: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class MailboxLine:
    """A mailbox that is read."""

    id: int
    name: str
    address: str
    where: str
    tone: str
    icon: str
    state: str
    detail: str
    last_good: Moment | None
    paused: bool
    configured: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be well. `ok` decides; `text` says it."""

    key: str
    name: str
    ok: bool
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Health:
    """Everything that must be well."""

    ok: bool
    checks: tuple[Check, ...]
    workers: tuple[tuple[str, bool, str], ...]
    duties: tuple[tuple[str, bool, str], ...]


def staff_line(person: Person, asking: Person) -> StaffLine:
    """Return one person. No query where the teams are loaded."""
    teams = ", ".join(sorted(team.name for team in person.teams.all()))
    return StaffLine(face(person), person.staff_role, teams, person.is_active, person.pk == asking.pk)


def mailbox_line(box: Mailbox, zone: ZoneInfo, *, at: datetime) -> MailboxLine:
    """Return one mailbox and how well reading it goes."""
    tone, icon, state = "good", "tick", "Read"
    if box.paused:
        tone, icon, state = "", "pause", "Paused"
    elif box.failing_since:
        tone, icon, state = "grave", "over", "Failing"
    elif box.last_good_fetch_at is None:
        tone, icon, state = "", "clock", "Not read yet"
    since = moment(box.failing_since, zone, now=at)
    return MailboxLine(
        id=box.pk,
        name=box.name,
        address=box.address,
        where=f"{box.username} at {box.host}:{box.port}, {box.folder} ({Security(box.security).label})",
        tone=tone,
        icon=icon,
        state=state,
        detail=f"{box.last_error} (since {since.text})" if since and box.last_error else box.last_error,
        last_good=moment(box.last_good_fetch_at, zone, now=at),
        paused=box.paused,
        configured=bool(box.secret_from),
    )


def health(zone: ZoneInfo, *, at: datetime) -> Health:
    """Return whether all is well. A fixed number of queries over small indexes."""
    beats = jobs.beats(at=at)
    checks = (
        _steps(zone, at),
        _workers(beats),
        _mailboxes(zone, at),
        _way(zone, at),
        _quarantine(),
        _faults(),
    )
    return Health(
        ok=all(check.ok for check in checks),
        checks=checks,
        workers=tuple(
            (
                f"{beat.worker}, {beat.lane}",
                not beat.silent,
                f"last sign {real_span(at - beat.beat_at)} ago" + (f"; {beat.alarm}" if beat.alarm else ""),
            )
            for beat in beats
        ),
        duties=tuple(_duty(row, at) for row in jobs.duties()),
    )


def health_json(found: Health, *, at: datetime) -> dict[str, Any]:
    """Return the same for a probe: no names, no addresses, no errors' words."""
    return {
        "ok": found.ok,
        "at": to_text(at),
        "checks": {check.key: {"ok": check.ok} for check in found.checks},
    }


def _steps(zone: ZoneInfo, at: datetime) -> Check:
    oldest = clocks.oldest_due_step(at)
    late = at - oldest.due_at if oldest else timedelta(0)
    text = (
        f"The oldest due step waits since {real_span(late)}"
        if oldest and late > STEP_LATE
        else "Every due step is fired in time"
    )
    detail = (
        f"{oldest.ticket.reference}: {oldest.clock}, {oldest.name}" if oldest and late > STEP_LATE else ""
    )
    return Check("promises", "Promises are watched", late <= STEP_LATE, text, detail)


def _workers(beats: tuple[jobs.Beat, ...]) -> Check:
    silent = [beat for beat in beats if beat.silent]
    alive = {beat.worker for beat in beats} - {beat.worker for beat in silent}
    ok = bool(alive)
    text = f"{len(alive)} alive" if ok else "No worker gives a sign of life"
    return Check(
        "workers", "Workers", ok, text, "" if ok else "Start one: mainstay worker, or mainstay serve."
    )


def _mailboxes(zone: ZoneInfo, at: datetime) -> Check:
    boxes = list(Mailbox.objects.filter(paused=False).order_by("name"))
    bad = [
        box
        for box in boxes
        if box.failing_since or (box.last_good_fetch_at and at - box.last_good_fetch_at > FETCH_LATE)
    ]
    if not boxes:
        return Check(
            "mailboxes",
            "Mail comes in",
            True,
            "No mailbox is read",
            "Add one under Mailboxes, or let mail be delivered to us.",
        )
    lines = [
        f"{box.name}: {line.text if line else 'never'}"
        for box in bad or boxes
        if (line := moment(box.last_good_fetch_at, zone, now=at)) or True
    ]
    text = f"{len(bad)} of {len(boxes)} cannot be read" if bad else f"{len(boxes)} read"
    return Check("mailboxes", "Mail comes in", not bad, text, "Last good look: " + "; ".join(lines))


def _way(zone: ZoneInfo, at: datetime) -> Check:
    way = outbox.way_out(at=at)
    late = way.oldest_due_at is not None and at - way.oldest_due_at > LETTER_LATE
    shown: Way = way_out(way, zone, at=at)
    failed = outbox.counts().failed
    detail = "; ".join(
        part for part in (shown.detail, f"{failed} could not be delivered" if failed else "") if part
    )
    return Check("outbox", "Letters leave", way.open and not late, shown.text, detail)


def _quarantine() -> Check:
    mails = Arrival.objects.filter(outcome=Outcome.QUARANTINED, discarded_at=None).count()
    works = jobs.counts().quarantined
    waiting = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((mails, "mail"), (works, "job")) if n]
    text = f"{' and '.join(waiting)} to be looked at by a person" if waiting else "Nothing waits"
    return Check("quarantine", "Quarantine", not works, text, "")


def _faults() -> Check:
    number = Fault.objects.count()
    return Check(
        "clocks",
        "Clocks can be read",
        not number,
        f"{number} tickets are put aside" if number else "All of them",
        "",
    )


def _duty(row: Any, at: datetime) -> tuple[str, bool, str]:
    last = f"last done {real_span(at - row.last_ran_at)} ago" if row.last_ran_at else "never done yet"
    return row.name, not row.failures, f"{last}; {row.last_error}" if row.failures else last
