"""Readings: what the clocks of one ticket say at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mainstay.core.ledger import Segment, Stretch, reached, segments
from mainstay.core.promises import Rule


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise as it stands at the moment of the reading.

    `state` is "pending", "running", "paused", "met", "missed", "ungraded" or "cancelled"; a breach while it
    still runs shows in `breached`, not here. `target` is a timedelta (for calendar days, their real length
    from `start`), the words "next release", or None while ungraded; `target_text` is how the agreement
    writes it. `due` is None while a pause runs before the target is used up, and while nothing is promised.
    `breached` is None where there is nothing to judge by yet. `remaining` is below zero once overrun, None
    where there is no budget.

    `elapsed`, `paused` and `tested` are time on the calendars in force; `paused_wall` is real time.
    `breached_while_in_force` has the severities that were in force when their target was overrun, in that
    order.
    """

    name: str
    clause: str
    calendar: str
    cycle: int  # from 1; promises that repeat have many
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
    tested: timedelta  # with the client for testing, or merged away
    breached: bool | None
    breached_while_in_force: tuple[int, ...]
    regraded: bool  # the severity changed while it ran
    remaining: timedelta | None
    why: str  # in words, where it is paused, ungraded, pending or cancelled
    rule: Rule
    stretches: tuple[Stretch, ...]

    @property
    def ledger(self) -> tuple[Segment, ...]:
        """Return the segments from `start` to where it stopped or was read, without gap or overlap.

        What they count adds up to `elapsed`. Built when asked for.
        """
        return tuple(segments(self.stretches))

    def reaches(self, budget: timedelta) -> datetime | None:
        """Return when the elapsed time came to `budget`, or will if nothing happens; None if unknown."""
        past = reached(self.stretches, budget)
        if past is None and self.state == "running" and self.start:
            end = self.stretches[-1].end if self.stretches else self.start
            return self.rule.calendar.calendar.add(end, budget - self.elapsed)
        return past


@dataclass(frozen=True, slots=True)
class Reading:
    """Every clock of a ticket at one moment, in the agreement's order; none for what never began to matter.

    `severity` is the one in force, provisional until `confirmed`; `assessed` is the requester's own;
    `suggested` is what the matrix proposes where it is silent. `clocks` has the current cycle of each
    promise, `earlier` the finished cycles of those that repeat.
    """

    at: datetime
    agreement: str  # name@version
    severity: int | None
    confirmed: bool
    assessed: int | None
    suggested: int | None
    escalated: bool
    clocks: tuple[Clock, ...]
    earlier: tuple[Clock, ...]

    def clock(self, name: str) -> Clock | None:
        """Return the current clock of that commitment, None where there is none."""
        return next((clock for clock in self.clocks if clock.name == name), None)
