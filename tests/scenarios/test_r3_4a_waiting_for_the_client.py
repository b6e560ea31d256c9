"""R3.4a (pack, clause 3.4 and 'Resolution Time'): a question to the client stops the resolution clock until it is
answered, and a pause must be earned by a question that was sent."""

from __future__ import annotations

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
