"""Importing clients: all rows are checked first, each fault has its line, all or nothing, and again is nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstay.contracts import importing
from mainstay.contracts.models import Contract
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Membership, Organisation, Person
from tests.contracts.conftest import LONG_AGO, Room

HEAD = "organisation,name,email,role,coverage,document,from\n"
ANA = "Acme Health,Ana Okafor,ana@acme.example,Practice manager,core,Order 118,2026-04-01\n"
BO = "Acme Health,Bo Lind,bo@acme.example,Receptionist,,,\n"
CLEO = "Carrow Trust,Cleo Marsh,cleo@carrow.example,On-call manager,24x7,Order 119,2026-04-01\n"


def counts() -> tuple[int, int, int]:
    return Organisation.objects.count(), Membership.objects.count(), Contract.objects.count()


def faults(text: str) -> list[str]:
    before = counts()
    with pytest.raises(importing.Unfit) as caught:
        importing.clients(text, at=LONG_AGO)
    assert counts() == before, "something was written although the file has faults"
    return list(map(str, caught.value.faults))


def test_a_file_makes_clients_users_and_contracts(room: Room) -> None:
    done = importing.clients(HEAD + ANA + BO + CLEO, at=LONG_AGO)
    assert done == importing.Done(clients=1, users=3, contracts=2, unchanged=0)
    assert list(Contract.objects.order_by("id").values_list("organisation__key", "coverage", "document")) == [
        ("acme-health", "core", "Order 118"),
        ("carrow-trust", "24x7", "Order 119"),
    ]
    assert Contract.objects.earliest("id").active_from.isoformat() == "2026-03-31T23:00:00+00:00"


def test_the_same_file_again_changes_nothing(room: Room) -> None:
    importing.clients(HEAD + ANA + BO + CLEO, at=LONG_AGO)
    before = counts()
    again = importing.clients(HEAD + ANA + BO + CLEO, at=LONG_AGO + timedelta(days=1))
    assert again == importing.Done(unchanged=5)
    assert counts() == before


def test_columns_may_come_in_any_order_with_the_mark_that_spreadsheets_write(room: Room) -> None:
    text = "\ufeffEmail,Organisation,Role,Name\nANA@acme.example,ACME HEALTH,Lead,Ana Okafor\n\n"
    assert importing.clients(text, at=LONG_AGO).users == 1
    assert Person.objects.get(email="ana@acme.example").memberships.get().organisation == room.acme


def test_every_fault_is_told_with_its_line_and_nothing_is_written(room: Room) -> None:
    told = faults(
        HEAD + ANA + ",Bo Lind,bo@acme.example,Receptionist,,,\n"
        "Acme Health,Bo Lind,bo at acme,Receptionist,,,\n"
        "Acme Health,,,,8x5,Order 9,2026-04-01\n"
        "Acme Health,,,,core,Order 10,01/04/2026\n"
        "Acme Health,,,,core,,2026-04-01\n"
        "Acme Health,Dan,dan@acme.example,,,,,too many\n"
    )
    assert told == [
        "line 3: organisation: is empty. Name the client.",
        "line 4: email: 'bo at acme' is no address. Correct it.",
        "line 5: coverage: '8x5' is not sold. Write core or 24x7.",
        "line 6: from: '01/04/2026' is no day. Write year-month-day: 2026-04-01.",
        "line 7: document: is empty. A contract has a coverage, a document and a first day.",
        "line 8: has 8 cells, the heading 7. Put text with commas in quotes.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: organisation: is not in the heading. Add the column."),
        ("organisation,fax\n", "line 1: fax: is no column of this table."),
        (HEAD, "line 2: there are no rows."),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(room: Room, text: str, said: str) -> None:
    assert faults(text)[0].startswith(said)


def test_rows_that_contradict_one_another_are_refused(room: Room) -> None:
    told = faults(
        HEAD + ANA + "Acme Health,A. Okafor,ana@acme.example,Manager,,,\n"
        "Acme Health,,,,24x7,Order 118,2026-04-01\n"
    )
    assert told == [
        "line 3: name: line 2 calls this address otherwise. One address is one person.",
        "line 3: role: line 2 gives another role there. Keep one of the two.",
        "line 4: document: line 2 says something else of it. Keep one of the two.",
    ]


def test_a_contract_that_is_recorded_is_never_rewritten(room: Room) -> None:
    importing.clients(HEAD + ANA, at=LONG_AGO)
    told = faults(HEAD + ANA.replace("core", "24x7"))
    assert told == [
        "line 2: document: is recorded with core from 2026-04-01. "
        "Contracts are not rewritten: end that one and sign another."
    ]


def test_an_authority_that_was_ended_is_not_given_back_by_repeating_the_file(room: Room) -> None:
    importing.clients(HEAD + ANA, at=LONG_AGO)
    orgs.end_authority(membership=Membership.objects.get(), at=LONG_AGO + timedelta(days=1), by=room.mara)
    assert faults(HEAD + ANA)[0].startswith("line 2: email: this authority was ended on purpose.")


def test_a_changed_role_is_taken_over_and_rights_given_since_stay(room: Room) -> None:
    importing.clients(HEAD + BO, at=LONG_AGO)
    Membership.objects.update(sees_all=True)
    importing.clients(HEAD + BO.replace("Receptionist", "Office manager"), at=LONG_AGO)
    assert list(Membership.objects.values_list("role", "sees_all")) == [("Office manager", True)]


def test_colleagues_are_no_users_of_a_client(room: Room) -> None:
    assert (
        "belongs to Ida Flint of the desk" in faults(HEAD + BO.replace("bo@acme.example", room.ida.email))[0]
    )


def test_two_clients_whose_names_give_one_key_get_two(room: Room) -> None:
    importing.clients(HEAD + "Acme-Health,,,,,,\nAcme (Health),,,,,,\n", at=LONG_AGO)
    assert sorted(Organisation.objects.values_list("key", flat=True)) == [
        "acme-health", "acme-health-2", "acme-health-3",
    ]  # fmt: skip


def test_a_number_comes_with_its_user_however_it_is_written(room: Room) -> None:
    head = "organisation,name,email,role,phone\n"
    ana = "Acme Health,Ana Okafor,ana@acme.example,Manager,{}\n"
    assert importing.clients(head + ana.format("01632 960123"), at=LONG_AGO).users == 1
    person = Person.objects.get(email="ana@acme.example")
    assert person.phone == "+441632960123"
    assert importing.clients(head + ana.format("+44 1632 960-123"), at=LONG_AGO).unchanged == 1
    assert importing.clients(head + ana.format(""), at=LONG_AGO).unchanged == 1, "what is not said stays"
    assert importing.clients(head + ana.format("+44 1632 960124"), at=LONG_AGO).users == 1
    person.refresh_from_db()
    assert person.phone == "+441632960124"


def test_a_number_that_is_none_is_a_fault(room: Room) -> None:
    head = "organisation,name,email,role,phone\n"
    [told] = faults(head + "Acme Health,Ana Okafor,ana@acme.example,Manager,no idea\n")
    assert told.startswith("line 2: phone: 'no idea' is no number. no idea is no telephone number.")
    rows = "Acme Health,Ana Okafor,ana@acme.example,Manager,01632 960123\n" * 2
    assert faults(head + rows.replace("960123", "960124", 1)) == [
        "line 3: phone: line 2 gives another number. Keep one of the two."
    ]
