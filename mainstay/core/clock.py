"""Clocks: every promise of one ticket, read from its events at a moment.

A clock is a pure function of the events, the terms in force and the moment asked about. Its ledger says where each
second went and adds up to the figure. Instants are UTC and whole seconds; spans are half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mainstay.core.terms import Rule


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket: `kind` in the past tense, `at` aware, `ref` unique within the ticket."""

    kind: str
    at: datetime
    data: Mapping[str, object] = field(default_factory=dict)
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a ledger: [start, end), what it was, and how much of it counted.

    `kind` is "counted", "out of hours", "holiday", "with client for testing", "merged" or a pause of the agreement
    ("waiting for client", "force majeure"). `event` is the ref of the event that began it.
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time that a clock spent in one way under one rule. The ledger splits it by the calendar."""

    start: datetime
    end: datetime
    kind: str
    rule: Rule
    event: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise as it stands at the moment of the reading.

    `state` is "pending", "running", "paused", "met", "missed", "ungraded" or "cancelled". `target` is a timedelta, the
    words "next release", or None while ungraded. `due` is None while a pause runs before the target is used up, and
    while nothing is promised. `breached` is None where there is nothing to judge by yet. `remaining` is below zero
    once overrun, None where there is no budget. `paused` and `tested` are working time, `paused_wall` real time.
    `breached_while_in_force` names the severities under which it was breached while they were in force.
    """

    name: str
    clause: str
    calendar: str
    cycle: int
    state: str
    severity: int | None
    start: datetime | None
    target: timedelta | str | None
    target_text: str
    due: datetime | None
    stopped: datetime | None
    elapsed: timedelta
    paused: timedelta
    paused_wall: timedelta
    tested: timedelta  # with the client for testing
    breached: bool | None
    breached_while_in_force: tuple[int, ...]
    regraded: bool  # more than one severity was in force
    remaining: timedelta | None
    why: str
    stretches: tuple[Stretch, ...]

    @property
    def ledger(self) -> tuple[Segment, ...]:
        """Return the segments from `start` to where it stopped or was read, without gap or overlap."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Reading:
    """Every clock of a ticket at one moment. `clocks` has one per commitment, in the agreement's order.

    `severity` is the one in force, provisional until `confirmed`; `assessed` is the requester's own; `suggested` is
    what the matrix proposes where it is silent. `earlier` has the finished cycles of promises that repeat.
    """

    at: datetime
    severity: int | None
    confirmed: bool
    assessed: int | None
    suggested: int | None
    escalated: bool
    clocks: tuple[Clock, ...]
    earlier: tuple[Clock, ...]

    def clock(self, name: str) -> Clock | None:
        """Return the clock of that commitment, None where the agreement has none."""
        return next((clock for clock in self.clocks if clock.name == name), None)
