"""Climbing the ladder, by the clock or by hand, and telling staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from mainstay.contracts import queries as contracts
from mainstay.core.terms import Rung
from mainstay.escalation import words
from mainstay.escalation.models import Attention, Notice
from mainstay.lib import once, rows
from mainstay.lib.time import from_text
from mainstay.orgs.models import Person, StaffRole, Team
from mainstay.tickets import complained, content, events
from mainstay.tickets.actions import FIRST_LINE, CannotDo, locked
from mainstay.tickets.content import NewMessage
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Direction, Event, Kind, State, Ticket


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Act on the due steps that were noticed: climb where the ladder says so, and tell staff."""
    for event in heard:
        if event.kind == events.ASSIGNED:
            _tell_assignee(ticket, event, recorded_at)
        elif event.kind == events.COMPLAINT_RECEIVED:
            text = words.complained(ticket)
            tell_people(judges_of(ticket), ticket=ticket, kind="complaint", text=text, at=recorded_at)
        elif event.kind == events.CLIENT_REPLIED:
            people = responsible_for(ticket)
            tell_people(people, ticket=ticket, kind="reply", text=words.replied(ticket), at=recorded_at)
        if event.kind != events.STEP_FIRED:
            continue
        if event.payload["kind"] == "escalation":
            _climb(ticket, event, recorded_at)
        else:
            tell_staff(ticket, event, recorded_at)


def tell_people(people: Iterable[Person], *, ticket: Ticket, kind: str, text: str, at: datetime) -> None:
    """Leave a notice of `kind` (see `queries.KINDS`) for each of `people`. It is shown, and mailed where it is about
    a promise. `text` names no client's person: it appears on screens that others see."""
    rows.add(
        Notice(person=person, ticket=ticket, kind=kind, text=text[:300], due_at=at, at=at)
        for person in dict.fromkeys(people)
    )


def _tell_assignee(ticket: Ticket, event: Event, recorded_at: datetime) -> None:
    """Tell whom a ticket was given to; not of what they took themselves."""
    whom = ticket.assignee
    if whom is not None and event.payload.get("assignee") == whom.pk and event.actor != whom.ref:
        tell_people([whom], ticket=ticket, kind="assignment", text=words.assigned(ticket), at=recorded_at)


def _climb(ticket: Ticket, step: Event, recorded_at: datetime) -> None:
    said = step.payload
    data = {
        "level": said["level"],
        "whom": said["whom"],
        "tells_client": said["tells_client"],
        "evidence": said["evidence"],
        "clause": said["clause"],
        "step": step.number,
        "clock": said["clock"],
    }
    if _rank(ticket, str(said["level"])) > _rank(ticket, ticket.escalation_level):
        _hand_over(ticket, str(said["level"]))
    append(ticket, [Happening(events.ESCALATED, step.at, data)], actor="ladder", recorded_at=recorded_at)
    tell_staff(ticket, step, recorded_at)


@transaction.atomic
def escalate(*, ticket: Ticket, level: str, at: datetime, reason: str, by: Person) -> None:
    """Climb to `level` of the agreement's ladder by hand, before any clock says so (R3.5a). The client is told."""
    ticket = locked(ticket)
    rung = rung_of(ticket, level)
    if ticket.state == State.CLOSED:
        raise CannotDo("The ticket is closed. Reopen it before escalating.")
    if not reason.strip():
        raise CannotDo("Say why it is escalated; the next level and the client will ask.")
    note = NewMessage(
        Direction.NOTE, "console", reason, author=by, author_name=by.name, purpose="escalation_reason"
    )
    kept = content.keep(ticket, note, at=at)
    data = {
        "level": rung.level,
        "whom": rung.whom,
        "tells_client": rung.tells_client,
        "evidence": rung.evidence,
        "clause": rung.clause,
        **content.told_by(kept),
    }
    _hand_over(ticket, rung.level)
    append(ticket, [Happening(events.ESCALATED, at, data)], actor=by.ref, recorded_at=at)
    _notices(ticket, "escalation", words.escalated(ticket, rung.whom), due_at=at, at=at, level=rung.level)


def rung_of(ticket: Ticket, level: str) -> Rung:
    """Return the rung of the ticket's ladder called `level`. Raises CannotDo where there is none."""
    ladder = contracts.load(ticket.terms).ladder
    rung = next((rung for rung in ladder if rung.level == level), None)
    if rung is None:
        known = ", ".join(dict.fromkeys(rung.level for rung in ladder))
        raise CannotDo(
            "The agreement's ladder has no level %(level)r; it has %(known)s.", level=level, known=known
        )
    return rung


def _rank(ticket: Ticket, level: str) -> int:
    """Return how high `level` stands on the ticket's ladder: a clock never takes from a higher one what it has."""
    names = [known.name for known in contracts.load(ticket.terms).levels]
    return names.index(level) if level in names else -1


def _hand_over(ticket: Ticket, level: str) -> None:
    """Give the ticket to the team of that level, where there is one; whoever works on it goes on.

    Who stands outside is told of a breach and works on nothing: the ticket stays with the team that has it.
    """
    ticket.escalation_level = level
    if any(known.name == level and known.outside for known in contracts.load(ticket.terms).levels):
        return
    team = Team.objects.filter(key=level).first()
    if team is not None:
        ticket.team = team


def tell_staff(ticket: Ticket, step: Event, recorded_at: datetime) -> None:
    """Leave a notice for whoever is responsible for `ticket`."""
    kind = str(step.payload["kind"])
    _notices(
        ticket,
        kind,
        words.of_step(ticket, step.payload, late_by=recorded_at - step.at),
        due_at=from_text(str(step.payload["due_at"])),
        at=recorded_at,
        level=str(step.payload["level"]) if kind == "escalation" else "",
    )


def tell(ticket: Ticket, kind: str, text: str, *, at: datetime) -> None:
    """Leave a notice of something else than a due step for whoever is responsible for `ticket`."""
    _notices(ticket, kind, text, due_at=at, at=at, level="")


def _notices(ticket: Ticket, kind: str, text: str, *, due_at: datetime, at: datetime, level: str) -> None:
    rows.add(
        Notice(person=person, ticket=ticket, kind=kind, text=text[:300], due_at=due_at, at=at)
        for person in responsible_for(ticket, level=level)
    )


def remind(
    *, people: Sequence[Person], kind: str, text: str, about: str, due_at: datetime, at: datetime, ticket: Ticket | None
) -> None:
    """Leave a notice for each of `people` of something that is no clock: `about` says what, such as `call_back:12`."""
    Notice.objects.bulk_create(
        Notice(person=person, ticket=ticket, kind=kind, text=text[:300], about=about, due_at=due_at, at=at)
        for person in people
    )


def first_line() -> list[Person]:
    """Return the active staff of the first line; where it has none, whoever manages: somebody always hears of it."""
    staff = Person.objects.filter(is_active=True).exclude(staff_role="").order_by("pk")
    found = list(staff.filter(teams__key=FIRST_LINE))
    return found or managers()


def responsible_for(ticket: Ticket, *, level: str = "") -> list[Person]:
    """Return whom to tell: the assignee, or else the ticket's team, or else the first line.

    On escalation to `level` its team and the ticket's are told too. Who stands outside is told by letter. Of a
    complaint only those hear who may see it: whoever has it, and the managers (R3.10a).
    """
    if ticket.kind == Kind.COMPLAINT:
        return _told_of_complaint(ticket, level)
    people = [ticket.assignee] if ticket.assignee and ticket.assignee.is_active else []
    if level or not people:
        people += once.look(("responsible", ticket.team_id, level), lambda: _working_in(ticket.team_id, level))
    return list(dict.fromkeys(people))


def _told_of_complaint(ticket: Ticket, level: str) -> list[Person]:
    judges = judges_of(ticket)
    holder = [ticket.assignee] if ticket.assignee and ticket.assignee.is_active else []
    if holder and not level:
        return holder
    above = [one for one in _working_in(None, level) if one in judges] if level else []
    return list(dict.fromkeys([*holder, *(above or judges)]))


def judges_of(ticket: Ticket) -> list[Person]:
    """Return the managers and administrators who are not complained of; all of them where nobody else is left."""
    concerned = {person.pk for person in complained.people_in(ticket)}
    people = managers()
    return [person for person in people if person.pk not in concerned] or people


def managers() -> list[Person]:
    """Return the active managers and administrators."""
    roles = (StaffRole.MANAGER, StaffRole.ADMINISTRATOR)
    return list(Person.objects.filter(is_active=True, staff_role__in=roles).order_by("pk"))


def _working_in(team_id: int | None, level: str) -> list[Person]:
    having = Q(pk=team_id) if team_id else Q(key=FIRST_LINE)
    teams = Team.objects.filter(having | Q(key=level))
    return list(
        Person.objects.filter(teams__in=teams, is_active=True).exclude(staff_role="").order_by("pk")
    )


def mark_mailed(notices: Sequence[Notice], *, at: datetime) -> None:
    """Note that these were put into a letter."""
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=at)


def mark_seen(
    *, person: Person, at: datetime, kind: str = "", only: int | None = None, up_to: int | None = None
) -> int:
    """Note that `person` has looked at their notices: all, those of a kind, one, or those up to a number.

    What came after the page was made is not marked where `up_to` says what was on it. Returns how many were new.
    """
    found = Notice.objects.filter(person=person, seen_at=None)
    if kind:
        found = found.filter(kind=kind)
    if only is not None:
        found = found.filter(pk=only)
    if up_to is not None:
        found = found.filter(pk__lte=up_to)
    return found.update(seen_at=at)


def choose_attention(*, person: Person, **chosen: Any) -> Attention:
    """Keep when and for what `person` wants to be told on their desktop."""
    row, _ = Attention.objects.update_or_create(person=person, defaults=chosen)
    return row
