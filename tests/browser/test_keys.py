"""The keymap in a real browser: just its keys are heard, where it says so, and not while somebody types or wants none."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable

import pytest
from playwright.sync_api import Page, expect

from mainstay.console import keymap
from mainstay.console.keymap import CALL, EVERYWHERE, LIST, TICKET, WRITING, Place
from mainstay.tickets.models import Ticket
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.browser.test_telephone import arrived
from tests.desk import Desk

LISTENING = """async () => {
  const { deeds } = await import("/static/console/keys.js");
  window.heard = [];
  for (const name of Object.keys(deeds)) deeds[name] = () => window.heard.push(name);
  document.addEventListener("click", (event) => {
    const control = event.target.closest("[data-does]");
    if (!control) return;
    window.heard.push(control.dataset.does);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}"""
PRESS = """([combo, selector]) => {
  const [held, key] = [combo.split("+").slice(0, -1), combo.length > 1 ? combo.split("+").pop() : combo];
  const at = selector ? document.querySelector(selector) : document.body;
  if (selector) at.focus(); else document.activeElement.blur();
  window.heard.length = 0;
  const code = /^[a-z]$/.test(key) ? `Key${key.toUpperCase()}` : /^[0-9]$/.test(key) ? `Digit${key}` : "";
  const event = new KeyboardEvent("keydown", {
    key, code, ctrlKey: held.includes("Mod"), altKey: held.includes("Alt"), bubbles: true, cancelable: true,
  });
  at.dispatchEvent(event);
  return [...window.heard];
}"""
SINGLE = [one for one in string.printable[:95] if one != " "]
COMBOS = [
    *SINGLE, "Enter", "Escape", "Backspace", "Delete", "F1", "F5",
    *(f"{held}+{one}" for held in ("Mod", "Alt") for one in string.ascii_lowercase + string.digits),
    "Mod+Enter",
]  # fmt: skip


def heard(page: Page, combos: Iterable[str], at: str = "") -> dict[str, list[str]]:
    """Return what each combination set off, of those that set something off."""
    page.wait_for_load_state("load")
    page.evaluate(LISTENING)
    found = {combo: page.evaluate(PRESS, [combo, at]) for combo in combos}
    return {combo: done for combo, done in found.items() if done}


def expected(page: Page, place: Place) -> dict[str, list[str]]:
    """Return what the keymap promises in `place`, as far as the page has the control for it."""
    promised = {}
    for combo, key in keymap.active(place):
        does = f"{key.does}-{combo[-1]}" if key.each else key.does
        deed = page.evaluate("async (n) => n in (await import('/static/console/keys.js')).deeds", does)
        if deed or page.locator(f'[data-does="{does}"]').count():
            promised[combo] = [does]
    if page.locator(WRITING.selector).count():
        promised["Mod+Enter"] = ["send"]
    return promised


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    return desk.mail("ana", "Cards are not read")


def test_a_list_hears_just_its_keys(ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", "/views/open/")
    promised = expected(page, LIST)
    assert {"j", "x", "X", "*", "#", "f", "a", "t", "n", "Escape", "Mod+k"} <= set(promised)
    assert heard(page, COMBOS) == promised
    assert set(heard(page, COMBOS, at="#filter-text")) == {"Mod+k"}


def test_a_ticket_hears_just_its_keys(ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    promised = expected(page, TICKET)
    assert set("jkrnpmsdatlfz") <= set(promised)
    assert heard(page, COMBOS) == promised
    assert set(heard(page, COMBOS, at="#reply_text")) == {"Mod+k", "Mod+Enter"}


def test_a_call_hears_its_keys_and_with_alt_while_somebody_types(desk: Desk, ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", "/views/open/")
    page.keyboard.press("c")
    arrived(page, "Who is calling?")
    page.keyboard.type("acme", delay=15)
    expect(page.get_by_role("option", name="Ana Okafor")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    arrived(page, "Ana Okafor")
    expect(page.get_by_role("button", name=re.compile("^About this"))).to_be_visible()
    promised = expected(page, CALL)
    assert set("tnabrsxwe1") <= set(promised)
    assert heard(page, COMBOS) == promised
    page.keyboard.press("n")
    page.reload()
    page.get_by_role("link", name=re.compile("^Note")).click()
    area = page.get_by_label("What was said")
    expect(area).to_be_focused()
    typing = heard(page, COMBOS, at="#work textarea")
    assert set(typing) == {combo for combo in promised if "+" in combo} | {"Mod+Enter"}


def test_other_pages_hear_what_holds_everywhere(ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", "/account/")
    assert heard(page, COMBOS) == expected(page, EVERYWHERE)


def test_who_wants_no_single_keys_hears_none(desk: Desk, ticket: Ticket, open_page: Open) -> None:
    """WCAG 2.1.4; chosen with the keyboard, and kept."""
    page = open_page("ida", "/account/#keys")
    page.get_by_role("radio", name="Off", exact=True).last.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Single keys are off.")).to_be_visible()
    page.goto(page.url.split("/account/")[0] + "/views/open/")
    expect(page.locator("kbd.single").first).to_be_hidden()
    assert set(heard(page, COMBOS)) == {"Enter", "Escape", "Mod+k"}


def test_the_dialog_of_keys_shows_those_of_the_page_first_and_is_searched(ticket: Ticket, open_page: Open) -> None:
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    headings = dialog.locator("h3").all_inner_texts()
    assert [text.split("\n")[0] for text in headings][:3] == ["Everywhere", "Lists and tickets", "A ticket"]
    assert [text.split("\n")[0].removesuffix(" elsewhere") for text in headings][-2:] == ["A list of tickets", "A call"]
    assert faults(page) == []
    page.keyboard.type("snooze")
    expect(dialog.locator("li:visible")).to_have_count(1)
    expect(page.locator("#help-said")).to_have_text("1 key")
    page.keyboard.press("Control+a")
    page.keyboard.type("nothing at all")
    expect(page.locator("#help-said")).to_have_text("No keys")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
