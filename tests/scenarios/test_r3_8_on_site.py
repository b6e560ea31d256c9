"""R3.8: support on site is off in the standard package; who asks for it is answered so, and that is logged."""

from __future__ import annotations

from mainstay.contracts import actions as contracts
from mainstay.mail import correspondence
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


def test_with_the_entitlement_it_is_recorded_and_no_such_letter_goes_out(desk: Desk) -> None:
    contracts.agree_otherwise(
        contract=desk.contract(desk.acme), terms={"entitlement": {"on-site": {"included": True}}},
        document="Order 12", active_from=LONG_AGO, at=desk.now, by=desk.person["mara"],
    )  # fmt: skip
    ticket = desk.opened()
    desk.does(correspondence.answer_on_site, "ida", ticket, **SAID)
    desk.advance(seconds=30)

    assert desk.event(ticket, "on_site_requested").payload["included"] is True
    assert desk.sent("ana", kind="on_site") == []
