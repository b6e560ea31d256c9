"""Writing with others: drafts that follow one from machine to machine, files, replies that cross, who else is at it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from mainstay.knowledge import articles
from mainstay.knowledge.articles import Content
from mainstay.tickets.models import Attachment, Direction, Message, Ticket
from mainstay.writing import macros
from mainstay.writing.models import Draft, Macro
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.browser.test_desk import listening
from tests.desk import Desk

DROP = """(pane, files) => {
  const carrier = new DataTransfer();
  for (const [name, size] of files) carrier.items.add(new File([new Uint8Array(size)], name, { type: "image/png" }));
  for (const kind of ["dragover", "drop"]) pane.dispatchEvent(new DragEvent(kind, { dataTransfer: carrier, bubbles: true, cancelable: true }));
}"""
PASTE = """(area) => {
  const carrier = new DataTransfer();
  carrier.items.add(new File([new Uint8Array(2000)], "image.png", { type: "image/png" }));
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carrier, bubbles: true, cancelable: true }));
}"""


def at(ticket: Ticket) -> str:
    return f"/tickets/{ticket.reference}/"


def reply_of(page: Page) -> Locator:
    return page.get_by_label("Reply to the client")


def test_a_draft_follows_from_machine_to_machine(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    here = open_page("ida", at(ticket))
    reply_of(here).press_sequentially("Half a sentence", delay=10)
    expect(here.get_by_text(re.compile(r"^Draft saved \d\d:\d\d"))).to_be_visible()
    there = open_page("ida", at(ticket))
    expect(reply_of(there)).to_have_value("Half a sentence")


def test_a_session_that_ended_loses_no_word(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", at(ticket), expected="status of 401")
    page.route("**/draft/reply/", lambda route: route.fulfill(status=401, body="You are signed out."))
    reply_of(page).fill("Written at the end of the day")
    expect(page.get_by_text("Kept in this browser; you are signed out")).to_be_visible()
    page.unroute("**/draft/reply/")
    page.reload()
    expect(reply_of(page)).to_have_value("Written at the end of the day")


def test_dropped_and_pasted_files_are_listed_and_can_be_taken_off(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", at(ticket))
    page.locator("#pane-reply").evaluate(DROP, [["reader.png", 1500], ["log.png", 900]])
    reply_of(page).evaluate(PASTE)
    files = page.get_by_role("list", name="Files to be sent").get_by_role("listitem")
    expect(files).to_have_count(3)
    expect(files.nth(0)).to_contain_text("reader.png")
    expect(files.nth(0)).to_contain_text("2 kB")
    expect(files.nth(2)).to_contain_text(re.compile(r"Picture \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png"))
    page.get_by_role("button", name="Remove log.png").click()
    expect(files).to_have_count(2)
    assert faults(page) == []
    reply_of(page).fill("See the pictures.")
    reply_of(page).press("Control+Enter")
    expect(page.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    kept = Attachment.objects.filter(message__direction=Direction.OUT).order_by("pk")
    assert [(file.name.split()[0], file.size) for file in kept] == [("reader.png", 1500), ("Picture", 2000)]


def test_what_is_too_large_is_said_before_anything_is_sent(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", at(ticket))
    page.locator("#pane-reply").evaluate(DROP, [["small.png", 10], ["film.png", 20_000_000]])
    expect(page.get_by_text("Not added: film.png.")).to_be_visible()
    expect(page.get_by_role("list", name="Files to be sent").get_by_role("listitem")).to_have_count(1)


def test_two_people_at_one_ticket_see_each_other_and_a_crossing_reply_is_stopped(
    desk: Desk, open_page: Open
) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    ida, jon = open_page("ida", at(ticket)), open_page("jon", at(ticket))
    expect(ida.locator("#here-said")).to_have_text("Jon Reyes is looking at this ticket too.")
    listening(ida)
    listening(jon)
    reply_of(jon).press_sequentially("Please restart the reader.")
    expect(ida.locator("#here-said")).to_have_text("Jon Reyes is writing a reply.")
    expect(ida.locator("#beside")).to_contain_text("Jon Reyes is writing a reply just now.")
    assert faults(ida) == []
    reply_of(ida).fill("Please unplug the reader.")
    reply_of(jon).press("Control+Enter")
    expect(jon.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    reply_of(ida).press("Control+Enter")
    notice = ida.get_by_role("alert").filter(has_text="Nothing was sent yet")
    expect(notice).to_contain_text("Please restart the reader.")
    expect(ida.get_by_role("button", name="Send all the same")).to_be_visible()
    assert faults(ida) == []
    ida.get_by_role("link", name="Look first").click()
    expect(notice).to_have_count(0)
    expect(reply_of(ida)).to_have_value("Please unplug the reader.")
    assert Message.objects.filter(purpose="reply").count() == 1
    reply_of(ida).press("Control+Enter")
    expect(ida.get_by_role("button", name=re.compile("Undo"))).to_be_visible()
    assert Message.objects.filter(purpose="reply").count() == 2
    assert not Draft.objects.exists()


def test_the_button_says_how_the_reply_goes(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", at(ticket))
    page.locator("summary", has_text="How to send").click()
    page.get_by_role("radio", name=re.compile("Send and wait for the client")).check()
    assert faults(page) == []
    reply_of(page).fill("Which readers are they?")
    page.get_by_role("button", name=re.compile("^Send and wait for the client")).click()
    expect(page.get_by_text("Your question is about to be sent.")).to_be_visible()
    assert Message.objects.filter(purpose="request_for_information").count() == 1


def test_a_colleague_is_mentioned_with_the_keyboard(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", at(ticket))
    page.keyboard.press("n")
    note = page.get_by_label("Internal note", exact=True).last
    note.press_sequentially("Ask @rey")
    options = page.get_by_role("listbox", name="Offered").get_by_role("option")
    expect(options).to_have_count(1)
    assert faults(page) == []
    note.press("Enter")
    expect(note).to_have_value("Ask @Jon Reyes ")
    note.press_sequentially("about @tech")
    note.press("Tab")
    expect(note).to_have_value("Ask @Jon Reyes about @Technical Team ")
    note.press_sequentially("@zzz")
    expect(options).to_have_count(0)
    note.press("Control+Enter")
    expect(page.locator("#thread").get_by_text("Ask @Jon Reyes")).to_be_visible()
    assert [text for text in desk.notices("jon") if "mentioned you" in text]


def test_a_macro_is_found_read_and_put_in_without_sending(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    for name, text in (("Restart the reader", "About {{ reference }}: restart it."), ("Thanks", "Thank you.")):
        said = macros.Said(name, text, shared=True, how="ask" if name != "Thanks" else "")
        macros.save(said=said, by=desk.person["mara"], at=desk.now)
    page = open_page("ida", at(ticket))
    page.keyboard.press("m")
    options = page.get_by_role("listbox", name="Offered").get_by_role("option")
    expect(options).to_have_count(2)
    reply_of(page).press_sequentially("rest")
    expect(options).to_have_count(1)
    expect(page.locator(".offer-preview")).to_have_text(f"About {ticket.reference}: restart it.")
    assert faults(page) == []
    reply_of(page).press("Enter")
    expect(reply_of(page)).to_have_value(f"About {ticket.reference}: restart it.")
    expect(page.get_by_role("button", name=re.compile("^Send and wait for the client"))).to_be_visible()
    assert not Message.objects.filter(direction=Direction.OUT, automatic=False).exists()
    page.keyboard.press("Control+k")
    page.locator("#palette-ask").fill("macro: tha")
    page.get_by_role("option", name="Macro: Thanks").click()
    expect(reply_of(page)).to_have_value(re.compile(r"restart it\.Thank you\.$"))
    reply_of(page).press("Control+Enter")
    expect(page.get_by_text("Your question is about to be sent.")).to_be_visible()
    assert {macro.used for macro in Macro.objects.all()} == {1}


def test_a_closing_that_crossed_the_clients_answer_is_stopped_and_shown(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", at(ticket), expected="status of 422")
    page.get_by_role("link", name="Close", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Cause").select_option("use")
    desk.answer("ana", ticket, "Now the second reader fails too.")
    dialog.get_by_role("button", name="Send and close").click()
    notice = dialog.get_by_role("alert").filter(has_text="Nothing was done yet")
    expect(notice).to_be_focused()
    expect(notice).to_contain_text("Now the second reader fails too.")
    assert faults(page) == []
    dialog.get_by_role("button", name="Send and close all the same").click()
    expect(page.get_by_text("The ticket is closed.")).to_be_visible()


def test_a_note_takes_files_and_an_update_its_expected_time(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards are not read")
    page = open_page("ida", at(ticket))
    expected = page.get_by_label("Expected time of the solution")
    expect(expected).to_be_hidden()
    page.locator("summary", has_text="How to send").click()
    page.get_by_role("radio", name=re.compile("Send as progress update")).check()
    expect(expected).to_be_visible()
    assert faults(page) == []
    page.get_by_role("tab", name="Internal note").click()
    page.locator("#pane-note").evaluate(DROP, [["reader.png", 1500]])
    expect(page.get_by_role("list", name="Files of the note").get_by_role("listitem")).to_have_count(1)
    assert faults(page) == []
    note = page.get_by_label("Internal note", exact=True).last
    note.fill("The picture, @Ida Flint.")
    note.press("Control+Enter")
    expect(page.locator(".entry--note .file")).to_contain_text("reader.png")
    expect(page.locator(".mention--me")).to_have_text("@Ida Flint")
    assert faults(page) == []


def test_the_link_of_an_article_is_put_in_unless_the_client_could_not_open_it(desk: Desk, open_page: Open) -> None:
    ticket, ida = desk.mail("ana", "Cards are not read"), desk.person["ida"]
    for title in ("Clean the reader", "Clean the drawer"):
        content = Content(title=title, text="With a cloth.", audience="public")
        article = articles.begin(content=content, by=ida, at=desk.now)
        if title.endswith("reader"):
            articles.publish(article=article, by=desk.person["mara"], at=desk.now)
    page = open_page("ida", at(ticket))
    reply_of(page).fill("Please see this.")
    page.get_by_label("Reply to the client").blur()
    page.keyboard.press("i")
    ask = page.get_by_role("searchbox", name="Words of the article")
    expect(ask).to_be_focused()
    ask.fill("clean")
    found = page.locator("#articles-found")
    expect(found).to_contain_text("It is a draft: no reader sees it.")
    assert faults(page) == []
    found.get_by_role("button", name="Put the link in the reply Clean the reader").click()
    said = re.compile(r"^Please see this\.\n\nClean the reader: http\S+/hub/articles/clean-the-reader/$")
    expect(reply_of(page)).to_have_value(said)
    expect(reply_of(page)).to_be_focused()
