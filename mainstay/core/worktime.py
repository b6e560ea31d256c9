"""Working time: how much of a span counts, and when a budget of it is used up.

A calendar is laid out once, year by year as it is asked for, into one sorted list of UTC instants at which it
opens or closes, with the seconds worked so far beside each. Every question is then a binary search, whatever
the span, and a change of the clocks costs nothing because it happened when the list was made.

Conventions: an instant is open if its local wall time lies in a window [from, to) of its local weekday and
its local date is no holiday. A budget lands at closing: the earliest instant at which it is used up. Instants
are aware, in any zone, answers are UTC, and both are exact to the microsecond.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from mainstay.core.hours import DAY, BadCalendar, Fault, Hours, NeverOpens, read_hours
from mainstay.core.moments import EPOCH, NaiveMoment, naive, since, utc
from mainstay.core.timeline import BeyondHorizon, Timeline, moment_of, second_of, second_up, timeline_of

__all__ = ["BadCalendar", "BeyondHorizon", "Calendar", "Fault", "NaiveMoment", "NeverOpens", "Pauses"]

ZERO, TICK, FOREVER = timedelta(0), timedelta.resolution, timedelta.max

Pauses = Iterable[tuple[datetime, datetime | None]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open hours of one kind, such as core service hours. Equal content shares one table, however often made.

    `name` and `version` are for people and ledgers and have no part in the arithmetic.
    """

    hours: Hours
    name: str = ""
    version: str = ""
    _timeline: Timeline = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_timeline", timeline_of(self.hours))

    @classmethod
    def from_dict(cls, spec: Mapping[str, object], *, name: str = "", version: str = "") -> Self:
        """Read the neutral form: `tz`, `hours` by weekday, `holidays`, `exceptions` by date, `holiday_rule`.

        An exception replaces one date's hours, and on a holiday opens just these. `by_date` holidays close
        their local date from 00:00 to 24:00; `by_start_day` holidays close the windows that begin on it, past
        midnight too. Raises BadCalendar with every fault and its place, NeverOpens if there is not one open
        second.
        """
        name, version = name or str(spec.get("name", "")), version or str(spec.get("version", ""))
        return cls(read_hours(spec), name=name, version=version)

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone whose wall clock the hours are written for."""
        return ZoneInfo(self.hours.tz)

    def is_open(self, at: datetime) -> bool:
        """Say whether time counts at `at`: the opening second does, the closing second does not."""
        second = second_of(since(at))
        return bool(bisect_right(self._timeline.covering(second, second).edges, second) & 1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time in [start, end), zero where `end` is not after `start`."""
        # `add` and this are asked for every clock on every page, so both are written out: calling `since`,
        # `_worked` and `_land` as the others do takes half as long again.
        try:
            a, b = start - EPOCH, end - EPOCH
        except TypeError:
            raise naive(start, end) from None
        if b <= a:
            return ZERO
        x, y = a.days * DAY + a.seconds, b.days * DAY + b.seconds
        table = self._timeline.table
        if x < table.first or y >= table.last:
            table = self._timeline.covering(x, y)
        edges, base = table.edges, table.base
        i, j = bisect_right(edges, x), bisect_right(edges, y)
        return (b - base[j] if j & 1 else base[j]) - (a - base[i] if i & 1 else base[i])

    def add(self, start: datetime, budget: timedelta) -> datetime:
        """Return the earliest instant by which `budget` has been worked since `start`.

        A budget that ends at closing time lands on closing time; a budget of zero lands on `start`, open or
        not. Raises NeverOpens if the calendar does not open long enough, ValueError for a budget below zero.
        """
        try:
            a = start - EPOCH
        except TypeError:
            raise naive(start) from None
        table, x = self._timeline.table, a.days * DAY + a.seconds
        if budget > ZERO and table.first <= x < table.last:
            edges, base, closed = table.edges, table.base, table.closed
            i = bisect_right(edges, x)
            target = (a - base[i] if i & 1 else base[i]) + budget
            y = target.days * DAY + target.seconds + (target.microseconds > 0)
            if y <= closed[-1]:
                return EPOCH + (base[2 * bisect_left(closed, y) - 1] + target)
        return self._land(a, budget) if _spendable(budget) else EPOCH + a

    def elapsed(self, start: datetime, end: datetime, pauses: Pauses) -> timedelta:
        """Return the working time in [start, end) that lies in no pause.

        Pauses are [from, to), in any order; they may overlap, repeat, reach over both ends, and one that
        still runs has None for its end.
        """
        a, b = since(start), since(end)
        counted = ZERO
        for paused_from, paused_to in _ordered(pauses):
            if paused_from >= b:
                break
            if paused_from > a:
                counted += self._worked(a, paused_from)
            a = max(a, paused_to)
        return counted + self._worked(a, b) if a < b else counted

    def due(self, start: datetime, budget: timedelta, pauses: Pauses) -> datetime | None:
        """Return the earliest instant by which `budget` has been worked outside pauses, None while unknown.

        It is unknown when a pause still runs and the budget was not used up by its beginning. A pause that
        begins exactly at the due instant does not move it.
        """
        a, left = since(start), budget
        if not _spendable(budget):
            return EPOCH + a
        for paused_from, paused_to in _ordered(pauses):
            if paused_from > a:
                worked = self._worked(a, paused_from)
                if worked >= left:
                    break
                left -= worked
            a = max(a, paused_to)
            if a == FOREVER:
                return None
        return self._land(a, left)

    def next_open(self, at: datetime) -> datetime:
        """Return the first open instant from `at` on, `at` itself if open. Raises NeverOpens for none."""
        return self._land(since(at), TICK) - TICK

    def next_close(self, at: datetime) -> datetime | None:
        """Return when the open stretch that `at` is in, or else the next one, closes. None if it never does.

        Raises NeverOpens if there is no such stretch.
        """
        inside = second_up(since(self._land(since(at), TICK)))
        table = self._timeline.covering(inside, inside)
        while (closes := table.edges[bisect_left(table.edges, inside)]) == table.last:
            if self._timeline.open_for_good():
                return None
            table = self._timeline.longer()
        return moment_of(closes)

    def segments(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, str]]:
        """Tile [start, end) exactly with (from, to, kind), kind being "open", "holiday" or "out of hours".

        Closed time is "holiday" on the local date of a holiday, and wherever a holiday took hours away.
        """
        a, b = second_of(since(start)), second_up(since(end))
        tiles = self._timeline.covering(a, max(a, b)).tiles(a, b) if start < end else ()
        start, end = utc(start), utc(end)
        return ((max(start, moment_of(x)), min(end, moment_of(y)), kind) for x, y, kind in tiles)

    def _worked(self, a: timedelta, b: timedelta) -> timedelta:
        """Return the working time between two distances from the epoch, `a` not after `b`."""
        table = self._timeline.covering(second_of(a), second_of(b))
        return table.worked(b) - table.worked(a)

    def _land(self, a: timedelta, budget: timedelta) -> datetime:
        second = second_of(a)
        table = self._timeline.covering(second, second)
        while second_up(target := table.worked(a) + budget) > table.closed[-1]:
            table = self._timeline.longer()
        closing = bisect_left(table.closed, second_up(target))
        return EPOCH + (table.base[2 * closing - 1] + target)


def _ordered(pauses: Pauses) -> list[tuple[timedelta, timedelta]]:
    spans = ((since(begins), FOREVER if ends is None else since(ends)) for begins, ends in pauses)
    return sorted(span for span in spans if span[0] < span[1])


def _spendable(budget: timedelta) -> bool:
    if budget < ZERO:
        raise ValueError(f"a budget of working time cannot be below zero: {budget!r}")
    return budget > ZERO
