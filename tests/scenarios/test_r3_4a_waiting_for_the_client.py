"""R3.4a (pack, clause 3.4 and 'Resolution Time'): a question to the client stops the resolution clock until it is
answered, and a pause must be earned by a question that was sent."""

from __future__ import annotations

import pytest

from mainstay.mail import correspondence
from mainstay.tickets import actions as tickets
from mainstay.tickets import diagnostics
from mainstay.tickets.models import Ticket
from tests.core.telling import shown, when
from tests.desk import ADDRESSES, Desk
from tests.outbox.server import Account


def test_the_wait_for_an_answer_does_not_count(desk: Desk) -> None:
    """Six core hours from Monday ten; asked at noon, answered on Tuesday at eleven: due on Tuesday at three."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")

    waiting = desk.clock(ticket, "resolution")
    assert desk.look(ticket).state == "waiting_client"
    assert (waiting.state, waiting.why, waiting.due) == ("paused", "waiting for client", None)
    desk.at("Tue 11:00")
    desk.answer("ana", ticket, "They are the black ones.")

    resolution = desk.clock(ticket, "resolution")
    assert desk.look(ticket).state == "open"
    assert (resolution.state, resolution.used, resolution.paused) == ("running", "2 h", "7 h")
    assert resolution.due == "Tue 15:00"
    assert resolution.ledger == (
        "Mon 10:00 to Mon 12:00 counted, 2 h",
        "Mon 12:00 to Tue 11:00 waiting for client, none",
    )


def test_nothing_falls_due_while_the_client_is_asked(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    known = desk.firings(ticket)
    assert desk.steps(ticket) == []
    desk.at("Fri 17:00")

    assert desk.firings(ticket) == known
    assert desk.clock(ticket, "resolution").breached is False


def test_the_clock_goes_on_from_when_our_server_took_the_answer(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    desk.at("Mon 15:00")
    desk.answer("ana", ticket, "They are the black ones.", took="Mon 13:00")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.paused, resolution.used) == ("1 h", "4 h")


def test_a_question_that_never_left_earns_no_pause(desk: Desk, server: Account) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    server.bad[ADDRESSES["ana"]] = ["451 4.2.0 come again"]
    desk.ask("ida", ticket)
    desk.at("Mon 12:00")

    assert desk.look(ticket).state == "open"
    assert desk.clock(ticket, "resolution").paused == "none"
    del server.bad[ADDRESSES["ana"]]
    desk.at("Mon 13:00")
    assert desk.look(ticket).state == "waiting_client"


def test_a_reply_without_a_question_is_no_wait(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.reply("ida", ticket, "Thank you, we are looking into it.", arrives="Mon 11:00")

    assert desk.look(ticket).state == "open"
    assert desk.clock(ticket, "resolution", at="Mon 12:00").used == "2 h"


def test_two_waits_are_both_left_out_and_a_wait_overnight_takes_nothing_from_the_night(desk: Desk) -> None:
    """Reading 7."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 11:00")
    desk.at("Mon 12:00")
    desk.answer("ana", ticket, "Black.")
    desk.ask("ida", ticket, "And which year?", arrives="Mon 16:00")
    desk.at("Mon 20:00")
    desk.answer("ana", ticket, "Last year.")
    desk.at("Tue 09:30")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.used, resolution.paused) == ("5 h 30 min", "2 h")
    assert resolution.due == "Tue 10:00"


def test_a_fix_during_a_wait_ends_both(desk: Desk) -> None:
    """Reading 7: the answer is no longer needed."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 11:00")
    desk.fix("ida", ticket, arrives="Mon 15:00")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.stopped, resolution.used) == ("met", "Mon 15:00", "1 h")


def test_the_client_waits_for_us_again_once_they_have_answered(desk: Desk) -> None:
    """The promise that the list sorts by is running again, and its warnings come."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 11:00")
    assert (desk.promise(ticket).state, desk.promise(ticket).due) == ("paused", None)
    desk.at("Mon 12:00")
    desk.answer("ana", ticket, "Black.")
    desk.at("Mon 16:30")

    assert desk.promise(ticket).state == "running"
    assert "Mon 14:00 resolution warning 50%" in desk.firings(ticket)


# ---- The question as a tracked request -------------------------------------------------------------------------------


def test_a_question_says_by_when_the_answer_is_wanted(desk: Desk) -> None:
    """Two working days from when it is written, as the agreement says; the client reads it in the contract's zone."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")

    (letter,) = desk.sent("ana", kind="request_for_information")
    assert "We ask for your answer by Wednesday 14 January 2026, 11:59 GMT." in letter.text


def test_a_client_who_does_not_answer_is_reminded_and_then_a_person_is_told(desk: Desk) -> None:
    """After two and four working days from when the question reached them, once each; then somebody should ring."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.does(tickets.assign, "ida", ticket, assignee=desk.person["ida"])
    desk.ask("ida", ticket, "Which card readers are they?", arrives="Mon 12:00")
    desk.at("Fri 17:00")

    first, second = desk.sent("ana", kind="reminder")
    assert (first.at, second.at) == ("Wed 12:00", "Fri 12:00")
    assert "Which card readers are they?" in first.text
    assert ticket.reference in first.subject
    assert first.headers["Auto-Submitted"] == "auto-generated"
    assert [text for text in desk.notices("ida") if "without an answer" in text] == [
        f"{ticket.reference}: reminded for the last time; the question is still without an answer"
    ]
    assert desk.clock(ticket, "resolution").state == "paused"
    assert desk.faults() == []


def test_whoever_has_answered_is_not_reminded(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    desk.at("Tue 09:00")
    desk.answer("ana", ticket, "The black ones.")
    desk.at("Fri 17:00")

    assert desk.sent("ana", kind="reminder") == []
    (asked,) = desk.look(ticket).diagnostics.all()
    assert (shown(asked.ended_at), asked.ending) == ("Tue 09:00", "answered")
    assert asked.answer.text.startswith("The black ones.")


def test_an_absence_note_is_no_answer_and_the_reminder_comes(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    desk.answer("ana", ticket, "I am away until Monday.", headers=["Auto-Submitted: auto-replied"])
    desk.at("Wed 13:00")

    assert len(desk.sent("ana", kind="reminder")) == 1


def test_a_worker_that_slept_over_both_reminders_sends_the_client_one_at_a_time(desk: Desk) -> None:
    """The second counts from the question, so it is due at once too; neither is sent twice."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    with desk.asleep():
        desk.at("Wed 18:00")
    desk.advance(minutes=5)

    assert len(desk.sent("ana", kind="reminder")) == 1


def test_a_question_withdrawn_lets_the_clock_go_on(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    desk.at("Mon 14:00")
    _withdraw(desk, ticket, "Which card readers")

    assert desk.look(ticket).state == "open"
    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.used, resolution.paused) == ("running", "2 h", "2 h")
    desk.at("Fri 17:00")
    assert desk.sent("ana", kind="reminder") == []


def test_one_question_withdrawn_is_no_end_while_another_waits(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, "Which card readers are they?", arrives="Mon 11:00")
    desk.ask("ida", ticket, "Which year are they?", arrives="Mon 12:00")
    _withdraw(desk, ticket, "Which card readers")

    assert desk.look(ticket).state == "waiting_client"
    assert desk.clock(ticket, "resolution", at="Mon 16:00").paused == "5 h"
    _withdraw(desk, ticket, "Which year")
    assert desk.look(ticket).state == "open"
    assert desk.faults() == []


def test_a_question_taken_back_before_it_left_is_none(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    message = desk.ask("ida", ticket)
    correspondence.take_back(message=message, by=desk.person["ida"], at=desk.now)
    desk.at("Fri 17:00")

    assert [one.ending for one in desk.look(ticket).diagnostics.all()] == ["withdrawn"]
    assert desk.sent("ana", kind="reminder") == []


def test_an_answer_cannot_be_wanted_yesterday(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    with pytest.raises(correspondence.CannotWrite, match="past"):
        desk.does(correspondence.ask_client, "ida", ticket, text="Which?", answer_by=when("Mon 09:00"))

    assert desk.look(ticket).diagnostics.count() == 0


def _withdraw(desk: Desk, ticket: Ticket, question: str) -> None:
    request = desk.look(ticket).diagnostics.get(question__startswith=question)
    diagnostics.withdraw(request=request, by=desk.person["ida"], at=desk.now)
    desk.work()
