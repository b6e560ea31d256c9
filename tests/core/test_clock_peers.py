"""Bugs that other desks had, told again here. The names say whose; none of it is their code."""

from __future__ import annotations

from datetime import timedelta

from mainstay.agreements import standard
from mainstay.core.clock import Event
from mainstay.core.ladder import steps
from tests.core.telling import CORE, answered, clock, event, hours, reading, reported, shown, ticket, when

WAIT = (event("Mon 10:00", "waiting_on_client"), event("Mon 13:00", "client_replied"))


def test_glpi_6902_15605_changing_the_urgency_does_not_forget_the_waiting_time():
    events = ticket("Mon 09:00", "Mon 09:00", 3, *WAIT, event("Mon 14:00", "severity_changed", to=2))
    resolution = clock("resolution", events, "Mon 15:00")
    assert (hours(resolution.elapsed), hours(resolution.paused), shown(resolution.due)) == (3, 3, "Tue 10:00")


def test_glpi_24481_nothing_breaks_while_it_is_pending():
    events = ticket("Mon 09:00", "Mon 09:00", 1, WAIT[0])
    assert clock("resolution", events, "Fri 17:00").breached is False
    assert [s for s in steps(reading(events, "Fri 17:00"), CORE) if s.clock == "resolution"] == [
        step for step in steps(reading(events, "Mon 10:00"), CORE) if step.clock == "resolution"
    ]


def test_glpi_23359_time_with_a_solution_is_told_apart_from_waiting():
    events = ticket(
        "Mon 09:00",
        "Mon 09:00",
        2,
        event("Mon 10:00", "fix_provided"),
        event("Mon 12:00", "acceptance_rejected"),
    )
    resolution = clock("resolution", events, "Mon 12:00")
    assert (hours(resolution.tested), resolution.paused) == (2, timedelta(0))
    assert resolution.ledger[-1].kind == "with client for testing"


def test_glpi_9082_10594_after_a_pause_over_the_weekend_the_due_moment_lies_in_working_time():
    events = ticket(
        "Fri 15:00",
        "Fri 15:00",
        2,
        event("Fri 16:00", "waiting_on_client"),
        event("+1 Mon 10:00", "client_replied"),
    )
    assert shown(clock("resolution", events, "+1 Mon 11:00").due) == "+1 Mon 15:00"


def test_glpi_15429_no_warning_at_creation_or_at_midnight():
    told = reading(ticket("Fri 16:00", "Fri 16:30", 3), "Fri 17:00")
    at = [step.due_at for step in steps(told, CORE)]
    assert min(at) > when("Fri 16:00")
    assert all(
        CORE.calendars["core"].calendar.between(moment, moment + timedelta(seconds=1)) or moment.hour == 17
        for moment in at
    )


def test_zammad_5177_one_promise_does_not_overrule_another():
    told = reading([reported("Mon 09:00", 4)], "Mon 09:30")
    assert {c.name: shown(c.due) for c in told.clocks if c.start} == {
        "response": "Mon 17:00",
        "guarantee": "Mon 13:00",
    }


def test_zammad_3410_pending_in_the_same_second_as_the_reply_does_not_lose_the_response():
    events = [reported("Mon 09:00"), *answered("Mon 09:30", 2), event("Mon 09:30", "waiting_on_client")]
    for order in (events, [events[0], events[3], *events[1:3]]):
        told = reading(order, "Mon 12:00")
        response, resolution = told.clock("response"), told.clock("resolution")
        assert response is not None
        assert resolution is not None
        assert (response.state, shown(response.stopped), resolution.state) == ("met", "Mon 09:30", "paused")


def test_zammad_5624_the_clocks_are_those_of_the_terms_they_are_read_with():
    without = standard().terms(
        "core", {"commitment": [c for c in _commitments() if c["name"] != "guarantee"]}
    )
    assert [c.name for c in reading([reported("Mon 09:00")], "Mon 09:30", without).clocks] == [
        "response", "resolution", "update"
    ]  # fmt: skip


def _commitments() -> list[dict[str, object]]:
    written = standard().data["commitment"]
    assert isinstance(written, list)
    return written


def test_zammad_904_a_merged_ticket_is_not_escalated():
    events = [reported("Mon 09:00"), event("Mon 09:20", "merged", into="ABC-7-3")]
    assert steps(reading(events, "Wed 09:00"), CORE) == ()


def test_zammad_3140_znuny_only_an_update_begins_the_next_update():
    events = ticket(
        "Mon 09:00",
        "Mon 09:00",
        2,
        event("Mon 11:00", "progress_updated"),
        event("Mon 12:00", "client_replied"),
    )
    assert shown(clock("update", events, "Mon 12:30").due) == "Mon 15:00"


def test_frappe_3776_from_waiting_straight_to_resolved_the_wait_is_not_forgotten():
    events = ticket("Mon 09:00", "Mon 09:00", 2, WAIT[0], event("Mon 16:00", "fix_provided"))
    fixed = clock("resolution", events, "Tue 09:00")
    assert (hours(fixed.elapsed), hours(fixed.paused), fixed.breached) == (1, 6, False)


def test_frappe_1542_an_answer_is_not_a_resolution():
    told = reading(ticket("Mon 09:00", "Mon 09:30", 2), "Mon 10:00")
    assert {c.name: c.state for c in told.clocks} == {
        "response": "met", "resolution": "running", "guarantee": "met", "update": "running"
    }  # fmt: skip


def test_frappe_1598_no_target_and_next_release_are_targets():
    assert clock("response", [event("Mon 09:00", "reported")], "Mon 10:00").state == "ungraded"
    assert clock("resolution", ticket("Mon 09:00", "Mon 09:30", 4), "Fri 10:00").target == "next release"


def test_frappe_2075_a_report_on_a_closed_day_counts_from_the_next_opening():
    response = clock("response", [reported("Sat 12:00")], "+1 Mon 09:30")
    assert (hours(response.elapsed), shown(response.start), shown(response.due)) == (
        0.5,
        "Sat 12:00",
        "+1 Mon 10:00",
    )


def test_chatwoot_10178_after_the_fix_no_clock_runs_on():
    events = ticket(
        "Mon 09:00", "Mon 09:30", 2, event("Mon 12:00", "fix_provided"), event("Mon 12:30", "client_replied")
    )
    assert {c.state for c in reading(events, "Fri 12:00").clocks} == {"met"}


def test_chatwoot_15024_a_result_does_not_grow_after_the_end():
    events = ticket("Mon 09:00", "Mon 09:30", 1, event("Mon 12:00", "fix_provided"))
    assert clock("resolution", events, "Mon 12:00") == clock("resolution", events, "+8 Fri 12:00")


def test_chatwoot_a_late_end_between_two_looks_is_late():
    events = ticket("Mon 09:00", "Mon 09:00", 1, event("Mon 11:00:01", "fix_provided"))
    told = reading(events, "Mon 12:00")
    assert clock("resolution", events, "Mon 12:00").breached is True
    assert "breached" in [step.name for step in steps(told, CORE) if step.clock == "resolution"]


def test_zammad_three_seconds_are_three_seconds():
    events = [reported("Mon 09:00"), *answered("Mon 09:00:03", 2)]
    assert clock("response", events, "Mon 10:00").elapsed == timedelta(seconds=3)


def test_zammad_two_pauses_in_one_minute_are_two():
    pairs = [("Mon 10:00:00", "Mon 10:00:10"), ("Mon 10:00:20", "Mon 10:00:35")]
    waits: list[Event] = []
    for begins, ends in pairs:
        waits += [event(begins, "waiting_on_client"), event(ends, "client_replied")]
    assert clock("resolution", ticket("Mon 09:00", "Mon 09:00", 2, *waits), "Mon 11:00").paused == timedelta(
        seconds=25
    )


def test_zammad_biz_a_pause_over_the_night_the_clocks_go_back_has_its_real_length():
    events = [
        Event("reported", when("2026-10-24T23:00:00+00:00"), {"urgency": "high", "impact": "high"}),
        Event("number_provided", when("2026-10-24T23:00:00+00:00")),
        Event("severity_provided", when("2026-10-24T23:00:00+00:00"), {"severity": 1}),
        Event("waiting_on_client", when("2026-10-25T00:30:00+00:00")),  # 01:30 summer time
        Event("client_replied", when("2026-10-25T01:10:00+00:00")),  # 01:10 winter time
    ]
    resolution = clock("resolution", events, "2026-10-25T02:00:00+00:00", standard().terms("24x7"))
    assert (resolution.paused, hours(resolution.elapsed)) == (timedelta(minutes=40), 3 - 40 / 60)


def test_zammad_188_znuny_a_reopened_ticket_has_its_deadline_back():
    events = ticket(
        "Mon 09:00", "Mon 09:00", 2, event("Mon 11:00", "fix_provided"), event("Mon 11:30", "closed"),
        event("Wed 10:00", "reopened"),
    )  # fmt: skip
    assert shown(clock("resolution", events, "Wed 11:00").due) == "Wed 14:00"


def test_servicenow_style_retroactive_breach_needs_no_second_look():
    """A late event that was recorded afterwards is read as when it happened."""
    events = ticket("Mon 09:00", "Mon 09:00", 1)
    late_record = event("Mon 10:30", "fix_provided")
    assert clock("resolution", events, "Mon 12:00").breached is True
    assert clock("resolution", [*events, late_record], "Mon 12:00").breached is False


def test_osticket_3034_6524_waiting_for_the_customer_stops_the_clock():
    assert hours(clock("resolution", ticket("Mon 09:00", "Mon 09:00", 2, *WAIT), "Mon 14:00").elapsed) == 2


def test_osticket_4078_a_clock_says_which_terms_it_was_judged_by():
    line = clock("resolution", ticket("Mon 09:00", "Mon 09:00", 2), "Mon 10:00").ledger[0]
    assert (line.clause, line.calendar, line.severity, line.target) == (
        ("5 (Resolution Time)", "core@2026.1", 2, timedelta(hours=6))
    )
