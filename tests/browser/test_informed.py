"""Pages that two people have open change within a second, and the desktop says what is theirs, once."""

from __future__ import annotations

import time
from datetime import timedelta

from playwright.sync_api import Page, expect

from mainstay.lib.time import now
from mainstay.tickets import actions as tickets
from mainstay.writing.models import Draft
from tests.browser.conftest import Open
from tests.browser.test_desk import allowed, heard, listening
from tests.desk import Desk

ALLOWED = """
  window.said = [];
  window.Notification = class { constructor(title, more) { window.said.push([title, more.body]); } close() {} };
  Notification.permission = "granted";
  Notification.requestPermission = async () => "granted";
"""
# Let two minutes pass for the page, have it ask, and say whether it owns up to being old.
LATER = """() => {
  const now = Date.now;
  Date.now = () => now() + 120000;
  document.dispatchEvent(new CustomEvent("mainstay:stale"));
  return !document.querySelector("#stale").hidden;
}"""


def said(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.evaluate("window.said")
    return found


def test_what_one_does_the_other_sees_within_a_second(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    ida, jon = open_page("ida", f"/tickets/{ticket.reference}/"), open_page("jon", "/views/unassigned/")
    listening(jon)
    expect(jon.get_by_role("link", name="Cards are not read")).to_be_visible()
    ida.get_by_role("link", name="Assign", exact=True).click()
    quick, began = allowed(jon), time.monotonic()
    ida.get_by_role("dialog").get_by_role("button", name="Assign", exact=True).click()
    expect(jon.get_by_role("link", name="Cards are not read")).to_be_hidden()
    expect(jon.locator("[data-count=unassigned]").first).to_have_text("")
    assert time.monotonic() - began < quick
    assert heard(jon)


def test_the_desktop_says_a_burst_in_one_line(desk: Desk, open_page: Open) -> None:
    tickets_of_ana = [desk.mail("ana", f"Request {number}") for number in range(3)]
    page = open_page("ida", "/notices/when/")
    page.get_by_role("radio", name="At any hour").check(force=True)
    page.get_by_role("button", name="Save").click()
    page.add_init_script(ALLOWED)
    page.clock.install()
    page.reload()
    page.wait_for_function("() => localStorage.getItem('told:' + document.body.dataset.person) !== null")
    page.wait_for_function("() => window.streams === 2")  # the page's own, and the desktop's
    with page.expect_response("**/notices/fresh/?*"):  # the leap has it ask, as each minute does
        page.clock.pause_at(now() + timedelta(minutes=5))
    # The burst takes as long as the machine takes; then the page's time goes on.
    for ticket in tickets_of_ana:
        desk.does(tickets.assign, "jon", ticket, assignee=desk.person["ida"])
    page.wait_for_function("() => window.told > 1", polling=100)
    assert said(page) == []
    page.clock.run_for(1_500)
    page.wait_for_function("() => window.said.length > 0", polling=100)
    for _ in range(2):
        page.clock.run_for(2_500)
    assert said(page) == [["3 notices", "Assignments to me: 3"]]


def test_the_wallboard_counts_and_says_when_it_is_old(desk: Desk, open_page: Open) -> None:
    page = open_page("ida", "/wallboard/")
    expect(page.get_by_text("No promise is running.")).to_be_visible()
    page.wait_for_function("() => window.streams > 0")
    ticket = desk.mail("cleo", "All is down")
    expect(page.locator(".next")).to_contain_text(ticket.reference)
    assert heard(page)
    expect(page.locator("#stale")).to_be_hidden()
    page.route("**/wallboard/parts/", lambda route: route.fulfill(status=200, body="<p>Under repair</p>"))
    page.wait_for_function(LATER, polling=1_000)  # again and again: an answer from before may still be on its way
    expect(page.locator("#stale")).to_contain_text("The server is in trouble. What you see is of")


def test_without_a_connection_the_page_says_so_loses_nothing_and_catches_up(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/", expected="ERR_INTERNET_DISCONNECTED|htmx:")
    listening(page)
    said, offline = page.get_by_label("Reply to the client"), page.locator("#offline")
    expect(offline).to_be_hidden()

    page.context.set_offline(True)
    expect(offline).to_contain_text("No connection")
    said.fill("Please try the other reader.")
    expect(page.locator("[data-saved]").first).to_have_text("Draft kept in this browser")
    page.get_by_role("button", name="Send", exact=False).first.click()
    expect(page.get_by_text("No connection. Nothing was sent; your text is kept.")).to_be_visible()
    expect(said).to_have_value("Please try the other reader.")
    assert ticket.messages.filter(direction="out", automatic=False).count() == 0
    desk.answer("ana", ticket, "Now it is the back office, too.")

    page.context.set_offline(False)
    expect(offline).to_be_hidden()
    expect(page.get_by_text("Now it is the back office, too.")).to_be_visible()
    expect(said).to_have_value("Please try the other reader.")
    expect(page.locator("[data-saved]").first).to_contain_text("Draft saved")
    assert Draft.objects.get().text == "Please try the other reader."
