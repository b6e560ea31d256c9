"""Closing many requests at once, each with its letter, and taking that back while the letters have not left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mainstay.clocks import queries as clocks
from mainstay.lib.time import to_text
from mainstay.mail import correspondence
from mainstay.orgs.access import NotAllowed
from mainstay.orgs.models import Person
from mainstay.outbox import actions as outbox
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets import delivery, events, undoing
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Event, Message, State, Ticket, Verification
from mainstay.views.batches import UNDO_WITHIN, Act, Done, Values


def _close(ticket: Ticket, by: Person, said: Values, at: datetime) -> Done:
    """Close one of many. Its letter waits for as long as all of it can be undone, so that no client is told wrongly."""
    ticket = tickets.locked(ticket)
    if ticket.state == State.CLOSED:
        raise CannotDo("It is closed already.")
    if ticket.verification != Verification.VERIFIED:
        raise CannotDo("It is held for verification. Authorise or refuse it first.")
    was = {
        "state": ticket.state,
        "cause": ticket.cause,
        "unanswered_since": to_text(ticket.unanswered_since) if ticket.unanswered_since else "",
        "ran": ticket.state == State.RESOLVED and _runs(ticket, at),
    }
    message = correspondence.close(
        ticket=ticket, by=by, text=said["text"], cause=said["cause"], held_for=UNDO_WITHIN, at=at
    )
    return Done(was, {"closed": tickets.locked(ticket.pk).last_number, "message": message.pk})


def _open_again(ticket: Ticket, by: Person, done: Done, at: datetime) -> None:
    message = Message.objects.select_related("letter").get(pk=done.after["message"])
    if message.letter is None or message.letter.state not in (Letter.State.QUEUED, Letter.State.WITHDRAWN):
        raise CannotDo("The client has been told already. Reopen it on its page, and tell them.")
    if done.before["ran"]:
        raise CannotDo("A clock ended with its closing. Reopen it on its page: then the clock goes on.")
    undoing.withdraw_closing(ticket=ticket, was=done.before, closed=done.after["closed"], by=by, at=at)


def _runs(ticket: Ticket, at: datetime) -> bool:
    """Whether a clock still runs although the request is resolved, such as the response's; closing it ends that."""
    return any(clock.state in ("running", "paused", "ungraded") for clock in clocks.reading(ticket, at=at).clocks)


CLOSE = Act(_close, _open_again, (CannotDo, NotAllowed, correspondence.CannotWrite, outbox.TooLate))


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Take back a closing letter that still waits when its ticket is opened again, whoever opens it."""
    if any(event.kind in (events.REOPENED, events.CLOSING_WITHDRAWN) for event in heard):
        waiting = Letter.objects.filter(
            messages__ticket=ticket, messages__purpose=delivery.CLOSURE, state=Letter.State.QUEUED,
            hold_until__gt=recorded_at,
        )  # fmt: skip
        for letter in waiting:
            outbox.withdraw(letter, recorded_at)
