"""What a merge does to the clocks, before anybody decides on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.contracts.names import promise as name_of
from mainstay.core.clock import Clock, Reading
from mainstay.core.terms import Terms
from mainstay.screens.moments import moment
from mainstay.screens.promises import zone_of
from mainstay.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class MergingLine:
    """One promise: due on the one that closes, on the one that goes on, and after the merge."""

    name: str
    goes: str
    stays: str
    after: str
    changes: bool


@dataclass(frozen=True, slots=True)
class Merging:
    """Which start wins, and what becomes of each promise."""

    goes: str
    stays: str
    start: str
    lines: tuple[MergingLine, ...]


def merging_of(
    goes: Ticket, stays: Ticket, *, before: Mapping[int, Reading], after: Reading, terms: Terms, at: datetime
) -> Merging:
    """Return the preview. `before` is by ticket, `after` is of the one that goes on."""
    zone = zone_of(terms)
    earlier = goes if goes.reported_at < stays.reported_at else stays
    start = moment(earlier.reported_at, zone, now=at)
    lines = tuple(
        _line(clock, before[goes.pk].clock(clock.name), before[stays.pk].clock(clock.name), zone, at)
        for clock in after.clocks
        if clock.state != "cancelled"
    )
    said = f"The start of {earlier.reference} wins: {start.text if start else ''}."
    return Merging(goes.reference, stays.reference, said, lines)


def _line(
    clock: Clock, goes: Clock | None, stays: Clock | None, zone: ZoneInfo, at: datetime
) -> MergingLine:
    after, was = _state(clock, zone, at), _state(stays, zone, at)
    return MergingLine(name_of(clock.name), _state(goes, zone, at), was, after, after != was)


def _state(clock: Clock | None, zone: ZoneInfo, at: datetime) -> str:
    if clock is None:
        return "not promised"
    due = moment(clock.due, zone, now=at)
    words = {"pending": "not started", "ungraded": "waits for the severity"}
    said = words.get(clock.state, clock.state)
    return f"{said}, due {due.text}" if due and clock.state in ("running", "paused") else said
