"""The open questions of the contract text as the standard agreement reads them, where no file of a clause shows it.

The others stand with their clauses: 2 with service hours, 3, 5 and 9 with the response, 4 with what a request carries,
6 with the cause, 7 with waiting, 11 and 13 with the resolution, 14 and 18 with the table, 16 with both promises, 17 with
the severity, 19 and 20 with core hours, 21 with the changed holidays, 22 with the complaint, 23 with the contract.
"""

from __future__ import annotations

from mainstay.tickets import actions as tickets
from tests.desk import Desk


def test_reading_1_after_hours_work_against_a_target_that_ends_at_closing_is_in_time(desk: Desk) -> None:
    """Six hours from eleven end at five. A fix at eight in the evening has used no more time, so it is met."""
    ticket = desk.opened(answered="Mon 11:00")
    assert desk.clock(ticket, "resolution").due == "Mon 17:00"
    desk.fix("ida", ticket, arrives="Mon 20:00")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.used, resolution.left) == ("met", "6 h", "none")
    assert not any("breached" in line for line in desk.firings(ticket, "resolution"))


def test_reading_8_a_graver_severity_keeps_the_time_used_and_holds_at_once(desk: Desk) -> None:
    """Three of forty hours used, now a severity 2 with six: due three hours on."""
    ticket = desk.opened(severity=3, answered="Mon 10:00")
    desk.at("Mon 13:00")
    desk.does(tickets.grade, "jon", ticket, severity=2, reason="A second desk.")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.used, resolution.target, resolution.due) == ("3 h", "6h", "Mon 16:00")


def test_reading_8_the_new_target_may_lie_in_the_past_and_is_noticed_at_once(desk: Desk) -> None:
    """Three hours used when it becomes a severity 1 with two: no step is said to have been due before the change."""
    ticket = desk.opened(severity=3, answered="Mon 10:00")
    desk.at("Mon 13:00")
    desk.does(tickets.grade, "jon", ticket, severity=1, reason="All desks.")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.due, resolution.breached, resolution.left) == ("Mon 12:00", True, "-1 h")
    assert desk.firings(ticket, "resolution") == [
        "Mon 13:00 resolution warning 50%",
        "Mon 13:00 resolution warning 75%",
        "Mon 13:00 resolution warning 90%",
        "Mon 13:00 resolution breached",
        "Mon 13:00 resolution escalate technical",
        "Mon 13:00 resolution escalate cto",
        "Mon 13:00 resolution escalate coordinator",
    ]


def test_reading_8_time_counts_on_the_calendar_in_force_at_the_time(desk: Desk) -> None:
    """Carrow, Monday at four: an hour of core time as severity 2; at eight it becomes a 1 and runs on."""
    desk.at("Mon 15:00")
    ticket = desk.mail("cleo")
    desk.confirm("ida", ticket, 2, arrives="Mon 16:00")
    desk.at("Mon 20:00")
    desk.does(tickets.grade, "jon", ticket, severity=1, reason="All desks.")
    desk.at("Mon 20:30")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.used, resolution.due) == ("1 h 30 min", "Mon 21:00")


def test_reading_10_the_severity_at_the_end_decides_and_the_earlier_breach_stays_on_record(desk: Desk) -> None:
    ticket = desk.opened(severity=1, answered="Mon 10:00")
    desk.at("Mon 13:00")
    assert "Mon 12:00:01 resolution breached" in desk.firings(ticket)
    desk.does(tickets.grade, "mara", ticket, severity=3, reason="It was one card.")
    desk.fix("ida", ticket, arrives="Mon 15:00")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.breached, resolution.broke) == ("met", False, (1,))
    assert desk.stored(ticket, "resolution").breached_while_in_force is True


def test_reading_12_a_recurrence_after_the_window_has_clocks_of_its_own(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 11:00")
    desk.at("+5 Mon 10:00")
    again = desk.answer("ana", ticket, "It has come back at the front desk today.\nUrgency: high\nImpact: medium")

    assert again.about == ticket
    assert (desk.clock(again, "response").start, desk.clock(again, "response").due) == ("+5 Mon 10:00", "+5 Mon 11:00")
