"""The list with the keyboard alone: select, do the same to many, take it back, and find one's place again."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from mainstay.lib.time import now
from mainstay.tickets import actions as tickets
from mainstay.tickets import fields
from mainstay.tickets.models import Ticket
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.browser.test_desk import heard, listening
from tests.desk import Desk


def selected(page: Page) -> list[str]:
    found: list[str] = page.locator("tbody input[name=ticket]").evaluate_all(
        "(boxes) => boxes.filter((box) => box.checked).map((box) => box.value)"
    )
    return found


def caught_up(desk: Desk) -> None:
    """Bring the story to the browser's clock, so that the worker sees what was asked for by that."""
    desk.advance(seconds=(now() - desk.now).total_seconds() + 1)


def assignees() -> list[str]:
    return sorted(ticket.assignee.name if ticket.assignee else "" for ticket in Ticket.objects.all())


def test_tickets_are_selected_assigned_and_given_back_with_the_keyboard(desk: Desk, open_page: Open) -> None:
    for subject in ("One", "Two", "Three", "Four"):
        desk.mail("ana", subject)
    page = open_page("ida", "/views/open/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    assert len(selected(page)) == 3
    expect(page.locator("[data-picked-count]")).to_have_text("3 selected")
    assert faults(page) == []

    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Assign 3 tickets")).to_be_visible()
    expect(page.get_by_label("Person")).to_be_focused()
    page.get_by_label("Person").select_option(label="Ida Flint")
    assert faults(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 of 3")).to_be_visible()
    assert faults(page) == []
    caught_up(desk)
    expect(page.get_by_text("Done for 3 tickets.")).to_be_visible()
    assert faults(page) == []
    assert assignees() == ["", "Ida Flint", "Ida Flint", "Ida Flint"]

    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("heading", name="Undo for 3 tickets")).to_be_visible()
    caught_up(desk)
    expect(page.get_by_text("Done for 3 tickets.")).to_be_visible()
    assert assignees() == ["", "", "", ""]
    page.keyboard.press("Escape")
    expect(page.locator("#act")).to_be_hidden()
    assert selected(page) == []
    page.goto(page.url.replace("/views/open/", "/batches/"))
    expect(page.get_by_role("link", name="Assign 3 tickets")).to_be_visible()
    assert faults(page) == []


def test_shift_and_a_click_select_what_lies_between(desk: Desk, open_page: Open) -> None:
    for number in range(4):
        desk.mail("ana", f"Number {number}")
    page = open_page("ida", "/views/open/")
    boxes = page.locator("tbody input[name=ticket]")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    assert len(selected(page)) == 3
    page.get_by_label("Select all on this page").check()
    assert len(selected(page)) == 4
    page.get_by_role("button", name="None").click()
    assert selected(page) == []
    expect(page.locator("[data-picked]")).to_be_hidden()


def test_what_is_selected_and_where_one_stands_outlives_a_change(desk: Desk, open_page: Open) -> None:
    first, second = desk.mail("ana", "First"), desk.mail("ana", "Second")
    page = open_page("jon", "/views/open/")
    listening(page)
    page.locator(f"#row-{second.pk} input").check()
    page.locator(f"#row-{second.pk} input").focus()
    desk.does(tickets.assign, "ida", first, assignee=desk.person["ida"], team=None)
    expect(page.locator(f"#row-{first.pk}")).to_contain_text("Ida Flint")
    assert heard(page)
    assert selected(page) == [str(second.pk)]
    expect(page.locator(f"#row-{second.pk} input")).to_be_focused()


def test_one_comes_back_from_a_ticket_to_its_row(desk: Desk, open_page: Open) -> None:
    made = [desk.mail("ana", f"Number {number}") for number in range(12)]
    page = open_page("ida", "/views/open/?sort=-reported", height=420)
    page.locator(f"#row-{made[9].pk} .subject").focus()
    page.locator(f"#row-{made[9].pk}").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 0
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{made[9].reference}/")
    page.keyboard.press("u")
    page.wait_for_url("**/views/open/?sort=-reported")
    expect(page.locator(f"#row-{made[9].pk} .subject")).to_be_focused()
    page.wait_for_function("before => Math.abs(scrollY - before) < 5", arg=before)


def test_a_filter_is_set_and_saved_with_the_keyboard(desk: Desk, open_page: Open) -> None:
    desk.mail("ana", "One")
    desk.mail("cleo", "Two")
    page = open_page("ida", "/views/open/")
    page.keyboard.press("f")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Organisation")).to_be_visible()
    page.get_by_label("Acme Health").check()
    assert faults(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Filters that are set")).to_contain_text("Organisation is Acme Health")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert faults(page) == []
    page.get_by_role("link", name="Save as a view").click()
    page.get_by_label("Name").fill("Acme")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/views/saved-\d+/"))
    expect(page.get_by_role("heading", name="Acme")).to_be_visible()
    expect(page.get_by_role("navigation", name="Mainstay")).to_contain_text("My views")
    page.locator("main summary", has_text="View").click()
    assert faults(page) == []
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name=re.compile("Undo")).click()
    page.wait_for_url(re.compile(r"/views/saved-\d+/"))


def test_columns_are_chosen_and_a_narrow_page_stays_as_wide_as_its_window(desk: Desk, open_page: Open) -> None:
    desk.mail("ana", "One")
    page = open_page("ida", "/views/open/columns/")
    for name in ("Reported", "Product", "Tags", "Channel"):
        page.get_by_label(name, exact=True).check()
    assert faults(page) == []
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("columnheader", name="Product")).to_be_visible()
    assert faults(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    page.locator("tbody input[name=ticket]").check()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(page) == []


def test_a_field_of_our_own_narrows_the_list_with_the_keyboard(desk: Desk, open_page: Open) -> None:
    one = desk.mail("ana", "One")
    desk.mail("ana", "Two")
    field = fields.set_field(by=desk.person["mara"], at=desk.now, name="Sites", kind="number")
    desk.does(fields.fill_in, "ida", one, values={field.pk: 12})
    page = open_page("ida", "/views/open/")
    page.keyboard.press("f")
    page.get_by_role("link", name="A field of our own").press("Enter")
    page.get_by_role("link", name="Sites").press("Enter")
    expect(page.get_by_role("heading", name="Sites")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("From", exact=True).fill("10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Filters that are set")).to_contain_text("Sites 10 or more")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert faults(page) == []
