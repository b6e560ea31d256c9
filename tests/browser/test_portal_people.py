"""The portal's pages of people, account and contact in a real browser: axe, 320 pixels, keys alone, and an invitation."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from mainstay.contracts import out_of_hours
from mainstay.mail import invitations
from mainstay.orgs import actions as orgs
from mainstay.orgs.invitations import Rights
from mainstay.orgs.models import Membership, Person
from mainstay.outbox.models import Letter
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import LONG_AGO, Desk

PATHS = (
    "/portal/people/", "/portal/people/?ended=yes", "/portal/people/?text=nobody", "/portal/people/invite/",
    "/portal/people/history/", "/portal/account/", "/portal/contact/",
)  # fmt: skip


@pytest.fixture
def paths(desk: Desk) -> list[str]:
    """Every page of these, with something on it: long names, a stranger, an invitation that waits."""
    dee = orgs.add_person(name="Dee Marsh-Featherstonehaugh of the North", email="dee@acme.example", at=LONG_AGO)
    orgs.authorise(person=dee, organisation=desk.acme, role="Practice manager", administrates=True, at=LONG_AGO)
    desk.person["dee"] = dee
    out_of_hours.agree(
        contract=desk.contract(desk.acme), number="01632 960999", words="For severity 1 only.", active_from=LONG_AGO,
        at=desk.now, by=desk.person["mara"],
    )  # fmt: skip
    held = desk.mail("a.very.long.address.that.never.ends@acme.example")
    invited(desk)
    ana = Membership.objects.get(person=desk.person["ana"]).pk
    mine = Membership.objects.get(person=dee).pk
    more = (f"/portal/people/{ana}/", f"/portal/people/{mine}/end/", f"/portal/people/wrote/{held.pk}/")
    return [*PATHS, *more, link("eve@acme.example")]


def invited(desk: Desk) -> None:
    invitations.invite(
        organisation=desk.acme, email="eve@acme.example", name="Eve Stone", rights=Rights("Nurse"),
        by=desk.person["dee"], at=desk.now,
    )  # fmt: skip


def link(address: str) -> str:
    letter = Letter.objects.filter(kind="invitation", recipients=[address]).latest("created_at")
    found = re.search(r"(/portal/invitation/[\w-]+/)", letter.body.decode().replace("=\r\n", ""))
    assert found is not None
    return found[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, paths: list[str], open_page: Open, address: str) -> None:
    page, found = open_page("dee", "/portal/", color_scheme=scheme), []
    for path in paths:
        page.goto(address + path)
        found += faults(page)
    assert found == []


def test_axe_finds_nothing_for_who_is_not_signed_in(paths: list[str], open_page: Open, address: str) -> None:
    page, found = open_page("", "/accounts/login/", expected="status of 410"), []
    for path in ("/accounts/login/", "/accounts/login/code/", paths[-1], "/portal/invitation/over/"):
        page.goto(address + path)
        found += faults(page)
    assert found == []


def test_nothing_is_wider_than_a_telephone(paths: list[str], open_page: Open, address: str) -> None:
    """WCAG 1.4.10."""
    page, wide = open_page("dee", "/portal/", width=320, height=700), []
    for path in paths:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []


def test_an_invitation_is_accepted_by_keys_alone(paths: list[str], open_page: Open) -> None:
    page: Page = open_page("", paths[-1])
    page.get_by_label("Your name").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("words that nobody guesses")
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/")
    expect(page.get_by_text("one person, one account")).to_be_visible()
    assert Person.objects.get(email="eve@acme.example").check_password("words that nobody guesses")


def test_an_administrator_invites_and_sees_it_wait(paths: list[str], open_page: Open) -> None:
    page: Page = open_page("dee", "/portal/people/")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill("fay@acme.example")
    page.get_by_label("Name", exact=True).fill("Fay Low")
    page.get_by_label("Role at your organisation").fill("Porter")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("The invitation is on its way")).to_be_visible()
    expect(page.get_by_text("fay@acme.example", exact=True).first).to_be_visible()
