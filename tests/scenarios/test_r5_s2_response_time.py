"""R5.S2 (pack, section 5, 'Response Time'): from the report until number and severity have been given back."""

from __future__ import annotations

from tests.desk import ADDRESSES, Desk
from tests.outbox.server import Account

SERIOUS = "Half of the cards are not read at the desks.\nUrgency: high\nImpact: medium"


def test_it_starts_with_the_report_and_ends_with_number_and_severity(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards", SERIOUS)
    desk.confirm("ida", ticket, 2, arrives="Mon 09:45")

    response = desk.clock(ticket, "response")
    assert (response.start, response.stopped, response.used) == ("Mon 09:00", "Mon 09:45", "45 min")
    assert response.ledger == ("Mon 09:00 to Mon 09:45 counted, 45 min",)


def test_the_number_alone_a_reply_or_a_question_is_not_enough(desk: Desk) -> None:
    """Readings 3 and 5: waiting for the client does not stop the response."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards", SERIOUS)
    desk.reply("ida", ticket, "We have seen it.", arrives="Mon 09:10")
    desk.ask("ida", ticket, arrives="Mon 09:20")
    desk.at("Mon 09:40")

    response = desk.clock(ticket, "response")
    assert desk.look(ticket).state == "waiting_client"
    assert (response.state, response.used, response.paused) == ("running", "40 min", "none")


def test_where_the_acknowledgement_was_refused_the_confirmation_gives_both(desk: Desk, server: Account) -> None:
    server.bad[ADDRESSES["ana"]] = ["550 5.7.1 not now"]
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards", SERIOUS)
    assert desk.history(ticket, "number_provided") == []
    del server.bad[ADDRESSES["ana"]]
    desk.confirm("ida", ticket, 2, arrives="Mon 09:30")
    desk.advance(seconds=5)

    assert [line.split()[-1] for line in desk.history(ticket, "number_provided", "severity_provided")] == [
        "number_provided",
        "severity_provided",
    ]
    assert desk.clock(ticket, "response").state == "met"


def test_to_the_second_it_is_met_and_one_second_more_it_is_missed(desk: Desk) -> None:
    """Reading 1: more than the target breaks it, equal does not."""
    desk.at("Mon 09:00")
    first, second = desk.mail("ana", "Cards", SERIOUS), desk.mail("ana", "Printer", SERIOUS)
    desk.confirm("ida", first, 2, arrives="Mon 10:00")
    desk.confirm("ida", second, 2, arrives="Mon 10:00:10")

    assert (desk.clock(first, "response").state, desk.clock(first, "response").left) == ("met", "none")
    assert (desk.clock(second, "response").state, desk.clock(second, "response").left) == ("missed", "-10 s")
    assert desk.firings(first, "response")[-1] == "Mon 09:54 response warning 90%"
    assert "Mon 10:00:01 response breached" in desk.firings(second)


def test_once_given_it_is_judged_by_the_severity_that_was_given(desk: Desk) -> None:
    """Reading 9: four hours for a severity 3; that it is a 1 by noon does not make the answer late."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 3, arrives="Mon 11:30")
    desk.at("Mon 12:00")
    desk.confirm("ida", ticket, 1, "It has spread to all desks.", arrives="Mon 12:01")

    response = desk.clock(ticket, "response")
    assert (response.state, response.severity, response.target, response.used) == ("met", 3, "4h", "2 h 30 min")
