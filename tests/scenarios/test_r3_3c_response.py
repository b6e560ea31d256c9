"""R3.3c (pack, clause 3.3): a person confirms the severity, and the response ends when the client's server has that
confirmation with the reference; told through a real mail server."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from mainstay.mail import correspondence
from mainstay.outbox.actions import TooLate
from mainstay.outbox.models import Letter
from tests.desk import ADDRESSES, Desk, when
from tests.outbox.server import Account

ANA = ADDRESSES["ana"]


def test_an_automatic_acknowledgement_gives_the_number_and_ends_nothing(desk: Desk) -> None:
    """Reading 3: number without severity is no response."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards", "No card is read at our desks.\nUrgency: high\nImpact: medium")

    assert "Mon 09:00 number_provided" in desk.history(ticket)
    assert desk.clock(ticket, "response").state == "running"
    assert desk.look(ticket).state == "new"


def test_the_confirmation_ends_the_response_when_the_server_has_taken_it(desk: Desk, server: Account) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    desk.at("Mon 09:20")
    message = desk.confirm("ida", ticket, 2, text="Half of the readers are down.")
    assert desk.clock(ticket, "response").state == "running"
    desk.advance(seconds=20)

    response = desk.clock(ticket, "response")
    letter = Letter.objects.get(message_id=message.message_id)
    assert letter.accepted_at is not None
    assert response.state == "met"
    assert response.stopped is not None
    assert when(response.stopped) == letter.accepted_at.replace(microsecond=0)
    assert when("Mon 09:20:10") <= when(response.stopped) <= when("Mon 09:20:30")

    _, taken = server.taken
    assert taken.recipients == (ANA,)
    assert taken.message_id == message.message_id
    mail = message_from_bytes(taken.content, policy=default)
    said = mail.get_body(("plain",)).get_content()
    assert ticket.reference in mail["Subject"]
    assert f"your request {ticket.reference} as severity 2" in " ".join(said.split())
    assert "Half of the readers are down." in said


def test_the_message_that_carried_it_is_the_evidence(desk: Desk, server: Account) -> None:
    ticket = desk.mail("ana")
    message = desk.confirm("ida", ticket, 2)
    desk.advance(minutes=1)

    given = desk.event(ticket, "severity_provided")
    assert given.payload["message"] == message.pk
    assert given.payload["digest"] == message.digest
    assert given.payload["letter"] == str(Letter.objects.get(message_id=message.message_id).pk)
    assert given.actor == "outbox"


def test_as_long_as_the_server_says_later_there_is_no_response(desk: Desk, server: Account) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    server.bad[ANA] = ["451 4.2.0 come again"]
    desk.at("Mon 09:20")
    message = desk.confirm("ida", ticket, 2)
    desk.advance(seconds=20)

    assert desk.clock(ticket, "response").state == "running"
    del server.bad[ANA]
    desk.at("Mon 09:40")
    letter = Letter.objects.get(message_id=message.message_id)
    assert (letter.state, letter.attempts) == ("accepted", 2)
    response = desk.clock(ticket, "response")
    assert response.state == "met"
    assert when("Mon 09:20:20") < when(str(response.stopped)) < when("Mon 09:40")
    assert server.ids().count(message.message_id) == 1


def test_a_confirmation_that_is_refused_is_no_response_and_the_ticket_says_so(desk: Desk, server: Account) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    server.bad[ANA] = ["550 5.1.1 no such user"]
    desk.at("Mon 09:20")
    desk.confirm("ida", ticket, 2)
    desk.at("Mon 10:01")

    assert "delivery_failed" in [line.split()[-1] for line in desk.history(ticket)]
    response = desk.clock(ticket, "response")
    assert (response.state, response.breached) == ("running", True)
    assert "Mon 10:00:01 response breached" in desk.firings(ticket)


def test_what_was_sent_can_be_taken_back_for_ten_seconds(desk: Desk) -> None:
    """Nothing leaves, no severity has been given, and the time runs on; that it was taken back is on the ticket."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    desk.at("Mon 09:20")
    message = desk.confirm("ida", ticket, 2)
    desk.advance(seconds=9)
    correspondence.take_back(message=message, by=desk.person["ida"], at=desk.now)
    desk.at("Mon 09:30")

    assert [letter.kind for letter in desk.sent("ana")] == ["acknowledgement"]
    assert desk.history(ticket, "severity_provided") == []
    assert desk.clock(ticket, "response").state == "running"
    assert ticket.messages.filter(text="Taken back before it was sent.").exists()
    assert desk.faults() == []


def test_a_question_that_was_taken_back_stops_no_clock(desk: Desk) -> None:
    ticket = desk.opened()
    message = desk.ask("ida", ticket)
    desk.advance(seconds=5)
    correspondence.take_back(message=message, by=desk.person["ida"], at=desk.now)
    desk.at("Mon 11:00")

    assert desk.look(ticket).state == "open"
    assert desk.clock(ticket, "resolution").paused == "none"


def test_after_that_it_is_with_the_client(desk: Desk) -> None:
    ticket = desk.mail("ana")
    message = desk.confirm("ida", ticket, 2)
    desk.advance(seconds=10)

    with pytest.raises(TooLate):
        correspondence.take_back(message=message, by=desk.person["ida"], at=desk.now)
    assert desk.clock(ticket, "response").state == "met"


def test_of_two_confirmations_under_way_the_client_believes_the_last(desk: Desk) -> None:
    """Ida and Jon confirm within the same ten seconds: both arrive, and the severity is that of the second."""
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 3)
    desk.advance(seconds=4)
    desk.confirm("jon", ticket, 2, "The server room says so.")
    desk.advance(minutes=1)

    assert [letter.kind for letter in desk.sent("ana")][1:] == ["severity_confirmation"] * 2
    assert desk.look(ticket).severity == 2
    assert desk.reading(ticket).severity == 2
    assert len(desk.history(ticket, "severity_provided")) == 1
    assert desk.faults() == []
