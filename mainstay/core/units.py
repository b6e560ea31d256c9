"""Units: spans, shares and rates as an agreement writes them."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from re import compile as pattern

from mainstay.core.promises import NEXT_RELEASE, Target

PARTS = pattern(r"(\d+)\s*(h|min|s|d)\s*")
CALENDAR_DAYS = pattern(r"(\d+) calendar days?")
WEEKS = pattern(r"(\d+) weeks?")
PERCENT = pattern(r"(\d+(?:\.\d+)?)\s*%")
KNOWN_UNITS = "90min, 4h, 1h30min, 5d (working days), 7 calendar days or next release"


class BadUnit(ValueError):
    """The text is not in a unit that an agreement uses."""


def read_target(text: str, day: timedelta) -> Target:
    """Return the target that `text` writes, `d` being one working day of length `day`. Raises BadUnit."""
    if text == NEXT_RELEASE:
        return Target(text, next_release=True)
    days = CALENDAR_DAYS.fullmatch(text)
    if days:
        return Target(text, days=int(days[1]))
    return Target(text, budget=read_span(text, day))


def read_span(text: str, day: timedelta) -> timedelta:
    """Return a span of `h`, `min`, `s` and `d` (each of length `day`), added up. Raises BadUnit."""
    unit = {"h": timedelta(hours=1), "min": timedelta(minutes=1), "s": timedelta(seconds=1), "d": day}
    total, end = timedelta(0), 0
    while found := PARTS.match(text, end):
        total, end = total + int(found[1]) * unit[found[2]], found.end()
    if not end or end < len(text):
        raise BadUnit(f"{text!r} is not a time that an agreement can name")
    return total


def read_real_span(text: str) -> timedelta:
    """Return a span of real time: hours and less, calendar days of 24 hours, weeks of 168. Raises BadUnit."""
    for form, unit in ((CALENDAR_DAYS, timedelta(days=1)), (WEEKS, timedelta(weeks=1))):
        found = form.fullmatch(text)
        if found:
            return int(found[1]) * unit
    return read_span(text, timedelta(days=1))


def read_percent(text: str) -> Fraction:
    """Return the number before the percent sign, exactly: 99.9 for "99.9%". Raises BadUnit."""
    found = PERCENT.fullmatch(text)
    if not found:
        raise BadUnit(f"{text!r} is not a percentage")
    return Fraction(found[1])


def read_share(text: str) -> Fraction:
    """Return a percentage as a share of one: 1/2 for "50%". Raises BadUnit."""
    return read_percent(text) / 100


def say_span(span: timedelta) -> str:
    """Return the span in hours, minutes and seconds: "40 h", "1 h 30 min", "none"."""
    seconds = int(span.total_seconds())
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    said = [f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if n]
    return " ".join(said) or "none"


def say_percent(share: Fraction) -> str:
    """Return a share of one as a percentage: "75%", "12.5%"."""
    return f"{float(share * 100):g}%"
