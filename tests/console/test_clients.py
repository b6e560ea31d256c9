"""Setting clients up in the console: what is shown to whom, what is asked, what is told when it cannot be so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mainstay.contracts import actions as contracts
from mainstay.contracts.models import Contract, HolidayTable
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Membership, Organisation
from tests.console.conftest import Browse
from tests.console.pages import nonce, text
from tests.console.sheets import ACME, contract, queries, send
from tests.desk import LONG_AGO, Desk

# ---- The list ----------------------------------------------------------------------------------------------


def names(response: Any) -> list[str]:
    return [line.organisation.name for line in response] if isinstance(response, list) else [
        name for name in ("Acme Health", "Carrow Trust", "Bare Ltd") if name in text(response)
    ]  # fmt: skip


def test_the_list_tells_coverage_end_users_and_what_is_open(desk: Desk, browse: Browse) -> None:
    desk.mail("ana")
    contracts.end_contract(contract=contract(desk), active_to=desk.now + timedelta(days=30), at=desk.now)
    orgs.add_organisation(name="Bare Ltd", at=desk.now)
    shown = text(browse("ida").get("/clients/"))
    assert "Acme Health acme-health acme.example Core Service Hours Order of Acme Health" in shown
    assert "Ends soon: 11 Feb 2026" in shown, "the last day belongs to the contract"
    assert "2 users 1 open" in shown
    assert "No contract" in shown
    assert "24x7 Order of Carrow Trust Open-ended" in shown


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("text=carrow", ["Carrow Trust"]),
        ("text=bo%40acme.example", ["Acme Health"]),
        ("text=nothing+of+the+kind", []),
        ("coverage=24x7", ["Carrow Trust"]),
        ("coverage=none", ["Bare Ltd"]),
        ("coverage=nonsense&sort=nonsense&after=nonsense", ["Acme Health", "Carrow Trust", "Bare Ltd"]),
    ],
)
def test_the_list_is_searched_by_client_user_and_coverage(
    desk: Desk, browse: Browse, asked: str, found: list[str]
) -> None:
    orgs.add_organisation(name="Bare Ltd", at=desk.now)
    page = browse("ida").get(f"/clients/?{asked}")
    assert names(page) == found
    assert ("Nothing matches" in text(page)) == (not found)


@pytest.mark.parametrize(
    ("sort", "first"),
    [("name", "Acme Health"), ("open", "Carrow Trust"), ("ends", "Bare Ltd"), ("users", "Acme")],
)
def test_the_list_is_sorted(desk: Desk, browse: Browse, sort: str, first: str) -> None:
    desk.mail("cleo")
    orgs.add_organisation(name="Bare Ltd", at=desk.now)
    body = browse("ida").get(f"/clients/?sort={sort}").content.decode()
    rows = body.split('<tr role="row" data-key="')[1:]
    assert first in rows[0]


def test_pages_of_the_list_show_each_client_once_and_lead_back(desk: Desk, browse: Browse) -> None:
    Organisation.objects.bulk_create(
        Organisation(name=f"Client {n:03}", key=f"client-{n:03}", created_at=LONG_AGO) for n in range(118)
    )
    ida, path, seen = browse("ida"), "/clients/?sort=open", []
    for _ in range(3):
        body = ida.get(path).content.decode()
        seen += [row.split('"')[0] for row in body.split('<tr role="row" data-key="')[1:]]
        path = body.split('rel="next"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 120
    back = body.split('rel="prev"')[0].rpartition('href="')[2].split('"')[0].replace("&amp;", "&")
    again = ida.get(back).content.decode()
    assert [row.split('"')[0] for row in again.split('<tr role="row" data-key="')[1:]] == seen[50:100]


def test_an_empty_desk_says_how_to_begin(browse: Browse) -> None:
    Membership.objects.all().delete()
    Contract.objects.all().delete()
    Organisation.objects.all().delete()
    assert "mainstay import clients" in text(browse("ida").get("/clients/"))
    assert "add-client" in browse("mara").get("/clients/").content.decode()
    assert "add-client" not in browse("ida").get("/clients/").content.decode()


def test_the_number_of_queries_does_not_follow_the_number_of_rows(desk: Desk, browse: Browse) -> None:
    room = contract(desk)
    for n in range(2):
        desk.mail("ana", f"Ticket {n}")
    contracts.agree_otherwise(
        contract=room, terms={"closing": {"silence": "6d"}}, document="Letter 1", active_from=LONG_AGO,
        at=desk.now, by=desk.person["mara"],
    )  # fmt: skip
    mara = browse("mara")
    mara.get(ACME)
    few = queries(mara, "/clients/"), queries(mara, ACME), queries(mara, f"{ACME}users/")
    for n in range(12):
        who = orgs.authorise_address(
            organisation=desk.acme, email=f"p{n}@acme.example", name=f"P {n}", role="Nurse", at=desk.now
        )
        orgs.add_address(person=who.person, email=f"q{n}@acme.example", at=desk.now)
        orgs.add_organisation(name=f"Another {n}", at=desk.now)
        desk.mail("ana", f"More {n}")
    for n in range(3):
        more = contracts.sign_contract(
            organisation=desk.acme, agreement=desk.agreement, coverage="core", document=f"Order {n}",
            active_from=LONG_AGO, at=desk.now,
        )  # fmt: skip
        contracts.agree_otherwise(
            contract=more, terms={"closing": {"silence": f"{n + 6}d"}}, document="Letter", active_from=LONG_AGO,
            at=desk.now, by=desk.person["mara"],
        )  # fmt: skip
    assert (queries(mara, "/clients/"), queries(mara, ACME), queries(mara, f"{ACME}users/")) == few


# ---- A client ----------------------------------------------------------------------------------------------


def test_a_client_is_added_and_found(desk: Desk, browse: Browse) -> None:
    answer = send(
        browse("mara"),
        "/add-client/",
        name="New Trust",
        key="",
        domains="new.example; @old.example",
        notes="",
    )
    assert answer["Location"] == "/clients/new-trust/"
    made = Organisation.objects.get(key="new-trust")
    assert made.domains == ["new.example", "old.example"]
    shown = text(browse("ida").get("/clients/new-trust/"))
    assert "No contract is in force. New requests run on the standard agreement with core coverage" in shown
    assert "Nobody may raise requests for this client yet" in shown
    assert "Mara Quist added the client" in shown


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"name": "acme health"}, "There is a client called acme health already."),
        ({"name": "New", "key": "acme-health"}, "another client's"),
        ({"name": "New", "domains": "not a domain"}, "is no mail domain"),
        ({"name": ""}, "This field is required."),
        ({"name": "New", "key": "no blanks please"}, "valid"),
    ],
)
def test_a_fault_stands_beside_what_was_typed_and_nothing_is_lost(
    browse: Browse, said: dict[str, str], told: str
) -> None:
    before = Organisation.objects.count()
    answer = send(
        browse("mara"), "/add-client/", **{"key": "", "domains": "", "notes": "Ring first.", **said}
    )
    assert answer.status_code == 422
    assert told in text(answer)
    assert "Ring first." in answer.content.decode()
    assert Organisation.objects.count() == before


def test_the_same_form_sent_twice_is_done_once(desk: Desk, browse: Browse) -> None:
    mara, path = browse("mara"), f"{ACME}contracts/add/"
    said = {
        "nonce": nonce(mara.get(path)), "document": "Order 2", "agreement": desk.agreement.pk, "coverage": "core",
        "first_day": "2026-02-01",
    }  # fmt: skip
    assert mara.post(path, said).status_code == 302
    twice = mara.post(path, said)
    assert twice.status_code == 422
    assert "saved already" in text(twice)
    assert Contract.objects.filter(document="Order 2").count() == 1


def test_a_client_can_be_corrected_but_for_its_key(browse: Browse) -> None:
    assert 'name="key"' not in browse("mara").get(f"{ACME}edit/").content.decode()
    answer = send(
        browse("mara"), f"{ACME}edit/", name="Acme Group", domains="acme.example", notes="Ring Ana."
    )
    assert answer["Location"] == ACME
    shown = text(browse("ida").get(ACME))
    assert "Acme Group" in shown
    assert "Ring Ana." in shown
    assert "Mara Quist changed the client: name and notes" in shown


def test_support_reads_everything_and_is_offered_no_change(desk: Desk, browse: Browse) -> None:
    desk.mail("ana", "Cards are not read")
    body = browse("ida").get(ACME).content.decode()
    shown = text(browse("ida").get(ACME))
    for said in ("Order of Acme Health", "Ana Okafor", "Service desk lead", "Cards are not read", "Bo Lind"):
        assert said in shown
    for route in ("contracts/add", "users/add", "/edit/", "/end/", "otherwise"):
        assert route not in body


# ---- Manners -----------------------------------------------------------------------------------------------


def test_no_page_has_a_style_or_a_script_of_its_own(desk: Desk, browse: Browse) -> None:
    room, bo = contract(desk), Membership.objects.get(person=desk.person["bo"])
    table = HolidayTable.objects.get()
    paths = [
        "/clients/", ACME, "/add-client/", f"{ACME}edit/", f"{ACME}contracts/add/", f"{ACME}contracts/{room.pk}/end/",
        f"{ACME}contracts/{room.pk}/otherwise/", f"{ACME}users/", f"{ACME}users/add/", f"{ACME}users/{bo.pk}/",
        f"{ACME}users/{bo.pk}/end/", "/agreements/", f"/agreements/{desk.agreement.pk}/", "/agreements/install/",
        f"/holidays/{table.pk}/", f"/holidays/{table.pk}/change/", "/products/", "/teams/",
    ]  # fmt: skip
    for path in paths:
        body = browse("ada").get(path).content.decode()
        assert " style=" not in body, path
        assert "<style" not in body, path
        assert "<script>" not in body, path
