"""Contracts of a client, and what is agreed otherwise in writing."""

from __future__ import annotations

import pytest

from mainstay.contracts import actions as contracts
from mainstay.contracts.models import Contract, Override
from tests.console.conftest import Browse
from tests.console.pages import text
from tests.console.sheets import ACME, SOONER, contract, send
from tests.desk import LONG_AGO, Desk


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
