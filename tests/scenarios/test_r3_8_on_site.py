"""R3.8: support on site is off in the standard package; who asks for it is answered so, and that is logged."""

from __future__ import annotations

import pytest

from mainstay.contracts import actions as contracts
from mainstay.mail import correspondence
from mainstay.tickets import clients
from mainstay.tickets.actions import CannotDo
from tests.desk import LONG_AGO, Desk

SAID = {"text": "Could somebody come by?", "words": "We can see the reader from here."}


def test_without_the_entitlement_the_client_is_answered_so_with_the_clause(desk: Desk) -> None:
    ticket = desk.opened()
    desk.does(correspondence.answer_on_site, "ida", ticket, **SAID)
    desk.advance(seconds=30)

    assert desk.event(ticket, "on_site_requested").payload["included"] is False
    (letter,) = desk.sent("ana", kind="on_site")
    clause = desk.event(ticket, "on_site_requested").payload["clause"]
    assert f"not part of your support package (clause {clause})" in letter.text
    assert "We can see the reader from here." in letter.text
    assert desk.faults() == []


def included(desk: Desk) -> None:
    contracts.agree_otherwise(
        contract=desk.contract(desk.acme), terms={"entitlement": {"on-site": {"included": True}}},
        document="Order 12", active_from=LONG_AGO, at=desk.now, by=desk.person["mara"],
    )  # fmt: skip


def test_a_client_asks_for_it_on_the_page_and_the_desk_answers(desk: Desk) -> None:
    """It is a word of the client's that waits for an answer, with the clause; asking twice asks nothing more."""
    included(desk)
    ticket, ana = desk.opened(answered="Mon 10:00"), desk.person["ana"]
    clients.ask_for_visit(ticket=ticket, by=ana, text="The reader at the front desk, on Tuesday.", at=desk.now)

    asked = desk.event(ticket, "on_site_requested")
    assert (asked.actor, asked.payload["included"], asked.payload["clause"]) == (ana.ref, True, "3.8")
    assert desk.look(ticket).unanswered_since == desk.now
    with pytest.raises(CannotDo, match="have not answered yet"):
        clients.ask_for_visit(ticket=ticket, by=ana, text="Please.", at=desk.now)
    desk.reply("ida", ticket, "Jon comes on Tuesday at ten.", arrives="Mon 10:30")
    assert clients.asked_for_visit(ticket) is None
    assert desk.look(ticket).unanswered_since is None
    assert desk.faults() == []


def test_nobody_asks_on_the_page_for_what_the_agreement_does_not_include(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    with pytest.raises(CannotDo, match="does not include support on site"):
        clients.ask_for_visit(ticket=ticket, by=desk.person["ana"], text="Come by.", at=desk.now)
    assert not desk.history(ticket, "on_site_requested")


def test_with_the_entitlement_it_is_recorded_and_no_such_letter_goes_out(desk: Desk) -> None:
    included(desk)
    ticket = desk.opened()
    desk.does(correspondence.answer_on_site, "ida", ticket, **SAID)
    desk.advance(seconds=30)

    assert desk.event(ticket, "on_site_requested").payload["included"] is True
    assert desk.sent("ana", kind="on_site") == []
