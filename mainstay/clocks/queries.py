"""Reads of clocks: the exact reading of one ticket at any moment, and what is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Exists, OuterRef

from mainstay.clocks.models import Fault, Step
from mainstay.contracts import queries as contracts
from mainstay.core import clock as core
from mainstay.core.terms import Terms
from mainstay.tickets import events, log
from mainstay.tickets.models import Event, Ticket


def reading(ticket: Ticket, *, at: datetime) -> core.Reading:
    """Return every clock of `ticket` as it stands at `at`, from its log. Causes a query unless it was asked before."""
    return reading_of(ticket, at=at)[0]


def reading_of(ticket: Ticket, *, at: datetime) -> tuple[core.Reading, Terms]:
    """Return the reading at `at` together with the terms it was made under."""
    terms = contracts.load(ticket.terms)
    history = log.history(ticket)
    reading = core.read([heard(event) for event in history], terms, at=at)
    return _with_settled_clocks_kept(reading, history), terms


def _with_settled_clocks_kept(reading: core.Reading, history: Sequence[Event]) -> core.Reading:
    """Give back to each clock that had stopped before its calendar changed the figures it had then (reading 21)."""
    for place, change in enumerate(history):
        if change.kind != events.CALENDAR_CHANGED:
            continue
        before = contracts.load_by_digest(change.payload["before"])
        then = core.read([heard(event) for event in history[:place]], before, at=change.at)
        settled = {clock.name: clock for clock in then.clocks if clock.state in ("met", "missed")}
        kept = tuple(
            settled[clock.name]
            if clock.name in settled and clock.stopped == settled[clock.name].stopped
            else clock
            for clock in reading.clocks
        )
        reading = replace(reading, clocks=kept)
    return reading


# What can move a stored clock: the events of the core, a change of the terms, a refusal, which closes the ticket, and a
# closing that is taken back, which opens it.
MOVING = frozenset(
    {
        *core.KINDS, events.TERMS_APPLIED, events.CALENDAR_CHANGED, events.REQUESTER_REFUSED,
        events.CLOSING_WITHDRAWN,
    }
)  # fmt: skip


def stored_reading(ticket: Ticket) -> tuple[core.Reading, Terms]:
    """Return the reading that the projection holds: at the moment the newest moving event was recorded or happened.

    That moment is in the log, so a rebuild years later writes the same; what moves no clock need not be folded.
    """
    moments = (max(event.recorded_at, event.at) for event in log.history(ticket) if event.kind in MOVING)
    return reading_of(ticket, at=max(moments))


def heard(event: Event) -> core.Event:
    """Return `event` as the core hears it; its number is how ledgers refer to it."""
    return core.Event(kind=event.kind, at=event.at, data=event.payload, ref=str(event.number))


def tickets_with_due_steps(at: datetime, *, limit: int) -> list[int]:
    """Return the tickets that have a step due by `at`, the longest overdue first, each once.

    Rides the index on `due_at` alone: no open ticket is walked, nor joined, so that no planner may begin there.
    Tickets put aside after a fault wait for their turn.
    """
    put_aside = Fault.objects.filter(ticket=OuterRef("ticket"), next_try_at__gt=at)
    due = (
        Step.objects.filter(~Exists(put_aside), due_at__lte=at)
        .order_by("due_at", "ticket_id", "order")
        .values_list("ticket_id", flat=True)[:limit]
    )
    return list(dict.fromkeys(due))


def oldest_due_step(at: datetime) -> Step | None:
    """Return the step that has been due longest and is not fired yet: the worker's backlog, for the health page."""
    return Step.objects.filter(due_at__lte=at).select_related("ticket").order_by("due_at").first()
