"""R3.9 (pack, clause 3.9): a fix is accepted or met with silence; then the request is closed, and can be reopened."""

from __future__ import annotations

import pytest

from mainstay.tickets import acceptance
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Ticket
from tests.desk import Desk

AGAIN = "It has come back: the readers at the front desk take no card again."


def closed(desk: Desk) -> Ticket:
    """Six hours promised, two used at the fix; accepted and closed on Monday at two."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("Mon 13:00")
    desk.answer("ana", ticket, "It works, thank you.")
    desk.does(acceptance.accept_fix, "ida", ticket, text="Ana wrote so.")
    desk.close("ida", ticket, arrives="Mon 14:00")
    return desk.look(ticket)


def test_silence_for_five_working_days_closes_it_and_says_so(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    assert "If we hear nothing from you within 5 working days" in desk.sent("ana", kind="fix")[0].text
    desk.at("+1 Mon 11:59")
    assert desk.look(ticket).state == "resolved"
    desk.at("+1 Mon 12:06")

    assert desk.look(ticket).state == "closed"
    (letter,) = desk.sent("ana", kind="closure_after_silence")
    assert "answer this mail within 20 working days" in " ".join(letter.text.split())
    assert desk.event(ticket, "closed").actor == "closing"


def test_whoever_speaks_is_not_silent(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("Thu 12:00")
    desk.answer("ana", ticket, "We could not test it yet.")
    desk.at("+2 Mon 12:00")

    assert desk.look(ticket).state == "resolved"
    assert desk.sent("ana", kind="closure_after_silence") == []


def test_an_out_of_office_reply_is_silence(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("Thu 12:00")
    desk.answered("ana", ticket, "I am away.", headers=["Auto-Submitted: auto-replied"])
    desk.at("+1 Mon 12:06")

    assert desk.look(ticket).state == "closed"


def test_a_reply_within_the_window_opens_it_again_and_the_clock_resumes(desk: Desk) -> None:
    """Twenty working days. The time it lay closed is the client's; two hours were used, four are left."""
    ticket = closed(desk)
    desk.at("Thu 09:30")
    again = desk.answer("ana", ticket, AGAIN)

    assert (again, again.state) == (ticket, "open")
    assert desk.history(ticket, "reopened") == ["Thu 09:30 reopened"]
    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.used, resolution.left) == ("running", "2 h", "4 h")
    assert resolution.due == "Thu 13:30"
    assert any("with client for testing" in line for line in resolution.ledger)


def test_a_reply_after_the_window_is_a_new_request_that_knows_the_old_one(desk: Desk) -> None:
    """Reading 12: clocks of its own; the old ticket and its figures stay as they were."""
    ticket = closed(desk)
    figures = [desk.clock(ticket, name) for name in ("response", "resolution")]
    desk.at("+4 Mon 14:01")
    again = desk.answer("ana", ticket, AGAIN)

    assert again != ticket
    assert again.about == ticket
    assert (again.verified, again.state, desk.look(ticket).state) == (True, "new", "closed")
    assert desk.clock(again, "response").start == "+4 Mon 14:01"
    assert [desk.clock(ticket, name) for name in ("response", "resolution")] == figures


def test_the_last_moment_of_the_window_is_within_it(desk: Desk) -> None:
    ticket = closed(desk)
    desk.at("+4 Mon 13:59:50")

    assert desk.answer("ana", ticket, AGAIN) == ticket


def test_a_late_thank_you_on_a_resolved_request_undoes_nothing(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 12:00")
    desk.at("Tue 12:00")
    desk.answer("ana", ticket, "Thanks!")

    assert desk.look(ticket).state == "resolved"
    assert desk.clock(ticket, "resolution").state == "met"


def test_a_request_without_a_fix_cannot_be_accepted(desk: Desk) -> None:
    ticket = desk.opened()

    with pytest.raises(tickets.CannotDo, match="no fix with the client"):
        desk.does(acceptance.accept_fix, "ida", ticket, text="")


def test_a_closed_request_owes_nothing(desk: Desk) -> None:
    ticket = closed(desk)

    assert desk.steps(ticket) == []
    assert (desk.promise(ticket).is_open, desk.promise(ticket).due) == (False, None)
    assert desk.faults() == []
