"""Pure: which release is a client's next, and until when a release that is planned for a day is in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Plan:
    """A planned release as far as it matters to who waits. `clients` empty: all. Only `software` is a next release."""

    id: int
    planned_on: date
    software: bool = True
    clients: frozenset[int] = frozenset()

    def reaches(self, client: int | None) -> bool:
        """Whether the client with that id gets it."""
        return not self.clients or client in self.clients


def next_of(plans: Iterable[Plan], client: int | None) -> Plan | None:
    """Return the first release of software that the client gets, by day, or None where none is planned."""
    fit = (plan for plan in plans if plan.software and plan.reaches(client))
    return min(fit, key=lambda plan: (plan.planned_on, plan.id), default=None)


def place_of(plans: Iterable[Plan], client: int | None, chosen: int | None) -> Plan | None:
    """Return where a request waits: the release that a person chose for it while that is planned, or else the next."""
    plans = list(plans)
    kept = next((plan for plan in plans if plan.id == chosen and plan.reaches(client)), None)
    return kept or next_of(plans, client)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last second of `day` in `zone`, as UTC: a release is in time on the whole of its day."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(seconds=1)
