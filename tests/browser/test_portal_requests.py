"""Requests on the clients' side, as somebody with a browser, a keyboard or a small telephone has them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from mainstay.mail import requests
from mainstay.tickets.models import Ticket
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import Desk


@pytest.fixture
def paths(desk: Desk) -> list[str]:
    """Every page of requests and promises, with something on it: a question, a solution, a closed request."""
    asked = desk.mail("ana", "Cards are not read at any of our sites " * 4)
    desk.confirm("ida", asked, 1)
    desk.ask("ida", asked)
    fixed = desk.mail("ana", "Printer")
    desk.confirm("ida", fixed, 3)
    desk.advance(seconds=30)
    desk.fix("ida", fixed)
    closed = desk.mail("ana", "Scanner")
    desk.confirm("ida", closed, 2)
    desk.close("ida", closed)
    desk.advance(seconds=30)
    at = f"/portal/requests/{asked.reference}/"
    return [
        "/portal/", "/portal/requests/", "/portal/requests/?standing=all&text=cards", "/portal/requests/?text=xylophone",
        "/portal/requests/new/", "/portal/promises/", at, f"{at}promises/resolution/",
        f"/portal/requests/{fixed.reference}/", f"/portal/requests/{closed.reference}/",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, paths: list[str], open_page: Open, address: str) -> None:
    page, found = open_page("ana", "/portal/", color_scheme=scheme), []
    for path in paths:
        page.goto(address + path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        found += faults(page)
    assert found == []


def test_no_page_is_wider_than_a_small_telephone(paths: list[str], open_page: Open, address: str) -> None:
    page, wide = open_page("ana", "/portal/", width=320, height=800), []
    for path in paths:
        page.goto(address + path)
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(path)
    assert wide == []


def test_a_request_is_made_answered_and_accepted_with_the_keyboard_alone(desk: Desk, open_page: Open) -> None:
    page = open_page("ana", "/portal/")
    go_to(page, page.get_by_role("link", name="New request").first)
    expect(page.get_by_role("heading", name="New request")).to_be_visible()
    type_into(page, "In a few words: what is wrong, or what do you need?", "Cards are not read")
    type_into(page, "What happened?", "Since nine no smartcard is read.")
    press(page, page.get_by_role("radio", name="We cannot work, or somebody is at risk"), "Space")
    press(page, page.get_by_role("radio", name="Some of us, or a part of the service"), "Space")
    expect(page.get_by_text("By your agreement this is severity 2, Serious.")).to_be_visible()
    go_to(page, page.get_by_role("button", name="Send the request"))
    expect(page.get_by_text(re.compile("We have your request. Its reference is MST-"))).to_be_visible()
    ticket = Ticket.objects.get()

    desk.advance(minutes=1)
    desk.confirm("ida", ticket, 2)
    desk.advance(minutes=1)
    desk.ask("ida", ticket)
    desk.advance(minutes=1)
    page.reload()
    type_into(page, "Your answer", "Omnikeys.")
    go_to(page, page.get_by_role("button", name="Send the answer"))
    expect(page.get_by_text("Thank you. Your answer is with us, and we go on.")).to_be_visible()

    desk.fix("ida", ticket)
    desk.advance(minutes=1)
    page.reload()
    go_to(page, page.get_by_role("button", name="It works, close the request"))
    expect(page.get_by_text("Thank you for telling us. The request is closed.")).to_be_visible()
    assert desk.look(ticket).state == "closed"


def test_the_page_says_that_it_was_seen_once_it_has_been_looked_at(desk: Desk, open_page: Open) -> None:
    """S2: the reporter's look is the evidence; no mail has left, and nothing was pressed."""
    with desk.asleep():
        ticket = _held_back(desk)
        page = open_page("ana", f"/portal/requests/{ticket.reference}/")
        expect(page.get_by_text(f"Your reference is {ticket.reference}.")).to_be_visible()
        expect(page.get_by_role("button", name="I have seen it")).to_have_count(0)
        assert desk.event(ticket, "number_provided").payload["channel"] == "portal"


def _held_back(desk: Desk) -> Ticket:
    """Return a request of Ana's whose acknowledgement has not left."""
    made, _ = requests.make(
        by=desk.person["ana"], organisation=desk.acme, product=None, subject="Cards", text="Not read.", urgency="high",
        impact="medium", key="here", at=desk.now,
    )  # fmt: skip
    return made


def test_what_was_typed_outlives_a_reload_and_is_gone_once_sent(desk: Desk, open_page: Open) -> None:
    page = open_page("ana", "/portal/requests/new/")
    page.get_by_label("What happened?").fill("Since nine no smartcard is read.")
    page.get_by_role("radio", name="It can wait").check(force=True)
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value("Since nine no smartcard is read.")
    expect(page.get_by_role("radio", name="It can wait")).to_be_checked()
    page.get_by_label("In a few words").fill("Cards")
    page.get_by_role("radio", name="One person, or a small thing").check(force=True)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("We have your request.")).to_be_visible()
    page.goto(page.url.split("/portal/")[0] + "/portal/requests/new/")
    expect(page.get_by_label("What happened?")).to_have_value("")


def test_files_are_listed_with_a_way_to_take_them_off(desk: Desk, open_page: Open) -> None:
    page = open_page("ana", "/portal/requests/new/")
    page.get_by_label("Files").set_input_files(
        [{"name": f"{name}.png", "mimeType": "image/png", "buffer": b"png"} for name in ("one", "two")]
    )
    page.get_by_role("button", name="Remove one.png").click()
    expect(page.get_by_role("button", name="Remove one.png")).to_have_count(0)
    assert page.evaluate("[...document.querySelector('[name=attached]').files].map((one) => one.name)") == ["two.png"]


def test_news_is_told_and_nothing_moves_by_itself(desk: Desk, open_page: Open) -> None:
    ticket = desk.opened(answered=(desk.now + timedelta(minutes=1)).isoformat())
    page = open_page("ana", f"/portal/requests/{ticket.reference}/")
    desk.reply("ida", ticket, "We found the place.")
    desk.advance(seconds=30)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text("There is news on this request.")).to_be_visible()
    expect(page.get_by_text("We found the place.")).to_have_count(0)
    page.get_by_role("link", name="Show it").click()
    expect(page.get_by_text("We found the place.")).to_be_visible()


def go_to(page: Page, target: Locator) -> None:
    """Press Enter on something, as somebody does who has tabbed to it."""
    press(page, target, "Enter")


def press(page: Page, target: Locator, key: str) -> None:
    target.focus()
    page.keyboard.press(key)


def type_into(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).focus()
    page.keyboard.type(text)
