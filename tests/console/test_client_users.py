"""Users of a client: who may ask for it, and how an unknown sender becomes one."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.contracts.models import Contract
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Membership, Organisation
from mainstay.tickets.models import Ticket
from tests.console.conftest import Browse
from tests.console.pages import nonce, text
from tests.console.sheets import ACME, send
from tests.desk import LONG_AGO, Desk

# ---- Users -------------------------------------------------------------------------------------------------


def test_a_user_is_authorised_and_their_mail_is_a_request_from_then_on(desk: Desk, browse: Browse) -> None:
    assert not desk.mail("dan@acme.example").verified
    answer = send(
        browse("mara"),
        f"{ACME}users/add/",
        email="Dan@acme.example",
        name="Dan Moss",
        role="Nurse",
        may_raise="on",
    )
    assert answer["Location"] == ACME
    assert desk.mail("dan@acme.example", "Another").verified


def test_an_address_of_the_desk_is_refused_beside_the_field(browse: Browse) -> None:
    answer = send(browse("mara"), f"{ACME}users/add/", email="ida@vendor.example", name="Ida", role="Nurse")
    assert answer.status_code == 422
    assert "belongs to Ida Flint of the desk" in text(answer)


def test_rights_are_changed_and_an_address_added_and_removed(desk: Desk, browse: Browse) -> None:
    bo = Membership.objects.get(person=desk.person["bo"])
    mara, path = browse("mara"), f"{ACME}users/{bo.pk}/"
    token = nonce(mara.get(path))
    mara.post(
        f"{path}change/", {"nonce": token, "name": "Bo Lindqvist", "role": "Receptionist", "may_raise": "on"}
    )
    mara.post(f"{path}addresses/", {"nonce": token, "email": "bo@home.example"})
    assert desk.mail("bo@home.example").requester == desk.person["bo"]
    shown = text(browse("ida").get(path))
    assert "Bo Lindqvist" in shown
    assert "bo@home.example" in shown
    assert "from Receptionist: may not raise requests to Receptionist: raises requests" in shown
    address = bo.person.addresses.get()
    assert mara.post(f"{path}addresses/{address.pk}/remove/").status_code == 302
    assert not desk.mail("bo@home.example", "Once more").verified


def test_a_taken_address_stands_in_the_form_with_the_reason(desk: Desk, browse: Browse) -> None:
    bo = Membership.objects.get(person=desk.person["bo"])
    answer = browse("mara").post(f"{ACME}users/{bo.pk}/addresses/", {"email": "cleo@carrow.example"})
    assert answer.status_code == 422
    assert "cleo@carrow.example belongs to Cleo Marsh." in text(answer)


def test_ending_an_authority_asks_and_the_next_mail_is_held(desk: Desk, browse: Browse) -> None:
    ana = Membership.objects.get(person=desk.person["ana"])
    path = f"{ACME}users/{ana.pk}/end/"
    assert "held for verification" in text(browse("mara").get(path))
    assert desk.mail("ana").verified
    desk.advance(minutes=1)
    assert send(browse("mara"), path).status_code == 302
    desk.advance(minutes=1)
    assert not desk.mail("ana", "After").verified
    assert "Ana Okafor" not in text(browse("ida").get(f"{ACME}users/")).split("Since")[1]
    assert "Ana Okafor" in text(browse("ida").get(f"{ACME}users/?ended=yes"))
    shown = text(browse("mara").get(f"{ACME}users/{ana.pk}/"))
    assert "This authority has ended" in shown
    assert "End the authority" not in shown


def test_many_users_come_a_page_at_a_time_and_can_be_searched(desk: Desk, browse: Browse) -> None:
    for n in range(60):
        orgs.authorise_address(
            organisation=desk.acme,
            email=f"p{n}@acme.example",
            name=f"Person {n:02}",
            role="Nurse",
            at=LONG_AGO,
        )
    ida = browse("ida")
    first = ida.get(f"{ACME}users/")
    after = first.content.decode().split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
    second = ida.get(f"{ACME}users/{after}")
    assert (text(first).count("@acme.example"), text(second).count("@acme.example")) == (50, 12)
    assert text(ida.get(f"{ACME}users/?text=person+07")).count("@acme.example") == 1
    assert "Nobody matches" in text(ida.get(f"{ACME}users/?text=zebra"))


def test_one_clients_things_cannot_be_reached_through_another(desk: Desk, browse: Browse) -> None:
    """Classes C1 and C2: the address names both, and both must fit."""
    cleo = Membership.objects.get(person=desk.person["cleo"])
    theirs = Contract.objects.get(organisation=desk.carrow)
    for path in (f"users/{cleo.pk}/", f"users/{cleo.pk}/end/", f"contracts/{theirs.pk}/end/", f"contracts/{theirs.pk}/otherwise/"):  # fmt: skip
        assert browse("mara").get(ACME + path).status_code == 404
    assert browse("mara").post(f"{ACME}users/{cleo.pk}/end/").status_code == 404
    cleo.refresh_from_db()
    assert cleo.active_to is None


# ---- From the verification queue ---------------------------------------------------------------------------


def authorise_form(ticket: Ticket) -> str:
    return f"/tickets/{ticket.reference}/authorise/"


def test_authorising_can_add_the_client_in_the_same_form(desk: Desk, browse: Browse) -> None:
    """R3.2b: one click; the request counts from receipt, and nothing typed is lost on the way."""
    ticket = desk.mail("eve@new.example")
    answer = send(
        browse("mara"), authorise_form(ticket), new_client="New Trust", organisation="", person_name="Eve Hart",
        role="Nurse",
    )  # fmt: skip
    assert answer.status_code in (204, 302)
    ticket = desk.look(ticket)
    assert (ticket.verified, ticket.organisation.key) == (True, "new-trust")
    assert Membership.objects.get(organisation=ticket.organisation).person.name == "Eve Hart"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"new_client": "Acme Health"}, "There is a client called Acme Health already."),
        ({}, "Choose the organisation."),
        ({"new_client": "New Trust", "organisation": "acme"}, "not both"),
        ({"new_client": "New Trust", "role": " "}, "This field is required."),
    ],
)
def test_a_client_is_not_left_behind_by_an_authorisation_that_fails(
    desk: Desk, browse: Browse, said: dict[str, Any], told: str
) -> None:
    ticket = desk.mail("eve@new.example")
    if said.get("organisation"):
        said = {**said, "organisation": desk.acme.pk}
    answer = send(
        browse("mara"), authorise_form(ticket), **{"person_name": "Eve Hart", "role": "Nurse", **said}
    )
    assert answer.status_code == 422
    assert told in text(answer)
    assert "Eve Hart" in answer.content.decode()
    assert Organisation.objects.count() == 2
    assert not desk.look(ticket).verified


def test_support_is_told_who_adds_a_client(desk: Desk, browse: Browse) -> None:
    page = browse("ida").get(authorise_form(desk.mail("eve@new.example")))
    assert 'name="new_client"' not in page.content.decode()
    assert "A manager adds it under Clients" in text(page)
