"""R5.1b: each person says which mails they want. What the contract prescribes is no wish and always goes out."""

from __future__ import annotations

import pytest

from mainstay.mail import copies, letters
from mainstay.mail.letters import Draft
from mainstay.orgs import wishes
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Message, Ticket
from tests.desk import Desk
from tests.post import ADDRESSES

BO = ADDRESSES["bo"]


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """A request of Ana's that Bo takes part in."""
    ticket = desk.opened("ana")
    copies.add(ticket=ticket, address=BO, name="Bo Lind", by=desk.person["ida"], at=desk.now)
    return ticket


def wants(desk: Desk, who: str, about: str, choice: str) -> None:
    wishes.choose(person=desk.person[who], about=about, wants=choice, at=desk.now)


def copied(desk: Desk, ticket: Ticket, kind: str) -> bool:
    """Return whether Bo got a copy of the newest letter of that kind."""
    return BO in Letter.objects.filter(about=f"ticket:{ticket.pk}", kind=kind).latest("created_at").recipients


@pytest.mark.parametrize(
    ("choice", "reply", "question"), [("copied", True, True), ("act", False, True), ("none", False, False)]
)
def test_copies_of_a_colleagues_request_go_out_as_bo_chose(
    choice: str, reply: bool, question: bool, desk: Desk, ticket: Ticket
) -> None:
    wants(desk, "bo", "colleagues", choice)
    desk.reply("ida", ticket)
    desk.ask("ida", ticket)
    desk.advance(minutes=1)
    assert (copied(desk, ticket, "reply"), copied(desk, ticket, "request_for_information")) == (reply, question)


def test_ana_gets_every_letter_of_her_own_request_whatever_she_chose(desk: Desk) -> None:
    wants(desk, "ana", "own", "act")
    wants(desk, "ana", "colleagues", "none")
    ticket = desk.opened("ana")
    desk.reply("ida", ticket)
    desk.update("ida", ticket)
    desk.advance(minutes=1)
    sent = Letter.objects.filter(about=f"ticket:{ticket.pk}").exclude(accepted_at=None)
    kinds = {one.kind for one in sent if one.recipients[0] == ADDRESSES["ana"]}
    assert {"acknowledgement", "severity_confirmation", "reply", "progress_update"} <= kinds


def test_news_that_asks_for_nothing_is_left_to_the_portal_and_the_thread_says_so(desk: Desk) -> None:
    wants(desk, "ana", "own", "act")
    ticket = desk.opened("ana")
    values = {"issue": "KI-1", "standing": "A fix is planned.", "details": ""}
    letters.send(desk.look(ticket), Draft("known_issue_update", values, automatic="auto-generated"), at=desk.now)
    desk.advance(minutes=1)
    assert not desk.sent(about=ticket, kind="known_issue_update")
    message = Message.objects.get(ticket=ticket, purpose="known_issue_update")
    assert "Not sent. The requester wants mail only where" in str(message.notes)


def test_who_has_not_chosen_gets_the_news(desk: Desk) -> None:
    ticket = desk.opened("ana")
    values = {"issue": "KI-1", "standing": "A fix is planned.", "details": ""}
    letters.send(desk.look(ticket), Draft("known_issue_update", values, automatic="auto-generated"), at=desk.now)
    desk.advance(minutes=1)
    assert desk.sent(about=ticket, kind="known_issue_update")


def test_an_agent_sees_before_sending_who_is_not_reached(desk: Desk, ticket: Ticket) -> None:
    """Class A5: what the composer shows is what is sent."""
    wants(desk, "bo", "colleagues", "none")
    to, sent = letters.recipients_of(ticket, ticket.participants.all())
    assert to is not None
    assert BO not in [one.address for one in sent]
