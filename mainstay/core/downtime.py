"""Downtime: how available a service was, and how much notice scheduled downtime needs.

Around the clock and in real elapsed time: no working hours, no holidays, and an hour is an hour on the nights
on which the clocks change. Which windows count as scheduled for a client (announced in time, and agreed) is
for the caller to say; the lengths and notices come from the agreement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol
from zoneinfo import ZoneInfo

from mainstay.core.moments import joined, utc

Span = tuple[datetime, datetime]
OpenSpan = tuple[datetime, datetime | None]


class NoPeriod(ValueError):
    """A period or a window that ends before it has begun, or a period of no length."""


class NoTier(ValueError):
    """The agreement says nothing of downtime as long as this."""


class Tier(Protocol):
    """Downtime shorter than `shorter_than` needs `notice`; None stands for any length."""

    @property
    def shorter_than(self) -> timedelta | None: ...
    @property
    def notice(self) -> timedelta: ...


@dataclass(frozen=True, slots=True)
class Availability:
    """How much of a period a service was there. `down` holds the downtime that counts, in order, UTC."""

    psh: timedelta
    down: tuple[Span, ...]

    @property
    def sd(self) -> timedelta:
        """Return the downtime that counts."""
        return sum((ends - begins for begins, ends in self.down), timedelta(0))

    @property
    def percent(self) -> Fraction:
        """Return (PSH - SD) / PSH x 100, exactly."""
        tick = timedelta.resolution
        return 100 * Fraction((self.psh - self.sd) // tick, self.psh // tick)

    def meets(self, target: Fraction | Decimal | float | str) -> bool:
        """Say whether the exact percentage reaches `target` percent. A float is read as it is written."""
        return self.percent >= Fraction(str(target))

    def shown(self, places: int = 2) -> str:
        """Return the percentage cut off, not rounded, so that a target just missed never looks met."""
        scaled = self.percent * 10**places // 1
        return f"{scaled // 10**places}.{scaled % 10**places:0{places}}" if places else str(scaled)

    def __add__(self, later: Availability) -> Availability:
        """Return both periods as one: seconds are summed, percentages never averaged."""
        return Availability(self.psh + later.psh, self.down + later.down)


def availability(
    *, start: datetime, end: datetime, outages: Iterable[OpenSpan], scheduled: Iterable[OpenSpan]
) -> Availability:
    """Reckon the availability over [start, end): the union of outages less the union of scheduled downtime.

    Spans are [from, to) in any order and may overlap; None for an end means that it is still going on. The
    whole period is PSH, scheduled or not. Downtime that overruns its window counts from the window's end.
    Raises NoPeriod unless `end` is after `start`. Clauses: availability definitions, R5.3.2a and R5.3.2c.
    """
    begins, ends = utc(start), utc(end)
    if ends <= begins:
        raise NoPeriod(f"the period from {start} to {end} has no length")
    allowed = _within(begins, ends, scheduled)
    down = [piece for outage in _within(begins, ends, outages) for piece in _less(outage, allowed)]
    return Availability(ends - begins, tuple(down))


def local_month(year: int, month: int, zone: ZoneInfo) -> Span:
    """Return one calendar month of `zone` as UTC: in London March has 743 hours and October 745."""
    following = (year + 1, 1) if month == 12 else (year, month + 1)
    return utc(datetime(year, month, 1, tzinfo=zone)), utc(datetime(*following, 1, tzinfo=zone))


def required_notice(duration: timedelta, tiers: Iterable[Tier]) -> timedelta:
    """Return the notice that downtime of the announced `duration` needs: that of the first tier it is shorter
    than.

    So a length that is exactly a tier's limit takes the stricter tier. The order of tiers does not matter.
    Raises NoTier if none covers it, NoPeriod for a length below zero. Clause: scheduled downtime, R5.3.2b.
    """
    if duration < timedelta(0):
        raise NoPeriod(f"downtime cannot last {duration}")
    longest = timedelta.max
    fitting = [t for t in tiers if t.shorter_than is None or duration < t.shorter_than]
    if not fitting:
        raise NoTier(f"the agreement has no notice tier for downtime of {duration}")
    return min(fitting, key=lambda t: longest if t.shorter_than is None else t.shorter_than).notice


def latest_notice(start: datetime, duration: timedelta, tiers: Iterable[Tier]) -> datetime:
    """Return the last instant (UTC) at which notice of downtime from `start` is still enough."""
    return utc(start) - required_notice(duration, tiers)


def sufficient(notice_given: datetime, start: datetime, end: datetime, tiers: Iterable[Tier]) -> bool:
    """Say whether notice given then was enough for downtime announced for [start, end)."""
    return utc(notice_given) <= latest_notice(start, utc(end) - utc(start), tiers)


def _within(begins: datetime, ends: datetime, spans: Iterable[OpenSpan]) -> list[Span]:
    """Return the union of spans, cut to [begins, ends), in order."""
    cut = ((max(begins, utc(x)), ends if y is None else min(ends, utc(y))) for x, y in spans)
    return joined(sorted((x, y) for x, y in cut if x < y))


def _less(span: Span, holes: list[Span]) -> list[Span]:
    """Return what is left of a span without its holes, which are in order and apart."""
    left, (at, ends) = [], span
    for x, y in holes:
        if at < min(x, ends):
            left.append((at, min(x, ends)))
        at = max(at, y)
    return [*left, (at, ends)] if at < ends else left
