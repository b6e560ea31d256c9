"""WCAG 2.2 AA, as far as a machine can tell: axe on every screen, light and dark, and no page wider than a telephone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from mainstay.contracts.models import Product
from mainstay.feedback import sources
from mainstay.feedback.models import Part, Rating, Remark, Survey
from mainstay.knowledge import actions as knowledge
from mainstay.knowledge.actions import Said
from mainstay.mail.models import Arrival
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Ticket
from tests.browser.conftest import Open
from tests.desk import Desk

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def faults(page: Page) -> list[str]:
    """Return what axe finds wrong, with where."""
    found: Any = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url} {fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found
        for node in fault["nodes"]
    ]


@pytest.fixture
def paths(desk: Desk) -> list[str]:
    """Every screen, with something on it."""
    ticket = desk.mail("ana", "Cards are not read at any of our sites " * 4)
    desk.confirm("ida", ticket, 1)
    desk.ask("ida", ticket)
    desk.advance(seconds=40)
    desk.answer("ana", ticket, "The old ones.")
    desk.mail("who@elsewhere.example", "Who am I?")
    case = desk.mail("ana", "COMPLAINT")
    said = Said("Cards are not read after 4.2", "Cards are not read.", "workaround", workaround="Use the old driver.")
    issue = knowledge.add_issue(said=said, by=desk.person["ida"], at=desk.now)
    desk.does(knowledge.link, "ida", ticket, issue=issue)
    arrival, letter = Arrival.objects.order_by("pk").first(), Letter.objects.order_by("pk").first()
    assert arrival is not None
    assert letter is not None
    at = f"/tickets/{ticket.reference}/"
    _said_by_clients(desk, ticket)
    return [
        "/feedback-results/", "/feedback-results/?by=client&low=1", "/feedback-results/asking/", "/remarks/?show=all",
        "/complaints/", "/complaints/?standing=closed", f"/tickets/{case.reference}/", "/inside-products/",
        f"/texts/reply/?ticket={ticket.reference}",
        "/views/open/", "/views/closed/", "/verification/", "/quarantine/", "/arrivals/", f"/arrivals/{arrival.pk}/",
        "/search/", "/search/?q=cards+prio:1", "/search/?q=xylophone+cards", "/issues/", "/issues/add/", f"/issues/{issue.pk}/",
        "/outbox/", f"/outbox/{letter.pk}/", "/outgoing/", "/notices/", "/people/", "/mailboxes/", "/texts/",
        "/texts/reply/", "/brand/", f"/clients/{desk.acme.key}/mail/", "/health/", "/account/", "/tickets/new/", at, f"{at}severity/", f"{at}progress/", f"{at}close/",
        f"{at}assign/", f"{at}clocks/resolution/", f"{at}clocks/response/", "/accounts/2fa/",
    ]  # fmt: skip


def _said_by_clients(desk: Desk, ticket: Ticket) -> None:
    """Have surveys answered, and something said inside a product."""
    part, _ = Part.objects.get_or_create(key="response", defaults={"words": "How soon we answered", "position": 1})
    for number in range(6):
        survey = Survey.objects.create(
            ticket=ticket, address="ana@acme.example", digest=f"{number:064}", sent_at=desk.now, comment="Rather late.",
            expires_at=desk.now + timedelta(days=30), answered_at=desk.now,
        )  # fmt: skip
        Rating.objects.create(survey=survey, part=part, value=1)
    lantern = Product.objects.create(key="lantern", name="Lantern")
    source, _ = sources.open_source(
        product=lantern, origins=["https://app.vendor.example"], by=desk.person["ada"], at=desk.now
    )
    said = {"name": "Ana", "address": "ana@acme.example", "text": "The new list is lovely."}
    Remark.objects.create(source=source, at=desk.now, **said)


def test_axe_finds_nothing_on_any_screen(paths: list[str], open_page: Open, address: str) -> None:
    page, found = open_page("ada", color_scheme="light"), []
    for path in paths:
        page.goto(address + path)
        found += faults(page)
    assert found == []


def test_axe_finds_nothing_in_the_dark(paths: list[str], open_page: Open, address: str) -> None:
    """The screens that between them have every colour there is."""
    page, found = open_page("ada", color_scheme="dark"), []
    for path in paths:
        if path in ("/views/open/", "/outbox/", "/health/", "/arrivals/") or "/tickets/MST" in path:
            page.goto(address + path)
            found += faults(page)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_the_door(scheme: str, open_page: Open, address: str) -> None:
    page, found = open_page("", "/accounts/login/", color_scheme=scheme), []
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"):
        page.goto(address + path)
        found += faults(page)
    assert found == []


def test_axe_finds_nothing_in_the_dialogs(paths: list[str], open_page: Open) -> None:
    page = open_page("ada", next(path for path in paths if path.startswith("/tickets/MST")))
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("cards")
    page.get_by_role("option").first.wait_for()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Confirm severity").first.click()
    page.get_by_role("heading", name="Confirm the severity").wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_is_wider_than_its_window(
    width: int, paths: list[str], open_page: Open, address: str
) -> None:
    """WCAG 1.4.10: reflow at 320 CSS pixels, nothing cut off and no scrolling in two directions."""
    page, wide = open_page("ada", width=width, height=800), []
    for path in paths:
        page.goto(address + path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []


def test_everything_can_be_reached_by_the_keyboard_and_the_focus_is_seen(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana")
    page = open_page("ida", "/views/open/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('subject')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.reference}/")


def test_motion_rests_when_it_is_asked_to(desk: Desk, open_page: Open) -> None:
    page = open_page("ida", "/views/open/")
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).transitionDuration") == "0s"
