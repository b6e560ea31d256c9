"""Working time: how much of a span counts, and when a budget of it is used up.

A calendar is laid out once, year by year as it is asked for, into one sorted list of UTC instants at which it opens
or closes, with the seconds worked so far beside each. Every question is then a binary search, whatever the span, and
a change of the clocks costs nothing because it happened when the list was made.

Conventions: an instant is open if its local wall time lies in a window [from, to) of its local weekday and its local
date is no holiday. A budget lands at closing: the earliest instant at which it is used up. Instants are aware, in any
zone; they are read down to their whole second, budgets up to theirs, and answers are UTC.
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
FIRST_YEAR, LAST_YEAR = (
    1900,
    2299,
)  # the horizon: far enough for any contract, near enough that a slip is an error
ENDLESS = 1 << 60  # later than every instant in seconds: the end of a pause that still runs

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
    """Open hours of one kind, such as core service hours. Cheap to make twice: equal content shares one table.

    `name` and `version` are for people and ledgers and have no part in the arithmetic.
    """

    hours: Hours
    name: str = ""
    version: str = ""
    _timeline: Timeline = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_timeline", _timeline_of(self.hours))

    @classmethod
    def from_dict(cls, spec: Mapping[str, object], *, name: str = "", version: str = "") -> Self:
        """Read the neutral form: `tz`, `hours` by weekday, `holidays`, `exceptions` by date, `holiday_rule`.

        An exception replaces one date's hours, and on a holiday opens just these. `by_date` holidays close their local
        date from 00:00 to 24:00; `by_start_day` holidays close the windows that begin on it, past midnight too.
        Raises BadCalendar with every fault and its place, NeverOpens if there is not one open second.
        """
        name, version = name or str(spec.get("name", "")), version or str(spec.get("version", ""))
        return cls(read_hours(spec), name=name, version=version)

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone whose wall clock the hours are written for."""
        return ZoneInfo(self.hours.tz)

    def is_open(self, at: datetime) -> bool:
        """Say whether time counts at `at`: the opening second does, the closing second does not."""
        second = _second(at)
        table = self._timeline.table
        if not table.first <= second < table.last:
            table = self._timeline.reach(second, second + 1)
        return bool(bisect_right(table.edges, second) & 1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time in [start, end), zero where `end` is not after `start`."""
        a, b = _second(start), _second(end)
        if b <= a:
            return timedelta(0)
        return timedelta(0, self._worked(a, b))

    def add(self, start: datetime, budget: timedelta) -> datetime:
        """Return the earliest instant by which `budget` has been worked since `start`.

        A budget that ends at closing time lands on closing time; a budget of zero lands on `start`, open or not.
        Raises NeverOpens if the calendar does not open long enough, ValueError for a budget below zero.
        """
        a, left = _second(start), _budget(budget)
        return _moment(self._land(a, left) if left else a)

    def elapsed(self, start: datetime, end: datetime, pauses: Pauses) -> timedelta:
        """Return the working time in [start, end) that lies in no pause.

        Pauses are [from, to), in any order; they may overlap, repeat, reach over both ends, and one that still runs
        has None for its end.
        """
        a, b = _second(start), _second(end)
        counted = 0
        for paused_from, paused_to in _ordered(pauses):
            if paused_to > a:
                if paused_from >= b:
                    break
                if paused_from > a:
                    counted += self._worked(a, paused_from)
                a = paused_to
        return timedelta(0, counted + self._worked(a, b) if b > a else counted)

    def due(self, start: datetime, budget: timedelta, pauses: Pauses) -> datetime | None:
        """Return the earliest instant by which `budget` has been worked outside pauses, None while that is unknown.

        It is unknown when a pause still runs and the budget was not used up by its beginning. A pause that begins
        exactly at the due instant does not move it.
        """
        a, left = _second(start), _budget(budget)
        if not left:
            return _moment(a)
        for paused_from, paused_to in _ordered(pauses):
            if paused_to <= a:
                continue
            if paused_from > a:
                worked = self._worked(a, paused_from)
                if worked >= left:
                    break
                left -= worked
            if paused_to == ENDLESS:
                return None
            a = paused_to
        return _moment(self._land(a, left))

    def next_open(self, at: datetime) -> datetime:
        """Return the first open instant from `at` on, `at` itself if open. Raises NeverOpens if there is none."""
        return _moment(self._land(_second(at), 1) - 1)

    def next_close(self, at: datetime) -> datetime | None:
        """Return when the open stretch that `at` is in, or else the next one, closes. None if it never does.

        Raises NeverOpens if there is no such stretch.
        """
        inside = self._land(_second(at), 1)
        table = self._timeline.table
        while (closes := table.edges[bisect_left(table.edges, inside)]) == table.last:
            if self._timeline.open_for_good():
                return None
            table = self._timeline.longer()
        return _moment(closes)

    def segments(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, str]]:
        """Tile [start, end) exactly with (from, to, kind), kind being "open", "holiday" or "out of hours".

        Closed time is "holiday" on the local date of a holiday, and wherever a holiday took hours away.
        """
        a, b = _second(start), _second(end)
        table = self._timeline.reach(a, max(a, b))
        return ((_moment(x), _moment(y), kind) for x, y, kind in table.tiles(a, b))

    def _worked(self, a: int, b: int) -> int:
        table = self._timeline.table
        if a < table.first or b > table.last:
            table = self._timeline.reach(a, b)
        return table.worked(b) - table.worked(a)

    def _land(self, a: int, left: int) -> int:
        table = self._timeline.table
        if a < table.first or a > table.last:
            table = self._timeline.reach(a, a)
        while (target := table.worked(a) + left) > table.closed[-1]:
            table = self._timeline.longer()
        k = bisect_left(table.closed, target)
        return table.edges[2 * k - 1] - table.closed[k] + target


@dataclass(frozen=True, slots=True)
class _Table:
    """The open hours of some years in a row: `edges` alternates openings and closings, in seconds from 1970.

    `counted[i]` turns an instant after `i` edges into seconds worked before it: alone while closed, plus the instant
    while open. `closed[k]` is the total at the k-th closing, from 1. `holidays` alternates like `edges`.
    """

    years: range
    first: int
    last: int
    edges: list[int]
    counted: list[int]
    closed: list[int]
    holidays: list[int]

    def worked(self, second: int) -> int:
        i = bisect_right(self.edges, second)
        return self.counted[i] + second if i & 1 else self.counted[i]

    def tiles(self, a: int, b: int) -> Iterator[tuple[int, int, str]]:
        for x, y, is_open in _runs(self.edges, a, b):
            if is_open:
                yield x, y, "open"
            else:
                for p, q, holiday in _runs(self.holidays, x, y):
                    yield p, q, "holiday" if holiday else "out of hours"


class _Timeline:
    """The table of one calendar content, grown as years are asked for.

    Threads may share it: a table is never changed, only replaced by a whole new one, and one that lost a race is
    grown again when next it proves too short.
    """

    __slots__ = ("_hours", "_years", "table")

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._years: dict[int, tuple[list[Span], list[Span]]] = {}
        self.table = _Table(range(0), ENDLESS, -ENDLESS, [], [0], [0], [])

    def reach(self, a: int, b: int) -> _Table:
        """Return a table that covers the instants `a` to `b`, both included. Raises BeyondHorizon."""
        table = self.table
        if a < table.first or b > table.last:
            years = [_year_of(a), _year_of(b), *table.years[:1], *table.years[-1:]]
            table = self._lay_out(min(years), max(years))
        return table

    def longer(self) -> _Table:
        """Return a table that reaches about twice as far ahead. Raises NeverOpens where that can help nobody."""
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
    edges, counted, closed = [], [0], [0]
    for opening, closing in opens:
        total = closed[-1] + closing - opening
        edges += opening, closing
        counted += closed[-1] - opening, total
        closed.append(total)
    first, last = _utc_year(years[0]), _utc_year(years[-1] + 1)
    return _Table(years, first, last, edges, counted, closed, [edge for span in holidays for edge in span])


def _year(hours: Hours, year: int) -> tuple[list[Span], list[Span]]:
    """Return one UTC year's open spans and holiday spans, as instants.

    Each stretch of constant offset shows a part of the local wall clock: a gap hides a part, a fold shows one twice.
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
    """Yield what [begins, ends) shows of local `spans`, as instants, while local time is `offset` ahead of UTC."""
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
    local = _moment(second).astimezone(zone).replace(tzinfo=UTC)
    return _second(local) - second


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


def _ordered(pauses: Pauses) -> list[Span]:
    spans = ((_second(begins), ENDLESS if ends is None else _second(ends)) for begins, ends in pauses)
    return sorted(span for span in spans if span[0] < span[1])


def _second(moment: datetime) -> int:
    try:
        since = moment - EPOCH
    except TypeError:
        raise NaiveMoment(moment) from None
    return since.days * DAY + since.seconds


def _budget(budget: timedelta) -> int:
    if budget.days < 0:
        raise ValueError(f"a budget of working time cannot be below zero: {budget!r}")
    return budget.days * DAY + budget.seconds + (budget.microseconds > 0)


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
