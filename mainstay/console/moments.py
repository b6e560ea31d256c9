"""Pure: which moment somebody means by 'tomorrow' or 'next week', in the zone of the contract."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)
CLIENT, MOMENT = "client", "moment"
CHOICES = (
    ("hours", "In four hours"),
    ("tomorrow", "Tomorrow, 09:00"),
    ("week", "Next Monday, 09:00"),
    (CLIENT, "When the client writes"),
    (MOMENT, "At another moment"),
)


def until(choice: str, moment: datetime | None, zone: ZoneInfo, *, at: datetime) -> datetime | None:
    """Return the moment that is meant, aware; None for 'when the client writes'. `moment` is a local time in `zone`."""
    if choice == CLIENT:
        return None
    if choice == MOMENT:
        return moment.replace(tzinfo=zone) if moment else None
    if choice == "hours":
        return at + timedelta(hours=4)
    today = at.astimezone(zone).date()
    days = 1 if choice == "tomorrow" else 7 - today.weekday()
    return datetime.combine(today + timedelta(days=days), MORNING, zone)
