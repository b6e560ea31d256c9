"""Clocks against a slow model, and what must hold whatever happens to a ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.core.clock import Clock, Event, read
from mainstay.core.ladder import steps
from mainstay.core.ledger import TESTED
from mainstay.core.terms import Terms
from tests.core.telling import CORE, ROUND_THE_CLOCK, answered, reported, when

START = when("Thu 15:00")  # so that a weekend lies in most tickets
STEP = timedelta(minutes=20)
LENGTH = 300  # steps: four days and a bit
ANSWER = "Thu 15:20"

Move = tuple[str, dict[str, Any]]
MOVES: list[Move] = [
    ("waiting_on_client", {}),
    ("client_replied", {}),
    ("severity_changed", {"to": 1}),
    ("severity_changed", {"to": 2}),
    ("severity_changed", {"to": 3}),
    ("fix_provided", {}),
    ("workaround_provided", {"service_available": True}),
    ("workaround_provided", {"service_available": False}),
    ("acceptance_rejected", {}),
    ("service_lost", {}),
    ("force_majeure_began", {}),
    ("force_majeure_ended", {}),
    ("waiting_on_third_party", {}),
    ("progress_updated", {}),
    ("escalated", {}),
]
LATER = [*MOVES, ("closed", {}), ("reopened", {}), ("complaint_received", {}), ("complaint_answered", {})]


@st.composite
def tickets(draw: st.DrawFn, moves: list[Move] = MOVES) -> list[Event]:
    """A ticket of severity 1 to 3, answered after twenty minutes, with a dozen things happening to it."""
    severity = draw(st.integers(1, 3))
    events = [reported("Thu 15:00", severity), *answered(ANSWER, severity)]
    at = st.integers(1, LENGTH)
    for number, (place, (kind, data)) in enumerate(
        draw(st.lists(st.tuples(at, st.sampled_from(moves)), max_size=12))
    ):
        events.append(Event(kind, START + place * STEP, data, f"move {number}"))
    return events


moments = st.integers(1, LENGTH + 40).map(lambda place: START + place * STEP)
TERMS = {"core": CORE, "24x7": ROUND_THE_CLOCK}
agreed = st.sampled_from(sorted(TERMS))


def resolution(events: list[Event], at: datetime, terms: Terms) -> Clock:
    clock = read(events, terms, at=at).clock("resolution")
    assert clock is not None
    return clock


def clocks(events: list[Event], at: datetime, terms: Terms) -> list[Clock]:
    told = read(events, terms, at=at)
    return [clock for clock in (*told.earlier, *told.clocks) if clock.start]


ENDS = ("fix_provided", "workaround_provided", "closed")
FAILS = ("acceptance_rejected", "service_lost", "reopened")
ANSWERS = ("client_replied", "acceptance_rejected", "reopened", *ENDS)


class Walker:
    """The resolution clock the slow way: from the answer on in small steps, with no interval in sight."""

    def __init__(self) -> None:
        self.elapsed = self.paused = self.tested = self.away = timedelta(0)
        self.severity = self.judged = None
        self.waiting = self.majeure = False
        self.stopped: datetime | None = None

    def hear(self, event: Event, now: datetime) -> None:
        kind = event.kind
        self.severity = event.data.get("severity", event.data.get("to", self.severity))
        if self.stopped is None:
            self.judged = self.severity
        if event.data.get("service_available") is False:
            return
        self.waiting = (self.waiting or kind == "waiting_on_client") and kind not in ANSWERS
        self.majeure = (self.majeure or kind == "force_majeure_began") and kind != "force_majeure_ended"
        if self.stopped is None and kind in ENDS:
            self.stopped, self.away = now, timedelta(0)
        elif self.stopped is not None and kind in FAILS:
            self.stopped, self.tested, self.judged = None, self.tested + self.away, self.severity

    def spend(self, step: timedelta) -> None:
        if self.stopped is not None:
            self.away += step
        elif self.waiting or self.majeure:
            self.paused += step
        else:
            self.elapsed += step


def slowly(events: list[Event], at: datetime, terms: Terms) -> dict[str, object]:
    commitment = terms.commitment("resolution")
    assert commitment is not None
    ordered = sorted((e for e in events if e.at <= at), key=lambda e: e.at)
    walker, now = Walker(), START + STEP
    for event in ordered:
        if event.at < now:
            walker.hear(event, now)
    while True:
        for event in ordered:
            if event.at == now:
                walker.hear(event, now)
        if now >= at:
            break
        rule = commitment.rules[walker.judged]
        walker.spend(rule.calendar.calendar.between(now, now + STEP))
        now += STEP
    told = {name: getattr(walker, name) for name in ("elapsed", "paused", "tested", "stopped")}
    return {**told, "severity": walker.judged}


@settings(max_examples=150, deadline=None)
@given(tickets([*MOVES, ("closed", {}), ("reopened", {})]), moments, agreed)
def test_the_resolution_clock_agrees_with_a_model_that_walks(events, at, coverage):
    terms = TERMS[coverage]
    clock = resolution(events, at, terms)
    walked = slowly(events, at, terms)
    assert {name: getattr(clock, name) for name in walked} == walked


@settings(max_examples=150, deadline=None)
@given(tickets(LATER), moments, agreed)
def test_a_ledger_adds_up_to_the_figure_and_leaves_no_gap(events, at, coverage):
    terms = TERMS[coverage]
    for clock in clocks(events, at, terms):
        assert sum((s.counted for s in clock.ledger), timedelta(0)) == clock.elapsed
        edges = [clock.start, *(s.end for s in clock.ledger)]
        assert [s.start for s in clock.ledger] == edges[:-1]
        assert edges[-1] == (clock.stopped or at)
        assert all(s.start < s.end and s.counted in (timedelta(0), s.end - s.start) for s in clock.ledger)


@settings(max_examples=150, deadline=None)
@given(tickets(LATER), moments, st.integers(0, 200), agreed)
def test_a_later_reading_never_changes_what_was(events, at, more, coverage):
    terms = TERMS[coverage]
    later = at + more * STEP
    quiet = [event for event in events if event.at <= at]
    before, after = clocks(quiet, at, terms), clocks(quiet, later, terms)
    for was, now in zip(before, after, strict=True):
        if was.stopped:
            assert now == was
        assert (now.start, now.severity, now.cycle, now.state) == (
            was.start,
            was.severity,
            was.cycle,
            was.state,
        )
        assert now.due == was.due or was.due is None
        assert (now.breached or False) >= (was.breached or False)
    told = {(clock.name, clock.cycle): clock for clock in clocks(events, later, terms)}
    for was in before:  # and whatever happens next, the past stays
        known = [s for s in was.stretches if s.end < at]
        assert list(told[was.name, was.cycle].stretches[: len(known)]) == known


@settings(max_examples=150, deadline=None)
@given(tickets(LATER), moments, agreed, st.randoms(use_true_random=False))
def test_the_order_in_which_events_arrive_does_not_matter(events, at, coverage, random):
    terms = TERMS[coverage]
    alone = list(
        {event.at: event for event in events[3:]}.values()
    )  # of one second only one, or their order counts
    shuffled = [*events[:3], *alone]
    random.shuffle(shuffled)
    swapped = [
        event for event in shuffled if event.kind != "severity_provided" and event.kind != "number_provided"
    ]
    assert read([*events[:3], *alone], terms, at=at) == read([*events[1:3], *swapped], terms, at=at)


@settings(max_examples=150, deadline=None)
@given(tickets(), moments, agreed)
def test_a_paused_clock_cannot_break_and_has_nothing_due(events, at, coverage):
    terms = TERMS[coverage]
    told = {(clock.name, clock.cycle): clock for clock in clocks(events, at, terms)}
    quiet = [event for event in events if event.at <= at]
    for later in clocks(quiet, at + 99 * STEP, terms):
        clock = told[later.name, later.cycle]
        if clock.state == "paused":
            assert later.breached == clock.breached
            assert (clock.due is None) == (clock.elapsed < clock.target)


@settings(max_examples=150, deadline=None)
@given(tickets(), moments, agreed)
def test_what_is_due_is_when_the_time_used_comes_to_the_target(events, at, coverage):
    terms = TERMS[coverage]
    for clock in clocks(events, at, terms):
        if clock.state == "running" and clock.due:
            quiet = [event for event in events if event.at <= at]
            then = max(at, clock.due)
            used = next(
                c for c in clocks(quiet, then, terms) if (c.name, c.cycle) == (clock.name, clock.cycle)
            ).elapsed
            assert (used == clock.target) if clock.due >= at else (used >= clock.target)
            assert clock.breached == (clock.elapsed > clock.target)


@settings(max_examples=100, deadline=None)
@given(tickets(), moments, agreed, st.integers(1, 3))
def test_a_change_of_severity_keeps_the_time_used(events, at, coverage, severity):
    terms = TERMS[coverage]
    before = resolution(events, at, terms)
    changed = Event("severity_changed", at, {"to": severity}, "the change")
    after = resolution([*[event for event in events if event.at <= at], changed], at, terms)
    assert (after.elapsed, after.paused, after.start) == (before.elapsed, before.paused, before.start)
    assert after.severity == (severity if before.stopped is None else before.severity)


@settings(max_examples=100, deadline=None)
@given(tickets(), moments, agreed, st.integers(0, 100), st.sampled_from(["acceptance_rejected", "reopened"]))
def test_a_reopening_resumes_where_the_fix_left_it(events, at, coverage, gap, kind):
    terms = TERMS[coverage]
    events = [event for event in events if event.at <= at]
    fixed = resolution([*events, Event("fix_provided", at, {}, "the fix")], at, terms)
    again = at + gap * STEP
    resumed = resolution(
        [*events, Event("fix_provided", at, {}, "the fix"), Event(kind, again, {}, "again")], again, terms
    )
    assert (resumed.start, resumed.elapsed, resumed.paused) == (fixed.start, fixed.elapsed, fixed.paused)
    assert resumed.stopped is None
    # Of this fix alone: the one before it may have been rejected in the very second of the second one.
    away = [s for s in resumed.stretches if s.kind == TESTED and s.start == fixed.stopped and s.end == again]
    assert len(away) == (1 if again > (fixed.stopped or again) else 0)


@settings(max_examples=100, deadline=None)
@given(tickets(), moments, st.integers(-60, 60), agreed)
def test_a_merge_keeps_the_earliest_start(events, at, shift, coverage):
    terms = TERMS[coverage]
    other = START + shift * STEP
    at = max(at, other)
    merged = Event("merged", at, {"reference": "ABC-6-4", "reported_at": other}, "the merge")
    together = read([*events, merged], terms, at=at).clock("response")
    assert together is not None
    assert together.start == min(START, other)


@settings(max_examples=150, deadline=None)
@given(tickets(LATER), moments, st.integers(0, 200), agreed)
def test_steps_that_were_come_to_stay_and_each_happens_once(events, at, more, coverage):
    terms = TERMS[coverage]
    later = at + more * STEP
    quiet = [event for event in events if event.at <= at]
    now, then = (steps(read(quiet, terms, at=moment), terms) for moment in (at, later))
    assert [step for step in then if step.due_at <= at] == [step for step in now if step.due_at <= at]
    assert set(then) == set(now)  # nothing happened in between, so nothing new is foreseen
    assert len({(step.clock, step.name, step.basis) for step in now}) == len(now)
    assert list(now) == sorted(now, key=lambda step: step.due_at)
    after = steps(read(events, terms, at=later), terms)
    assert {step for step in now if step.due_at < at} <= set(after)


@settings(max_examples=150, deadline=None)
@given(tickets(), moments, agreed)
def test_a_breach_is_a_step_exactly_when_the_clock_says_so(events, at, coverage):
    terms = TERMS[coverage]
    told = read(events, terms, at=at)
    broken = {
        (step.clock, step.basis.split("/")[0])
        for step in steps(told, terms)
        if step.kind == "breach" and step.due_at <= at
    }
    for clock in (*told.earlier, *told.clocks):
        if clock.start:
            assert bool(clock.breached_while_in_force) == ((clock.name, str(clock.cycle)) in broken)


@settings(max_examples=50, deadline=None)
@given(tickets(LATER), moments, agreed)
def test_a_paused_clock_foresees_nothing(events, at, coverage):
    terms = TERMS[coverage]
    told = read(events, terms, at=at)
    still = {clock.name for clock in told.clocks if clock.state != "running"}
    assert all(step.due_at <= at for step in steps(told, terms) if step.clock in still)


def test_readings_are_values():
    events = [reported("Thu 15:00"), *answered(ANSWER, 2)]
    told = read(events, CORE, at=START)
    assert told == read([replace(event) for event in events], CORE, at=START)
