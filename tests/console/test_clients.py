"""Setting clients up in the console: what is shown to whom, what is asked, what is told when it cannot be so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainstay import agreements
from mainstay.contracts import actions as contracts
from mainstay.contracts.models import AgreementVersion, Contract, HolidayTable, Override, Product
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Membership, Organisation, Team
from mainstay.tickets.models import Ticket
from tests.console.conftest import Browse
from tests.console.pages import nonce, text
from tests.desk import LONG_AGO, Desk

ACME = "/clients/acme-health/"
SOONER = '[commitment.response.targets]\n3 = "2h"\n'


def send(client: Client, path: str, **said: Any) -> Any:
    """Fill in the form at `path` as a browser does, with its nonce, and send it."""
    page = client.get(path)
    return client.post(path, {"nonce": nonce(page), **said})


def contract(desk: Desk) -> Contract:
    return Contract.objects.get(organisation=desk.acme)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


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


# ---- Contracts and what is agreed otherwise ----------------------------------------------------------------


def test_a_contract_is_signed_with_products_and_replaces_the_one_before(desk: Desk, browse: Browse) -> None:
    lantern = contracts.add_product(key="lantern", name="Lantern")
    ferry = contracts.add_product(key="ferry", name="Ferry")
    contracts.add_product(key="turnstile", name="Turnstile")
    old = contract(desk)
    answer = send(
        browse("mara"), f"{ACME}contracts/add/", document="Order 2", agreement=desk.agreement.pk, coverage="24x7",
        first_day="2026-04-01", last_day="2027-03-31", replaces=old.pk,
        **{f"product_{lantern.pk}": "hosted", f"product_{ferry.pk}": "elsewhere"},
    )  # fmt: skip
    assert answer.status_code == 302
    made = Contract.objects.get(document="Order 2")
    assert [moment.isoformat() for moment in (made.active_from, made.active_to)] == [
        "2026-03-31T23:00:00+00:00", "2027-03-31T23:00:00+00:00",
    ]  # fmt: skip
    shown = text(browse("ida").get(ACME))
    assert "Order 2 To come" in shown
    assert "1 Apr 2026 to 31 Mar 2027" in shown
    assert "Ferry not hosted Lantern hosted by us" in shown
    assert "1 Dec 2025 to 31 Mar 2026" in shown


def test_a_contract_that_ends_before_it_begins_is_refused(desk: Desk, browse: Browse) -> None:
    answer = send(
        browse("mara"), f"{ACME}contracts/add/", document="Order 2", agreement=desk.agreement.pk, coverage="core",
        first_day="2026-04-01", last_day="2026-03-31",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "It cannot end before it begins." in text(answer)
    assert "Order 2" in answer.content.decode()


def test_ending_a_contract_asks_for_its_last_day(desk: Desk, browse: Browse) -> None:
    room = contract(desk)
    page = browse("mara").get(f"{ACME}contracts/{room.pk}/end/")
    assert "Open tickets keep their terms" in text(page)
    assert send(browse("mara"), f"{ACME}contracts/{room.pk}/end/", last_day="2025-11-01").status_code == 422
    assert send(browse("mara"), f"{ACME}contracts/{room.pk}/end/", last_day="2026-01-10").status_code == 302
    shown = text(browse("ida").get(ACME))
    assert "No contract is in force" in shown
    assert "1 earlier contract" in shown
    assert "ended the contract Order of Acme Health: last day 10 January 2026" in shown


def test_what_is_agreed_otherwise_is_told_in_words_before_and_after(desk: Desk, browse: Browse) -> None:
    path = f"{ACME}contracts/{contract(desk).pk}/otherwise/"
    mara = browse("mara")
    preview = mara.post(f"{path}preview/", {"text": SOONER, "first_day": "2026-02-01"})
    assert "Response, severity 3 changes from 4 h in core hours to 2 h in core hours" in text(preview)
    assert send(mara, path, text=SOONER, document="Letter 7", first_day="2026-02-01").status_code == 302
    shown = text(browse("ida").get(ACME))
    assert (
        "Letter 7 To come from 1 Feb 2026 Response, severity 3 changes from 4 h in core hours to 2 h" in shown
    )
    assert 'commitment.response.targets.3 = "2h"' in shown


def test_a_ticket_keeps_its_terms_and_the_next_one_takes_the_new(desk: Desk, browse: Browse) -> None:
    """Section 5, introduction: agreed otherwise in writing, from its date on."""
    before = desk.mail("ana", "Before")
    desk.confirm("ida", before, 3)
    path = f"{ACME}contracts/{contract(desk).pk}/otherwise/"
    send(browse("mara"), path, text=SOONER, document="Letter 7", first_day="2026-01-13")
    desk.at("Tue 09:00")
    after = desk.mail("ana", "After")
    desk.confirm("ida", after, 3)
    assert [desk.reading(one).clock("response").target_text for one in (before, after)] == ["4h", "2h"]


def test_every_fault_of_the_terms_has_its_line_and_the_text_stays(desk: Desk, browse: Browse) -> None:
    path = f"{ACME}contracts/{contract(desk).pk}/otherwise/"
    wrong = '[commitment.response.targets]\n3 = "soon"\n\n[nonsense]\na = 1\n'
    answer = send(browse("mara"), path, text=wrong, document="Letter 7", first_day="2026-02-01")
    shown = text(answer)
    assert answer.status_code == 422
    assert "2 faults, told beside. What you typed is kept." in shown
    assert (
        "Line 2 commitment.response.targets.3 &#x27;soon&#x27;" in shown
        or "Line 2 commitment.response.targets.3 'soon'" in shown
    )
    assert "Line 4 nonsense is not a term we know. Correct or remove it." in shown
    assert "[nonsense]" in answer.content.decode()
    assert not Override.objects.exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Write a term, and it is told here"),
        ('[commitment.response.targets]\n3 = "4h"\n', "Nothing: it says what the agreement says already."),
        ("[commitment", "Line 1 this is no TOML"),
        ("[commitment.nothing]\n", "Line 1 commitment.nothing is not in the agreement"),
    ],
)
def test_the_preview_answers_whatever_is_typed(desk: Desk, browse: Browse, typed: str, told: str) -> None:
    path = f"{ACME}contracts/{contract(desk).pk}/otherwise/preview/"
    answer = browse("mara").post(path, {"text": typed})
    assert answer.status_code == 200
    assert told in text(answer)


def test_what_was_agreed_otherwise_can_be_ended(desk: Desk, browse: Browse) -> None:
    override = contracts.agree_otherwise(
        contract=contract(desk), terms={"closing": {"silence": "6d"}}, document="Letter 1", active_from=LONG_AGO,
        at=desk.now, by=desk.person["mara"],
    )  # fmt: skip
    assert (
        send(browse("mara"), f"{ACME}otherwise/{override.pk}/end/", last_day="2026-01-11").status_code == 302
    )
    assert "Letter 1 Ended" in text(browse("ida").get(ACME))


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


# ---- Agreements and holidays -------------------------------------------------------------------------------


def changed(version: str = "2026.2") -> str:
    source = agreements.source("standard").replace('version = "2026.1"', f'version = "{version}"')
    return source.replace('targets = { 1 = "1h", 2 = "1h", 3 = "4h", 4 = "8h" }', 'targets = { 1 = "30min", 2 = "1h", 3 = "4h", 4 = "8h" }')  # fmt: skip


def test_an_agreement_is_told_in_plain_words_with_its_clauses(desk: Desk, browse: Browse) -> None:
    shown = text(browse("ida").get(f"/agreements/{desk.agreement.pk}/"))
    assert "Response, severity 1 1 h in core hours" in shown
    assert "5 (Response Time)" in shown
    assert "clients with 24x7 coverage" in shown


def test_a_version_is_installed_from_a_file_and_compared_with_the_one_before(
    desk: Desk, browse: Browse
) -> None:
    ada = browse("ada")
    file = SimpleUploadedFile("ours.toml", changed().encode())
    answer = ada.post("/agreements/install/", {"nonce": nonce(ada.get("/agreements/install/")), "file": file})
    assert answer["Location"] == "/agreements/"
    made = AgreementVersion.objects.get(version="2026.2")
    assert made.installed_by == "Ada Whit"
    shown = text(browse("ida").get(f"/agreements/{made.pk}/?against={desk.agreement.pk}"))
    assert "From Standard 2026.1 to Standard 2026.2" in shown
    assert "Response, severity 1 clients with core coverage 1 h in core hours 30 min in core hours" in shown
    assert "Standard 2026.2" in text(browse("ida").get("/agreements/"))
    assert browse("ida").get(f"/agreements/{made.pk}/file/").content.decode() == changed()


def test_every_fault_of_an_agreement_has_its_line_and_the_text_stays(browse: Browse) -> None:
    wrong = changed().replace('4 = "8h"', '4 = "whenever"', 1).replace("\n", "\r\n")
    answer = send(browse("ada"), "/agreements/install/", source=wrong)
    line = (
        changed()
        .splitlines()
        .index(next(row for row in changed().splitlines() if 'targets = { 1 = "30min"' in row))
        + 1
    )
    assert answer.status_code == 422
    assert f"Line {line} commitment[0].targets.4" in text(answer)
    assert "whenever" in answer.content.decode()
    assert AgreementVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Choose a file or paste its text."),
        ({"source": "[agreement"}, "this is no TOML"),
        ({"source": changed("2026.1")}, "is installed with other content"),
    ],
)
def test_what_cannot_be_installed_is_refused_in_words(
    browse: Browse, said: dict[str, str], told: str
) -> None:
    answer = send(browse("ada"), "/agreements/install/", **said)
    assert answer.status_code == 422
    assert told in text(answer)


def test_an_uploaded_file_with_faults_comes_back_as_text_to_be_mended(browse: Browse) -> None:
    ada = browse("ada")
    file = SimpleUploadedFile("ours.toml", changed().replace('3 = "4h"', '3 = "later"', 1).encode())
    answer = ada.post("/agreements/install/", {"file": file})
    assert answer.status_code == 422
    assert "later" in answer.content.decode().split("<textarea")[1]
    binary = SimpleUploadedFile("ours.toml", b"\xff\xfe\x00")
    assert "not UTF-8" in text(ada.post("/agreements/install/", {"file": binary}))


def test_the_check_says_what_an_agreement_changes_before_it_is_installed(browse: Browse) -> None:
    answer = browse("ada").post("/agreements/preview/", {"source": changed()})
    assert "standard 2026.2 is sound. Beside standard 2026.1, this differs:" in text(answer)
    assert "30 min in core hours" in text(answer)
    assert AgreementVersion.objects.count() == 1


def test_holidays_are_shown_by_year(desk: Desk, browse: Browse) -> None:
    table = HolidayTable.objects.get()
    shown = text(browse("ida").get(f"/holidays/{table.pk}/"))
    assert "Fri 25 Dec Christmas Day" in shown


def test_a_changed_table_shows_what_it_moves_and_then_moves_it(desk: Desk, browse: Browse) -> None:
    """Reading 21: which clocks move is shown before; open clocks move, and each says so in its log."""
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 3, arrives="Mon 10:00")
    before = desk.clock(ticket, "resolution").due
    table, ada = HolidayTable.objects.get(), browse("ada")
    path = f"/holidays/{table.pk}/change/"
    days = ada.get(path).content.decode().split('name="dates"')[1].split(">", 1)[1].split("</textarea>")[0]
    said = {
        "name": "england", "version": "2026.9", "reason": "Announced",
        "dates": days.replace("&#x27;", "'").replace("&#39;", "'") + "2026-01-14 A day announced\n",
    }  # fmt: skip
    looked = ada.post(path, {**said, "step": "look", "nonce": nonce(ada.get(path))})
    assert looked.status_code == 200
    assert ticket.reference in text(looked)
    assert not HolidayTable.objects.filter(version="2026.9").exists()
    done = ada.post(path, {**said, "step": "install", "nonce": nonce(looked)})
    assert done["Location"] == "/agreements/"
    desk.work()
    assert desk.clock(ticket, "resolution").due != before
    assert HolidayTable.objects.get(version="2026.9").installed_by == "Ada Whit"


@pytest.mark.parametrize("step", ["look", "install"])
def test_faults_of_a_table_are_told_line_by_line(browse: Browse, step: str) -> None:
    table = HolidayTable.objects.get()
    said = {"name": "england", "version": "9", "reason": "Why not", "step": step}
    answer = browse("ada").post(
        f"/holidays/{table.pk}/change/",
        {**said, "dates": "2026-02-30 Never\n2026-12-25\n2026-12-26 Boxing Day\n"},
    )
    assert answer.status_code == 422
    assert "Line 1 '2026-02-30' is no day." in text(answer)
    assert "Line 2 2026-12-25 has no name." in text(answer)
    assert "Boxing Day" in answer.content.decode()


# ---- Teams and products ------------------------------------------------------------------------------------


def test_a_level_of_the_ladder_without_a_team_is_said_and_one_click_adds_it(browse: Browse) -> None:
    Team.objects.filter(key="cto").delete()
    shown = text(browse("ida").get("/teams/"))
    assert "Chief Technical Officer: the ladder escalates to this level, and no team answers for it" in shown
    ada = browse("ada")
    assert ada.post("/teams/add/", {"key": "cto", "name": "Chief Technical Officer"}).status_code == 302
    assert "no team answers for it" not in text(ada.get("/teams/"))


def test_a_coordinator_outside_the_vendor_is_entered_and_told_of_a_breach(desk: Desk, browse: Browse) -> None:
    """Clause 3.5."""
    team, ada = Team.objects.get(key="coordinator"), browse("ada")
    ada.post(f"/teams/{team.pk}/members/{desk.person['nia'].pk}/remove/")
    ada.post(f"/teams/{team.pk}/members/add/", {"name": "Oda Reeve", "email": "oda@coordinator.example"})
    shown = text(browse("ida").get("/teams/"))
    assert "Oda Reeve oda@coordinator.example" in shown
    desk.confirm("ida", desk.mail("ana"), 1, arrives="Mon 10:00")
    desk.at("Mon 17:00")
    assert desk.sent("oda@coordinator.example", kind="breach_notice")


def test_colleagues_join_and_leave_a_team_and_it_is_renamed(desk: Desk, browse: Browse) -> None:
    team, ada = Team.objects.get(key="technical"), browse("ada")
    ada.post(f"/teams/{team.pk}/members/add/", {"person": desk.person["ida"].pk})
    assert set(team.members.all()) == {desk.person["ida"], desk.person["jon"]}
    ada.post(f"/teams/{team.pk}/members/{desk.person['jon'].pk}/remove/")
    ada.post(f"/teams/{team.pk}/rename/", {"name": "Second line"})
    team.refresh_from_db()
    assert (team.key, team.name, list(team.members.all())) == (
        "technical",
        "Second line",
        [desk.person["ida"]],
    )
    refused = ada.post(f"/teams/{team.pk}/members/add/", {"person": desk.person["cleo"].pk}, follow=True)
    assert "Select a valid choice" in text(refused)


def test_a_team_key_is_given_once(browse: Browse) -> None:
    answer = browse("ada").post("/teams/add/", {"key": "support", "name": "Another"})
    assert answer.status_code == 422
    assert "There is a team of that key already." in text(answer)


def test_products_are_added_renamed_and_counted(desk: Desk, browse: Browse) -> None:
    ada = browse("ada")
    assert "Until there is one, a contract covers everything" in text(ada.get("/products/"))
    ada.post("/products/add/", {"key": "lantern", "name": "Lantern"})
    product = Product.objects.get()
    contracts.sign_contract(
        organisation=desk.acme, agreement=desk.agreement, coverage="core", document="Order 3", active_from=LONG_AGO,
        at=desk.now, products=[(product, True)],
    )  # fmt: skip
    ada.post(f"/products/{product.pk}/rename/", {"name": "Lantern Online"})
    assert "Lantern Online lantern 1" in text(browse("ida").get("/products/"))
    taken = ada.post("/products/add/", {"key": "lantern", "name": "Another"})
    assert taken.status_code == 422
    assert "another product's" in text(taken)


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
