"""What it costs to read every clock of a ticket with forty events, and how that grows with the events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bench.measure import said, seconds_each
from mainstay.cli.agreement import read as agreement
from mainstay.core import ladder
from mainstay.core.clock import Event, read

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
ROUND = ("waiting_on_client", "client_replied", "progress_updated", "severity_changed")


def history(count: int) -> list[Event]:
    """A ticket that goes back and forth: question, answer, update, another severity, over and over."""
    events = [
        Event("reported", START, {"urgency": "high", "impact": "medium"}, "1"),
        Event("number_provided", START + timedelta(minutes=1), {}, "2"),
        Event("severity_provided", START + timedelta(minutes=20), {"severity": 2}, "3"),
    ]
    while len(events) < count:
        number = len(events) + 1
        kind = ROUND[number % len(ROUND)]
        data = {"severity": 2 + number % 2} if kind == "severity_changed" else {}
        events.append(Event(kind, START + timedelta(hours=3 * number), data, str(number)))
    return events


def main() -> None:
    terms = agreement("standard").terms("24x7")
    base = None
    for count in (5, 40, 320):
        events = history(count)
        at = events[-1].at + timedelta(hours=1)
        cost = seconds_each(lambda: read(events, terms, at=at), times=100)  # noqa: B023  called at once
        both = seconds_each(lambda: ladder.steps(read(events, terms, at=at), terms), times=50)  # noqa: B023
        base = base or cost
        print(
            f"{count:4} events: read {said(cost)}, with its due steps {said(both)} ({cost / base:.1f} x of 5 events)"
        )


main()
