"""Clocks: what the agreement promises about time, one promise at a time. Clauses are the support pack's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mainstay.agreements import standard
from mainstay.core.clock import Event, read
from mainstay.core.ledger import COUNTED
from mainstay.core.worktime import NaiveMoment
from tests.core.telling import (
    CORE,
    ROUND_THE_CLOCK,
    answered,
    clock,
    event,
    hours,
    reading,
    reported,
    shown,
    ticket,
    when,
)

# ---- Response: section 5, Response Time ----


@pytest.mark.parametrize(
    ("case", "events", "state", "stopped"),
    [
        ("the number alone is no response", [event("Mon 09:10", "number_provided")], "running", None),
        (
            "the severity alone is no response",
            [event("Mon 09:10", "severity_provided", severity=2)],
            "running",
            None,
        ),
        ("both at once are one", answered("Mon 09:30", 2), "met", "Mon 09:30"),
        (
            "the later of the two counts",
            [event("Mon 09:10", "severity_provided", severity=2), event("Mon 09:40", "number_provided")],
            "met",
            "Mon 09:40",
        ),
        (
            "telling them again changes nothing",
            [*answered("Mon 09:30", 2), event("Mon 12:00", "number_provided")],
            "met",
            "Mon 09:30",
        ),
    ],
)
def test_the_response_ends_when_number_and_severity_have_been_given(case, events, state, stopped):
    response = clock("response", [reported("Mon 09:00"), *events], "Mon 09:50")
    assert (response.state, shown(response.stopped)) == (state, stopped)


def test_exactly_the_target_is_in_time_and_one_second_more_is_not():
    on_time = clock("response", [reported("Mon 09:00"), *answered("Mon 10:00", 2)], "Tue 09:00")
    late = clock("response", [reported("Mon 09:00"), *answered("Mon 10:00:01", 2)], "Tue 09:00")
    assert (on_time.state, on_time.breached, late.state, late.breached) == ("met", False, "missed", True)
    assert late.remaining == timedelta(seconds=-1)


def test_an_answer_after_closing_has_used_no_more_time():
    response = clock("response", [reported("Mon 16:00"), *answered("Mon 22:00", 2)], "Tue 09:00")
    assert (shown(response.due), response.elapsed, response.breached) == (
        "Mon 17:00",
        timedelta(hours=1),
        False,
    )


def test_the_severity_that_was_given_judges_the_response_whatever_comes_later():
    events = ticket("Mon 09:00", "Mon 11:00", 3, event("Mon 11:30", "severity_changed", severity=1))
    response = clock("response", events, "Mon 17:00")
    assert (response.severity, hours(response.target), response.breached) == (3, 4, False)


def test_a_severity_corrected_before_the_number_is_given_is_the_one_given():
    events = [
        reported("Mon 09:00", 1),
        event("Mon 09:10", "severity_provided", severity=1),
        event("Mon 09:20", "severity_provided", severity=3),
        event("Mon 12:00", "number_provided"),
    ]
    assert clock("response", events, "Mon 17:00").severity == 3


def test_before_it_is_given_the_response_runs_on_the_severity_in_force():
    events = [reported("Mon 09:00", 3), event("Mon 09:30", "severity_changed", to=1)]
    response = clock("response", events, "Mon 10:30")
    assert (response.severity, response.breached) == (1, True)


def test_a_request_that_the_matrix_leaves_open_has_no_response_target_until_a_person_grades_it():
    events = [event("Mon 09:00", "reported", urgency="high", impact="low")]
    told = reading(events, "Mon 12:00")
    response = told.clock("response")
    assert response is not None
    assert (told.severity, told.suggested, response.state, response.target, response.due) == (
        (None, 3, "ungraded", None, None)
    )
    assert (response.breached, response.remaining) == (None, None)
    assert "severity 3 is suggested" in response.why
    assert response.elapsed == timedelta(hours=3)  # time is counted, so a late grading is seen to be late
    graded = clock("response", [*events, *answered("Mon 14:00", 3)], "Mon 15:00")
    assert (graded.state, hours(graded.elapsed)) == ("missed", 5)


def test_a_request_without_urgency_and_impact_is_graded_by_nobody():
    told = reading([event("Mon 09:00", "reported")], "Mon 10:00")
    assert (told.severity, told.suggested) == (None, None)
    assert told.clocks[0].why == "not graded yet"


def test_the_requesters_own_assessment_stands_in_until_somebody_grades():
    told = reading([event("Mon 09:00", "reported", severity=1)], "Mon 10:00")
    assert (told.assessed, told.severity, told.confirmed) == (1, 1, False)
    told = reading([event("Mon 09:00", "reported", severity=1), *answered("Mon 09:30", 3)], "Mon 10:00")
    assert (told.assessed, told.severity, told.confirmed) == (1, 3, True)


def test_a_severity_that_the_agreement_does_not_have_promises_nothing():
    told = clock("response", [event("Mon 09:00", "reported", severity=9)], "Mon 10:00")
    assert told.state == "ungraded"


def test_a_severity_event_that_names_no_severity_leaves_it_as_it_was():
    events = [reported("Mon 09:00", 2), event("Mon 09:30", "severity_provided")]
    assert reading(events, "Mon 10:00").severity == 2


# ---- Details: reading 4 ----


def test_an_incomplete_report_counts_from_its_complete_details():
    events = [reported("Mon 09:00"), event("Mon 11:00", "details_completed"), *answered("Mon 11:30", 2)]
    assert shown(clock("response", events, "Tue 09:00").start) == "Mon 11:00"
    assert shown(clock("guarantee", events, "Tue 09:00").start) == "Mon 09:00"  # 3.2 runs from receipt


def test_a_report_known_to_be_incomplete_waits_for_its_details():
    told = reading([reported("Mon 09:00", details_complete=False)], "Mon 12:00")
    assert [(c.name, c.state, c.why) for c in told.clocks] == [
        ("response", "pending", "the details are incomplete"),
        ("resolution", "pending", "begins when the response is given"),
        ("guarantee", "running", ""),
        ("update", "pending", "begins when the response is given"),
    ]


def test_the_ledger_puts_a_clock_down_to_what_began_it_and_not_to_what_was_assessed_before() -> None:
    events = [reported("Mon 09:00", 3), event("Mon 09:20", "severity_assessed", severity=2), *answered("Mon 09:30", 2)]
    first = clock("resolution", events, "Mon 10:00").ledger[0]
    assert (first.severity, first.event) == (2, "severity_provided Mon 09:30")


def test_an_assessment_that_comes_with_the_details_grades_the_request() -> None:
    """R3.2a: what the requester makes of it counts whether it was in the first mail or in the answer that completed it."""
    details = event("Mon 11:00", "details_completed", urgency="high", impact="medium")
    events = [event("Mon 09:00", "reported", details_complete=False), details]

    assert clock("response", events, "Mon 10:59").state == "pending"
    response = clock("response", events, "Mon 11:00")
    assert (response.severity, shown(response.due)) == (2, "Mon 12:00")


def test_details_of_a_report_that_was_complete_move_nothing():
    events = [reported("Mon 09:00", details_complete=True), event("Mon 09:30", "details_completed")]
    assert shown(clock("response", events, "Mon 10:00").start) == "Mon 09:00"


def test_details_that_come_after_the_answer_move_nothing():
    events = ticket("Mon 09:00", "Mon 09:30", 2, event("Mon 11:00", "details_completed"))
    assert shown(clock("response", events, "Mon 12:00").start) == "Mon 09:00"
    incomplete = [reported("Mon 09:00", details_complete=False), *answered("Mon 09:30", 2)]
    assert shown(clock("response", incomplete, "Mon 12:00").start) == "Mon 09:00"


# ---- Resolution: section 5, Resolution Time ----


def test_the_resolution_begins_when_the_response_ends():
    told = reading([reported("Mon 09:00")], "Mon 09:30")
    resolution = told.clock("resolution")
    assert resolution is not None
    assert (resolution.state, resolution.start, resolution.ledger) == ("pending", None, ())
    assert shown(clock("resolution", ticket("Mon 09:00", "Mon 09:40", 2), "Mon 10:00").start) == "Mon 09:40"


def test_waiting_for_the_client_stops_the_resolution_and_nothing_else():
    asked = event("Mon 09:20", "waiting_on_client")
    response = clock("response", [reported("Mon 09:00"), asked], "Mon 09:50")
    assert (response.state, response.paused) == ("running", timedelta(0))
    waiting = clock(
        "resolution",
        ticket("Mon 09:00", "Mon 10:00", 2, event("Mon 11:00", "waiting_on_client")),
        "Tue 12:00",
    )
    assert (waiting.state, waiting.why, waiting.due) == ("paused", "waiting for client", None)
    assert (hours(waiting.elapsed), hours(waiting.paused), hours(waiting.paused_wall)) == (1, 9, 25)


def test_the_part_of_a_wait_before_the_clock_started_is_no_part_of_it():
    events = [reported("Mon 09:00"), event("Mon 09:10", "waiting_on_client"), *answered("Mon 10:00", 2)]
    resolution = clock("resolution", [*events, event("Mon 10:30", "client_replied")], "Mon 11:00")
    assert (hours(resolution.paused), hours(resolution.elapsed)) == (0.5, 0.5)


def test_waiting_for_a_third_party_never_stops_a_clock():
    events = ticket("Mon 09:00", "Mon 10:00", 2, event("Mon 11:00", "waiting_on_third_party"))
    assert all(c.state != "paused" for c in reading(events, "Mon 16:00").clocks)


def test_asking_twice_is_one_wait_and_answering_twice_ends_it_once():
    events = ticket(
        "Mon 09:00",
        "Mon 10:00",
        2,
        event("Mon 11:00", "waiting_on_client"),
        event("Mon 12:00", "waiting_on_client"),
        event("Mon 13:00", "client_replied"),
        event("Mon 14:00", "client_replied"),
    )
    assert hours(clock("resolution", events, "Mon 15:00").paused) == 2


def test_a_fix_during_a_wait_ends_the_wait_and_the_clock():
    events = ticket(
        "Mon 09:00",
        "Mon 10:00",
        2,
        event("Mon 11:00", "waiting_on_client"),
        event("Mon 15:00", "fix_provided"),
    )
    fixed = clock("resolution", events, "Tue 12:00")
    assert (fixed.state, hours(fixed.elapsed), hours(fixed.paused), shown(fixed.due)) == (
        ("met", 1, 4, "Tue 12:00")
    )
    rejected = clock("resolution", [*events, event("Tue 09:00", "acceptance_rejected")], "Tue 10:00")
    assert (rejected.state, hours(rejected.elapsed)) == ("running", 2)


def test_a_workaround_ends_the_clock_only_with_the_service_available():
    broken = event("Mon 11:00", "workaround_provided", service_available=False)
    unsaid = event("Mon 11:30", "workaround_provided")
    working = event("Mon 12:00", "workaround_provided", service_available=True)
    events = ticket("Mon 09:00", "Mon 10:00", 2, broken, unsaid, working, event("Mon 16:00", "fix_provided"))
    assert shown(clock("resolution", events, "Tue 09:00").stopped) == "Mon 12:00"


@pytest.mark.parametrize("kind", ["acceptance_rejected", "service_lost", "reopened"])
def test_a_fix_that_fails_resumes_the_same_clock_without_the_time_the_client_had_it(kind):
    events = ticket("Fri 09:00", "Fri 09:30", 2, event("Fri 14:30", "fix_provided"), event("Sat 12:00", kind))
    running = clock("resolution", events, "+1 Mon 09:30")
    assert (running.cycle, shown(running.start), running.state) == (1, "Fri 09:30", "running")
    assert (hours(running.elapsed), hours(running.tested), hours(running.paused)) == (5.5, 2.5, 0)
    assert shown(running.due) == "+1 Mon 10:00"
    assert [s.kind for s in running.ledger] == [
        "counted",
        "with client for testing",
        "out of hours",
        "counted",
    ]


def test_losing_a_service_that_was_never_restored_changes_nothing():
    events = ticket("Mon 09:00", "Mon 10:00", 2, event("Mon 11:00", "service_lost"))
    assert hours(clock("resolution", events, "Mon 12:00").elapsed) == 2


def test_what_was_fixed_before_it_was_answered_is_resolved_as_soon_as_it_is_answered():
    events = [reported("Mon 09:00"), event("Mon 09:10", "fix_provided"), *answered("Mon 09:40", 2)]
    fixed = clock("resolution", events, "Mon 12:00")
    assert (shown(fixed.stopped), fixed.elapsed, fixed.ledger, fixed.state) == (
        "Mon 09:40",
        timedelta(0),
        (),
        "met",
    )


def test_a_clock_that_is_overrun_runs_on_and_shows_by_how_much():
    resolution = clock("resolution", ticket("Mon 09:00", "Mon 09:00", 1), "Mon 12:00")
    assert (resolution.state, resolution.breached, shown(resolution.due)) == ("running", True, "Mon 11:00")
    assert resolution.remaining == timedelta(hours=-1)


def test_a_breach_stays_while_the_client_is_waited_for_and_so_does_the_due_moment():
    events = ticket("Mon 09:00", "Mon 09:00", 1, event("Mon 12:00", "waiting_on_client"))
    resolution = clock("resolution", events, "Tue 12:00")
    assert (resolution.state, resolution.breached, shown(resolution.due)) == ("paused", True, "Mon 11:00")


# ---- A change of severity: readings 8 to 10 ----


def test_raising_the_severity_keeps_the_time_used_and_the_new_target_may_be_past_at_once():
    events = ticket("Mon 09:00", "Mon 09:00", 3, event("Mon 13:00", "severity_changed", to=1))
    resolution = clock("resolution", events, "Mon 13:00")
    assert (hours(resolution.elapsed), hours(resolution.target), shown(resolution.due)) == (4, 2, "Mon 11:00")
    assert (resolution.breached, resolution.breached_while_in_force) == (True, (1,))


def test_time_is_measured_on_the_calendar_in_force_at_the_time():
    """Severity 2 runs in core hours, severity 1 of a 24x7 contract around the clock."""
    raised = event("Sat 10:00", "severity_changed", to=1)
    events = ticket("Fri 15:30", "Fri 16:00", 2, raised)
    resolution = clock("resolution", events, "Sat 10:30", ROUND_THE_CLOCK)
    assert (hours(resolution.elapsed), shown(resolution.due), resolution.calendar) == (
        1.5,
        "Sat 11:00",
        "always",
    )
    assert [(s.kind, s.calendar, s.severity) for s in resolution.ledger] == [
        ("counted", "core@2026.1", 2),
        ("out of hours", "core@2026.1", 2),
        ("counted", "always", 1),
    ]


def test_lowering_the_severity_forgives_but_does_not_forget():
    events = ticket("Mon 09:00", "Mon 09:00", 1, event("Mon 12:00", "severity_changed", to=3))
    resolution = clock("resolution", events, "Mon 13:00")
    assert (resolution.breached, resolution.breached_while_in_force) == (False, (1,))


def test_each_severity_that_was_broken_is_named_once_in_the_order_it_happened():
    changes = [("Mon 16:00", 1), ("Mon 16:30", 2), ("Mon 16:40", 1)]
    events = ticket(
        "Mon 09:00", "Mon 09:00", 2, *(event(at, "severity_changed", to=to) for at, to in changes)
    )
    assert clock("resolution", events, "Mon 16:50").breached_while_in_force == (2, 1)


def test_a_change_after_the_fix_judges_nothing_anew():
    events = ticket(
        "Mon 09:00",
        "Mon 09:00",
        2,
        event("Mon 13:00", "fix_provided"),
        event("Mon 14:00", "severity_changed", to=1),
    )
    fixed = clock("resolution", events, "Tue 09:00")
    assert (fixed.severity, fixed.breached, fixed.regraded) == (2, False, False)
    again = clock("resolution", [*events, event("Mon 15:00", "acceptance_rejected")], "Mon 15:00")
    assert (again.severity, again.breached, again.regraded) == (1, True, True)


def test_a_breach_under_the_severity_before_the_fix_is_remembered_when_it_fails_under_another():
    events = ticket(
        "Mon 09:00",
        "Mon 09:00",
        1,
        event("Mon 12:00", "fix_provided"),
        event("Mon 12:00", "severity_changed", to=3),
        event("Mon 12:00", "acceptance_rejected"),
    )
    resolution = clock("resolution", events, "Mon 13:00")
    assert (resolution.breached, resolution.breached_while_in_force) == (False, (1,))


def test_a_change_before_the_resolution_began_is_no_change_of_it():
    events = [
        reported("Mon 09:00", 3),
        event("Mon 09:10", "severity_provided", severity=3),
        event("Mon 09:20", "severity_changed", to=1),
        event("Mon 09:30", "number_provided"),
    ]
    resolution = clock("resolution", events, "Mon 10:00")
    assert (resolution.severity, resolution.regraded) == (1, False)


def test_a_severity_given_again_that_is_the_same_changes_nothing():
    events = ticket("Mon 09:00", "Mon 09:00", 2, event("Mon 10:00", "severity_provided", severity=2))
    assert len(clock("resolution", events, "Mon 11:00").stretches) == 1


# ---- Next release: reading 14 ----

SEVERITY_4 = ticket("Mon 09:00", "Mon 10:00", 4)


def test_a_general_question_is_due_with_the_next_release_and_not_before_one_is_planned():
    resolution = clock("resolution", SEVERITY_4, "Wed 12:00")
    assert (resolution.target, resolution.due, resolution.breached, resolution.state) == (
        ("next release", None, None, "running")
    )
    planned = event("Tue 09:00", "release_scheduled", release_at="2026-01-22T08:00:00Z")
    resolution = clock("resolution", [*SEVERITY_4, planned], "Wed 12:00")
    assert (shown(resolution.due), resolution.breached, resolution.remaining) == ("+1 Thu 08:00", False, None)


def _planned(at: str, **data: object) -> Event:
    return event(at, "release_scheduled", **data)


def test_a_release_before_the_answer_is_not_the_next_one():
    early = _planned("Mon 08:00", release_at=when("Mon 09:30"))
    later = _planned("Mon 08:00", ref="second", release_at=when("+1 Mon 08:00"))
    assert shown(clock("resolution", [early, later, *SEVERITY_4], "Tue 09:00").due) == "+1 Mon 08:00"


def test_being_left_out_of_the_release_breaks_the_promise():
    events = [*SEVERITY_4, _planned("Tue 09:00", release_at=when("Thu 08:00"))]
    left_out = event("Thu 08:00", "released", includes_fix=False)
    open_still = clock("resolution", [*events, left_out], "Thu 08:00")
    assert (open_still.state, open_still.breached, open_still.stopped) == ("running", True, None)
    later = event("+1 Thu 08:00", "released", includes_fix=True)
    shipped = clock("resolution", [*events, left_out, later], "+1 Fri 09:00")
    assert (shipped.state, shown(shipped.due), shown(shipped.stopped)) == (
        "missed",
        "Thu 08:00",
        "+1 Thu 08:00",
    )
    assert shipped.breached_while_in_force == (4,)


def test_a_release_that_nobody_planned_is_the_next_one_all_the_same():
    surprise = clock(
        "resolution", [*SEVERITY_4, event("Tue 08:00", "released", includes_fix=False)], "Tue 09:00"
    )
    assert (shown(surprise.due), surprise.breached) == ("Tue 08:00", True)
    small = event("Tue 08:00", "released", includes_fix=False)
    planned = _planned("Mon 12:00", release_at=when("Thu 08:00"))
    assert clock("resolution", [*SEVERITY_4, planned, small], "Tue 09:00").breached is False


def test_a_named_release_may_move_until_its_date_and_an_unnamed_one_never():
    first = _planned("Mon 12:00", release="26.1", release_at=when("Thu 08:00"))
    moved = _planned("Wed 12:00", release="26.1", release_at=when("Fri 08:00"))
    assert shown(clock("resolution", [*SEVERITY_4, first, moved], "Wed 13:00").due) == "Fri 08:00"
    too_late = _planned("Thu 12:00", release="26.1", release_at=when("Fri 08:00"))
    assert shown(clock("resolution", [*SEVERITY_4, first, too_late], "Thu 13:00").due) == "Thu 08:00"
    unnamed = (
        _planned("Mon 12:00", release_at=when("Thu 08:00")),
        _planned("Wed 12:00", release_at=when("Fri 08:00")),
    )
    assert shown(clock("resolution", [*SEVERITY_4, *unnamed], "Wed 13:00").due) == "Thu 08:00"


def test_a_release_that_is_withdrawn_leaves_nothing_due():
    first = _planned("Mon 12:00", release="26.1", release_at=when("Thu 08:00"))
    withdrawn = _planned("Tue 12:00", release="26.1", release_at=None)
    assert clock("resolution", [*SEVERITY_4, first, withdrawn], "Tue 13:00").due is None


def test_a_release_shipped_early_without_the_fix_is_judged_on_its_date():
    named = _planned("Mon 12:00", release="26.1", release_at=when("Thu 08:00"))
    early = event("Wed 08:00", "released", release="26.1", includes_fix=False)
    assert clock("resolution", [*SEVERITY_4, named, early], "Wed 12:00").breached is False
    assert clock("resolution", [*SEVERITY_4, named, early], "Thu 08:01").breached is True


def test_a_question_fixed_before_any_release_was_planned_is_kept():
    fixed = clock("resolution", [*SEVERITY_4, event("Tue 09:00", "fix_provided")], "Wed 09:00")
    assert (fixed.state, fixed.breached, fixed.due) == ("met", False, None)


def test_a_release_that_comes_while_the_client_is_waited_for_passes_over():
    events = [
        *SEVERITY_4,
        _planned("Mon 12:00", release_at=when("Thu 08:00")),
        _planned("Mon 12:00", ref="next", release_at=when("+1 Thu 08:00")),
        event("Wed 09:00", "waiting_on_client"),
    ]
    waiting = clock("resolution", events, "Thu 12:00")
    assert (waiting.state, waiting.due, waiting.breached) == ("paused", None, None)
    back = clock("resolution", [*events, event("Fri 09:00", "client_replied")], "Fri 10:00")
    assert (shown(back.due), back.breached) == ("+1 Thu 08:00", False)


def test_a_breach_of_the_next_release_is_remembered_when_the_severity_changes():
    left_out = event("Thu 08:00", "released", includes_fix=False)
    events = [*SEVERITY_4, left_out, event("Thu 12:00", "severity_changed", to=3)]
    resolution = clock("resolution", events, "Fri 09:00")
    assert (resolution.breached, resolution.breached_while_in_force) == (False, (4,))


def test_releases_from_before_it_became_a_general_question_do_not_count():
    planned = _planned("Mon 12:00", release_at=when("Tue 08:00"))
    lowered = event("Wed 09:00", "severity_changed", to=4)
    resolution = clock("resolution", ticket("Mon 09:00", "Mon 10:00", 3, planned, lowered), "Wed 10:00")
    assert (resolution.due, resolution.breached) == (None, None)


# ---- Guarantee: section 3.2 ----


@pytest.mark.parametrize(("severity", "target"), [(1, 1), (2, 4), (3, 4), (4, 4)])
def test_the_general_guarantee_is_four_hours_and_one_for_severity_1(severity, target):
    guarantee = clock("guarantee", [reported("Mon 09:00", severity)], "Mon 09:30")
    assert (hours(guarantee.target), guarantee.clause) == (target, "3.2")


def test_the_guarantee_holds_for_a_request_that_nobody_has_graded():
    guarantee = clock("guarantee", [event("Mon 09:00", "reported")], "Mon 14:00")
    assert (guarantee.state, hours(guarantee.target), guarantee.breached) == ("running", 4, True)


def test_the_first_word_of_a_person_keeps_the_guarantee_and_an_automatic_number_does_not():
    events = [reported("Mon 09:00", 4), event("Mon 09:01", "number_provided")]
    assert clock("guarantee", events, "Mon 12:00").state == "running"
    guarantee = clock("guarantee", [*events, event("Mon 12:00", "waiting_on_client")], "Mon 17:00")
    assert (guarantee.state, shown(guarantee.stopped)) == ("met", "Mon 12:00")
    assert clock("response", events, "Mon 12:30").state == "running"


# ---- Updates: section 3.6 ----


def test_each_progress_update_begins_the_next():
    events = ticket("Mon 09:00", "Mon 09:00", 2, event("Mon 12:00", "progress_updated"))
    told = reading(events, "Mon 13:00")
    (first,), update = told.earlier, told.clock("update")
    assert update is not None
    assert (first.cycle, first.state, shown(first.due), shown(first.stopped)) == (
        1,
        "met",
        "Mon 13:00",
        "Mon 12:00",
    )
    assert (update.cycle, update.state, shown(update.due)) == (2, "running", "Mon 16:00")


def test_the_cadence_follows_the_severity_and_the_escalation():
    events = ticket("Mon 09:00", "Mon 09:00", 3, event("Mon 10:00", "severity_changed", to=2))
    assert shown(clock("update", events, "Mon 10:00").due) == "Mon 13:00"
    escalated = event("Mon 10:30", "escalated", level="technical")
    told = reading([*events, escalated], "Mon 10:30")
    assert told.escalated
    assert shown(clock("update", [*events, escalated], "Mon 10:30").due) == "Mon 11:00"
    assert (
        len(clock("resolution", [*events, escalated], "Mon 12:00").stretches) == 2
    )  # escalation alters no other clock


def test_updates_rest_while_the_client_has_the_word_and_end_with_the_fix():
    events = ticket("Mon 09:00", "Mon 09:00", 2, event("Mon 10:00", "waiting_on_client"))
    assert clock("update", events, "Tue 12:00").state == "paused"
    events += [event("Tue 12:00", "fix_provided")]
    assert clock("update", events, "Wed 12:00").state == "met"
    told = reading([*events, event("Thu 09:00", "acceptance_rejected")], "Thu 10:00")
    update = told.clock("update")
    assert update is not None
    assert (update.cycle, shown(update.start), [c.cycle for c in told.earlier]) == (2, "Thu 09:00", [1])


def test_an_update_before_the_answer_is_not_the_end_of_a_cycle():
    events = [reported("Mon 09:00"), event("Mon 09:10", "progress_updated"), *answered("Mon 09:30", 2)]
    assert clock("update", events, "Mon 10:00").cycle == 1


# ---- Complaints: section 3.10 ----


@pytest.mark.parametrize(
    ("case", "received", "due"),
    [
        ("over the spring change", "2026-03-25T15:00:00+00:00", "2026-04-01T14:00:00+00:00"),
        ("over the autumn change", "2026-10-21T14:00:00+00:00", "2026-10-28T15:00:00+00:00"),
        ("to a clock time that does not exist", "2026-03-22T01:30:00+00:00", "2026-03-29T01:30:00+00:00"),
        ("to a clock time that comes twice", "2026-10-18T00:30:00+00:00", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_a_complaint_has_seven_calendar_days_to_the_same_local_clock_time(case, received, due):
    complaint = clock("complaint", [event(received, "complaint_received")], received)
    assert complaint.due == datetime.fromisoformat(due)


def test_a_complaint_alone_has_no_other_clock_and_an_incident_has_no_complaint_clock():
    alone = reading([event("Mon 09:00", "complaint_received")], "Tue 09:00")
    assert [c.name for c in alone.clocks] == ["complaint"]
    assert reading([reported("Mon 09:00")], "Tue 09:00").clock("complaint") is None


def test_one_second_after_seven_days_is_late():
    events = [event("Mon 09:00", "complaint_received"), event("+1 Mon 09:00:01", "complaint_answered")]
    complaint = clock("complaint", events, "+1 Tue 09:00")
    assert (complaint.state, complaint.remaining) == ("missed", timedelta(seconds=-1))


def test_a_second_complaint_has_a_clock_of_its_own_once_the_first_was_answered():
    first = [event("Mon 09:00", "complaint_received"), event("Tue 09:00", "complaint_answered")]
    again = event("Wed 09:00", "complaint_received")
    told = reading([*first, again, event("Wed 10:00", "complaint_received")], "Thu 09:00")
    complaint = told.clock("complaint")
    assert complaint is not None
    assert (complaint.cycle, shown(complaint.start)) == (2, "Wed 09:00")
    assert [(c.state, c.elapsed) for c in told.earlier] == [("met", timedelta(days=1))]


def test_an_answer_from_before_the_complaint_does_not_answer_it():
    events = [event("Mon 08:00", "complaint_answered"), event("Mon 09:00", "complaint_received")]
    assert clock("complaint", events, "Mon 10:00").state == "running"


# ---- Force majeure: section 5, clause 10 ----


def test_force_majeure_stops_every_clock_by_a_recorded_decision():
    began = event("Mon 10:00", "force_majeure_began")
    events = [*ticket("Mon 09:00", "Mon 09:30", 2, began), event("Mon 09:45", "complaint_received")]
    told = reading(events, "Wed 12:00")
    assert {c.name for c in told.clocks if c.state == "met"} == {"response", "guarantee"}
    assert {c.name for c in told.clocks if c.state == "paused"} == {"resolution", "update", "complaint"}
    assert clock("response", [reported("Mon 09:30"), began], "Wed 12:00").why == "force majeure"
    over = [*events, event("Tue 10:00", "force_majeure_ended")]
    assert shown(clock("complaint", over, "Wed 12:00").due) == "+1 Tue 09:45"


def test_a_wait_under_force_majeure_counts_once_and_shows_what_came_first():
    events = ticket(
        "Mon 09:00",
        "Mon 09:00",
        2,
        event("Mon 10:00", "waiting_on_client", ref="asked"),
        event("Mon 11:00", "force_majeure_began", ref="began"),
        event("Mon 12:00", "client_replied"),
        event("Mon 13:00", "force_majeure_ended"),
    )
    resolution = clock("resolution", events, "Mon 14:00")
    assert hours(resolution.paused) == 3
    assert [(s.kind, s.event) for s in resolution.ledger[1:3]] == [
        ("waiting for client", "asked"),
        ("force majeure", "began"),
    ]


# ---- Merging, closing ----


def test_a_ticket_that_is_merged_away_closes_its_clocks_and_says_where_it_went():
    told = reading([reported("Mon 09:00"), event("Mon 09:30", "merged", into="ABC-7-3")], "Wed 09:00")
    response = told.clock("response")
    assert response is not None
    assert (response.state, response.why, response.due, response.elapsed) == (
        ("cancelled", "merged into ABC-7-3", None, timedelta(minutes=30))
    )
    late = clock(
        "response", [reported("Mon 09:00"), event("Mon 11:00", "merged", into="ABC-7-3")], "Wed 09:00"
    )
    assert (late.state, late.why) == ("missed", "merged into ABC-7-3")


def test_the_ticket_that_stays_keeps_the_earliest_start():
    merged = event("Mon 12:00", "merged", reference="ABC-6-4", reported_at=when("Mon 10:30"))
    response = clock("response", [reported("Mon 11:00"), merged], "Mon 12:00")
    assert (shown(response.start), response.breached) == ("Mon 10:30", True)
    later = event("Mon 12:00", "merged", reference="ABC-8-2", reported_at=when("Mon 11:30"))
    assert shown(clock("response", [reported("Mon 11:00"), later], "Mon 12:00").start) == "Mon 11:00"
    assert shown(clock("response", [reported("Mon 11:00"), merged], "Mon 11:59").start) == "Mon 11:00"


def test_the_answer_to_a_merged_ticket_is_an_answer():
    merged = event(
        "Mon 12:00", "merged", reference="ABC-6-4",
        reported_at="2026-01-12T09:00:00Z", responded_at="2026-01-12T09:20:00Z", severity=3,
    )  # fmt: skip
    told = reading([reported("Mon 11:00"), merged], "Mon 13:00")
    response, resolution = told.clock("response"), told.clock("resolution")
    assert response is not None
    assert resolution is not None
    assert (response.state, response.severity, shown(resolution.start)) == ("met", 3, "Mon 09:20")


def test_a_merge_that_names_no_report_moves_nothing():
    assert (
        shown(clock("response", [reported("Mon 11:00"), event("Mon 12:00", "merged")], "Mon 12:00").start)
        == "Mon 11:00"
    )


def test_a_merged_ticket_that_is_opened_again_goes_on_where_it_was():
    events = [
        reported("Mon 09:00"),
        event("Mon 09:30", "merged", into="ABC-7-3"),
        event("Mon 14:00", "reopened"),
    ]
    response = clock("response", events, "Mon 14:15")
    assert (response.state, response.elapsed) == ("running", timedelta(minutes=45))
    assert [s.kind for s in response.ledger] == ["counted", "merged", "counted"]


def test_a_ticket_closed_without_an_answer_owes_no_answer_any_more():
    told = reading([reported("Mon 09:00"), event("Mon 09:30", "closed")], "Wed 09:00")
    assert {c.name: (c.state, c.why) for c in told.clocks} == {
        "response": ("cancelled", "closed"),
        "resolution": ("pending", "begins when the response is given"),
        "guarantee": ("cancelled", "closed"),
        "update": ("pending", "begins when the response is given"),
    }


# ---- Reading ----


def test_time_runs_through_holidays_and_nights_only_around_the_clock():
    christmas = reported("2026-12-25T08:00:00+00:00", 1)
    core = clock("response", [christmas], "2026-12-25T12:00:00+00:00")
    assert (core.elapsed, core.due) == (timedelta(0), datetime(2026, 12, 29, 10, tzinfo=UTC))
    assert [s.kind for s in core.ledger] == ["holiday"]
    always = clock("response", [christmas], "2026-12-25T12:00:00+00:00", ROUND_THE_CLOCK)
    assert (hours(always.elapsed), always.due) == (4, datetime(2026, 12, 25, 9, tzinfo=UTC))


def test_two_hours_are_two_real_hours_while_the_clocks_change():
    events = ticket("2026-03-29T00:45:00+00:00", "2026-03-29T00:45:00+00:00", 1)
    resolution = clock("resolution", events, "2026-03-29T02:30:00+00:00", ROUND_THE_CLOCK)
    assert resolution.due == datetime(2026, 3, 29, 2, 45, tzinfo=UTC)


def test_events_in_any_order_read_the_same_and_a_repeated_one_counts_once():
    events = ticket(
        "Mon 09:00",
        "Mon 10:00",
        2,
        event("Mon 11:00", "waiting_on_client"),
        event("Mon 12:00", "client_replied"),
    )
    assert reading(events[::-1], "Mon 15:00") != reading([], "Mon 15:00")
    assert reading([events[-1], events[-2], *events[:3]], "Mon 15:00") == reading(events, "Mon 15:00")
    assert reading([*events, *events], "Mon 15:00") == reading(events, "Mon 15:00")


def test_events_of_one_second_count_in_the_order_given():
    replied, asked = event("Mon 12:00", "client_replied"), event("Mon 12:00", "waiting_on_client")
    events = ticket("Mon 09:00", "Mon 10:00", 2, event("Mon 11:00", "waiting_on_client", ref="first"))
    assert clock("resolution", [*events, replied, asked], "Mon 13:00").state == "paused"
    assert clock("resolution", [*events, asked, replied], "Mon 13:00").state == "running"


def test_kinds_that_no_clock_knows_are_ignored():
    events = ticket("Mon 09:00", "Mon 10:00", 2, event("Mon 11:00", "lunch_ordered"))
    assert reading(events, "Mon 12:00") == reading(events[:-1], "Mon 12:00")


def test_what_has_not_happened_yet_is_not_read():
    events = ticket("Mon 09:00", "Mon 10:00", 2, event("Mon 15:00", "fix_provided"))
    assert clock("resolution", events, "Mon 12:00").state == "running"
    assert reading(events, "Mon 08:00").clocks == ()


def test_moments_are_read_in_any_zone_and_down_to_their_second():
    east = timezone(timedelta(hours=5))
    told = Event(
        "reported",
        datetime(2026, 1, 12, 14, 0, 0, 999_999, tzinfo=east),
        {"urgency": "high", "impact": "high"},
    )
    assert told.at == when("Mon 09:00")
    reading_ = read([told], CORE, at=datetime(2026, 1, 12, 14, 30, 0, 5, tzinfo=east))
    assert (reading_.at, hours(reading_.clocks[0].elapsed)) == (when("Mon 09:30"), 0.5)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(NaiveMoment):
        Event("reported", datetime(2026, 1, 12, 9))  # noqa: DTZ001 - that is the point
    with pytest.raises(NaiveMoment):
        read([], CORE, at=datetime(2026, 1, 12, 9))  # noqa: DTZ001 - that is the point


def test_a_ledger_names_the_clause_the_target_and_the_event_of_each_line():
    events = ticket("Mon 09:00", "Mon 10:00", 2, event("Mon 11:00", "waiting_on_client", ref="question 1"))
    (line, waiting) = clock("resolution", events, "Mon 12:00").ledger
    assert (line.clause, line.target, line.severity, line.event, line.kind) == (
        ("5 (Resolution Time)", timedelta(hours=6), 2, "severity_provided Mon 10:00", COUNTED)
    )
    assert (waiting.event, waiting.counted) == ("question 1", timedelta(0))


def test_a_ledger_says_which_holidays_it_was_reckoned_with():
    assert {s.calendar for s in clock("response", [reported("Mon 09:00")], "Tue 09:00").ledger} == {
        "core@2026.1"
    }


def test_a_ledger_of_a_request_without_target_says_so():
    ungraded = clock("response", [event("Mon 09:00", "reported")], "Mon 10:00")
    assert [s.target for s in ungraded.ledger] == [None]
    assert [s.target for s in clock("resolution", SEVERITY_4, "Mon 11:00").ledger] == ["next release"]


def test_a_reading_names_the_agreement_it_was_read_under():
    assert reading([reported("Mon 09:00")], "Mon 10:00").agreement == "standard@2026.1"
    assert reading([], "Mon 10:00").clock("response") is None


def test_the_agreement_can_ask_to_restart_with_the_severity():
    terms = standard().terms("core", {"readings": {"severity_change": "restart"}})
    events = ticket("Mon 09:00", "Mon 10:00", 3, event("Mon 11:00", "severity_changed", to=1))
    resolution = clock("resolution", events, "Mon 12:00", terms)
    assert (shown(resolution.start), hours(resolution.elapsed)) == ("Mon 11:00", 1)
