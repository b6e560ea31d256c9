"""Moments, lengths and hours in whole words, for people who do not read figures all day. A moment has its zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.core.promises import NamedCalendar, Target
from mainstay.core.worktime import Calendar
from mainstay.screens.moments import calendar_in, zone_name

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def by(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Return a moment to stand after 'by': 'today 14:20 GMT', 'Tue 13 Jan, 14:20 GMT'."""
    day, clock = _day(at, zone, now), _clock(at, zone)
    values = {"day": day, "clock": clock}
    return _("%(day)s %(clock)s") % values if day in _near() else _("%(day)s, %(clock)s") % values


def on(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Return when something was or will be: 'today at 14:20 GMT', 'on Tue 13 Jan at 14:20 GMT'."""
    day = _day(at, zone, now)
    values = {"day": day, "clock": _clock(at, zone)}
    return _("%(day)s at %(clock)s") % values if day in _near() else _("on %(day)s at %(clock)s") % values


def short(at: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Return a moment for a column: 'today 14:20', 'Tue 13 Jan'."""
    day = _day(at, zone, now)
    return _("%(day)s %(clock)s") % {"day": day, "clock": _clock(at, zone)} if day in _near() else day


def _near() -> tuple[str, str, str]:
    return _("yesterday"), _("today"), _("tomorrow")


def _day(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone)
    apart = local.toordinal() - today.toordinal()
    if apart in (-1, 0, 1):
        return _near()[apart + 1]
    said = calendar_in(settings.LANGUAGE_CODE)
    parts = {
        "weekday": said.short_weekdays[local.weekday()], "day": local.day,
        "month": said.short_months[local.month - 1], "year": local.year,
    }  # fmt: skip
    this_year, any_year = _("%(weekday)s %(day)d %(month)s"), _("%(weekday)s %(day)d %(month)s %(year)d")
    return (this_year if local.year == today.year else any_year) % parts


def _clock(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%H:%M} {zone_name(local)}"


def length(time: timedelta) -> str:
    """Return a length without its sign: '2 hours 5 minutes', 'less than a minute'."""
    hours, rest = divmod(abs(time), HOUR)
    minutes = rest // MINUTE
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return " ".join(parts) or _("less than a minute")


def days_or_hours(time: timedelta, *, day: timedelta) -> str:
    """Return working time in whole working days where it is more than one, else in hours."""
    if time > day and not time % day:
        count = time // day
        return ngettext("%(count)d working day", "%(count)d working days", count) % {"count": count}
    return length(time)


def target(promised: Target | None, *, day: timedelta) -> str:
    """Return a target: '4 hours', '5 working days', '7 calendar days', 'with the next release'."""
    if promised is None:
        return _("no fixed time")
    if promised.next_release:
        return _("with the next release")
    if promised.days is not None:
        return ngettext("%(count)d calendar day", "%(count)d calendar days", promised.days) % {"count": promised.days}
    return days_or_hours(promised.budget or timedelta(), day=day)


def hours(named: NamedCalendar) -> str:
    """Return the hours in which a time counts: 'Monday to Friday 09:00-17:00', or 'day and night'."""
    return week(named.calendar)


def week(calendar: Calendar) -> str:
    """Return the open hours of a week, days that are alike together."""
    if calendar.hours.open_all_week():
        return _("day and night, every day")
    runs: list[tuple[int, int, str]] = []
    for day, windows in enumerate(calendar.hours.weekly):
        said = _(" and ").join(f"{_wall(opens)}–{_wall(closes)}" for opens, closes in windows)
        if said and runs and runs[-1][1] == day - 1 and runs[-1][2] == said:
            runs[-1] = (runs[-1][0], day, said)
        elif said:
            runs.append((day, day, said))
    return ", ".join(f"{_days(first, last)} {said}" for first, last, said in runs)


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def _wall(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
