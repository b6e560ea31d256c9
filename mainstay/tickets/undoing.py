"""Taking back what was done by mistake. Nothing is deleted: the log says who took it back, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from mainstay.lib.time import from_text
from mainstay.orgs.models import Person
from mainstay.tickets import actions, content, diagnostics, events
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Direction, State, Ticket

BY_ITSELF = (events.MESSAGE_DELIVERED, events.DELIVERY_FAILED)  # what earlier letters still lead to touches nothing
REASON = "Taken back: it was closed by mistake."


@transaction.atomic
def withdraw_closing(*, ticket: Ticket, was: Mapping[str, Any], closed: int, by: Person, at: datetime) -> None:
    """Bring a ticket back to what it `was` before event number `closed` closed it: state, cause, unanswered since.

    The clocks that ran go on with the time used, as after any reopening; a wait for the client goes on too, and so do
    its questions. Raises CannotDo where anybody has touched the ticket since, a client who wrote included.
    """
    ticket = actions.locked(ticket)
    since = ticket.events.filter(number__gt=closed).exclude(kind__in=BY_ITSELF)
    if ticket.state != State.CLOSED or since.exists():
        raise CannotDo("Somebody has been at it since, so it stays as it is.")
    happenings = []
    if was["state"] == State.RESOLVED:
        happenings.append(Happening(events.CLOSING_WITHDRAWN, at, {"closed": closed}))
    else:
        actions.reopen(ticket=ticket, by=by, reason=REASON, at=at)
        ticket = actions.locked(ticket.pk)
    if was["state"] == State.WAITING_CLIENT:
        diagnostics.wait_on(ticket, ended_at=ticket.events.get(number=closed).at)
        happenings.append(Happening(events.WAITING_ON_CLIENT, at, {"closed": closed}))
    ticket.closed_at, ticket.cause = None, was["cause"]
    ticket.unanswered_since = from_text(was["unanswered_since"]) if was["unanswered_since"] else None
    append(ticket, happenings, actor=by.ref, recorded_at=at)


@transaction.atomic
def withdraw_note(*, ticket: Ticket, note: int, by: Person, at: datetime) -> None:
    """Mark an internal note of one's own as withdrawn. Its words stay, folded, with who withdrew it and when."""
    ticket = actions.locked(ticket)
    message = ticket.messages.filter(pk=note, direction=Direction.NOTE, author=by).first()
    if message is None:
        raise CannotDo("There is no such note of yours.")
    if note in withdrawn_notes(ticket):
        return
    happening = Happening(events.NOTE_WITHDRAWN, at, content.told_by(message))
    append(ticket, [happening], actor=by.ref, recorded_at=at)


def withdrawn_notes(ticket: Ticket) -> set[int]:
    """Return the notes of `ticket` that were withdrawn."""
    told = ticket.events.filter(kind=events.NOTE_WITHDRAWN).values_list("payload", flat=True)
    return {int(said["message"]) for said in told}
