"""What the requester of a request is told of its release. Letters of a machine: marked so, to the requester only."""

from __future__ import annotations

from datetime import date, datetime

from mainstay.contracts import queries as contracts
from mainstay.lib.language import day, ours
from mainstay.lib.language import in_ours as _
from mainstay.mail import letters, phrases
from mainstay.mail.letters import Draft
from mainstay.mail.telling import Outcome, Said
from mainstay.releases.models import Release
from mainstay.tickets.models import Message, Ticket

PLANNED, MOVED, CHANGED, SHIPPED = "release_planned", "release_moved", "release_changed", "release_shipped"


@ours
def planned(ticket: Ticket, release: Release, *, at: datetime) -> Said:
    """Tell that a request has a release now."""
    return _send(ticket, PLANNED, {"release": str(release), "planned": day(release.planned_on)}, at)


@ours
def moved(ticket: Ticket, release: Release, *, was: date, reason: str, at: datetime) -> Said:
    """Tell that the release of a request has another day than `was`, which its requester was told, and why."""
    values = {
        "release": str(release),
        "was": day(was),
        "planned": day(release.planned_on),
        "reason": reason,
    }
    return _send(ticket, MOVED, values, at)


@ours
def changed(ticket: Ticket, was: Release, now: Release | None, *, reason: str, at: datetime) -> Said:
    """Tell that a request is no longer in one release, and in which it is now, if in any."""
    goes_on = (
        _("It is now planned for %(release)s, on %(day)s.") % {"release": now, "day": day(now.planned_on)}
        if now
        else _("There is no date for another release yet. We will tell you as soon as there is one.")
    )
    return _send(ticket, CHANGED, {"release": str(was), "planned": goes_on, "reason": reason}, at)


@ours
def shipped(ticket: Ticket, release: Release, *, at: datetime) -> Said:
    """Tell that the release with a request's solution is out, and ask to test it."""
    closing = contracts.load(ticket.terms).closing
    silence = phrases.span(closing.silence, day=closing.calendar.day)
    values = {
        "release": str(release),
        "notes": release.notes.strip(),
        "closing": phrases.closing(silence),
    }
    return _send(ticket, SHIPPED, values, at)


def _send(ticket: Ticket, key: str, values: dict[str, str], at: datetime) -> Said:
    return outcome(letters.send(ticket, Draft(key, values, automatic="auto-generated"), at=at))


def outcome(message: Message) -> Said:
    """Return what came of a letter: where nobody can be written to, the thread says so and somebody rings."""
    if message.letter is None:
        return Said(Outcome.UNREACHED, " ".join(message.notes))
    return Said(Outcome.TOLD, letter=message.letter)
