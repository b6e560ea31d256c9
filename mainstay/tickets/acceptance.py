"""What a client says of a fix or a workaround, as the desk records it: each with what was said as evidence."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.orgs.models import Person
from mainstay.tickets import content, events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.content import NewMessage
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Direction, State, Ticket


@transaction.atomic
def accept_fix(*, ticket: Ticket, by: Person, text: str, at: datetime) -> None:
    """Record that the client accepted the fix, with how we know (`text`). The ticket is then ready to be closed."""
    ticket = locked(ticket)
    if ticket.state != State.RESOLVED:
        raise CannotDo("There is no fix with the client to accept. Offer a fix first.")
    _say_and_append(ticket, events.ACCEPTED, by, text or "Accepted by the client.", at)


@transaction.atomic
def reject_fix(*, ticket: Ticket, by: Person, text: str, at: datetime) -> None:
    """Record that the fix failed in acceptance testing: the same clock goes on, time used kept (reading 11)."""
    ticket = locked(ticket)
    if ticket.state != State.RESOLVED:
        raise CannotDo("There is no fix with the client to reject.")
    if not text.strip():
        raise CannotDo("Say what failed, so that whoever takes it up again knows.")
    _say_and_append(ticket, events.ACCEPTANCE_REJECTED, by, text, at)


@transaction.atomic
def lose_service(*, ticket: Ticket, by: Person, text: str, at: datetime) -> None:
    """Record that a workaround no longer holds and the service is lost again: the resolution clock goes on."""
    ticket = locked(ticket)
    _say_and_append(ticket, events.SERVICE_LOST, by, text or "The service is lost again.", at)


def _say_and_append(ticket: Ticket, kind: str, by: Person, text: str, at: datetime) -> None:
    """Keep what a person said about it as a note, and append the event with that note as evidence."""
    note = NewMessage(Direction.NOTE, "console", text, author=by, author_name=by.name, purpose=kind)
    append(
        ticket,
        [Happening(kind, at, content.told_by(content.keep(ticket, note, at=at)))],
        actor=by.ref,
        recorded_at=at,
    )
