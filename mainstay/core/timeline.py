"""The timeline: written hours laid out on the one line of instants, as openings and closings.

This is where local wall clocks end. Every change of the clocks is settled while a year is laid out, once, so
that no question ever meets one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mainstay.core.hours import DAY, Hours, NeverOpens
from mainstay.core.moments import EPOCH, joined

EPOCH_DAY = EPOCH.toordinal()
# The horizon: far enough for any contract, near enough that a slip of the pen is an error.
FIRST_YEAR, LAST_YEAR = 1900, 2299

Span = tuple[int, int]


class BeyondHorizon(ValueError):
    """A moment lies outside the years that calendars are laid out for."""

    def __init__(self, second: int) -> None:
        super().__init__(
            f"{second} seconds from 1970 is outside {FIRST_YEAR} to {LAST_YEAR}, the years we reckon with"
        )


@dataclass(frozen=True, slots=True)
class Table:
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


class Timeline:
    """The table of one calendar content, grown as years are asked for.

    Threads may share it: a table is never changed, only replaced by a whole new one, and one that lost a race
    is grown again when next it proves too short.
    """

    __slots__ = ("_hours", "_years", "table")

    def __init__(self, hours: Hours) -> None:
        self._hours = hours
        self._years: dict[int, tuple[list[Span], list[Span]]] = {}
        self.table = Table(range(0), 0, 0, [], [timedelta(0)], [0], [])

    def covering(self, a: int, b: int) -> Table:
        """Return a table that covers the seconds `a` to `b`, both included. Raises BeyondHorizon."""
        table = self.table
        if table.first <= a and b < table.last:
            return table
        years = [_year_of(a), _year_of(b), *table.years[:1], *table.years[-1:]]
        return self._lay_out(min(years), max(years))

    def longer(self) -> Table:
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

    def _lay_out(self, first: int, last: int) -> Table:
        opens: list[Span] = []
        holidays: list[Span] = []
        for year in range(first, last + 1):
            if year not in self._years:
                self._years[year] = _year(self._hours, year)
            opens += self._years[year][0]
            holidays += self._years[year][1]
        self.table = _table(range(first, last + 1), joined(opens), joined(holidays))
        return self.table


@lru_cache(maxsize=1024)
def timeline_of(hours: Hours) -> Timeline:
    return Timeline(hours)


def _table(years: range, opens: list[Span], holidays: list[Span]) -> Table:
    edges: list[int] = []
    base, closed = [timedelta(0)], [0]
    for opening, closing in opens:
        edges += opening, closing
        base += timedelta(0, opening - closed[-1]), timedelta(0, closed[-1] + closing - opening)
        closed.append(closed[-1] + closing - opening)
    first, last = _utc_year(years[0]), _utc_year(years[-1] + 1)
    return Table(years, first, last, edges, base, closed, [edge for span in holidays for edge in span])


def _year(hours: Hours, year: int) -> tuple[list[Span], list[Span]]:
    """Return one UTC year's open spans and holiday spans, as instants.

    Each stretch of constant offset shows a part of the local wall clock: a gap hides a part, a fold shows one
    twice.
    """
    first, last = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    wall = sorted(hours.wall(first - 3, last + 3))  # a window's tail and a zone's offset reach over the edges
    local = [joined((x, y) for x, y, holiday in wall if holiday is kind) for kind in (False, True)]
    opens: list[Span] = []
    holidays: list[Span] = []
    for begins, ends, offset in _stretches(hours.tz, year):
        for instants, spans in zip((opens, holidays), local, strict=True):
            instants += _seen(spans, begins, ends, offset)
    return opens, holidays


def _seen(spans: list[Span], begins: int, ends: int, offset: int) -> Iterator[Span]:
    """Yield what [begins, ends) shows of local `spans`, as instants; local time is `offset` ahead of UTC."""
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
    local = moment_of(second).astimezone(zone).replace(tzinfo=UTC)
    return second_of(local - EPOCH) - second


def _runs(edges: list[int], a: int, b: int) -> Iterator[tuple[int, int, int]]:
    """Tile [a, b) at `edges`; the third of each tile is 1 between an odd edge and the next, else 0."""
    i = bisect_right(edges, a)
    while a < b:
        to = min(b, edges[i]) if i < len(edges) else b
        yield a, to, i & 1
        a, i = to, i + 1


def moment_of(second: int) -> datetime:
    return EPOCH + timedelta(0, second)


def second_of(since: timedelta) -> int:
    """Return the last whole second not after."""
    return since.days * DAY + since.seconds


def second_up(since: timedelta) -> int:
    """Return the first whole second not before."""
    return since.days * DAY + since.seconds + (since.microseconds > 0)


def _year_of(second: int) -> int:
    if not _utc_year(FIRST_YEAR) <= second < _utc_year(LAST_YEAR + 1):
        raise BeyondHorizon(second)
    return moment_of(second).year


def _utc_year(year: int) -> int:
    return _utc(date(year, 1, 1).toordinal())


def _utc(day: int) -> int:
    """Return the instant at which the day with this ordinal begins in UTC."""
    return (day - EPOCH_DAY) * DAY
