"""A ticket as plain data: the JSON that the command line and the API give. Field names are fixed by the design."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from mainstay.clocks import queries
from mainstay.core import clock as core
from mainstay.lib.time import to_text
from mainstay.tickets import fields, tags
from mainstay.tickets.models import State, Ticket


def tickets(*, include_closed: bool, limit: int | None) -> QuerySet[Ticket]:
    """Return tickets by their next promise due, those without one last."""
    found = Ticket.objects.select_related("terms", "organisation", "requester", "promise")
    if not include_closed:
        found = found.exclude(state=State.CLOSED)
    return found.order_by("promise__sort_at", "pk")[:limit]


def of_ticket(ticket: Ticket, *, at: datetime, ledger: bool = False) -> dict[str, Any]:
    """Return `ticket` with its clocks as they stand at `at`. Seconds are integers, moments ISO 8601 UTC with Z."""
    reading = queries.reading(ticket, at=at)
    kept = {row.field.name: row.value for row in fields.of(ticket)} if ledger else {}
    more = {"fields": kept, "tags": tags.names_of(ticket)} if ledger else {}
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "state": ticket.state,
        "kind": ticket.kind,
        "verified": ticket.verified,
        "severity": ticket.severity,
        "organisation": ticket.organisation.name if ticket.organisation else None,
        "requester": {"name": ticket.requester_name, "address": ticket.requester_address},
        "reported_at": to_text(ticket.reported_at),
        "clocks": [_clock(clock, ledger=ledger) for clock in reading.clocks],
        **more,
    }


def _clock(clock: core.Clock, *, ledger: bool) -> dict[str, Any]:
    said = {
        "name": clock.name,
        "clause": clock.clause,
        "state": clock.state,
        "why": clock.why,
        "start": _moment(clock.start),
        "target": clock.target_text,
        "target_seconds": _seconds(clock.target),
        "due": _moment(clock.due),
        "at": _moment(clock.stopped),
        "elapsed_seconds": _seconds(clock.elapsed),
        "paused_seconds": _seconds(clock.paused),
        "breached": clock.breached,
    }
    return said | {"ledger": [_segment(segment) for segment in clock.ledger]} if ledger else said


def _segment(segment: core.Segment) -> dict[str, Any]:
    return {
        "from": _moment(segment.start),
        "to": _moment(segment.end),
        "kind": segment.kind,
        "seconds": _seconds(segment.counted),
        "calendar": segment.calendar,
        "severity": segment.severity,
        "target_seconds": _seconds(segment.target),
        "clause": segment.clause,
        "event": segment.event,
    }


def _moment(at: datetime | None) -> str | None:
    return to_text(at) if at else None


def _seconds(span: object) -> int | None:
    return int(span.total_seconds()) if isinstance(span, timedelta) else None
