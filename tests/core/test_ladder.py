"""Ladders: section 3.4 and 3.5, warnings before a promise is broken, and who is told when it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstay.agreements import standard
from mainstay.core.ladder import Step, steps
from mainstay.core.terms import Terms
from tests.core.telling import (
    CORE,
    ROUND_THE_CLOCK,
    answered,
    clock,
    event,
    reading,
    reported,
    shown,
    ticket,
    when,
)


def told(
    events: list, at: str, name: str = "resolution", terms: Terms = CORE
) -> list[tuple[str | None, str]]:
    return [(shown(step.due_at), step.name) for step in called_for(events, at, name, terms)]


def called_for(events: list, at: str, name: str = "resolution", terms: Terms = CORE) -> list[Step]:
    return [step for step in steps(reading(events, at, terms), terms) if step.clock == name]


SIX_HOURS = ticket("Mon 09:00", "Mon 09:00", 2)


def test_a_running_clock_foresees_its_warnings_its_ladder_and_its_breach():
    assert told(SIX_HOURS, "Mon 09:00") == [
        ("Mon 12:00", "warning 50%"),
        ("Mon 12:00", "escalate technical"),
        ("Mon 13:30", "warning 75%"),
        ("Mon 14:24", "warning 90%"),
        ("Mon 15:00:01", "breached"),
        ("Mon 15:00:01", "escalate cto"),
        ("Mon 15:00:01", "escalate coordinator"),
    ]


def test_the_coordinator_gets_the_evidence_and_the_client_is_told_of_each_escalation():
    """Section 3.5: whoever is told inside, the client hears of it."""
    last = called_for(SIX_HOURS, "Mon 09:00")[-1]
    assert (last.whom, last.evidence, last.tells_client, last.clause) == (
        ("NHS Digital service coordinator", True, True, "3.5")
    )
    escalations = [step for step in called_for(SIX_HOURS, "Mon 09:00") if step.kind == "escalation"]
    assert all(step.tells_client for step in escalations)
    warnings = [step for step in called_for(SIX_HOURS, "Mon 09:00") if step.kind == "warning"]
    assert {(step.level, step.whom, step.tells_client) for step in warnings} == {
        ("support", "Support Team", False)
    }


def test_looking_later_moves_nothing():
    assert told(SIX_HOURS, "Mon 09:00") == told(SIX_HOURS, "Mon 14:00") == told(SIX_HOURS, "Fri 14:00")


def test_warnings_come_in_working_time():
    assert told(ticket("Fri 15:00", "Fri 15:00", 2), "Fri 15:00")[:3] == [
        ("+1 Mon 10:00", "warning 50%"),
        ("+1 Mon 10:00", "escalate technical"),
        ("+1 Mon 11:30", "warning 75%"),
    ]


def test_a_target_used_up_at_closing_is_broken_only_when_time_counts_again():
    response = told([reported("Fri 16:00")], "Fri 16:00", "response")
    assert ("+1 Mon 09:00:01", "breached") in response
    events = [reported("Fri 16:00")]
    assert clock("response", events, "+1 Mon 09:00").breached is False
    assert clock("response", events, "+1 Mon 09:00:01").breached is True


def test_a_paused_clock_foresees_nothing_and_keeps_what_it_came_to():
    waiting = [*SIX_HOURS, event("Mon 12:30", "waiting_on_client")]
    assert told(waiting, "Mon 12:30") == [("Mon 12:00", "warning 50%"), ("Mon 12:00", "escalate technical")]
    back = [*waiting, event("Tue 09:00", "client_replied")]
    assert told(back, "Tue 09:00")[2] == ("Tue 10:00", "warning 75%")


def test_a_clock_that_stopped_keeps_what_it_came_to():
    in_time = [*SIX_HOURS, event("Mon 13:00", "fix_provided")]
    assert [name for _, name in told(in_time, "Fri 09:00")] == ["warning 50%", "escalate technical"]
    late = [*SIX_HOURS, event("Mon 16:00", "fix_provided")]
    assert told(late, "Fri 09:00") == told(SIX_HOURS, "Mon 09:00")


def test_raising_the_severity_calls_for_new_steps_none_of_them_due_before_the_change():
    raised = ticket("Mon 09:00", "Mon 09:00", 3, event("Mon 12:00", "severity_changed", to=1))
    names = told(raised, "Mon 12:00")
    assert {at for at, _ in names} == {"Mon 12:00"}
    assert len(names) == 7
    assert (
        shown(clock("resolution", raised, "Mon 12:00").due) == "Mon 11:00"
    )  # what was due is another matter


def test_lowering_the_severity_drops_what_had_not_come_and_keeps_what_had():
    lowered = ticket("Mon 09:00", "Mon 09:00", 1, event("Mon 10:40", "severity_changed", to=3))
    assert told(lowered, "Mon 12:00")[:4] == [
        ("Mon 10:00", "warning 50%"),
        ("Mon 10:00", "escalate technical"),
        ("Mon 10:30", "warning 75%"),
        ("Wed 13:00", "warning 50%"),
    ]


def test_coming_back_to_a_severity_does_not_repeat_its_steps():
    changes = [("Mon 13:00", 3), ("Mon 14:00", 2)]
    events = [*SIX_HOURS, *(event(at, "severity_changed", to=to) for at, to in changes)]
    assert told(events, "Mon 14:00")[:3] == [
        ("Mon 12:00", "warning 50%"),
        ("Mon 12:00", "escalate technical"),
        (
            "Mon 14:00",
            "warning 75%",
        ),  # used up under severity 3, true from the change on
    ]


def test_a_reopened_clock_does_not_repeat_its_steps():
    events = [*SIX_HOURS, event("Mon 14:00", "fix_provided"), event("Tue 10:00", "acceptance_rejected")]
    assert told(events, "Tue 10:00") == [
        *told(SIX_HOURS, "Mon 09:00")[:3],
        ("Tue 10:24", "warning 90%"),
        ("Tue 11:00:01", "breached"),
        ("Tue 11:00:01", "escalate cto"),
        ("Tue 11:00:01", "escalate coordinator"),
    ]


def test_an_update_is_due_and_then_overdue_once_for_each_cycle():
    events = [*SIX_HOURS, event("Mon 11:00", "progress_updated")]
    updates = called_for(events, "Mon 11:00", "update")
    assert [(shown(s.due_at), s.name, s.kind) for s in updates] == [
        ("Mon 14:00", "warning 75%", "warning"),
        ("Mon 15:00", "update due", "update_due"),
        ("Mon 15:00:01", "breached", "breach"),
    ]
    assert {s.basis for s in updates} == {"2/severity 2/4h"}
    missed = [*SIX_HOURS, event("Mon 16:00", "progress_updated")]
    assert ("Mon 13:00:01", "breached") in told(missed, "Mon 16:00", "update")


def test_a_complaint_climbs_the_same_ladder():
    """Section 3.10: a complaint that is not settled follows the escalation of section 3."""
    complaint = [event("Mon 09:00", "complaint_received")]
    assert told(complaint, "Mon 09:00", "complaint") == [
        ("Thu 21:00", "warning 50%"),
        ("Sat 15:00", "warning 75%"),
        ("Sat 15:00", "escalate cto"),
        ("Sun 16:12", "warning 90%"),
        ("+1 Mon 09:00:01", "breached"),
        ("+1 Mon 09:00:01", "escalate coordinator"),
    ]


def test_nobody_is_warned_of_what_has_no_target():
    assert told([event("Mon 09:00", "reported")], "Mon 09:00", "response") == []


def test_the_guarantee_warns_before_anybody_has_graded():
    assert told([event("Mon 09:00", "reported")], "Mon 09:00", "guarantee")[0] == ("Mon 11:00", "warning 50%")


PLANNED = event("Mon 12:00", "release_scheduled", release_at=when("Thu 08:00"))


def test_the_next_release_calls_for_its_breach_on_its_date_and_no_earlier():
    assert told(ticket("Mon 09:00", "Mon 10:00", 4), "Mon 13:00") == []
    assert told(ticket("Mon 09:00", "Mon 10:00", 4, PLANNED), "Mon 13:00") == [
        ("Thu 08:00:01", "breached"),
        ("Thu 08:00:01", "escalate cto"),
        ("Thu 08:00:01", "escalate coordinator"),
    ]


def test_a_release_that_brought_the_fix_calls_for_nothing():
    shipped = event("Thu 08:00", "released", includes_fix=True)
    assert told(ticket("Mon 09:00", "Mon 10:00", 4, PLANNED, shipped), "Fri 09:00") == []


def test_another_date_is_another_basis():
    named = event("Mon 12:00", "release_scheduled", release="26.1", release_at=when("Thu 08:00"))
    moved = event("Tue 12:00", "release_scheduled", release="26.1", release_at=when("Fri 08:00"))
    before = called_for(ticket("Mon 09:00", "Mon 10:00", 4, named), "Mon 13:00")
    after = called_for(ticket("Mon 09:00", "Mon 10:00", 4, named, moved), "Tue 13:00")
    assert before[0].basis != after[0].basis
    assert before[0].basis == "1/severity 4/next release 2026-01-15T08:00:00Z"


def test_raised_from_the_next_release_the_time_used_counts():
    raised = ticket("Mon 09:00", "Mon 09:00", 4, PLANNED, event("Mon 15:00", "severity_changed", to=2))
    assert told(raised, "Mon 15:00")[-1] == ("Mon 15:00:01", "escalate coordinator")


def test_around_the_clock_the_ladder_climbs_at_night():
    events = [reported("Sat 02:00", 1), *answered("Sat 02:00", 1)]
    assert told(events, "Sat 02:00", terms=ROUND_THE_CLOCK)[0] == ("Sat 03:00", "warning 50%")


def test_a_share_that_is_no_whole_second_is_rounded_up():
    terms = standard().terms(
        "core", {"warnings": {"shares": ["33%"]}, "commitment": {"response": {"targets": {"2": "1h1s"}}}}
    )
    (warning, *_) = called_for([reported("Mon 09:00")], "Mon 09:00", "response", terms)
    assert warning.due_at == when("Mon 09:00") + timedelta(seconds=1189)


@pytest.mark.parametrize("state", ["pending", "cancelled"])
def test_what_never_ran_or_is_called_off_calls_for_nothing(state):
    events = [reported("Mon 09:00", details_complete=False)]
    if state == "cancelled":
        events = [reported("Mon 09:00"), event("Mon 09:10", "closed")]
    assert clock("response", events, "Mon 12:00").state == state
    assert told(events, "Mon 12:00", "response") == []
