"""Nothing needs the mouse: every page walked with Tab, and whole journeys by the keyboard alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from mainstay.knowledge.models import IssueLink, KnownIssue
from mainstay.outbox.models import Letter
from mainstay.phone.models import Call
from mainstay.tickets.models import Ticket
from mainstay.views.models import SavedView
from mainstay.writing import macros
from tests.browser.conftest import PATIENCE, Open
from tests.browser.test_accessible import faults
from tests.browser.test_accessible import paths as _paths
from tests.browser.test_telephone import arrived
from tests.desk import Desk

paths = _paths
MOST_STOPS = 400
FRAME_WAITS = 10  # of 80 milliseconds each
MOST_WITHIN = 12  # in one field; a page with one control alone gives the focus back to it for ever
STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return (window.before = null);
  window.visited ??= new Set();
  const inner = at === window.before; // a field of a time has several stops, a frame as many as it likes
  const again = window.visited.has(at) && !inner;
  window.visited.add(window.before = at);
  const shown = at.matches("input.said, .pick input, .cell input, label input") ? at.nextElementSibling ?? at.closest("label") ?? at : at;
  const around = [at, shown, at.closest("label, tr"), at.previousElementSibling].filter(Boolean);
  const seen = inner || at.tagName === "IFRAME" || around.map((one) => getComputedStyle(one)).some((style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none");
  const place = shown.getBoundingClientRect();
  const inside = place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth;
  return { again, inner, seen, inside, name: `${at.tagName} ${at.id || at.className} ${(at.textContent || at.name || "").trim().slice(0, 40)}` };
}"""
LEFT = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }) && !window.visited.has(one)
    && !(one.type === "radio" && [...document.getElementsByName(one.name)].some((other) => window.visited.has(other))))
  .map((one) => `${one.tagName} ${one.id || one.className} ${one.textContent.trim().slice(0, 40)}`)"""


def out_of_the_frame(page: Page) -> None:
    """Wait while the focus comes out of a frame or goes into it: a frame has a process of its own, and tells it later.

    Within the frame, and behind the last stop of the page, nothing more comes, and the wait is in vain.
    """
    for _ in range(FRAME_WAITS):
        if page.evaluate("() => !document.activeElement?.matches('body, iframe')"):
            return
        page.wait_for_timeout(80)


def walked(page: Page) -> list[str]:
    """Walk a page with Tab from its beginning to its end; return where the focus is lost, unseen or caught."""
    troubles, lost, within, framed = [], 0, 0, page.locator("iframe").count() > 0
    page.evaluate("document.querySelector('a, button, input, .skip').focus()")
    page.evaluate(STOP)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if framed:
            out_of_the_frame(page)
        stop = page.evaluate(STOP)
        lost = lost + 1 if stop is None else 0
        within = within + 1 if stop and stop["inner"] else 0
        if lost > 1 or (stop and stop["again"]) or within > MOST_WITHIN:
            break
        if stop is None:
            continue
        if not stop["seen"]:
            troubles.append(f"the focus is not seen: {stop['name']}")
        if not stop["inside"]:
            troubles.append(f"the focus is out of sight: {stop['name']}")
    else:
        troubles.append("no end of it")
    troubles += [f"not reached: {name}" for name in page.evaluate(LEFT)]
    return [f"{page.url}: {trouble}" for trouble in troubles]


def test_every_page_can_be_walked_with_tab(paths: list[str], open_page: Open, address: str) -> None:
    """WCAG 2.1.1, 2.1.2, 2.4.3, 2.4.7: all is reached, nothing catches the focus, and it is seen wherever it is."""
    page, troubles = open_page("ada"), []
    more = ["/clients/", "/agreements/", "/products/", "/teams/", "/tags/", "/fields/", "/assignment/", "/workload/",
            "/macros/", "/macros/add/", "/calls/", "/calls/back/", "/calls/new/", "/wallboard/", "/wallboard/screens/",
            "/notices/when/", "/sessions/", "/components/", "/views/open/columns/", "/views/open/filter/organisation/"]  # fmt: skip
    for path in paths + more:
        page.goto(address + path)
        troubles += walked(page)
    assert troubles == []


def pressed(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tabbed(page: Page, name: str, most: int = 40, key: str = "Tab") -> None:
    """Go on with Tab until what is called `name` has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        at = page.evaluate(
            "(() => { const at = document.activeElement; return at.labels?.[0]?.textContent || at.textContent || at.value; })()"
        )
        if name in (at or ""):
            return
    raise AssertionError(f"{name} is not reached")


def chosen(page: Page, text: str, option: str) -> None:
    """Open the palette, type, and take the first option, which must be `option`."""
    page.keyboard.press("Control+k")
    page.keyboard.type(text)
    expect(page.locator("#palette-found [aria-selected=true]")).to_contain_text(option)
    page.keyboard.press("Enter")


def test_a_ticket_is_answered_with_a_macro_taken_back_and_resolved(desk: Desk, open_page: Open) -> None:
    """Confirm the severity, answer with a macro, undo the sending, send it after all, offer the fix."""
    said = macros.Said("Thanks", "Thank you, we look into it.", shared=False)
    macros.save(said=said, by=desk.person["ida"], at=desk.now)
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", "/views/open/")
    page.wait_for_load_state("load")
    pressed(page, "j", "Enter")
    page.wait_for_url(f"**/tickets/{ticket.reference}/")
    page.wait_for_load_state("load")

    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Confirm the severity")).to_be_visible()
    tabbed(page, "Send the confirmation")
    pressed(page, "Escape")
    expect(page.locator("#act")).to_be_hidden()
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Confirm the severity")).to_be_visible()
    page.get_by_role("radio", name=re.compile("High urgency, medium impact")).focus()
    pressed(page, "Space", "Control+Enter")
    expect(page.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    assert Ticket.objects.get().severity == 2

    page.wait_for_load_state("load")
    page.keyboard.press("r")
    page.keyboard.type("/tha")
    expect(page.get_by_role("listbox", name="Offered").get_by_role("option")).to_have_count(1)
    pressed(page, "Enter")
    expect(page.get_by_label("Reply to the client")).to_have_value("Thank you, we look into it.")
    pressed(page, "Control+Enter")
    expect(page.get_by_text("Your reply is about to be sent.")).to_be_visible()
    page.wait_for_load_state("load")
    pressed(page, "Control+z")
    expect(page.get_by_label("Reply to the client")).to_have_value("Thank you, we look into it.")
    assert Letter.objects.get(kind="reply").state == "withdrawn"
    page.wait_for_load_state("load")
    pressed(page, "r", "Control+Enter")
    expect(page.get_by_text("Your reply is about to be sent.")).to_be_visible()
    assert Letter.objects.filter(kind="reply", state="queued").count() == 1

    page.wait_for_load_state("load")
    page.keyboard.press("d")
    expect(page.locator("#act")).to_be_visible()
    assert faults(page) == []


def test_a_call_becomes_a_ticket_without_a_mouse(desk: Desk, open_page: Open) -> None:
    page = open_page("ida", "/account/")
    page.wait_for_load_state("load")
    chosen(page, "answer", "Answer a call")
    arrived(page, "Who is calling?")
    page.keyboard.type("acme", delay=15)
    expect(page.get_by_role("option", name="Ana Okafor")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    arrived(page, "Ana Okafor")
    chosen(page, "new t", "New ticket")
    expect(page.get_by_label("Subject")).to_be_focused()
    page.keyboard.type("No card is read")
    page.keyboard.press("Tab")
    page.keyboard.type("Since nine.")
    pressed(page, "Control+Enter")
    expect(page.get_by_text("is open. Read the reference out")).to_be_visible()
    assert Ticket.objects.get().subject == "No card is read"
    page.wait_for_load_state("load")
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="End call")).to_have_count(0)
    assert Call.objects.get().ended_at is not None


def test_something_is_searched_filtered_and_kept_as_a_view(desk: Desk, open_page: Open) -> None:
    desk.mail("ana", "Cards are not read")
    desk.mail("cleo", "Labels are skewed")
    page = open_page("ida", "/account/")
    page.wait_for_load_state("load")
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    expect(page.get_by_role("searchbox").first).to_be_focused()
    page.keyboard.type("cards")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("Cards are not read"))).to_be_visible()
    chosen(page, "all open", "All open")
    page.wait_for_url("**/views/open/")
    page.wait_for_load_state("load")
    chosen(page, "filter org", "Filter: Organisation")
    expect(page.get_by_role("heading", name="Organisation")).to_be_visible()
    tabbed(page, "Acme Health")
    pressed(page, "Space", "Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.wait_for_load_state("load")
    chosen(page, "save as", "Save as a view")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Acme only")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/views/saved-\d+/"))
    assert SavedView.objects.get().name == "Acme only"
    page.wait_for_load_state("load")
    chosen(page, "acme only", "Acme only")


def test_a_known_issue_is_made_and_linked(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.wait_for_load_state("load")
    chosen(page, "known issue add", "Add a known issue")
    page.wait_for_url("**/issues/add/")
    tabbed(page, "Title")
    page.keyboard.type("Cards are not read after 4.2")
    tabbed(page, "Symptoms")
    page.keyboard.type("Cards are not read.")
    tabbed(page, "Save")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/issues/\d+/"))
    assert KnownIssue.objects.count() == 1
    page.wait_for_load_state("load")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="Recent").get_by_role("option").first).to_contain_text("Cards are not read")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.reference}/")
    expect(page.locator("#card-known")).to_contain_text("Cards are not read after 4.2")
    page.get_by_role("heading", name="Known about this").evaluate("(at) => { at.tabIndex = -1; at.focus(); }")
    tabbed(page, "Link")
    page.keyboard.press("Enter")
    expect(page.locator("#card-known")).to_contain_text("Unlink")
    assert IssueLink.objects.filter(ended_at=None).count() == 1


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.mail("ana", "Cards are not read")


def test_the_palette_gives_the_focus_back_and_is_a_combobox(ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.wait_for_load_state("load")
    page.keyboard.press("r")
    area = page.get_by_label("Reply to the client")
    expect(area).to_be_focused()
    page.keyboard.press("Control+k")
    ask = page.locator("#palette-ask")
    expect(ask).to_be_focused()
    expect(page.locator("#palette-said")).to_have_text(re.compile("results"))
    for keys, at in ((["ArrowDown"], 1), (["ArrowUp", "ArrowUp"], -1), (["Home"], 0), (["PageDown"], 8), (["PageUp"], 0), (["End"], -1)):
        pressed(page, *keys)
        options = page.locator("#palette-found [role=option]")
        wanted = options.nth(at) if at >= 0 else options.last
        expect(wanted).to_have_attribute("aria-selected", "true")
        expect(ask).to_have_attribute("aria-activedescendant", wanted.get_attribute("id") or "")
    page.keyboard.type("zzzz")
    expect(page.locator("#palette-said")).to_have_text("Nothing is called that.")
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(area).to_be_focused()


def asked(page: Page, held: list[Route], words: str) -> Route:
    """Wait until the palette has asked for those words, and return what was asked."""
    for _ in range(PATIENCE // 50):
        for route in held:
            if parse_qs(urlsplit(route.request.url).query).get("q") == [words]:
                return route
        page.wait_for_timeout(50)
    raise AssertionError(f"nobody asked for {words}")


def test_the_palette_shows_at_once_says_what_is_wrong_and_never_goes_back(ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", "/views/open/", expected="Failed to load resource")
    page.wait_for_load_state("load")
    held: list[Route] = []
    page.route("**/palette/?*", lambda route: held.append(route))
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="On this page").get_by_role("option").first).to_be_visible()
    page.keyboard.type("lab")
    late = asked(page, held, "lab")
    page.keyboard.type("els")
    last = asked(page, held, "labels")
    expect(page.locator("#palette-said")).to_have_text("Looking …")
    last.fulfill(body='<div role="group" aria-label="Tickets"><a role="option" id="found-x" href="/x/" data-name="x">The last</a></div>')
    expect(page.get_by_role("option", name="The last")).to_be_visible()
    late.abort()
    page.wait_for_timeout(200)
    expect(page.get_by_role("option", name="The last")).to_be_visible()
    page.unroute("**/palette/?*")
    page.route("**/palette/?*", lambda route: route.fulfill(status=500, body=""))
    page.keyboard.type(" b")
    expect(page.locator("#palette-said")).to_contain_text("does not answer. Enter tries again.")
    expect(page.get_by_role("option")).to_have_count(0)
    page.unroute("**/palette/?*")
    page.context.set_offline(True)
    page.keyboard.type("c")
    expect(page.locator("#palette-said")).to_contain_text("No connection.")
    page.context.set_offline(False)
    page.keyboard.press("Control+a")
    page.keyboard.type("cards")
    expect(page.get_by_role("option", name=re.compile(ticket.reference))).to_have_attribute("aria-selected", "true")
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    opened.value.wait_for_url(f"**/tickets/{ticket.reference}/")


def test_what_was_opened_last_is_kept_for_each_person_apart(ticket: Ticket, open_page: Open, address: str) -> None:
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.goto(address + "/views/closed/")
    page.wait_for_load_state("load")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert ticket.reference in kept
    assert "Cards are not read" not in kept, "names only: others may sit at this machine"
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="Recent")).to_contain_text("Cards are not read")
    page.keyboard.press("Escape")
    page.evaluate("document.body.dataset.person = '999'")
    page.reload()
    page.evaluate("""() => { for (const key of Object.keys(localStorage)) if (key.startsWith("recent:")) {
      localStorage.setItem("recent:999999", localStorage.getItem(key)); localStorage.removeItem(key); } }""")
    page.reload()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("group", name="Do")).to_be_visible()
    expect(page.get_by_role("group", name="Recent")).to_have_count(0)


@pytest.mark.parametrize("path", ["/clients/", "/arrivals/", "/outbox/", "/texts/", "/people/", "/issues/", "/notices/"])
def test_every_list_is_walked_with_j_and_k(path: str, paths: list[str], open_page: Open) -> None:
    page = open_page("ada", path)
    page.wait_for_load_state("load")
    stops = page.locator("tbody tr[data-key], [data-stop]")
    if not stops.count():
        pytest.skip("there is nothing on it for her")
    here = "(stop) => stop === document.activeElement || stop.contains(document.activeElement)"
    page.keyboard.press("j")
    assert stops.first.evaluate(here)
    for _ in range(stops.count()):
        page.keyboard.press("j")
    assert stops.last.evaluate(here)
    pressed(page, *["k"] * stops.count())
    assert stops.first.evaluate(here)
