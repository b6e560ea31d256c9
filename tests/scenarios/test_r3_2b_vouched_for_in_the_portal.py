"""R3.2b, clause 3.2: the organisation's administrator authorises an unknown sender in the portal; nothing leaks."""

from __future__ import annotations

import pytest

from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Membership, Organisation, Person
from mainstay.tickets.models import Message, Ticket
from tests.console import pages
from tests.console.conftest import Browse, browse, desk
from tests.desk import LONG_AGO, Desk

__all__ = ["browse", "desk"]
PEOPLE = "/portal/people/"
SECRET = "Mrs Miller's record is gone"


@pytest.fixture(autouse=True)
def dee(desk: Desk) -> Person:
    """Dee, who administrates Acme Health."""
    dee = orgs.add_person(name="Dee Marsh", email="dee@acme.example", at=LONG_AGO)
    orgs.authorise(person=dee, organisation=desk.acme, role="Manager", administrates=True, at=LONG_AGO)
    desk.person["dee"] = dee
    return dee


def asked(browse: Browse) -> str:
    return pages.text(browse("dee").get(PEOPLE))


def test_one_press_authorises_and_no_time_is_lost(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    held = desk.mail("zed@acme.example", subject=SECRET)
    desk.at("Mon 11:00")
    assert "zed@acme.example" in asked(browse)
    browse("dee").post(f"{PEOPLE}wrote/{held.pk}/", {"role": "Receptionist", "answer": "ours"})
    desk.work()
    ticket = desk.look(held)
    assert (ticket.verified, ticket.organisation, ticket.requester_role) == (True, desk.acme, "Receptionist")
    assert desk.clock(ticket, "response").ledger == ("Mon 09:00 to Mon 11:00 counted, 2 h",)
    zed = Membership.objects.get(person__email="zed@acme.example")
    assert orgs.rights_of(zed) == {"may_raise": True, "sees_all": False, "administrates": False}
    assert zed.granted_by == desk.person["dee"]


def test_what_was_written_is_shown_to_nobody_before(desk: Desk, browse: Browse) -> None:
    held = desk.mail("zed@acme.example", subject=SECRET)
    for path in (PEOPLE, f"{PEOPLE}wrote/{held.pk}/", "/portal/"):
        shown = browse("dee").get(path).content.decode()
        assert "Miller" not in shown
        assert held.reference not in shown


@pytest.mark.parametrize(
    ("address", "genuine", "why"),
    [
        ("zed@elsewhere.example", True, "no domain of theirs"),
        ("zed@carrow.example", True, "another client's domain"),
        ("zed@notacme.example", True, "a domain that only ends like theirs"),
        ("ida@vendor.example", True, "the desk's own"),
        ("bo@acme.example", True, "known already, without the right: a matter of rights, under People"),
    ],
)
def test_others_who_are_held_are_not_shown(
    address: str, genuine: bool, why: str, desk: Desk, browse: Browse
) -> None:
    held = desk.arrive(address, genuine=genuine).ticket
    assert held is not None
    assert "Are these people yours?" not in asked(browse), why
    assert browse("dee").post(f"{PEOPLE}wrote/{held.pk}/", {"role": "x"}).status_code == 404
    assert not Ticket.objects.get(pk=held.pk).verified


def test_a_forged_sender_is_not_shown(desk: Desk, browse: Browse) -> None:
    desk.arrive("zed@acme.example", genuine=False)
    held = Ticket.objects.get(requester_address="zed@acme.example")
    if not held.verification_reason.startswith("The sender is not known"):
        assert "zed@acme.example" not in asked(browse)


def test_a_domain_that_two_clients_share_hints_at_neither(desk: Desk, browse: Browse) -> None:
    Organisation.objects.filter(pk=desk.carrow.pk).update(domains=["carrow.example", "acme.example"])
    desk.mail("zed@acme.example")
    assert "zed@acme.example" not in asked(browse)


def test_not_one_of_ours_goes_back_to_support_and_stays_held(desk: Desk, browse: Browse) -> None:
    held = desk.mail("zed@acme.example")
    browse("dee").post(f"{PEOPLE}wrote/{held.pk}/", {"answer": "not"})
    assert not desk.look(held).verified
    note = Message.objects.get(ticket=held, purpose="disowned")
    assert note.author == desk.person["dee"]
    assert "zed@acme.example" not in asked(browse)
    assert "not one of ours" in pages.text(browse("ida").get(f"/tickets/{held.reference}/"))


def test_settled_by_support_meanwhile_it_is_said(desk: Desk, browse: Browse) -> None:
    held = desk.mail("zed@acme.example")
    Ticket.objects.filter(pk=held.pk).update(verification="refused")
    assert browse("dee").post(f"{PEOPLE}wrote/{held.pk}/", {"role": "x"}).status_code == 404


@pytest.mark.parametrize("who", ["ana", "bo", "cleo"])
def test_only_an_administrator_vouches(who: str, desk: Desk, browse: Browse) -> None:
    held = desk.mail("zed@acme.example")
    assert browse(who).post(f"{PEOPLE}wrote/{held.pk}/", {"role": "x"}).status_code == 403
    assert not desk.look(held).verified
