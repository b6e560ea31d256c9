"""Telling a ticket in one line per event, with days of one week and London clock times.

The week is Monday 12 to Sunday 18 January 2026, when London time is UTC; `+1 Mon 09:00` is a week later.
A full ISO instant works as well. Ana at Acme reports; Ida on first line answers.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from mainstay.agreements import standard
from mainstay.core.clock import Clock, Event, Reading, read
from mainstay.core.terms import Terms

MONDAY = datetime(2026, 1, 12, tzinfo=UTC)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CORE = standard().terms("core")
ROUND_THE_CLOCK = standard().terms("24x7")

GRADED = {1: ("high", "high"), 2: ("high", "medium"), 3: ("medium", "medium"), 4: ("low", "low")}


def when(text: str) -> datetime:
    """Return the instant: "Mon 09:00", "Mon 09:00:30", "+1 Mon 09:00", or ISO 8601."""
    if text[0].isdigit():
        return datetime.fromisoformat(text)
    day, clock = text.split()[-2:]
    hour, minute, *second = map(int, clock.split(":"))
    weeks = int(text.split()[0]) if text.startswith("+") else 0
    at = timedelta(weeks=weeks, days=DAYS.index(day), hours=hour, minutes=minute, seconds=sum(second))
    return MONDAY + at


def event(at: str, kind: str, /, ref: str = "", **data: Any) -> Event:
    return Event(kind, when(at), data, ref or f"{kind} {at}")


def reported(at: str, severity: int = 2, **data: Any) -> Event:
    """Ana reports something of this severity."""
    urgency, impact = GRADED[severity]
    return event(at, "reported", urgency=urgency, impact=impact, **data)


def answered(at: str, severity: int) -> list[Event]:
    """Ida gives number and severity in one message."""
    return [event(at, "number_provided"), event(at, "severity_provided", severity=severity)]


def ticket(start: str, answer: str, severity: int, *events: Event) -> list[Event]:
    """A ticket reported and answered, and what happened afterwards."""
    return [reported(start, severity), *answered(answer, severity), *events]


def reading(events: list[Event], at: str, terms: Terms = CORE) -> Reading:
    return read(events, terms, at=when(at))


def clock(name: str, events: list[Event], at: str, terms: Terms = CORE) -> Clock:
    found = reading(events, at, terms).clock(name)
    assert found is not None, f"there is no {name} clock"
    return found


def hours(span: timedelta | None) -> float:
    assert span is not None
    return span / timedelta(hours=1)


def shown(at: datetime | None) -> str | None:
    """Return an instant of the told week and the ones after as it is told."""
    if at is None:
        return None
    days, rest = divmod(at - MONDAY, timedelta(days=1))
    clock_time = (MONDAY + rest).strftime("%H:%M:%S").removesuffix(":00")
    return f"{f'+{days // 7} ' if days // 7 else ''}{DAYS[days % 7]} {clock_time}"
