"""The event log: the only place that writes events, and the chain that shows a change of any of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from mainstay.lib import rows
from mainstay.lib.time import to_text
from mainstay.tickets import events, life
from mainstay.tickets.models import Event, Ticket


def append(
    ticket: Ticket, happenings: Sequence[events.Happening], *, actor: str, recorded_at: datetime
) -> list[Event]:
    """Write what happened to `ticket`, move its state, and tell the listeners, all in one transaction.

    `ticket` must be locked by this transaction (`actions.locked`) or just made by it; its own changed columns are
    saved with it. `recorded_at` is when we write; each happening's `at` is when it happened. Returns the new events.
    """
    written = _chained(ticket, happenings, actor=actor, recorded_at=recorded_at)
    for event in written:
        ticket.state = life.state_after(ticket.state, event.kind, event.payload)
        ticket.last_number, ticket.last_digest = event.number, event.digest
    ticket.changed_at = recorded_at
    with transaction.atomic(savepoint=False):
        rows.add(written)
        if ticket.known_history is not None:
            ticket.known_history.extend(written)
        elif written and written[0].number == 1:
            ticket.known_history = list(written)
        ticket.save_changed()
        ticket.in_hand += 1
        try:
            events.tell(ticket, written, recorded_at)
        finally:
            ticket.in_hand -= 1
    return written


def _chained(
    ticket: Ticket, happenings: Iterable[events.Happening], *, actor: str, recorded_at: datetime
) -> list[Event]:
    number, previous = ticket.last_number, ticket.last_digest
    written = []
    for happening in happenings:
        number += 1
        event = Event(
            ticket=ticket,
            number=number,
            kind=happening.kind,
            at=happening.at,
            recorded_at=recorded_at,
            actor=happening.actor or actor,
            payload=dict(happening.data),
            previous=previous,
        )
        event.digest = previous = digest_of(event)
        written.append(event)
    return written


def history(ticket: Ticket) -> list[Event]:
    """Return all events of `ticket` by number. One query the first time; `append` keeps it current after that.

    Only for a ticket locked by this transaction: another writer's events would be missed otherwise.
    """
    if ticket.known_history is None:
        ticket.known_history = rows.read(Event, "number", ticket_id=ticket.pk)
    return ticket.known_history


def digest_of(event: Event) -> str:
    """Return the SHA-256 over everything that an event says, its place in the chain included."""
    content = [
        event.ticket_id,
        event.number,
        event.kind,
        to_text(event.at),
        to_text(event.recorded_at),
        event.actor,
        event.payload,
        event.previous,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def breaks(ticket: Ticket, history: Sequence[Event]) -> Iterator[str]:
    """Say in words where the chain of `history` (all events of `ticket`, by number) is broken. Nothing: it holds."""
    previous = ""
    for place, event in enumerate(history, start=1):
        if event.number != place:
            yield f"{ticket.reference}: event {place} is missing (found number {event.number})"
            return
        if event.previous != previous or event.digest != digest_of(event):
            yield f"{ticket.reference}: event {place} ({event.kind}) was changed after it was written"
            return
        previous = event.digest
    if (ticket.last_number, ticket.last_digest) != (len(history), previous):
        yield f"{ticket.reference}: the ticket knows {ticket.last_number} events, the log holds {len(history)}"
    if history and life.state_of((event.kind, event.payload) for event in history) != ticket.state:
        yield f"{ticket.reference}: stored state {ticket.state!r} is not what its events make of it"
