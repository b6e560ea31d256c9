"""Written hours: a calendar as people write it down, checked, and laid out on the local wall clock.

Everything here is local. Days are date ordinals, times are seconds after local midnight, and nothing knows of
UTC; `worktime` turns the result into instants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from re import compile as pattern
from zoneinfo import ZoneInfo

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RULES = ("by_date", "by_start_day")
KEYS = ("tz", "hours", "holidays", "exceptions", "holiday_rule", "name", "version", "note")
CLOCK_TIME = pattern(r"(\d\d):(\d\d)(?::(\d\d))?")
DATE = pattern(r"\d{4}-\d\d-\d\d")

# (opens, closes) in seconds after local midnight; a window over midnight closes after 24:00.
Windows = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a written calendar: the place in it (`hours.mon[0]`) and what to do about it."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


class BadCalendar(ValueError):
    """The calendar cannot be read. `faults` holds every fault found, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, self.faults)))


class NeverOpens(ValueError):
    """The calendar has no working time left to give: none at all, or not enough before the horizon."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar's content, hashable, so that two calendars that say the same share one prepared table.

    `weekly` starts on Monday. `exceptions` and `holidays` are sorted by date ordinal.
    """

    tz: str
    weekly: tuple[Windows, ...]
    holidays: tuple[int, ...] = ()
    exceptions: tuple[tuple[int, Windows], ...] = ()
    by_start_day: bool = False

    def wall(self, first: int, last: int) -> Iterator[tuple[int, int, bool]]:
        """Yield (from, to, holiday) in local seconds since ordinal 0 for the windows begun on days `first` to
        `last`.

        `holiday` is False for open hours and True for what a holiday closes: the whole date and any hours it
        takes away. A window past midnight is given in two pieces, so that each piece belongs to one local
        date.
        """
        holidays, exceptions = frozenset(self.holidays), dict(self.exceptions)
        for day in range(first, last + 1):
            lost = day in holidays and day not in exceptions
            if day in holidays:
                yield day * DAY, (day + 1) * DAY, True
            for opens, closes in exceptions.get(day, self.weekly[(day - 1) % 7]):
                yield day * DAY + opens, day * DAY + min(closes, DAY), lost
                if closes > DAY:
                    tail_lost = lost if self.by_start_day else day + 1 in holidays
                    yield (day + 1) * DAY, day * DAY + closes, tail_lost

    def last_special_day(self) -> int:
        """Return the ordinal of the last date that is not like its weekday, 0 where there is none."""
        return max((*self.holidays, *(day for day, _ in self.exceptions)), default=0)

    def open_all_week(self) -> bool:
        """Say whether the weekly windows leave no local second out."""
        reached = 0
        week = sorted((day * DAY + x, day * DAY + y) for day in range(-1, 7) for x, y in self.weekly[day % 7])
        for opens, closes in week:
            if opens > reached:
                return False
            reached = max(reached, closes)
        return reached >= 7 * DAY

    def ever_open(self) -> bool:
        """Say whether these hours are open at some local second. A weekly window always comes round."""
        if any(self.weekly):
            return True
        days = [day for day, _ in self.exceptions]
        return any(not holiday for day in days for *_, holiday in self.wall(day, day))


def read_hours(spec: Mapping[str, object]) -> Hours:
    """Read the neutral calendar form. Raises BadCalendar naming every fault, NeverOpens for one without open
    hours.

    `tz` and `hours` are needed. Times are `HH:MM` or `HH:MM:SS` (or `datetime.time`), `24:00` ends a day, an
    end at or before its start crosses midnight, so `09:00-09:00` is a full day of 24 hours. Dates are
    `YYYY-MM-DD` or `datetime.date`. Windows of one day may overlap; they count once.
    """
    faults: list[Fault] = []
    for key in spec:
        if key not in KEYS:
            faults.append(Fault(str(key), f"is not a part of a calendar{_nearest(str(key), KEYS)}"))
    hours = Hours(
        tz=_zone(spec.get("tz"), faults),
        weekly=_weekly(spec.get("hours"), faults),
        holidays=_holidays(spec.get("holidays", ()), faults),
        exceptions=_exceptions(spec.get("exceptions", {}), faults),
        by_start_day=_rule(spec.get("holiday_rule", "by_date"), faults) == "by_start_day",
    )
    if faults:
        raise BadCalendar(faults)
    if not hours.ever_open():
        raise NeverOpens(
            "the calendar has no open hours: give a day a window, such as mon = [['09:00', '17:00']]"
        )
    return hours


def _zone(value: object, faults: list[Fault]) -> str:
    if not isinstance(value, str) or not value:
        faults.append(Fault("tz", "needs a time zone by name, such as Europe/London"))
        return ""
    try:
        ZoneInfo(value)
    except (
        KeyError,
        ValueError,
        OSError,
    ):  # not found, not a name, or a folder of the zone database such as "Europe"
        faults.append(Fault("tz", f"{value!r} is not a known time zone; write it like Europe/London"))
    return value


def _weekly(value: object, faults: list[Fault]) -> tuple[Windows, ...]:
    if not isinstance(value, Mapping):
        faults.append(Fault("hours", "needs the open hours by weekday, such as mon = [['09:00', '17:00']]"))
        return ((),) * 7
    for key in value:
        if key not in WEEKDAYS:
            problem = f"is not a weekday{_nearest(str(key), WEEKDAYS)}; use {', '.join(WEEKDAYS)}"
            faults.append(Fault(f"hours.{key}", problem))
    return tuple(_windows(value.get(day, ()), f"hours.{day}", faults) for day in WEEKDAYS)


def _windows(value: object, place: str, faults: list[Fault]) -> Windows:
    if not isinstance(value, list | tuple):
        faults.append(Fault(place, "needs a list of [from, to] pairs"))
        return ()
    return tuple(sorted({_window(pair, f"{place}[{i}]", faults) for i, pair in enumerate(value)}))


def _window(value: object, place: str, faults: list[Fault]) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        faults.append(Fault(place, "needs two times, from and to, such as ['09:00', '17:00']"))
        return 0, 0
    opens, closes = (_clock_time(part, f"{place}[{i}]", faults) for i, part in enumerate(value))
    if opens == DAY:
        faults.append(
            Fault(f"{place}[0]", "24:00 can end a window but not begin one; use 00:00 of the next day")
        )
    return opens, closes if closes > opens else closes + DAY


def _clock_time(value: object, place: str, faults: list[Fault]) -> int:
    if isinstance(value, time) and value.tzinfo is None and not value.microsecond:
        return value.hour * 3600 + value.minute * 60 + value.second
    found = CLOCK_TIME.fullmatch(value) if isinstance(value, str) else None
    if found:
        hour, minute, second = (int(part or 0) for part in found.groups())
        if (hour < 24 and minute < 60 and second < 60) or (hour, minute, second) == (24, 0, 0):
            return hour * 3600 + minute * 60 + second
    faults.append(Fault(place, f"{value!r} is not a time of day; write it like 09:00 (24:00 ends a day)"))
    return 0


def _holidays(value: object, faults: list[Fault]) -> tuple[int, ...]:
    if not isinstance(value, list | tuple | set | frozenset):
        faults.append(Fault("holidays", "needs a list of dates, such as ['2026-12-25']"))
        return ()
    return tuple(sorted({_day(day, f"holidays[{i}]", faults) for i, day in enumerate(value)}))


def _exceptions(value: object, faults: list[Fault]) -> tuple[tuple[int, Windows], ...]:
    if not isinstance(value, Mapping):
        problem = "needs dates with their own hours, such as '2026-12-24' = [['09:00', '12:00']]"
        faults.append(Fault("exceptions", problem))
        return ()
    days = {
        _day(key, f"exceptions.{key}", faults): _windows(windows, f"exceptions.{key}", faults)
        for key, windows in value.items()
    }
    return tuple(sorted(days.items()))


def _day(value: object, place: str, faults: list[Fault]) -> int:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.toordinal()
    try:
        if isinstance(value, str) and DATE.fullmatch(value):
            return date.fromisoformat(value).toordinal()
        raise ValueError(value)
    except ValueError:
        faults.append(Fault(place, f"{value!r} is not a date; write it like 2026-12-25"))
        return 0


def _rule(value: object, faults: list[Fault]) -> object:
    if value not in RULES:
        faults.append(Fault("holiday_rule", f"{value!r} is not a rule; use {' or '.join(RULES)}"))
    return value


def _nearest(word: str, words: tuple[str, ...]) -> str:
    near = get_close_matches(word[:12], words, n=1, cutoff=0.5) or [w for w in words if word[:3].lower() == w]
    return f"; did you mean {near[0]}?" if near else ""
