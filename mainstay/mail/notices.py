"""Letters to others than the client: breaches to the service coordinator with the evidence, notices to
staff.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import ngettext

from mainstay.clocks import queries as clocks
from mainstay.core.clock import Clock
from mainstay.escalation import actions as escalation
from mainstay.escalation import queries as escalations
from mainstay.escalation.models import Notice
from mainstay.lib.language import in_ours as _
from mainstay.lib.language import ours
from mainstay.lib.time import to_text
from mainstay.mail import addresses, circulars, letters, phrases
from mainstay.mail.letters import Draft, Thread
from mainstay.mail.parsed import Address
from mainstay.orgs.models import Person, Team
from mainstay.tickets import delivery
from mainstay.tickets.content import NewFile
from mainstay.tickets.models import Event, Message, Ticket

COLUMNS = ("from", "to", "kind", "seconds counted", "calendar", "severity", "target", "clause", "event")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@ours
def notify_coordinator(ticket: Ticket, event: Event, at: datetime) -> Message | None:
    """Send a breach to whoever stands outside the vendor on the ladder, with the ledger attached (R3.5b).

    They are the people of the team that has the name of the level. Where there is nobody, managers see a
    notice that it could not be sent: the absence of the notice would be a breach itself.
    """
    level, whom = str(event.payload["level"]), str(event.payload["whom"])
    team = Team.objects.filter(key=level).first()
    people = list(team.members.filter(is_active=True).order_by("id")) if team else []
    to = [Address(person.name, person.email) for person in people if _can_write(person.email)]
    reading, terms = clocks.reading_of(ticket, at=at)
    clock = reading.clock(str(event.payload.get("clock", "")))
    if not to or clock is None:
        _say_that_nobody_was_told(ticket, whom, at)
        return None
    zone = phrases.zone_of(terms)
    values = {
        "whom": whom,
        "organisation": ticket.organisation.name if ticket.organisation else _("not known yet"),
        "promise": clock.name,
        "clause": clock.clause,
        "severity": str(reading.severity or _("not confirmed")),
        "reported": phrases.moment(ticket.reported_at, zone),
        "due": phrases.moment(clock.due, zone) if clock.due else "",
    }
    draft = Draft(
        delivery.BREACH_NOTICE,
        values,
        files=evidence(ticket, clock, zone),
        automatic="auto-generated",
        to=to,
    )
    return letters.send(ticket, draft, at=at, thread=Thread())


def evidence(ticket: Ticket, clock: Clock, zone: ZoneInfo) -> tuple[NewFile, NewFile]:
    """Return the ledger of a clock as a table and as readable text."""
    stem = f"{ticket.reference}-{clock.name}"
    return (
        NewFile(f"{stem}.csv", "text/csv", ledger_table(clock).encode("utf-8-sig")),
        NewFile(f"{stem}.txt", "text/plain", ledger_text(ticket, clock, zone).encode()),
    )


def ledger_table(clock: Clock) -> str:
    """Return a ledger as CSV: times in UTC, one segment a line. No cell can become a formula (class C15)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for part in clock.ledger:
        row = (
            to_text(part.start),
            to_text(part.end),
            part.kind,
            int(part.counted.total_seconds()),
            part.calendar,
            part.severity or "",
            part.target or "",
            part.clause,
            part.event,
        )
        writer.writerow([_plain_cell(str(cell)) for cell in row])
    return out.getvalue()


def _plain_cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def ledger_text(ticket: Ticket, clock: Clock, zone: ZoneInfo) -> str:
    """Return a ledger as lines to be read, ending with the sum."""
    lines = [
        f"{ticket.reference}: {clock.name} (clause {clock.clause}), target {clock.target_text or 'none'}",
        f"All times are those of {zone.key}.",
        "",
    ]
    total = 0
    for part in clock.ledger:
        counted = int(part.counted.total_seconds())
        total += counted
        start, end = phrases.moment(part.start, zone), phrases.moment(part.end, zone)
        lines.append(
            f"{start} to {end}: {part.kind}, {_clock_face(counted)} counted ({part.calendar}, {part.clause})"
        )
    lines += ["", f"Counted in all: {_clock_face(total)}"]
    return "\n".join(lines) + "\n"


def _clock_face(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _say_that_nobody_was_told(ticket: Ticket, whom: str, at: datetime) -> None:
    text = f"{ticket.reference}: nobody is entered as {whom}, so the notice of the breach was not sent"
    managers = Person.objects.filter(is_active=True, staff_role__in=("manager", "administrator"))
    Notice.objects.bulk_create(
        Notice(person=person, ticket=ticket, kind="breach", text=text[:300], due_at=at, at=at)
        for person in managers
    )


def mail_notices(at: datetime) -> int:
    """Mail staff what they should know, bundled per person (`escalation.queries`). Returns how many
    letters.
    """
    sent = 0
    for person, notices in escalations.bundles_to_mail(at).items():
        sent += _mail_bundle(person, notices, at)
    return sent


@transaction.atomic
@ours
def _mail_bundle(person: Person, notices: Sequence[Notice], at: datetime) -> bool:
    """Mail one person's notices. Where that person cannot be reached by mail they are still on the screen."""
    escalation.mark_mailed(notices, at=at)
    if not _can_write(person.email):
        return False
    count = len(notices)
    values = {
        "name": person.name,
        "count": ngettext("%(count)d notice", "%(count)d notices", count) % {"count": count},
        "first": notices[0].text,
        "notices": "\n".join(f"- {notice.text}" for notice in notices),
        "link": settings.BASE_URL,
    }
    circulars.send(
        "staff_notices", values, to=Address(person.name, person.email), about=f"person:{person.pk}", sender="Mainstay",
        title=_("What you should know"), at=at,
    )  # fmt: skip
    return True


def _can_write(address: str) -> bool:
    try:
        addresses.check(address)
    except addresses.BadAddress:
        return False
    return letters.suppressed(address) is None
