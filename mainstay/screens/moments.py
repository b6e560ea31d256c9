"""Moments and spans in words. A moment is always shown with its zone; a span says its unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.dates import MONTHS_3, MONTHS_ALT, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment for `<time>`: `text` is short, `full` says everything, `iso` is for machines."""

    text: str
    full: str
    iso: str


def moment(at: datetime | None, zone: ZoneInfo, *, now: datetime, days: bool = False) -> Moment | None:
    """Return `at` in `zone`: 'Mon 14:30 GMT' within a week, with the date beyond. None stays None.

    `days` names today too, for columns in which days change from line to line.
    """
    if at is None:
        return None
    local, today, said = at.astimezone(zone), _day_of(now, zone), calendar_in(settings.LANGUAGE_CODE)
    apart = local.toordinal() - today.toordinal()
    if apart == 0 and not days:
        short = said.today
    elif apart in (-1, 1) and not days:
        short = said.yesterday if apart < 0 else said.tomorrow
    elif abs(apart) < 7:
        short = said.near
    elif local.year == today.year:
        short = said.this_year
    else:
        short = said.any_year
    parts = {
        "weekday": said.short_weekdays[local.weekday()],
        "day": local.day,
        "month": said.short_months[local.month - 1],
        "year": local.year,
        "time": f"{local.hour:02}:{local.minute:02} {zone_name(local)}",
    }
    text = short % parts
    parts["weekday"], parts["month"] = said.weekdays[local.weekday()], said.months[local.month - 1]
    parts["time"] = f"{local.hour:02}:{local.minute:02}:{local.second:02} {zone_name(local)}"
    return Moment(text, said.full % parts, at.astimezone(UTC).isoformat(timespec="seconds"))


@dataclass(frozen=True, slots=True)
class Calendar:
    """How moments are said in one language: names of days and months, and what stands where."""

    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    today: str
    yesterday: str
    tomorrow: str
    near: str
    this_year: str
    any_year: str
    full: str


@lru_cache(maxsize=16)
def calendar_in(language: str) -> Calendar:
    """Return how moments are said in `language`. Kept, for a list says one on each of its lines."""
    with translation.override(language):
        return _calendar()


def _calendar() -> Calendar:
    return Calendar(
        tuple(str(WEEKDAYS[one]) for one in range(7)),
        tuple(str(WEEKDAYS_ABBR[one]) for one in range(7)),
        tuple(str(MONTHS_ALT[one]) for one in range(1, 13)),
        tuple(str(MONTHS_3[one]).title() for one in range(1, 13)),
        today="%(time)s",
        yesterday=_("yesterday %(time)s"),
        tomorrow=_("tomorrow %(time)s"),
        near=_("%(weekday)s %(time)s"),
        this_year=_("%(weekday)s %(day)d %(month)s %(time)s"),
        any_year=_("%(day)d %(month)s %(year)d %(time)s"),
        full=_("%(weekday)s %(day)d %(month)s %(year)d, %(time)s"),
    )


@lru_cache(maxsize=16)
def _day_of(now: datetime, zone: ZoneInfo) -> date:
    """Return the day that `now` is in: the same for all lines of a page."""
    return now.astimezone(zone).date()


def zone_name(local: datetime) -> str:
    """Return what people call the zone at that moment: 'GMT', 'BST', or 'UTC+05:30' where it has only a number."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[:1] in "+-" else name


def span(length: timedelta) -> str:
    """Return a length without its sign, its two greatest units: '2 h 05 min', '45 s'. Days are of 24 hours."""
    seconds = abs(int(length.total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min"
    hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
    return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"


def exact_span(length: timedelta) -> str:
    """Return a length to the second, so that a column of them adds up: '2 h 05 min 09 s'."""
    seconds = abs(int(length.total_seconds()))
    hours, minutes, rest = seconds // HOUR, seconds % HOUR // MINUTE, seconds % MINUTE
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes:02d} min" if hours else f"{minutes} min"] * bool(
        hours or minutes
    )
    if rest or not parts:
        parts.append(f"{rest:02d} s" if parts else f"{rest} s")
    return " ".join(parts)


def days_span(length: timedelta) -> str:
    """Return a length of real time without its sign, with days from two on: '4 days 2 h'."""
    seconds = abs(int(length.total_seconds()))
    if seconds < 2 * DAY:
        return span(length)
    return f"{_days(seconds // DAY)} {seconds % DAY // HOUR} h"


def real_span(length: timedelta) -> str:
    """Return a length of real time, in days where it has some: '3 days', '5 h', '2 min'."""
    seconds = abs(int(length.total_seconds()))
    if seconds >= 2 * DAY:
        return _days(seconds // DAY)
    return span(timedelta(seconds=seconds - seconds % MINUTE if seconds >= MINUTE else seconds))


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def size(octets: int) -> str:
    """Return the size of a file: '14 kB', '2.3 MB'."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{octets / 1000:.0f} kB"
    return f"{number_format(octets / 1_000_000, decimal_pos=1)} MB"
