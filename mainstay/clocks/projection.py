"""Pure: what the stored clocks of a ticket must say, given its history and terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mainstay.core import clock as core
from mainstay.core import ladder
from mainstay.core.terms import Terms

NOTHING_DUE = datetime(9000, 1, 1, tzinfo=UTC)  # sorts after every promise; never shown
SETTLED = ("met", "missed", "cancelled")

StepKey = tuple[str, str, str]  # clock, name, basis


@dataclass(frozen=True, slots=True)
class Projection:
    """The rows of one ticket: clocks by name, steps by key, and the promise that the list shows."""

    clocks: dict[str, dict[str, object]]
    steps: dict[StepKey, dict[str, object]]
    promise: dict[str, object]


def project(
    reading: core.Reading, terms: Terms, *, fired: Iterable[StepKey], is_open: bool, breach_noticed: bool
) -> Projection:
    """Return the rows for `reading`. Steps in `fired` have happened and are not foreseen again."""
    return Projection(
        clocks={clock.name: _clock(clock, place) for place, clock in enumerate(reading.clocks)},
        steps=_steps(ladder.steps(reading, terms), set(fired)) if is_open else {},
        promise=_promise(reading.clocks, is_open=is_open, breach_noticed=breach_noticed),
    )


def _clock(clock: core.Clock, place: int) -> dict[str, object]:
    settled = clock.state in SETTLED
    return {
        "position": place,
        "clause": clock.clause,
        "state": clock.state,
        "why": clock.why[:300],
        "calendar": clock.calendar,
        "start": clock.start,
        "target_seconds": _seconds(clock.target),
        "target_text": clock.target_text,
        "due": clock.due,
        "stopped": clock.stopped,
        "elapsed_seconds": _seconds(clock.elapsed) if settled else None,
        "paused_seconds": _seconds(clock.paused) if settled else None,
        "breached": bool(clock.breached) and settled,
        "breached_while_in_force": bool(clock.breached_while_in_force),
    }


def _seconds(span: object) -> int | None:
    return int(span.total_seconds()) if hasattr(span, "total_seconds") else None


def _steps(steps: Sequence[ladder.Step], fired: set[StepKey]) -> dict[StepKey, dict[str, object]]:
    return {
        (step.clock, step.name, step.basis): {"due_at": step.due_at, "order": order}
        for order, step in enumerate(steps)
        if (step.clock, step.name, step.basis) not in fired
    }


def _promise(clocks: Sequence[core.Clock], *, is_open: bool, breach_noticed: bool) -> dict[str, object]:
    live = [clock for clock in clocks if clock.state in ("running", "paused", "ungraded")] if is_open else []
    due = [clock for clock in live if clock.due is not None]
    shown = (
        min(due, key=_due)
        if due
        else next((c for c in live if c.state == "paused"), live[0] if live else None)
    )
    return {
        "is_open": is_open,
        "clock": shown.name if shown else "",
        "clause": shown.clause if shown else "",
        "state": shown.state if shown else "",
        "why": shown.why[:300] if shown else "",
        "due": shown.due if shown else None,
        "sort_at": (shown.due if shown else None) or NOTHING_DUE,
        "breached": breach_noticed or any(c.breached for c in clocks if c.state in SETTLED),
    }


def _due(clock: core.Clock) -> datetime:
    return clock.due or NOTHING_DUE
