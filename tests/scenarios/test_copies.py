"""Class A5: who is copied in by a mail gets nothing until a person of the desk accepts them, and then takes part."""

from __future__ import annotations

from mainstay.mail import copies
from mainstay.tickets import participants
from mainstay.tickets.models import Ticket
from tests.desk import Desk

EVE = "eve@elsewhere.example"


def copied_in(desk: Desk) -> Ticket:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards are not read", copies=[EVE, "bo"])
    desk.advance(minutes=1)
    return ticket


def eve_of(ticket: Ticket) -> int:
    pk: int = ticket.participants.get(address=EVE).pk
    return pk


def test_an_outsider_in_copy_gets_nothing_and_may_write_nothing(desk: Desk) -> None:
    ticket = copied_in(desk)
    desk.reply("ida", ticket, arrives="Mon 10:00")
    assert [letter.to for letter in desk.sent(kind="reply")] == [("ana",)]
    stranger = desk.mail(EVE, f"About {ticket.reference}")
    assert stranger.pk != ticket.pk
    assert not stranger.verified


def test_once_accepted_they_get_what_people_write_and_their_answer_joins(desk: Desk) -> None:
    ticket = copied_in(desk)
    desk.does(copies.accept, "ida", ticket, participant=eve_of(ticket))
    desk.reply("ida", ticket, arrives="Mon 10:00")
    assert [letter.to for letter in desk.sent(kind="reply")] == [("ana", EVE)]
    assert desk.answer(EVE, ticket, "It is the cable.").pk == ticket.pk
    desk.close("ida", ticket, arrives="Mon 11:00")
    assert desk.sent(kind="closure")[-1].to == ("ana", EVE)


def test_what_a_machine_writes_goes_to_the_requester_only(desk: Desk) -> None:
    ticket = copied_in(desk)
    desk.does(copies.accept, "ida", ticket, participant=eve_of(ticket))
    desk.at("Tue 18:00")
    assert all(EVE not in letter.to for letter in desk.sent(about=ticket))


def test_once_removed_they_get_nothing_more_and_the_log_tells_both(desk: Desk) -> None:
    ticket = copied_in(desk)
    desk.does(copies.accept, "ida", ticket, participant=eve_of(ticket))
    desk.does(participants.decline, "jon", ticket, participant=eve_of(ticket))
    desk.reply("ida", ticket, arrives="Mon 10:00")
    assert [letter.to for letter in desk.sent(kind="reply")] == [("ana",)]
    told = [desk.event(ticket, kind) for kind in ("participant_accepted", "participant_removed")]
    assert [(event.actor, event.payload) for event in told] == [
        (desk.person["ida"].ref, {"participant": eve_of(ticket)}),
        (desk.person["jon"].ref, {"participant": eve_of(ticket)}),
    ]
    assert desk.faults() == []
