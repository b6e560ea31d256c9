"""Working time the slow way: walk minutes (seconds at ragged ends) and ask each one whether it is open.

There is no interval arithmetic here on purpose. A minute is open or shut as a whole, because windows are
written to the minute and zones differ from UTC by whole minutes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Pauses = Sequence[tuple[datetime, datetime | None]]


class SlowCalendar:
    """The neutral calendar form, read afresh for every minute asked about."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.spec = spec
        self.zone = ZoneInfo(spec["tz"])
        self.is_open: Callable[[datetime], bool] = lru_cache(maxsize=None)(self._is_open)

    def _is_open(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        today, clock = local.date(), local.strftime("%H:%M")
        yesterday = today - timedelta(days=1)
        begun_today = any(a <= clock < b or (b <= a and a <= clock) for a, b in self.hours(today))
        begun_yesterday = any(b <= a and clock < b for a, b in self.hours(yesterday))
        if self.spec.get("holiday_rule") == "by_start_day":
            tail_lost = self.is_lost(yesterday)
        else:
            tail_lost = self.is_holiday(today)
        return (begun_today and not self.is_lost(today)) or (begun_yesterday and not tail_lost)

    def hours(self, day: date) -> list[tuple[str, str]]:
        if self.is_exception(day):
            return self.spec["exceptions"][day.isoformat()]
        return self.spec["hours"].get(WEEKDAYS[day.weekday()], [])

    def is_lost(self, day: date) -> bool:
        return self.is_holiday(day) and not self.is_exception(day)

    def is_holiday(self, day: date) -> bool:
        return day.isoformat() in self.spec.get("holidays", ())

    def is_exception(self, day: date) -> bool:
        return day.isoformat() in self.spec.get("exceptions", {})

    def between(self, start: datetime, end: datetime) -> timedelta:
        return self.elapsed(start, end, [])

    def elapsed(self, start: datetime, end: datetime, pauses: Pauses) -> timedelta:
        return sum(self.counted(start, end, pauses), timedelta(0))

    def due(self, start: datetime, budget: timedelta, pauses: Pauses, limit: datetime) -> datetime | None:
        """Return None where the budget is not used up by `limit`."""
        at = start
        for step, counts in self.steps(start, limit, pauses):
            if not budget:
                break
            used = min(step, budget) if counts else timedelta(0)
            budget -= used
            at += used if counts and not budget else step
        return None if budget else at

    def counted(self, start: datetime, end: datetime, pauses: Pauses) -> Iterator[timedelta]:
        return (step for step, counts in self.steps(start, end, pauses) if counts)

    def steps(self, start: datetime, end: datetime, pauses: Pauses) -> Iterator[tuple[timedelta, bool]]:
        """Yield how far each step goes and whether it counts; none passes the edge of a minute or a pause."""
        at = start.astimezone(UTC)
        edges = [edge for pause in pauses for edge in pause if edge]
        ragged = {edge.astimezone(UTC).replace(second=0, microsecond=0) for edge in (*edges, at, end)}
        while at < end:
            minute = at.replace(second=0, microsecond=0)
            step = SECOND if minute in ragged else MINUTE
            paused = any(begins <= at and (ends is None or at < ends) for begins, ends in pauses)
            yield step, self.is_open(minute) and not paused
            at += step
