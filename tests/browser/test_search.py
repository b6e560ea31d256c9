"""Finding and knowing with the keyboard alone, in a real browser, and what a machine can tell of its accessibility."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from mainstay.knowledge import actions as knowledge
from mainstay.knowledge.actions import Said
from mainstay.knowledge.models import KnownIssue
from mainstay.tickets.models import Ticket
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import Desk

WORKAROUND = "Choose the driver of 4.1."


@pytest.fixture
def issue(desk: Desk) -> KnownIssue:
    said = Said("Labels are printed askew", "The label printer prints skewed labels.", "workaround", workaround=WORKAROUND)
    return knowledge.add_issue(said=said, by=desk.person["ida"], at=desk.now)


@pytest.fixture
def ticket(desk: Desk, issue: KnownIssue) -> Ticket:
    return desk.mail("ana", "Our labels are skewed", "Each label of the xylophone shop is skewed.")


def test_one_key_and_a_word_lead_to_the_message_that_holds_it(
    desk: Desk, ticket: Ticket, open_page: Open
) -> None:
    page = open_page("ida", "/views/open/")
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    expect(page.get_by_role("searchbox", name=re.compile("Words, a reference"))).to_be_focused()
    page.keyboard.type("xylophone")
    page.keyboard.press("Enter")
    expect(page.locator("mark", has_text="xylophone")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Tab")
    page.locator(".hit a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.reference}/#message-*")


def test_the_palette_leads_to_the_search_of_everything(desk: Desk, ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", "/views/open/")
    page.keyboard.press("Control+k")
    page.keyboard.type("nothing like this")
    expect(page.get_by_role("option", name=re.compile("Search everything for"))).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=nothing*")
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()


def test_what_is_known_appears_as_the_subject_is_typed_and_never_holds_the_hand(
    desk: Desk, ticket: Ticket, open_page: Open
) -> None:
    page = open_page("ida", "/tickets/new/")
    page.get_by_label("Subject", exact=True).focus()
    page.keyboard.type("Skewed labels again")
    expect(page.get_by_label("Subject", exact=True)).to_have_value("Skewed labels again")
    expect(page.get_by_role("link", name="Labels are printed askew")).to_be_visible()
    expect(page.get_by_role("link", name="Our labels are skewed")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Tab")
    expect(page.get_by_label("What happened, and when")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Labels are printed askew")


def test_in_a_call_what_is_known_appears_and_the_form_stays(desk: Desk, ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", "/views/open/")
    page.keyboard.press("c")
    expect(page.locator("#caller")).to_be_focused()
    page.wait_for_load_state("load")
    page.keyboard.type("acme")
    expect(page.get_by_role("option", name="Ana Okafor")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ana Okafor")).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("t")
    expect(page.get_by_label("Subject", exact=True)).to_be_focused()
    page.keyboard.type("Skewed labels")
    expect(page.get_by_role("link", name="Labels are printed askew")).to_be_visible()
    expect(page.get_by_label("Subject", exact=True)).to_have_value("Skewed labels")
    assert faults(page) == []


def test_a_ticket_is_linked_and_what_helps_goes_into_the_reply_unsent(
    desk: Desk, ticket: Ticket, issue: KnownIssue, open_page: Open
) -> None:
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    _press(page, f"Link {issue.name}")
    page.wait_for_url("**/#card-known")
    expect(page.locator(".toast")).to_contain_text(f"Linked to {issue.name}.")
    assert faults(page) == []
    before = ticket.messages.count()
    _press(page, f"Use in the reply {issue.name}")
    reply = page.get_by_role("textbox", name="Reply to the client")
    expect(reply).to_be_focused()
    expect(reply).to_have_value(re.compile(re.escape(WORKAROUND)))
    page.keyboard.type(" Thank you.")
    expect(reply).to_have_value(re.compile("Thank you"))
    assert ticket.messages.count() == before
    _press(page, f"Unlink {issue.name}")
    expect(page.get_by_role("button", name=re.compile("Undo"))).to_be_visible()


def test_search_fits_a_telephone(desk: Desk, ticket: Ticket, issue: KnownIssue, open_page: Open) -> None:
    page = open_page("ida", "/search/?q=skewed+labels+prio:1", width=320, color_scheme="dark")
    for path in ("", "/issues/", f"/issues/{issue.pk}/", "/issues/add/"):
        if path:
            page.goto(re.sub(r"(//[^/]+)/.*", r"\1", page.url) + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert faults(page) == []


def _press(page: Page, name: str) -> None:
    """Press a button with the keyboard."""
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")
