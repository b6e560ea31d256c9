"""Releases: when the next one comes, for promises whose target is the next release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mainstay.core.event import Event

Spans = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Releases:
    """What a ticket has heard of releases: the dates scheduled, and those that came without its fix."""

    scheduled: tuple[datetime, ...] = ()
    without_fix: tuple[datetime, ...] = ()

    @classmethod
    def heard(cls, events: Iterable[Event]) -> Releases:
        """Return what `release_scheduled` and `released` events say, in their order.

        A release that is named can be moved or withdrawn as long as its date has not come. One without a
        name is a date of its own, because a date promised to a client does not move silently.
        """
        dates: dict[object, datetime] = {}
        missed: list[datetime] = []
        for number, event in enumerate(events):
            name = event.data.get("release") or number
            if event.kind == "release_scheduled":
                _schedule(dates, name, event)
            elif event.kind == "released" and not event.counts():
                missed.append(max(event.at, dates.get(name, event.at)))
        return cls(tuple(sorted(dates.values())), tuple(missed))

    def next_after(self, since: datetime, away: Spans) -> datetime | None:
        """Return the first date scheduled from `since` on that does not fall into a span of `away`."""
        return next((date for date in self.scheduled if date >= since and not _within(date, away)), None)

    def left_out(self, since: datetime, end: datetime, due: datetime | None, away: Spans) -> datetime | None:
        """Return when a release came in [since, end] without the fix, from the due one on, if any did."""
        first = max(since, due) if due else since
        return next((at for at in self.without_fix if first <= at <= end and not _within(at, away)), None)


def _schedule(dates: dict[object, datetime], name: object, event: Event) -> None:
    known, date = dates.get(name), event.moment("release_at")
    if known is not None and known <= event.at:
        return
    if date is not None:
        dates[name] = date
    else:
        dates.pop(name, None)


def _within(at: datetime, away: Spans) -> bool:
    return any(start <= at < end for start, end in away)
