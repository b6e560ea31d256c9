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
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from mainstay.core.hours import DAY, BadCalendar, Fault, Hours, NeverOpens, read_hours

__all__ = ["BadCalendar", "BeyondHorizon", "Calendar", "Fault", "NaiveMoment", "NeverOpens", "Pauses"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.toordinal()
# The horizon: far enough for any contract, near enough that a slip of the pen is an error.
FIRST_YEAR, LAST_YEAR = 1900, 2299
ZERO, TICK, FOREVER = timedelta(0), timedelta.resolution, timedelta.max

Span = tuple[int, int]
Pauses = Iterable[tuple[datetime, datetime | None]]


class NaiveMoment(ValueError):
    """A moment came without a time zone, so nobody can say which instant it is."""

    def __init__(self, moment: object) -> None:
        super().__init__(f"{moment!r} has no time zone; give an aware datetime")


class BeyondHorizon(ValueError):
    """A moment lies outside the years that calendars are laid out for."""

    def __init__(self, second: int) -> None:
        super().__init__(
            f"{second} seconds from 1970 is outside {FIRST_YEAR} to {LAST_YEAR}, the years we reckon with"
        )


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open hours of one kind, such as core service hours. Cheap to make twice: equal content shares one
    table.

    `name` and `version` are for people and ledgers and have no part in the arithmetic.
    """

    hours: Hours
    name: str = ""
    version: str = ""
    _timeline: _Timeline = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_timeline", _timeline_of(self.hours))

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
        second = _second(_since(at))
        return bool(bisect_right(self._timeline.covering(second, second).edges, second) & 1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time in [start, end), zero where `end` is not after `start`."""
        # `add` and this are asked for every clock on every page, so both are written out: calling `_since`,
        # `_worked` and `_land` as the others do takes half as long again.
        try:
            a, b = start - EPOCH, end - EPOCH
        except TypeError:
            raise _naive(start, end) from None
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
            raise _naive(start) from None
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
        a, b = _since(start), _since(end)
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
        a, left = _since(start), budget
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
        return self._land(_since(at), TICK) - TICK

    def next_close(self, at: datetime) -> datetime | None:
        """Return when the open stretch that `at` is in, or else the next one, closes. None if it never does.

        Raises NeverOpens if there is no such stretch.
        """
        inside = _second_up(_since(self._land(_since(at), TICK)))
        table = self._timeline.covering(inside, inside)
        while (closes := table.edges[bisect_left(table.edges, inside)]) == table.last:
            if self._timeline.open_for_good():
                return None
            table = self._timeline.longer()
        return _moment(closes)

    def segments(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, str]]:
        """Tile [start, end) exactly with (from, to, kind), kind being "open", "holiday" or "out of hours".

        Closed time is "holiday" on the local date of a holiday, and wherever a holiday took hours away.
        """
        a, b = _second(_since(start)), _second_up(_since(end))
        tiles = self._timeline.covering(a, max(a, b)).tiles(a, b) if start < end else ()
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        return ((max(start, _moment(x)), min(end, _moment(y)), kind) for x, y, kind in tiles)

    def _worked(self, a: timedelta, b: timedelta) -> timedelta:
        """Return the working time between two distances from the epoch, `a` not after `b`."""
        table = self._timeline.covering(_second(a), _second(b))
        return table.worked(b) - table.worked(a)

    def _land(self, a: timedelta, budget: timedelta) -> datetime:
        second = _second(a)
        table = self._timeline.covering(second, second)
        while _second_up(target := table.worked(a) + budget) > table.closed[-1]:
            table = self._timeline.longer()
        closing = bisect_left(table.closed, _second_up(target))
        return EPOCH + (table.base[2 * closing - 1] + target)


@dataclass(frozen=True, slots=True)
class _Table:
    """The open hours of some years in a row, [first, last) in seconds from 1970.

    `edges` alternates openings and closings. `base[i]` belongs to the time after i edges: while closed it is
    the time worked so far, while open it is what to take from the distance to 1970 to get that. `closed[k]`
    is the seconds worked by the k-th closing, from 1. `holidays` alternates like `edges`.
    """

    years: range
    first: int
    last: int
    edges: list[int]
    base: list[timedelta]
    closed: list[int]
    holidays: list[int]

    def worked(self, since: timedelta) -> timedelta:
        i = bisect_right(self.edges, since.days * DAY + since.seconds)
        return since - self.base[i] if i & 1 else self.base[i]

    def tiles(self, a: int, b: int) -> Iterator[tuple[int, int, str]]:
        for x, y, is_open in _runs(self.edges, a, b):
            if is_open:
                yield x, y, "open"
            else:
                for p, q, holiday in _runs(self.holidays, x, y):
                    yield p, q, "holiday" if holiday else "out of hours"


class _Timeline:
    """The table of one calendar content, grown as years are asked for.

    Threads may share it: a table is never changed, only replaced by a whole new one, and one that lost a race
    is grown again when next it proves too short.
    """

    __slots__ = ("_hours", "_years", "table")

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._years: dict[int, tuple[list[Span], list[Span]]] = {}
        self.table = _Table(range(0), 0, 0, [], [ZERO], [0], [])

    def covering(self, a: int, b: int) -> _Table:
        """Return a table that covers the seconds `a` to `b`, both included. Raises BeyondHorizon."""
        table = self.table
        if table.first <= a and b < table.last:
            return table
        years = [_year_of(a), _year_of(b), *table.years[:1], *table.years[-1:]]
        return self._lay_out(min(years), max(years))

    def longer(self) -> _Table:
        """Return a table that reaches about twice as far ahead. Raises NeverOpens where that cannot help."""
        years = self.table.years
        if years[-1] == LAST_YEAR or (self._all_special_days_past() and not any(self._hours.weekly)):
            raise NeverOpens(f"the calendar does not open for long enough between {years[0]} and {LAST_YEAR}")
        return self._lay_out(years[0], min(years[-1] + len(years), LAST_YEAR))

    def open_for_good(self) -> bool:
        """Say whether the end of the table is open and nothing after it ever closes."""
        return self._all_special_days_past() and self._hours.open_all_week()

    def _all_special_days_past(self) -> bool:
        return self.table.last > _utc(self._hours.last_special_day() + 3)

    def _lay_out(self, first: int, last: int) -> _Table:
        opens: list[Span] = []
        holidays: list[Span] = []
        for year in range(first, last + 1):
            if year not in self._years:
                self._years[year] = _year(self._hours, year)
            opens += self._years[year][0]
            holidays += self._years[year][1]
        self.table = _table(range(first, last + 1), _merged(opens), _merged(holidays))
        return self.table


@lru_cache(maxsize=1024)
def _timeline_of(hours: Hours) -> _Timeline:
    return _Timeline(hours)


def _table(years: range, opens: list[Span], holidays: list[Span]) -> _Table:
    edges: list[int] = []
    base, closed = [ZERO], [0]
    for opening, closing in opens:
        edges += opening, closing
        base += timedelta(0, opening - closed[-1]), timedelta(0, closed[-1] + closing - opening)
        closed.append(closed[-1] + closing - opening)
    first, last = _utc_year(years[0]), _utc_year(years[-1] + 1)
    return _Table(years, first, last, edges, base, closed, [edge for span in holidays for edge in span])


def _year(hours: Hours, year: int) -> tuple[list[Span], list[Span]]:
    """Return one UTC year's open spans and holiday spans, as instants.

    Each stretch of constant offset shows a part of the local wall clock: a gap hides a part, a fold shows one
    twice.
    """
    first, last = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    wall = sorted(hours.wall(first - 3, last + 3))  # a window's tail and a zone's offset reach over the edges
    local = [_merged((x, y) for x, y, holiday in wall if holiday is kind) for kind in (False, True)]
    opens: list[Span] = []
    holidays: list[Span] = []
    for begins, ends, offset in _stretches(hours.tz, year):
        for instants, spans in zip((opens, holidays), local, strict=True):
            instants += _seen(spans, begins, ends, offset)
    return opens, holidays


def _seen(spans: list[Span], begins: int, ends: int, offset: int) -> Iterator[Span]:
    """Yield what [begins, ends) shows of local `spans`, as instants, with local time `offset` ahead of UTC."""
    for x, y in spans:
        x, y = x - offset - EPOCH_DAY * DAY, y - offset - EPOCH_DAY * DAY
        if x < ends and y > begins:
            yield max(x, begins), min(y, ends)


@lru_cache(maxsize=4096)
def _stretches(tz: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """Return (from, to, offset) for each part of a UTC year with one offset, all in seconds.

    A probe a day finds every change: no zone since 1900 has changed twice within three days.
    """
    zone, (begins, ends) = ZoneInfo(tz), (_utc_year(year), _utc_year(year + 1))
    found: list[tuple[int, int, int]] = []
    offset = _offset(begins, zone)
    for probe in range(begins + DAY, ends + DAY, DAY):
        if _offset(probe, zone) != offset:
            seconds = range(probe - DAY, probe)
            change = probe - DAY + bisect_left(seconds, True, key=lambda s: _offset(s, zone) != offset)
            found.append((begins, change, offset))
            begins, offset = change, _offset(probe, zone)
    return (*found, (begins, ends, offset))


def _offset(second: int, zone: ZoneInfo) -> int:
    return _second(_since(_moment(second).astimezone(zone).replace(tzinfo=UTC))) - second


def _runs(edges: list[int], a: int, b: int) -> Iterator[tuple[int, int, int]]:
    """Tile [a, b) at `edges`; the third of each tile is 1 between an odd edge and the next, else 0."""
    i = bisect_right(edges, a)
    while a < b:
        to = min(b, edges[i]) if i < len(edges) else b
        yield a, to, i & 1
        a, i = to, i + 1


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Join sorted spans that overlap or touch."""
    merged: list[Span] = []
    for x, y in spans:
        if merged and x <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(y, merged[-1][1])
        else:
            merged.append((x, y))
    return merged


def _ordered(pauses: Pauses) -> list[tuple[timedelta, timedelta]]:
    spans = ((_since(begins), FOREVER if ends is None else _since(ends)) for begins, ends in pauses)
    return sorted(span for span in spans if span[0] < span[1])


def _spendable(budget: timedelta) -> bool:
    if budget < ZERO:
        raise ValueError(f"a budget of working time cannot be below zero: {budget!r}")
    return budget > ZERO


def _since(moment: datetime) -> timedelta:
    """Return the distance from 1970, which is quicker to reckon with than the moment and has no zone."""
    try:
        return moment - EPOCH
    except TypeError:
        raise _naive(moment) from None


def _naive(*moments: datetime) -> NaiveMoment:
    return NaiveMoment(next((m for m in moments if getattr(m, "tzinfo", None) is None), moments[0]))


def _second(since: timedelta) -> int:
    return since.days * DAY + since.seconds


def _second_up(since: timedelta) -> int:
    return since.days * DAY + since.seconds + (since.microseconds > 0)


def _moment(second: int) -> datetime:
    return EPOCH + timedelta(0, second)


def _year_of(second: int) -> int:
    if not _utc_year(FIRST_YEAR) <= second < _utc_year(LAST_YEAR + 1):
        raise BeyondHorizon(second)
    return _moment(second).year


def _utc_year(year: int) -> int:
    return _utc(date(year, 1, 1).toordinal())


def _utc(day: int) -> int:
    """Return the instant at which the day with this ordinal begins in UTC."""
    return (day - EPOCH_DAY) * DAY
