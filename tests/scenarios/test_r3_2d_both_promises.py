"""R3.2d (pack, clause 3.2 against section 5): the general guarantee and the severity's response time, side by side."""

from __future__ import annotations

import pytest

from tests.desk import Desk

QUESTION = "How do we order more cards for new staff?\nUrgency: low\nImpact: low"


def test_a_question_answered_within_eight_hours_keeps_one_promise_and_breaks_the_other(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards for new staff", QUESTION)
    desk.confirm("ida", ticket, 4, arrives="Mon 15:00")

    response, guarantee = desk.clock(ticket, "response"), desk.clock(ticket, "guarantee")
    assert (response.clause, response.target, response.state) == ("5 (Response Time)", "8h", "met")
    assert (guarantee.clause, guarantee.target, guarantee.state) == ("3.2", "4h", "missed")
    assert (guarantee.used, guarantee.left) == ("6 h", "-2 h")


@pytest.mark.parametrize(
    ("severity", "due"), [(1, "Mon 10:00"), (2, "Mon 13:00"), (3, "Mon 13:00"), (4, "Mon 13:00")]
)
def test_the_guarantee_is_four_core_hours_and_one_for_the_gravest(
    desk: Desk, severity: int, due: str
) -> None:
    """Reading 16: in core hours, as the table is."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, severity, arrives="Mon 09:30")

    assert desk.clock(ticket, "guarantee").due == due


def test_the_guarantee_holds_for_a_request_that_nobody_has_graded(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")

    assert desk.clock(ticket, "response").state == "ungraded"
    assert desk.clock(ticket, "guarantee").due == "Mon 13:00"
    desk.at("Mon 13:01")
    assert desk.firings(ticket) == [
        "Mon 11:00 guarantee warning 50%",
        "Mon 12:00 guarantee warning 75%",
        "Mon 12:36 guarantee warning 90%",
        "Mon 13:00:01 guarantee breached",
    ]
