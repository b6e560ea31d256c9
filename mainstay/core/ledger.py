"""Ledgers: where the time of a clock went.

A clock's time is kept in stretches, each spent in one way under one rule. Together they tile the time from
the start to where the clock stopped or was read. A ledger splits them by the calendar, for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from mainstay.core.promises import Rule

COUNTED = "counted"
TESTED = "with client for testing"
MERGED = "merged"
NONE = timedelta(0)


class Stretch(NamedTuple):
    """Time that a clock spent in one way under one rule; `worked` is what of it was working time."""

    # A tuple because a busy ticket makes hundreds of them on every event.

    start: datetime
    end: datetime
    kind: str
    rule: Rule
    event: str
    worked: timedelta


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a ledger: [start, end), what it was, and how much of it counted.

    `kind` is "counted", "out of hours", "holiday", "with client for testing", "merged" or a pause of the
    agreement ("waiting for client", "force majeure"). `event` is the ref of the event that began it.
    """

    start: datetime
    end: datetime
    kind: str
    counted: timedelta
    calendar: str  # name@version
    severity: int | None
    target: timedelta | str | None
    clause: str
    event: str


def stretch(start: datetime, end: datetime, kind: str, rule: Rule, event: str) -> Stretch:
    """Return the stretch with its working time measured on the rule's calendar."""
    return Stretch(start, end, kind, rule, event, rule.calendar.calendar.between(start, end))


def used(stretches: Sequence[Stretch]) -> timedelta:
    """Return the time that counted."""
    return sum((s.worked for s in stretches if s.kind == COUNTED), NONE)


def reached(stretches: Sequence[Stretch], budget: timedelta) -> datetime | None:
    """Return the earliest instant at which the time that counted came to `budget`, None if it never did."""
    left = budget
    for s in stretches:
        if s.kind == COUNTED:
            if s.worked >= left:
                return s.rule.calendar.calendar.add(s.start, left)
            left -= s.worked
    return None


def segments(stretches: Sequence[Stretch]) -> Iterator[Segment]:
    """Yield the ledger: counted time split into what counted and what was closed, other time whole."""
    for s in stretches:
        if s.kind == COUNTED:
            for start, end, kind in s.rule.calendar.calendar.segments(s.start, s.end):
                is_open = kind == "open"
                yield _segment(s, start, end, COUNTED if is_open else kind, end - start if is_open else NONE)
        else:
            yield _segment(s, s.start, s.end, s.kind, NONE)


def _segment(s: Stretch, start: datetime, end: datetime, kind: str, counted: timedelta) -> Segment:
    rule, target = s.rule, s.rule.target
    said = None if target is None else target.budget or target.text
    return Segment(start, end, kind, counted, rule.calendar.label, rule.severity, said, rule.clause, s.event)
