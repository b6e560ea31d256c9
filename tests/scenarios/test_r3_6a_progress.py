"""R3.6a (pack, clause 3.6): progress is told at the agreement's pace: status and, where there is one, an estimate."""

from __future__ import annotations

import pytest

from mainstay.escalation import actions as escalation
from tests.desk import Desk


@pytest.mark.parametrize(
    ("severity", "due"), [(1, "Mon 11:00"), (2, "Mon 14:00"), (3, "Wed 10:00"), (4, "+2 Mon 10:00")]
)
def test_the_pace_is_that_of_the_severity(desk: Desk, severity: int, due: str) -> None:
    """One hour, four, two core days, ten."""
    ticket = desk.opened(severity=severity, answered="Mon 10:00")

    update = desk.clock(ticket, "update")
    assert (update.state, update.start, update.due) == ("running", "Mon 10:00", due)


def test_each_update_starts_the_next_wait(desk: Desk) -> None:
    ticket = desk.opened(severity=3, answered="Mon 10:00")
    desk.update("ida", ticket, arrives="Tue 10:00")

    update = desk.clock(ticket, "update")
    assert (update.cycle, update.start, update.due) == (2, "Tue 10:00", "Thu 10:00")


def test_an_update_says_where_it_stands_and_when_it_should_be_solved(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.update("ida", ticket, "The driver is the cause.", eta="Tue 15:00", arrives="Mon 12:00")

    (letter,) = desk.sent("ana", kind="progress_update")
    assert "The driver is the cause" in letter.text
    assert "We expect it to be solved by Tuesday 13 January 2026, 15:00 GMT." in " ".join(letter.text.split())


def test_a_reply_that_is_no_update_moves_nothing(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.reply("ida", ticket, "Thank you for the picture.", arrives="Mon 11:00")

    assert desk.clock(ticket, "update").cycle == 1


def test_an_update_that_is_due_is_asked_for_and_then_missed(desk: Desk) -> None:
    ticket = desk.opened(severity=3, answered="Mon 10:00")
    desk.at("Wed 10:01")

    assert desk.firings(ticket, "update") == [
        "Tue 14:00 update warning 75%",
        "Wed 10:00 update update due",
        "Wed 10:00:01 update breached",
    ]
    desk.update("ida", ticket, arrives="Wed 11:00")
    assert desk.reading(ticket).earlier[0].state == "missed"
    assert desk.clock(ticket, "update").due == "Fri 11:00"


def test_an_escalated_request_is_told_of_more_often(desk: Desk) -> None:
    ticket = desk.opened(severity=3, answered="Mon 10:00")
    desk.at("Mon 10:30")
    desk.does(escalation.escalate, "ida", ticket, level="technical", reason="It is in the driver.")

    assert desk.clock(ticket, "update").due == "Tue 10:00"


def test_while_the_client_has_the_word_there_is_nothing_to_report(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 11:00")
    desk.at("Tue 11:00")
    desk.answer("ana", ticket, "Black.")

    assert desk.clock(ticket, "update").due == "Tue 14:00"


def test_no_update_is_owed_once_the_fix_is_with_the_client(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("Wed 12:00")

    assert desk.clock(ticket, "update").state == "met"
    assert desk.firings(ticket, "update") == []
