"""Moments and spans in words. A moment is always shown with its zone; a span says its unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = 60, 3600, 86400
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


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
    local, today = at.astimezone(zone), _day_of(now, zone)
    name, clock = zone_name(local), f"{local.hour:02}:{local.minute:02}"
    weekday, month = DAYS[local.weekday()], MONTHS[local.month - 1]
    apart = local.toordinal() - today.toordinal()
    if apart == 0 and not days:
        day = ""
    elif apart in (-1, 1) and not days:
        day = "yesterday " if apart < 0 else "tomorrow "
    elif abs(apart) < 7:
        day = f"{weekday[:3]} "
    elif local.year == today.year:
        day = f"{weekday[:3]} {local.day} {month[:3]} "
    else:
        day = f"{local.day} {month[:3]} {local.year} "
    full = f"{weekday} {local.day} {month} {local.year}, {clock}:{local.second:02} {name}"
    return Moment(f"{day}{clock} {name}", full, at.astimezone(UTC).isoformat(timespec="seconds"))


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
    return f"{seconds // DAY} days {seconds % DAY // HOUR} h"


def real_span(length: timedelta) -> str:
    """Return a length of real time, in days where it has some: '3 days', '5 h', '2 min'."""
    seconds = abs(int(length.total_seconds()))
    if seconds >= 2 * DAY:
        return f"{seconds // DAY} days"
    return span(timedelta(seconds=seconds - seconds % MINUTE if seconds >= MINUTE else seconds))


def size(octets: int) -> str:
    """Return the size of a file: '14 kB', '2.3 MB'."""
    if octets < 1000:
        return f"{octets} B"
    if octets < 1_000_000:
        return f"{octets / 1000:.0f} kB"
    return f"{octets / 1_000_000:.1f} MB"
