"""Pure: days as contracts write them, and the moments at which they begin and end.

A contract says 'from 1 April to 31 March', both days included; a row says [active_from, active_to) in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def begins(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment (UTC) at which `day` begins in `zone`."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def ends(last_day: date, zone: ZoneInfo) -> datetime:
    """Return the moment (UTC) at which `last_day` is over in `zone`."""
    return begins(last_day + timedelta(days=1), zone)


def first_day(active_from: datetime, zone: ZoneInfo) -> date:
    """Return the day in `zone` on which a period begins."""
    return active_from.astimezone(zone).date()


def last_day(active_to: datetime, zone: ZoneInfo) -> date:
    """Return the last day in `zone` that belongs to a period which ends at `active_to`, exclusive."""
    return (active_to - timedelta(microseconds=1)).astimezone(zone).date()
