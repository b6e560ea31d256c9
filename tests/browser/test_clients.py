"""Setting clients up with a real browser: axe on each screen, narrow windows, the keyboard, and what answers as one types."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mainstay import agreements
from mainstay.contracts import actions as contracts
from mainstay.contracts.models import Contract, HolidayTable, Override
from mainstay.orgs.models import Membership, Organisation
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import LONG_AGO, Desk

ACME = "/clients/acme-health/"


@pytest.fixture
def paths(desk: Desk) -> list[str]:
    """Every screen, with long names and something of everything on it."""
    Organisation.objects.filter(pk=desk.acme.pk).update(
        notes="Ring the front desk first.\n" * 3,
        name="Acme Health and Community Care Partnership NHS Foundation Trust",
    )
    for key, name in (("lantern", "Lantern, whiteboards for wards and corridors"), ("ferry", "Ferry")):
        contracts.add_product(key=key, name=name)
    room, ana = (
        Contract.objects.get(organisation=desk.acme),
        Membership.objects.get(person=desk.person["ana"]),
    )
    desk.mail("ana", "Cards are not read at any of our sites " * 4)
    terms: dict[str, Any] = {
        "commitment": {"response": {"targets": {"3": "2h"}}},
        "closing": {"silence": "6d"},
    }
    contracts.agree_otherwise(
        contract=room, terms=terms, document="Variation letter 2026-01", active_from=LONG_AGO, at=desk.now,
        by=desk.person["mara"],
    )  # fmt: skip
    table, override = HolidayTable.objects.get(), Override.objects.get()
    return [
        "/clients/", "/clients/?text=nothing", "/add-client/", ACME, f"{ACME}edit/", f"{ACME}contracts/add/",
        f"{ACME}contracts/{room.pk}/end/", f"{ACME}contracts/{room.pk}/otherwise/",
        f"{ACME}otherwise/{override.pk}/end/", f"{ACME}users/", f"{ACME}users/?ended=yes", f"{ACME}users/add/",
        f"{ACME}users/{ana.pk}/", f"{ACME}users/{ana.pk}/end/", "/agreements/", f"/agreements/{desk.agreement.pk}/",
        f"/agreements/{desk.agreement.pk}/?against={desk.agreement.pk}", "/agreements/install/",
        f"/holidays/{table.pk}/", f"/holidays/{table.pk}/change/", "/products/", "/teams/",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, paths: list[str], open_page: Open, address: str) -> None:
    page, found = open_page("ada", color_scheme=scheme), []
    for path in paths:
        page.goto(address + path)
        found += faults(page)
    assert found == []


@pytest.mark.parametrize("width", [320, 768])
def test_no_screen_is_wider_than_its_window(
    width: int, paths: list[str], open_page: Open, address: str
) -> None:
    page, wide = open_page("ada", width=width, height=800), []
    for path in paths:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []


def test_terms_are_told_in_words_as_they_are_typed_and_faults_with_their_line(
    desk: Desk, open_page: Open
) -> None:
    room = Contract.objects.get(organisation=desk.acme)
    page = open_page("mara", f"{ACME}contracts/{room.pk}/otherwise/")
    terms = page.get_by_label("Terms that differ")
    terms.fill('[commitment.response.targets]\n3 = "2h"\n')
    told = page.locator("#difference")
    expect(told).to_contain_text("2 h in core hours")
    terms.fill('[commitment.response.targets]\n3 = "soon"\n')
    expect(told).to_contain_text("Line 2")
    expect(told).to_contain_text("commitment.response.targets.3")
    page.get_by_label("Document that agrees it").fill("Letter 7")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("1 fault, told beside. What you typed is kept.")).to_be_visible()
    expect(terms).to_have_value('[commitment.response.targets]\n3 = "soon"\n')


def test_an_agreement_is_checked_as_soon_as_its_file_is_chosen(desk: Desk, open_page: Open) -> None:
    page = open_page("ada", "/agreements/install/")
    changed = agreements.source("standard").replace('"2026.1"', '"2026.2"').replace('3 = "5d"', '3 = "4d"')
    chosen: Any = {"name": "ours.toml", "mimeType": "text/plain", "buffer": changed.encode()}
    page.get_by_label("Agreement file").set_input_files(chosen)
    expect(page.locator("#checked")).to_contain_text("standard 2026.2 is sound.")
    expect(page.locator("#checked")).to_contain_text("4d (32 h) in core hours")
    page.get_by_role("button", name="Install").click()
    page.wait_for_url("**/agreements/")
    expect(page.get_by_role("link", name="standard 2026.2")).to_be_visible()


def test_a_client_is_set_up_by_the_keyboard_alone(desk: Desk, open_page: Open) -> None:
    page = open_page("mara", "/clients/")
    page.get_by_role("link", name="Add a client").press("Enter")
    page.wait_for_url("**/add-client/")
    page.get_by_label("Name").press_sequentially("New Trust")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/clients/new-trust/")
    page.get_by_role("link", name="Sign a contract").press("Enter")
    page.wait_for_url("**/contracts/add/")
    page.get_by_label("Signed document").fill("Order 9")
    page.get_by_label("First day").fill("2026-04-01")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/clients/new-trust/")
    expect(page.get_by_role("heading", name="Order 9")).to_be_visible()
    page.goto(page.url.replace("new-trust/", ""))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ACME}")


def test_a_held_request_adds_its_client_in_the_dialog_and_goes_on(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("eve@new.example", "Who knows us?")
    page: Page = open_page("mara", "/verification/")
    page.get_by_role("link", name="Authorise").first.click()
    page.get_by_label("Or a new client, by its name").fill("Acme Health")
    page.get_by_label("Role there").fill("Nurse")
    page.get_by_label("Name", exact=True).fill("Eve Hart")
    page.get_by_role("button", name="Authorise").click()
    expect(page.get_by_text("There is a client called Acme Health already.")).to_be_visible()
    expect(page.get_by_label("Role there")).to_have_value("Nurse")
    page.get_by_label("Or a new client, by its name").fill("New Trust")
    page.get_by_role("button", name="Authorise").click()
    page.wait_for_url(f"**/tickets/{ticket.reference}/")
    assert desk.look(ticket).organisation == Organisation.objects.get(name="New Trust")
