"""R3.5a (pack, clauses 3.4 and 3.5): Support Team, Technical Team, Chief Technical Officer; by the clock or by hand."""

from __future__ import annotations

import pytest

from mainstay.escalation import actions as escalation
from mainstay.tickets.actions import CannotDo
from tests.desk import Desk


def test_the_clock_climbs_when_a_fix_is_not_in_reach(desk: Desk) -> None:
    """Six hours from Monday ten: warned at each share, the Technical Team at half, the rest at the breach."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Tue 12:00")

    assert desk.firings(ticket, "resolution") == [
        "Mon 13:00 resolution warning 50%",
        "Mon 13:00 resolution escalate technical",
        "Mon 14:30 resolution warning 75%",
        "Mon 15:24 resolution warning 90%",
        "Mon 16:00:01 resolution breached",
        "Mon 16:00:01 resolution escalate cto",
        "Mon 16:00:01 resolution escalate coordinator",
    ]


def test_each_level_gets_the_request_and_is_told(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 13:00")
    assert (desk.look(ticket).escalation_level, str(desk.look(ticket).team)) == ("technical", "Technical Team")
    assert any("Resolution escalated to Technical Team" in text for text in desk.notices("jon"))
    desk.at("Mon 16:01")

    assert str(desk.look(ticket).team) == "Chief Technical Officer"
    assert any("Resolution escalated to Chief Technical Officer" in text for text in desk.notices("mara"))
    assert desk.look(ticket).state == "open"  # escalated is a fact about a clock, never a state


def test_staff_hear_of_the_breach_by_mail_at_once_and_of_warnings_in_bundles(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 16:02")

    jons = [letter.at for letter in desk.sent("jon", kind="staff_notices")]
    assert jons[0] == "Mon 13:00" or str(jons[0]).startswith("Mon 13:00:")
    (maras,) = desk.sent("mara", kind="staff_notices")
    assert str(maras.at).startswith("Mon 16:00:")
    assert ticket.reference in maras.text


def test_what_is_fixed_in_time_climbs_no_further(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("Wed 12:00")

    assert desk.firings(ticket, "resolution") == []
    assert desk.look(ticket).escalation_level == ""
    assert desk.steps(ticket) == []


def test_a_person_climbs_before_any_clock_says_so(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 10:30")
    desk.does(escalation.escalate, "ida", ticket, level="technical", reason="It is in the driver.")

    assert (desk.look(ticket).escalation_level, str(desk.look(ticket).team)) == ("technical", "Technical Team")
    climbed = desk.event(ticket, "escalated")
    assert (climbed.actor, climbed.at) == (desk.person["ida"].ref, desk.now)
    assert ticket.messages.get(pk=climbed.payload["message"]).text == "It is in the driver."
    assert desk.notices("jon") == [f"{ticket.reference}: escalated to Technical Team"]


@pytest.mark.parametrize(
    ("level", "reason", "words"),
    [
        ("president", "Why not?", "no level 'president'; it has technical, cto, coordinator"),
        ("technical", "  ", "Say why it is escalated"),
    ],
)
def test_a_climb_that_makes_no_sense_is_refused(desk: Desk, level: str, reason: str, words: str) -> None:
    ticket = desk.opened()

    with pytest.raises(CannotDo, match=words):
        desk.does(escalation.escalate, "ida", ticket, level=level, reason=reason)
    assert desk.history(ticket, "escalated") == []


def test_a_closed_request_does_not_climb(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 11:00")

    with pytest.raises(CannotDo, match="closed"):
        desk.does(escalation.escalate, "ida", ticket, level="cto", reason="Once more")
    desk.at("Wed 12:00")
    assert desk.firings(ticket, "resolution") == []


def test_the_clock_takes_nothing_back_from_a_higher_level(desk: Desk) -> None:
    """The response was late, so the Chief Technical Officer has it; half of the resolution time changes nothing."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 2, arrives="Mon 10:30")
    assert str(desk.look(ticket).team) == "Chief Technical Officer"
    desk.at("Mon 13:31")

    assert "Mon 13:30 resolution escalate technical" in desk.firings(ticket)
    assert any("Resolution escalated to Technical Team" in text for text in desk.notices("jon"))
    assert desk.look(ticket).escalation_level == "coordinator"
    assert str(desk.look(ticket).team) == "Chief Technical Officer"
