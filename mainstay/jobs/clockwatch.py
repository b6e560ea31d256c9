"""Noticing that the wall clock was moved while a worker ran. Pure: both clocks' readings are passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERATED = timedelta(seconds=60)
HOLD = timedelta(minutes=2)


@dataclass(slots=True)
class ClockWatch:
    """Compares the wall clock with a clock that cannot be set, from one look to the next.

    After a jump of more than a minute nothing is begun for up to two minutes, for a clock that was set wrong
    is often set right again at once. Leases are wall times and may then end too early or too late: too early
    is made harmless by their fence, too late by `actions.mend_leases`.
    """

    _difference: float | None = None  # wall minus steady, seconds, as last believed
    _held_since: float | None = None  # steady seconds

    def look(self, *, wall: datetime, steady: float) -> timedelta | None:
        """Return the jump for which work is held at the moment, or None: go on. `steady` is in seconds."""
        difference = wall.timestamp() - steady
        if self._difference is None or abs(difference - self._difference) <= TOLERATED.total_seconds():
            self._difference, self._held_since = difference, None  # follows a clock that is being slewed
            return None
        if self._held_since is None:
            self._held_since = steady
        if steady - self._held_since >= HOLD.total_seconds():
            self._difference, self._held_since = difference, None
            return None
        return timedelta(seconds=difference - self._difference)
