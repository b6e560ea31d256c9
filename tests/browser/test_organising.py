"""Tickets kept in order with the keyboard alone, and every screen of it without an accessibility fault."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from mainstay.orgs.models import Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import allocating, fields, links, tags
from mainstay.tickets.models import Ticket
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import Desk


@pytest.fixture
def furnished(desk: Desk) -> tuple[Ticket, Ticket]:
    """Two tickets with a little of everything on them."""
    mara = desk.person["mara"]
    team = Team.objects.get(key="technical")
    allocating.set_rule(by=mara, at=desk.now, name="The grave ones", team=team, severities=[1], picking="least_loaded")
    allocating.add_skill(person=desk.person["jon"], by=mara, at=desk.now, name="networks")
    fields.set_field(by=mara, at=desk.now, name="Colour", kind="choices", options=["Red", "Blue"], required=True)
    first, second = desk.mail("ana", "Cards are not read"), desk.mail("ana", "Cards again " * 20)
    desk.does(tags.set_tags, "ida", first, names=["vip", "a-rather-long-tag-that-wraps-somewhere"])
    desk.does(links.link, "ida", second, other=first, kind="duplicate")
    desk.does(tickets.assign, "ida", first, assignee=desk.person["jon"], team=team)
    return first, second


def test_a_ticket_is_tagged_linked_followed_and_snoozed_with_the_keyboard_alone(
    furnished: tuple[Ticket, Ticket], open_page: Open
) -> None:
    first, second = furnished
    page = open_page("ida", f"/tickets/{second.reference}/")
    page.keyboard.press("t")
    expect(page.get_by_label("Add tags")).to_be_focused()
    page.keyboard.type("Printer, VIP")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take off the tag printer")).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_role("radio", name="Related to")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type(first.reference)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Unlink {first.reference}").nth(1)).to_be_visible()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Following")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("radio", name="Tomorrow, 09:00")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Snoozed until tomorrow 09:00")).to_be_visible()


def test_a_merge_shows_what_becomes_of_the_promises_before_it_is_done(
    furnished: tuple[Ticket, Ticket], open_page: Open
) -> None:
    first, second = furnished
    page = open_page("ida", f"/tickets/{second.reference}/")
    page.get_by_role("link", name=f"Merge with {first.reference}").click()
    expect(page.get_by_text(f"{second.reference} closes, {first.reference} goes on.")).to_be_visible()
    page.get_by_role("radio", name=f"{second.reference}: the other closes").check(force=True)
    expect(page.get_by_text(f"{first.reference} closes, {second.reference} goes on.")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(
    scheme: str, furnished: tuple[Ticket, Ticket], open_page: Open, address: str
) -> None:
    at = f"/tickets/{furnished[0].reference}/"
    page, found = open_page("ada", color_scheme=scheme), []
    for path in (
        "/tags/", "/fields/", "/fields/add/", "/assignment/?try=1&severity=1", "/assignment/rules/add/", "/workload/",
        "/views/snoozed/", at, f"{at}tags/", f"{at}link/", f"{at}split/", f"{at}snooze/", f"{at}method/", f"{at}on-site/",
        f"{at}fields/", f"{at}merge/", f"{at}activity/",
    ):  # fmt: skip
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(address + path)
        found += faults(page)
        found += _too_wide(page, path)
    assert found == []


def _too_wide(page: Page, path: str) -> list[str]:
    page.set_viewport_size({"width": 320, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{path} is {wide} wide"] if wide > 320 else []
