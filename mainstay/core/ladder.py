"""Ladders: what a reading calls for, and when: warnings, breaches, escalations, updates that fall due.

Every moment is derived from the clock's own time, never from when somebody noticed, so that lateness does
not add up. A paused clock, or one that has stopped, calls for nothing that it had not come to before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from mainstay.core.judgement import budget_of, spells
from mainstay.core.ledger import reached
from mainstay.core.promises import Mark, Rule, Terms
from mainstay.core.reading import Clock, Reading

ORDER = ("warning", "update_due", "breach", "escalation")  # of steps that fall due at the same second
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that becomes due. It happens once for each (`clock`, `name`, `basis`).

    `due_at` is the first second, in UTC, at which it is true, whenever anybody looks: a warning when its
    share of the target is used up, a breach one working second after the target is. `kind` is "warning",
    "update_due", "breach" or "escalation". `basis` is the cycle, severity and target that it was derived
    from.
    """

    clock: str
    name: str
    kind: str
    due_at: datetime
    basis: str
    level: str
    whom: str
    tells_client: bool
    evidence: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Span:
    """A rule in force on a clock during [start, end); `end` is None for the one in force at the end."""

    rule: Rule
    start: datetime
    end: datetime | None


def steps(reading: Reading, terms: Terms) -> tuple[Step, ...]:
    """Return every step that the reading came to or foresees, in the order in which they fall due.

    A step that a clock came to under a severity stays when the severity changes; what it had not come to is
    dropped, and the new target makes steps of its own, none of them due before the change.
    """
    found: dict[tuple[str, str, str], Step] = {}
    for clock in (*reading.earlier, *reading.clocks):
        for step in _of(clock, clock.start, terms.marks[clock.name]) if clock.start else ():
            found.setdefault((step.clock, step.name, step.basis), step)
    return tuple(sorted(found.values(), key=lambda step: (step.due_at, ORDER.index(step.kind))))


def _of(clock: Clock, start: datetime, marks: tuple[Mark, ...]) -> Iterator[Step]:
    for span in _spans(clock, start):
        target, budget = span.rule.target, budget_of(span.rule, start)
        if target is None:
            continue
        basis = f"{clock.cycle}/severity {span.rule.severity or 'unknown'}/{target.text}"
        if budget is None:
            yield from _released(clock, span, marks, basis)
        else:
            yield from _used_up(clock, span, marks, basis, budget)


def _spans(clock: Clock, start: datetime) -> Iterator[Span]:
    """Yield the rules that were in force, in order; the last one is the clock's own."""
    for spell in spells(clock.stretches):
        if spell.rule is clock.rule and spell.end == clock.stretches[-1].end:
            start = spell.start
        else:
            yield Span(spell.rule, spell.start, spell.end)
            start = spell.end
    yield Span(clock.rule, start, None)


def _used_up(
    clock: Clock, span: Span, marks: tuple[Mark, ...], basis: str, budget: timedelta
) -> Iterator[Step]:
    for mark in marks:
        amount = budget + SECOND if mark.share is None else _share(budget, mark.share)
        at = clock.reaches(amount) if span.end is None else reached(clock.stretches, amount)
        if at is not None and (span.end is None or at <= span.end):
            yield _step(clock, mark, max(at, span.start), basis)


def _share(budget: timedelta, share: Fraction) -> timedelta:
    """Return the share of the budget in whole seconds, rounded up: a warning is never early."""
    return ceil(budget // SECOND * share) * SECOND


def _released(clock: Clock, span: Span, marks: tuple[Mark, ...], basis: str) -> Iterator[Step]:
    """Yield what follows when the release comes without it; a date has no share to warn of."""
    if span.end is None and clock.due and (clock.breached or clock.state == "running"):
        for mark in marks:
            if mark.share is None:
                due_at = max(clock.due + SECOND, span.start)
                yield _step(clock, mark, due_at, f"{basis} {clock.due:%Y-%m-%dT%H:%M:%SZ}")


def _step(clock: Clock, mark: Mark, due_at: datetime, basis: str) -> Step:
    return Step(
        clock=clock.name,
        name=mark.name,
        kind=mark.kind,
        due_at=due_at,
        basis=basis,
        level=mark.level,
        whom=mark.whom,
        tells_client=mark.tells_client,
        evidence=mark.evidence,
        clause=mark.clause,
    )
