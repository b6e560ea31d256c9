"""Judgement: from how a clock ran to what is due and whether the promise was kept.

A budget is judged by the time used: equal is kept, more is broken. The next release is judged by its date.
Which of the readings of the text apply is in the terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from mainstay.core.course import Course
from mainstay.core.ledger import COUNTED, MERGED, NONE, TESTED, Stretch, reached, used
from mainstay.core.promises import Commitment, Readings, Rule
from mainstay.core.reading import Clock
from mainstay.core.releases import Releases


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is due under one rule, and whether it was broken; None where nothing can be said yet."""

    due: datetime | None
    breached: bool | None


class Spent(NamedTuple):
    """How a clock's time was spent, on the calendars in force but for `paused_wall`, which is real time."""

    elapsed: timedelta
    paused: timedelta
    paused_wall: timedelta
    tested: timedelta


@dataclass(frozen=True, slots=True)
class Spell:
    """A run of stretches under one rule: the severity was in force from `start` to `end`."""

    rule: Rule
    start: datetime
    end: datetime
    so_far: tuple[Stretch, ...]  # from the very start of the clock to the end of this spell


def judge(
    course: Course,
    commitment: Commitment,
    readings: Readings,
    releases: Releases,
    at: datetime,
    ungraded: str,
) -> Clock:
    """Return the clock of a course as read at `at`. `ungraded` says why a request may have no severity."""
    rule, spent = course.rule, _spent(course.stretches)
    budget = budget_of(rule, course.start)
    verdict = _verdict(course, budget, spent.elapsed, readings, releases, at)
    state = _state(course, verdict)
    return Clock(
        name=commitment.name,
        clause=rule.clause,
        calendar=rule.calendar.name,
        cycle=course.cycle,
        state=state,
        severity=rule.severity,
        start=course.start,
        target=said_target(rule, budget),
        target_text=rule.target.text if rule.target else "",
        due=verdict.due,
        stopped=course.stopped,
        elapsed=spent.elapsed,
        paused=spent.paused,
        paused_wall=spent.paused_wall,
        tested=spent.tested,
        breached=verdict.breached,
        breached_while_in_force=_in_force(course, verdict, releases),
        regraded=course.regraded,
        remaining=None if budget is None else budget - spent.elapsed,
        why=_why(course, state, ungraded),
        rule=rule,
        stretches=course.stretches,
    )


def _spent(stretches: Sequence[Stretch]) -> Spent:
    elapsed = paused = paused_wall = tested = NONE
    for s in stretches:
        if s.kind == COUNTED:
            elapsed += s.worked
        elif s.kind in (TESTED, MERGED):
            tested += s.worked
        else:
            paused += s.worked
            paused_wall += s.end - s.start
    return Spent(elapsed, paused, paused_wall, tested)


def budget_of(rule: Rule, start: datetime) -> timedelta | None:
    """Return the time that a target gives from `start`: calendar days run to the same local clock time."""
    if rule.target is None or rule.target.days is None:
        return rule.target.budget if rule.target else None
    zone = rule.calendar.calendar.zone
    local = start.astimezone(zone)
    return (local + timedelta(days=rule.target.days)).astimezone(start.tzinfo) - start


def said_target(rule: Rule, budget: timedelta | None) -> timedelta | str | None:
    """Return the target as a clock shows it: a budget, "next release", or None where nothing is promised."""
    return budget if budget is not None else rule.target.text if rule.target else None


def spells(stretches: Sequence[Stretch]) -> Iterator[Spell]:
    """Yield the runs of stretches under one rule, in order."""
    taken = 0
    for _, run in groupby(stretches, key=lambda s: id(s.rule)):
        start, count = stretches[taken].start, len(list(run))
        taken += count
        yield Spell(stretches[taken - 1].rule, start, stretches[taken - 1].end, tuple(stretches[:taken]))


def _verdict(
    course: Course,
    budget: timedelta | None,
    elapsed: timedelta,
    readings: Readings,
    releases: Releases,
    at: datetime,
) -> Verdict:
    if course.rule.target is None:
        return Verdict(None, None)
    if budget is None:
        since = last_in_force(course)
        return _released(course.stretches, since, course.stopped, course.mode, releases, at)
    due = _due(course, budget, elapsed, readings)
    if readings.breach == "instant":
        return Verdict(due, due is not None and (course.stopped or at) > due)
    return Verdict(due, elapsed > budget)


def _due(course: Course, budget: timedelta, elapsed: timedelta, readings: Readings) -> datetime | None:
    due = reached(course.stretches, budget)
    calendar = course.rule.calendar.calendar
    if due is None:
        if course.cancelled or (course.stopped is None and course.mode != COUNTED):
            return None
        due = calendar.add(course.stretches[-1].end if course.stretches else course.start, budget - elapsed)
    return calendar.next_open(due) if readings.landing == "opening" else due


def last_in_force(course: Course) -> datetime:
    """Return since when the rule at the end has been in force."""
    since = course.start
    for spell in spells(course.stretches):
        since = spell.start if spell.rule is course.rule else spell.end
    return since


def _released(
    stretches: Sequence[Stretch],
    since: datetime,
    stopped: datetime | None,
    mode: str,
    releases: Releases,
    at: datetime,
) -> Verdict:
    """Judge by the first release after `since` that the clock did not sit out."""
    end = stopped or at
    away = [(s.start, s.end) for s in stretches if s.kind != COUNTED]
    due = releases.next_after(since, away)
    left_out = releases.left_out(since, end, due, away)
    if stopped is None and mode != COUNTED and due is not None and due > at:
        due = None
    due = due or left_out
    return Verdict(
        due, None if due is None and stopped is None else left_out is not None or bool(due and end > due)
    )


def _in_force(course: Course, verdict: Verdict, releases: Releases) -> tuple[int, ...]:
    """Return the severities that were broken while in force, each once, in the order it came about."""
    broken: dict[int, None] = {}
    for spell in spells(course.stretches) if course.regraded else ():
        if (
            spell.rule is not course.rule
            and spell.rule.severity is not None
            and _overrun(spell, course, releases)
        ):
            broken[spell.rule.severity] = None
    if verdict.breached and course.rule.severity is not None:
        broken.setdefault(course.rule.severity)
    return tuple(broken)


def _overrun(spell: Spell, course: Course, releases: Releases) -> bool:
    budget = budget_of(spell.rule, course.start)
    if budget is None:
        return bool(_released(spell.so_far, spell.start, spell.end, COUNTED, releases, spell.end).breached)
    return used(spell.so_far) > budget


def _state(course: Course, verdict: Verdict) -> str:
    if course.stopped is not None:
        return "missed" if verdict.breached else "cancelled" if course.cancelled else "met"
    if course.mode != COUNTED:
        return "paused"
    return "running" if course.rule.target else "ungraded"


def _why(course: Course, state: str, ungraded: str) -> str:
    if course.cancelled and course.cause:
        into = course.cause.data.get("into")
        return f"merged into {into}" if course.cause.kind == "merged" else course.cause.kind.replace("_", " ")
    if state == "paused":
        return course.mode
    return ungraded if state == "ungraded" else ""
