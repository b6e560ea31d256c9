"""A call from the first ring to the last word, by the keyboard alone, and what assistive technology makes of it."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mainstay.lib.time import now
from mainstay.orgs import actions as orgs
from mainstay.phone import reports
from mainstay.phone.models import Call, CallBack
from mainstay.tickets.models import Ticket
from tests.browser.conftest import Open
from tests.browser.test_desk import listening
from tests.desk import Desk

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def no_findings(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found] == []


def arrived(page: Page, heading: str) -> None:
    """Wait for a page and its scripts, which listen for keys from then on."""
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.wait_for_load_state("load")


def typed(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=15)


def test_a_whole_call_needs_no_mouse(desk: Desk, open_page: Open) -> None:
    orgs.set_phone(person=desk.person["ana"], phone="01632 960123", at=desk.now)
    page = open_page("ida", "/views/open/")
    page.keyboard.press("c")
    arrived(page, "Who is calling?")
    no_findings(page)

    typed(page, "acme")
    expect(page.get_by_role("option", name="Ana Okafor")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#preview")).to_contain_text("Core Service Hours")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#preview")).to_contain_text("May not raise requests")
    no_findings(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    arrived(page, "Ana Okafor")

    page.keyboard.press("t")
    expect(page.get_by_label("Subject")).to_be_focused()
    no_findings(page)
    typed(page, "No card is read")
    page.keyboard.press("Tab")
    typed(page, "Since nine at the front desk.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("is open. Read the reference out")).to_be_visible()
    page.wait_for_load_state("load")
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.verified) == ("No card is read", True)

    page.keyboard.press("s")
    expect(page.locator(".say")).to_contain_text(f"M S T, {' '.join(str(ticket.number))}")
    no_findings(page)
    expect(page.get_by_role("radio", name="1 Critical")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("were read out.")).to_be_visible()
    page.wait_for_load_state("load")

    page.keyboard.press("n")
    typed(page, "She is at the front desk until five.")
    page.keyboard.press("Alt+b")  # while somebody types: what was typed is kept
    expect(page.get_by_label("What about")).to_be_focused()
    expect(page.get_by_label("Number to ring")).to_have_value("+44 1632 960123")
    no_findings(page)
    typed(page, "whether the driver helps")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Promised: ring back by")).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("n")
    expect(page.get_by_label("What was said")).to_have_value("She is at the front desk until five.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Noted on")).to_be_visible()
    no_findings(page)

    page.goto(page.url.split("/calls/")[0] + "/views/open/")
    bar = page.get_by_role("region", name="Your call")
    expect(bar).to_contain_text("Ana Okafor")
    before = bar.get_by_role("timer").text_content()
    expect(bar.get_by_role("timer")).not_to_have_text(before or "")
    no_findings(page)
    page.keyboard.press("c")
    arrived(page, "Ana Okafor")
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="End call")).to_have_count(0)

    call = Call.objects.get()
    assert call.ended_at is not None
    assert [act.did for act in call.acts.order_by("pk")] == ["new_ticket", "read_severity", "call_back", "note"]
    assert CallBack.objects.get().ticket == ticket
    assert desk.look(ticket).severity == 2


def test_a_stranger_is_held_by_two_keys_and_their_name(desk: Desk, open_page: Open) -> None:
    page = open_page("ida", "/calls/new/?number=+441632960777")
    arrived(page, "+44 1632 960777")
    no_findings(page)
    page.keyboard.press("Enter")
    arrived(page, "Who is calling?")
    page.keyboard.press("Control+a")
    typed(page, "Dev Rao")
    page.keyboard.press("Enter")
    arrived(page, "Dev Rao")
    page.keyboard.press("x")
    expect(page.locator(".say")).to_contain_text("I cannot say anything")
    no_findings(page)
    page.get_by_label("Subject").focus()
    typed(page, "No card is read")
    page.keyboard.press("Tab")
    typed(page, "None.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Read the reference out, and nothing else")).to_be_visible()
    assert Ticket.objects.get().verified is False


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lists_of_the_telephone_fit_a_small_screen(desk: Desk, open_page: Open, theme: str) -> None:
    page = open_page("ida", "/calls/back/", width=320, height=640, color_scheme=theme)
    for path in ("/calls/back/", "/calls/", "/calls/new/"):
        page.goto(page.url.split("/calls/")[0] + path)
        no_findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Answer").click()
    arrived(page, "Who is calling?")
    page.get_by_role("combobox", name="Name, organisation").fill("acme")
    expect(page.get_by_role("option", name="Ana Okafor")).to_be_visible()
    no_findings(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def rings(kind: str, **data: str) -> None:
    """The telephone system reports something of a call, as of now."""
    at = now()
    body = {"type": f"call.{kind}", "timestamp": at.isoformat(), "data": {"call": "c-1", **data}}
    reports.take(webhook_id=f"c-1-{kind}", body=body, at=at)


def test_a_telephone_that_rings_is_seen_everywhere_and_taken_with_one_key(desk: Desk, open_page: Open) -> None:
    orgs.set_phone(person=desk.person["ana"], phone="01632 960123", at=desk.now)
    desk.mail("ana", "No card is read")
    ida, jon = open_page("ida", "/views/open/"), open_page("jon", "/clients/")
    for page in (ida, jon):
        listening(page)
    rings("ringing", **{"from": "+441632960123"})
    for page in (ida, jon):
        expect(page.get_by_role("region", name="Ringing")).to_contain_text("Ana Okafor, Acme Health")
        expect(page.get_by_role("region", name="Ringing")).to_contain_text("1 open ticket")
    no_findings(ida)
    ida.keyboard.press("c")
    arrived(ida, "Who is calling?")
    expect(ida.get_by_role("option", name="Ana Okafor")).to_have_attribute("aria-selected", "true")
    expect(jon.get_by_role("region", name="Ringing")).to_have_count(0)
    assert Call.objects.get().answered_by == desk.person["ida"]
