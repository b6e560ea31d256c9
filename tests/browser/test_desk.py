"""The desk as its people use it: pages that keep themselves current, keys, drafts, and ten seconds to think again."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from mainstay.lib.time import now
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets.content import NewMessage
from mainstay.tickets.models import Direction, Message, Ticket
from tests.browser.conftest import Open
from tests.desk import Desk

ONCE_MORE = """() => new Promise((done) => {
  const began = performance.now();
  document.addEventListener("mainstay:fresh", () => done((performance.now() - began) / 1000), { once: true });
  document.dispatchEvent(new CustomEvent("mainstay:stale"));
})"""


def listening(page: Page) -> None:
    """Wait until the page's stream is open, so that what happens next is heard and not merely fetched."""
    page.wait_for_function("() => window.streams > 0 && document.querySelector('#offline').hidden")


def heard(page: Page) -> bool:
    """Say whether the stream brought word, so that what the page shows was not merely fetched by the minute."""
    return bool(page.evaluate("window.told > 0"))


def allowed(page: Page) -> float:
    """Return how many seconds a change may take here: four, and some of what the page needs to fetch itself anew.

    That a second is kept is measured in `test_live.py`; this is the way there with hands, on whatever machine.
    """
    cost: float = page.evaluate(ONCE_MORE)
    return 4 + 10 * cost


def test_somebody_signs_in(desk: Desk, open_page: Open) -> None:
    ida = desk.person["ida"]
    ida.set_password("a long enough password")
    ida.save()
    page = open_page("", "/views/mine/")
    page.get_by_label("Email").fill(ida.email)
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Mine")).to_be_visible()


def test_a_new_mail_shows_on_the_list_by_itself(desk: Desk, open_page: Open) -> None:
    page = open_page("ida", "/views/open/")
    expect(page.get_by_role("heading", name="Nothing is open")).to_be_visible()
    listening(page)
    quick, began = allowed(page), time.monotonic()
    desk.mail("ana", "Cards are not read")
    expect(page.get_by_role("link", name="Cards are not read")).to_be_visible()
    assert time.monotonic() - began < quick
    assert heard(page)
    expect(page.locator("[data-count=open]").first).to_have_text("1")


def test_an_open_ticket_grows_by_itself_and_loses_nothing_typed(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.get_by_label("Reply to the client").fill("I was just going to say")
    listening(page)
    desk.answer("ana", ticket, "It works again at the front desk.")
    expect(page.get_by_text("It works again at the front desk.")).to_be_visible()
    assert heard(page)
    expect(page.get_by_label("Reply to the client")).to_have_value("I was just going to say")


def test_a_clock_that_is_met_changes_on_the_open_page(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("jon", f"/tickets/{ticket.reference}/")
    listening(page)
    desk.confirm("ida", ticket, 2)
    desk.advance(seconds=20)
    promise = page.locator(".clock", has_text="Response")
    expect(promise).to_contain_text("Met")
    assert heard(page)


def test_a_countdown_counts(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("cleo", "All is down")  # Carrow bought 24x7, so severity 1 runs at any hour
    desk.confirm("ida", ticket, 1)
    desk.advance(seconds=20)
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    place = page.locator(".clock", has_text="Resolution").locator("[data-left]")
    seconds = int(place.get_attribute("data-left") or 0)
    assert place.get_attribute("data-ticking") == "1"
    place.evaluate("(place) => { place.dataset.left = '61'; }")
    expect(place).to_have_text(re.compile(r"^\d\d s left$"))
    assert 6_000 < seconds <= 7_200


def test_a_countdown_outside_its_hours_rests(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("cleo", "All is down")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    place = page.locator("[data-left]").first
    place.evaluate("(place) => { place.dataset.ticking = '0'; place.dataset.left = '61'; }")
    page.wait_for_timeout(2_500)
    expect(place).to_have_text("1 min left")


def test_a_reply_goes_with_the_keyboard_and_comes_back_with_undo(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.keyboard.press("r")
    page.keyboard.type("We are looking into it.")
    page.keyboard.press("Control+Enter")
    undo = page.get_by_role("button", name=re.compile("Undo"))
    expect(undo).to_be_visible()
    assert Letter.objects.get(kind="reply").state == "queued"
    undo.click()
    expect(page.get_by_label("Reply to the client")).to_have_value("We are looking into it.")
    assert Letter.objects.get(kind="reply").state == "withdrawn"


def test_notes_have_their_key_too(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.keyboard.press("n")
    page.keyboard.type("Ana is at lunch.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry--note", has_text="Ana is at lunch.")).to_be_visible()
    assert Message.objects.get(direction=Direction.NOTE).text == "Ana is at lunch."


def test_a_draft_outlives_a_reload_and_ends_with_sending(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    area = page.get_by_label("Reply to the client")
    area.fill("Half a sentence")
    page.reload()
    expect(area).to_have_value("Half a sentence")
    page.get_by_role("button", name=re.compile("^Send")).click()
    expect(page.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    page.reload()
    expect(area).to_have_value("")


def test_the_list_is_walked_with_j_and_k(desk: Desk, open_page: Open) -> None:
    first, second = desk.mail("ana", "First"), desk.mail("ana", "Second")
    page = open_page("ida", "/views/open/")
    rows = page.locator("tbody tr")
    order = rows.evaluate_all("(rows) => rows.map((row) => row.dataset.key)")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class(re.compile("at"))
    page.keyboard.press("Enter")
    top = first if str(first.pk) == order[0] else second
    page.wait_for_url(f"**/tickets/{top.reference}/")
    page.keyboard.press("u")
    page.wait_for_url("**/views/open/")


def test_the_palette_finds_a_ticket_and_goes_there(desk: Desk, open_page: Open) -> None:
    desk.mail("ana", "Labels are skewed")
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", "/views/open/")
    page.keyboard.press("Control+k")
    page.keyboard.type(ticket.reference.lower())
    expect(page.get_by_role("option", name=re.compile("Cards are not read"))).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.reference}/")


def test_the_palette_does_what_the_page_can_do(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.keyboard.press("Control+k")
    page.keyboard.type("escal")
    expect(page.get_by_role("option", name="Escalate")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Escalate")).to_be_visible()


def test_choosing_a_cell_of_the_grid_proposes_its_severity(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.get_by_role("link", name="Confirm severity").click()
    page.get_by_role("radio", name=re.compile("High urgency, medium impact")).check(force=True)
    expect(page.get_by_role("radio", name="2 Serious", exact=True)).to_be_checked()
    page.get_by_text("Read the letter before it goes").click()
    expect(page.locator(".rehearsal .preview")).to_contain_text("severity 2")
    page.get_by_role("button", name="Send the confirmation").click()
    expect(page.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    assert Ticket.objects.get().severity == 2


def test_an_error_in_a_dialog_keeps_what_was_typed(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/")
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("Reference of the other ticket").fill("MST-123456-0")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Check its last digit")
    expect(page.get_by_label("Reference of the other ticket")).to_have_value("MST-123456-0")


def test_acts_and_replies_work_without_scripts(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", f"/tickets/{ticket.reference}/", java_script_enabled=False)
    page.get_by_role("link", name="Assign", exact=True).click()
    page.get_by_role("button", name="Assign", exact=True).click()
    expect(page.locator("#card-properties")).to_contain_text("Ida Flint")
    page.get_by_label("Reply to the client").fill("By hand.")
    page.get_by_role("button", name=re.compile("^Send")).click()
    expect(page.get_by_text("Your reply is about to be sent.")).to_be_visible()
    assert Letter.objects.filter(kind="reply").count() == 1


def test_the_page_says_when_the_connection_is_gone(desk: Desk, open_page: Open) -> None:
    page = open_page("ida", "/views/open/")
    listening(page)  # a stream that opens says that there is a connection
    expect(page.locator("#offline")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#offline")).to_contain_text("what you type is kept here")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#offline")).to_be_hidden()


def test_the_theme_can_be_chosen_and_stays(desk: Desk, open_page: Open) -> None:
    page = open_page("ida", "/views/open/", color_scheme="light")
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


EVIL = [
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<svg onload=\"document.title='owned'\"></svg>",
    "\"><script>document.title='owned'</script>",
    "<scr<script>ipt>document.title='owned'</script>",
    "<math><mtext><table><mglyph><style><img src=x onerror=\"parent.document.title='owned'\"></style></mglyph></table></mtext></math>",
    "<iframe srcdoc=\"<script>parent.document.title='owned'</script>\"></iframe>",
    "<a href=\"javascript:document.title='owned'\">click</a>",
    "<style>@import url(//evil.example/x.css);</style>",
    "<form action='//evil.example'><button>x</button></form>",
]


@pytest.mark.parametrize("evil", EVIL)
def test_a_hostile_mail_runs_nothing_and_asks_nobody(
    evil: str, desk: Desk, open_page: Open, address: str
) -> None:
    """Classes B1, B2, B5, B6: in text, HTML, subject, name and file name."""
    ana = desk.person["ana"]
    message = NewMessage(
        Direction.IN, "mail", evil, html=f"<p>Hello</p>{evil}<img src='https://evil.example/p.gif'>", author=ana,
        author_name=evil[:200], author_address=ana.email, notes=(evil,),
    )  # fmt: skip
    ticket = tickets.open_ticket(
        at=now(), channel="mail", subject=evil, requester_address=ana.email, requester_name=evil[:200], requester=ana,
        organisation=desk.acme, verified=True, message=message,
    )  # fmt: skip
    page = open_page("ida", "/views/open/")
    asked: list[str] = []
    page.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:")) else asked.append(request.url),
    )
    for path in ("/views/open/", f"/tickets/{ticket.reference}/", "/verification/"):
        page.goto(address + path)
        for fold in page.locator("details.quoted summary").all():
            fold.click()
        page.wait_for_timeout(150)
        assert "owned" not in page.title() or evil in page.title()
        assert page.evaluate("!document.querySelector('main script, main svg[onload], main [onerror]')")
    assert asked == []
