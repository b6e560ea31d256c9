"""R2.3b, clause 2.3: a client with an out-of-hours arrangement has its own number, told to it and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.contracts import out_of_hours
from mainstay.contracts.actions import ContractRefused
from mainstay.lib.telephone import BadNumber
from mainstay.orgs import actions as orgs
from mainstay.orgs.access import NotAllowed
from mainstay.tickets import verification
from tests.core.telling import when
from tests.desk import LONG_AGO, Desk

NUMBER = "+44 1632 960999"


def arrange(desk: Desk, **named: Any) -> None:
    said = {"number": "01632 960999", "words": "For severity 1 only.", "active_from": LONG_AGO, **named}
    out_of_hours.agree(contract=desk.contract(desk.acme), at=desk.now, by=desk.person["mara"], **said)


def acknowledged(desk: Desk, who: str, **named: Any) -> str:
    ticket = desk.mail(who, **named)
    return desk.sent(about=ticket)[-1].text


def test_an_authorised_user_who_writes_at_night_is_told_the_number_of_their_client(desk: Desk) -> None:
    arrange(desk)
    desk.at("Mon 22:00")
    said = acknowledged(desk, "ana")
    assert "outside service hours" in said
    assert f"ring your out-of-hours number {NUMBER}. For severity 1 only." in said


def test_within_hours_nobody_is_told(desk: Desk) -> None:
    arrange(desk)
    desk.at("Mon 10:00")
    assert NUMBER not in acknowledged(desk, "ana")


def test_a_client_without_the_arrangement_is_told_when_the_hours_begin(desk: Desk) -> None:
    arrange(desk)
    desk.at("Mon 22:00")
    said = acknowledged(desk, "cleo")
    assert "outside service hours" in said
    assert "960999" not in said


@pytest.mark.parametrize("who", ["bo", "stranger@acme.example"])
def test_who_may_not_raise_requests_is_never_told(desk: Desk, who: str) -> None:
    arrange(desk)
    desk.at("Mon 22:00")
    desk.mail(who)
    assert [one for one in desk.sent() if "960999" in one.text] == []


def test_a_forged_sender_is_never_told(desk: Desk) -> None:
    arrange(desk)
    desk.at("Mon 22:00")
    desk.arrive("ana", genuine=False)
    assert [one for one in desk.sent() if "960999" in one.text] == []


def test_a_stranger_whose_one_request_was_taken_is_still_not_told(desk: Desk) -> None:
    """Taking one request authorises nobody, so a letter about it says nothing of the arrangement."""
    arrange(desk)
    desk.at("Mon 22:00")
    ticket = desk.mail("bo")
    desk.does(verification.attach, "ida", ticket, organisation=desk.acme)
    assert out_of_hours.number_for(
        desk.person["bo"], organisation=desk.acme, contract=desk.contract(desk.acme), at=desk.now
    ) is None  # fmt: skip


def test_a_former_user_is_told_no_longer(desk: Desk) -> None:
    arrange(desk)
    membership = desk.person["ana"].memberships.get()
    orgs.end_authority(membership=membership, at=desk.now, by=desk.person["mara"])
    found = out_of_hours.number_for(
        desk.person["ana"], organisation=desk.acme, contract=desk.contract(desk.acme), at=desk.now
    )
    assert found is None


def test_one_client_never_learns_the_number_of_another(desk: Desk) -> None:
    arrange(desk)
    found = out_of_hours.number_for(
        desk.person["cleo"], organisation=desk.carrow, contract=desk.contract(desk.acme), at=desk.now
    )
    assert found is None


def test_a_number_holds_from_its_first_day_and_ends_where_the_next_begins(desk: Desk) -> None:
    contract = desk.contract(desk.acme)
    arrange(desk)
    arrange(desk, number="01632 960888", active_from=when("Wed 00:00"))
    assert [
        found.number[-3:]
        for day in ("Tue 23:59", "Wed 00:00")
        if (found := out_of_hours.of_contract(contract, at=when(day)))
    ] == ["999", "888"]


def test_it_ends_on_its_last_day(desk: Desk) -> None:
    arrange(desk)
    row = desk.contract(desk.acme).out_of_hours.get()
    out_of_hours.end(row=row, active_to=when("Wed 00:00"), at=desk.now, by=desk.person["mara"])
    assert out_of_hours.of_contract(desk.contract(desk.acme), at=when("Wed 00:00")) is None


def test_only_a_manager_arranges_it_and_only_with_a_number(desk: Desk) -> None:
    contract = desk.contract(desk.acme)
    with pytest.raises(NotAllowed):
        out_of_hours.agree(
            contract=contract, number=NUMBER, words="", active_from=LONG_AGO, at=desk.now, by=desk.person["ida"]
        )
    for nothing in ("", "the usual one"):
        with pytest.raises(BadNumber):
            arrange(desk, number=nothing)
    arrange(desk, active_from=when("Wed 00:00"))
    with pytest.raises(ContractRefused, match="Another number begins"):
        arrange(desk, active_from=when("Tue 00:00"))
