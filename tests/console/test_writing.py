"""Writing on a ticket: drafts on every machine, replies that cross, ways to send, and who else is at it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mainstay.knowledge import articles
from mainstay.knowledge.articles import Content
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Direction, Message, Ticket
from mainstay.writing.models import Draft, Presence
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk

SCRIPT = {"HX-Request": "true"}


def path(ticket: Ticket, rest: str = "") -> str:
    return f"/tickets/{ticket.reference}/{rest}"


def form_of(page: Any, pane: str = "reply") -> dict[str, str]:
    """Return what the pane's form would send without a change: its nonce, and what its writer has seen."""
    form = pages.part(page, f'data-pane="{pane}"', "</form>")
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', form)[0] for name in ("nonce", "seen")}


def typed(browser: Client, ticket: Ticket, text: str, *, pane: str = "reply", **more: Any) -> Any:
    """Have the page save what was typed so far."""
    form = form_of(browser.get(path(ticket)), pane)
    return browser.post(path(ticket, f"draft/{pane}/"), {"text": text, **form, **more}, headers=SCRIPT)


# ---- Drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_is_found_again_on_another_machine(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 10:42")
    ticket = desk.mail("ana")
    assert typed(browse("ida"), ticket, "Half a sentence").content.decode() == "Draft saved 10:42 GMT"
    elsewhere = browse("ida").get(path(ticket))
    assert "Half a sentence</textarea>" in elsewhere.content.decode()
    assert "Draft saved 10:42 GMT" in pages.text(elsewhere)


def test_each_pane_has_a_draft_of_its_own(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    for pane in ("reply", "note", "phone"):
        typed(ida, ticket, f"For the {pane}", pane=pane)
    shown = ida.get(path(ticket)).content.decode()
    assert all(f"For the {pane}</textarea>" in shown for pane in ("reply", "note", "phone"))


def test_others_see_that_there_is_a_draft_and_not_a_word_of_it(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 10:42")
    ticket = desk.mail("ana")
    typed(browse("jon"), ticket, "The secret of the reader")
    for answer in (browse("ida").get(path(ticket)), browse("ida").get(path(ticket, "here/"))):
        assert "Jon Reyes has a reply begun, last touched 10:42 GMT." in pages.text(answer)
        assert "secret" not in answer.content.decode()


def test_sending_ends_the_draft_and_a_late_save_does_not_bring_it_back(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    form = form_of(ida.get(path(ticket)))
    ida.post(path(ticket, "draft/reply/"), {"text": "We are looking", **form}, headers=SCRIPT)
    assert (
        ida.post(path(ticket, "write/reply/"), {"text": "We are looking into it.", **form}).status_code == 302
    )
    late = ida.post(path(ticket, "draft/reply/"), {"text": "We are looking", **form}, headers=SCRIPT)
    assert late.status_code == 200
    assert not Draft.objects.exists()


def test_emptying_the_composer_ends_the_draft(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    typed(ida, ticket, "Hm")
    assert typed(ida, ticket, "  ").content == b""
    assert not Draft.objects.exists()


def test_a_letter_that_is_refused_keeps_its_draft(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    Ticket.objects.filter(pk=ticket.pk).update(requester_address="")
    typed(ida, ticket, "Hello?")
    assert (
        ida.post(
            path(ticket, "write/reply/"), {"text": "Hello?", **form_of(ida.get(path(ticket)))}
        ).status_code
        == 422
    )
    assert Draft.objects.get().text == "Hello?"


def test_a_signed_out_page_is_told_so_and_nothing_is_kept_for_nobody(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    answer = Client().post(path(ticket, "draft/reply/"), {"text": "Hello"}, headers=SCRIPT)
    assert answer.status_code == 401
    assert "what you typed is kept" in answer.content.decode()
    assert not Draft.objects.exists()


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 30])
def test_a_forged_mark_of_what_was_seen_is_no_fault(seen: str, desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    assert typed(browse("ida"), ticket, "Hello \x00", seen=seen).status_code == 200
    assert Draft.objects.get().text == "Hello \ufffd"


# ---- Replies that cross (F26) -------------------------------------------------------------------------------------


def test_a_reply_that_crossed_the_clients_is_stopped_and_shown(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    form = form_of(ida.get(path(ticket)))
    desk.answer("ana", ticket, "It works again, thank you!")
    stopped = ida.post(
        path(ticket, "write/reply/"), {"text": "Please restart it.", **form}, headers=SCRIPT
    )
    assert stopped.status_code == 422
    shown = pages.text(stopped)
    for words in ("Nothing was sent yet", "It works again, thank you!", "Look first", "Send all the same"):
        assert words in shown
    assert "Please restart it.</textarea>" in stopped.content.decode()
    assert not Letter.objects.filter(kind="reply").exists()


def test_send_all_the_same_sends_it_and_both_are_kept(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    form = form_of(ida.get(path(ticket)))
    desk.reply("jon", ticket, "Jon's answer")
    stopped = ida.post(path(ticket, "write/reply/"), {"text": "Ida's answer", **form})
    despite = re.findall(r'name="despite" value="(\d+)"', stopped.content.decode())[0]
    again = {**form_of(stopped), "text": "Ida's answer", "despite": despite}
    assert ida.post(path(ticket, "write/reply/"), again).status_code == 302
    desk.advance(seconds=30)
    written = Message.objects.filter(ticket=ticket, purpose="reply").order_by("pk")
    assert [message.author for message in written] == [desk.person["jon"], desk.person["ida"]]
    assert [letter.kind for letter in desk.sent("ana", kind="reply")] == ["reply", "reply"]


def test_all_the_same_covers_what_was_shown_and_nothing_later(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    form = form_of(ida.get(path(ticket)))
    desk.answer("ana", ticket, "One")
    stopped = ida.post(path(ticket, "write/reply/"), {"text": "Hello", **form})
    despite = re.findall(r'name="despite" value="(\d+)"', stopped.content.decode())[0]
    desk.answer("ana", ticket, "Two")
    again = ida.post(
        path(ticket, "write/reply/"), {**form_of(stopped), "text": "Hello", "despite": despite}
    )
    assert again.status_code == 422
    assert "Two" in pages.part(again, 'class="crossed"', "Look first")


def test_a_draft_remembers_what_its_writer_had_seen(desk: Desk, browse: Browse) -> None:
    """Begun yesterday, taken up today on a page that shows what came since: it is stopped all the same."""
    ticket, ida = desk.mail("ana"), browse("ida")
    typed(ida, ticket, "Please restart it.")
    desk.answer("ana", ticket, "It works again.")
    form = form_of(ida.get(path(ticket)))
    assert ida.post(path(ticket, "write/reply/"), {"text": "Please restart it.", **form}).status_code == 422


def test_machines_notes_and_withdrawn_letters_cross_nothing(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    form = form_of(ida.get(path(ticket)))
    desk.does(tickets.add_note, "jon", ticket, text="Looking at it.")
    withdrawn = desk.reply("jon", ticket, "Too soon")
    browse("jon").post(f"/outbox/{withdrawn.letter_id}/undo/")
    Message.objects.filter(ticket=ticket, direction=Direction.IN).update(automatic=True)
    assert ida.post(path(ticket, "write/reply/"), {"text": "Hello", **form}).status_code == 302


def test_a_note_is_never_stopped(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    form = form_of(ida.get(path(ticket)), "note")
    desk.answer("ana", ticket, "One")
    assert ida.post(path(ticket, "write/note/"), {"text": "Rang her.", **form}).status_code == 302


# ---- Ways to send -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "kind", "event"),
    [
        ("reply", "reply", ""),
        ("ask", "request_for_information", "waiting_on_client"),
        ("progress", "progress_update", "progress_updated"),
    ],
)
def test_one_control_sends_in_three_ways(how: str, kind: str, event: str, desk: Desk, browse: Browse) -> None:
    ticket, ida = pages.settled(desk, desk.mail("ana"), 2), browse("ida")
    page = ida.get(path(ticket))
    assert "The resolution clock pauses once the client's mail server has accepted it" in pages.text(page)
    sent = ida.post(path(ticket, "write/reply/"), {"text": "Which readers?", "how": how, **form_of(page)})
    assert sent.status_code == 302
    desk.advance(seconds=30)
    assert [letter.text for letter in desk.sent("ana", kind=kind) if "Which readers?" in letter.text]
    assert not event or event in desk.history(ticket)[-1]


def test_the_composer_states_when_the_solution_is_expected(desk: Desk, browse: Browse) -> None:
    """R3.6a, as in the act's own dialog: in the contract's zone, and in the log."""
    desk.at("Mon 09:00")
    ticket, ida = pages.settled(desk, desk.mail("ana"), 2), browse("ida")
    page = ida.get(path(ticket))
    assert "Expected time of the solution" in pages.part(page, 'data-pane="reply"', "</form>")
    said = {"text": "We found it.", "how": "progress", "eta": "2026-01-12T15:30", **form_of(page)}
    assert ida.post(path(ticket, "write/reply/"), said).status_code == 302
    desk.advance(seconds=30)
    assert "We expect it to be solved by" in desk.sent("ana", kind="progress_update")[0].text
    assert desk.event(ticket, "progress_updated").payload["eta"] == "2026-01-12T15:30:00+00:00"
    assert "solution expected 15:30 GMT" in pages.text(ida.get(path(ticket)))


def test_a_time_that_is_past_is_refused_with_what_was_typed_kept(desk: Desk, browse: Browse) -> None:
    ticket, ida = pages.settled(desk, desk.mail("ana"), 2), browse("ida")
    said = {"text": "We found it.", "how": "progress", "eta": "2026-01-01T10:00", **form_of(ida.get(path(ticket)))}
    refused = ida.post(path(ticket, "write/reply/"), said)
    assert refused.status_code == 422
    assert "at a time that is past" in pages.text(refused)
    assert 'value="2026-01-01T10:00"' in pages.part(refused, 'data-pane="reply"', "</form>")
    assert not Letter.objects.filter(kind="progress_update").exists()


def test_the_composer_states_by_when_an_answer_is_wanted(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    ticket, ida = pages.settled(desk, desk.mail("ana"), 2), browse("ida")
    said = {"text": "Which readers?", "how": "ask", "answer_by": "2026-01-14T12:00", **form_of(ida.get(path(ticket)))}
    assert ida.post(path(ticket, "write/reply/"), said).status_code == 302
    desk.advance(seconds=30)
    assert "We ask for your answer by" in desk.sent("ana", kind="request_for_information")[0].text


def test_what_another_way_asks_for_does_nothing_in_a_plain_reply(desk: Desk, browse: Browse) -> None:
    ticket, ida = pages.settled(desk, desk.mail("ana"), 2), browse("ida")
    said = {"text": "Hello.", "how": "reply", "eta": "2026-01-01T10:00", **form_of(ida.get(path(ticket)))}
    assert ida.post(path(ticket, "write/reply/"), said).status_code == 302


@pytest.mark.parametrize("pane", ["note", "phone"])
def test_notes_take_files(pane: str, desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    log = SimpleUploadedFile("../reader.log", b"no card", content_type="text/plain")
    said = {"text": "The log.", "attached": [log], **form_of(ida.get(path(ticket)), pane)}
    assert ida.post(path(ticket, f"write/{pane}/"), said).status_code == 302
    shown = pages.part(ida.get(path(ticket)), "entry--note", "</article>")
    assert "reader.log" in shown
    href = re.findall(r'class="file" href="([^"]+)"', shown)[0]
    assert b"".join(ida.get(href).streaming_content) == b"no card"
    assert desk.faults() == []


def test_a_way_that_does_not_fit_is_not_offered_and_not_taken(desk: Desk, browse: Browse) -> None:
    """A complaint's clock never waits for the client."""
    ticket, mara = desk.mail("ana"), browse("mara")
    Ticket.objects.filter(pk=ticket.pk).update(kind="complaint")
    page = mara.get(path(ticket))
    assert "Send and wait for the client" not in pages.text(page)
    assert (
        mara.post(path(ticket, "write/reply/"), {"text": "Hm?", "how": "ask", **form_of(page)}).status_code
        == 422
    )


def test_files_go_with_a_question_too(desk: Desk, browse: Browse) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    ticket, ida = pages.settled(desk, desk.mail("ana"), 2), browse("ida")
    form = {**form_of(ida.get(path(ticket))), "text": "Is it this one?", "how": "ask"}
    ida.post(path(ticket, "write/reply/"), {**form, "attached": SimpleUploadedFile("reader.png", b"\x89PNG")})
    message = Message.objects.get(ticket=ticket, purpose="request_for_information")
    assert [file.name for file in message.attachments.all()] == ["reader.png"]


# ---- Who else is at it --------------------------------------------------------------------------------------------


def at_it(browser: Client, ticket: Ticket, **said: str) -> Any:
    return browser.post(path(ticket, "here/"), {"page": "one", "typing": "", **said}, headers=SCRIPT)


def test_who_else_is_at_the_ticket_is_shown_with_what_they_do(desk: Desk, browse: Browse) -> None:
    ticket, ida, jon = desk.mail("ana"), browse("ida"), browse("jon")
    assert pages.text(at_it(ida, ticket)) == ""
    at_it(jon, ticket)
    assert "Jon Reyes is looking at this ticket too." in pages.text(at_it(ida, ticket))
    at_it(jon, ticket, typing="reply")
    assert "Jon Reyes is writing a reply." in pages.text(at_it(ida, ticket))


def test_somebody_who_left_or_fell_silent_is_gone(desk: Desk, browse: Browse) -> None:
    ticket, ida, jon = desk.mail("ana"), browse("ida"), browse("jon")
    at_it(jon, ticket)
    at_it(jon, ticket, leaving="1")
    assert pages.text(at_it(ida, ticket)) == ""
    at_it(jon, ticket)
    desk.advance(seconds=41)
    assert pages.text(at_it(ida, ticket)) == ""


def test_closing_one_of_two_pages_is_not_leaving(desk: Desk, browse: Browse) -> None:
    ticket, ida, jon = desk.mail("ana"), browse("ida"), browse("jon")
    at_it(jon, ticket)
    at_it(jon, ticket, page="two", typing="note")
    at_it(jon, ticket, leaving="1")
    assert pages.text(at_it(ida, ticket)).count("Jon Reyes is writing a note") == 2  # for eyes, and for ears


def test_saying_it_again_writes_no_new_row_and_old_rows_go(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    for _ in range(5):
        at_it(ida, ticket)
    assert Presence.objects.count() == 1
    desk.advance(hours=2)
    at_it(browse("jon"), ticket)
    assert [row.person for row in Presence.objects.all()] == [desk.person["jon"]]


# ---- Articles -----------------------------------------------------------------------------------------------------


def test_articles_are_offered_for_a_reply_and_one_that_the_client_cannot_open_is_not_sent(
    desk: Desk, browse: Browse
) -> None:
    ticket, ida = desk.mail("ana", "Cards are not read"), browse("ida")
    draft = articles.begin(content=Content(title="Read a card", text="Slowly."), by=desk.person["ida"], at=desk.now)
    offered = ida.get(path(ticket, "articles/"), {"q": "card"}).content.decode()
    link = f"{settings.BASE_URL}/hub/articles/read-a-card/"
    assert "It is a draft: no reader sees it." in offered
    assert "data-put" not in offered
    form = form_of(ida.get(path(ticket)))
    refused = ida.post(path(ticket, "write/reply/"), {"text": f"See {link}", "how": "reply", **form}, headers=SCRIPT)
    assert refused.status_code == 422
    assert "The requester cannot open &#39;Read a card&#39;. It is a draft" in refused.content.decode()
    articles.publish(article=draft, by=desk.person["mara"], at=desk.now)
    form = form_of(ida.get(path(ticket)))
    assert ida.post(path(ticket, "write/reply/"), {"text": f"See {link}", "how": "reply", **form}, headers=SCRIPT).status_code == 204
    offered = ida.get(path(ticket, "articles/"), {"q": "slwoly"}).content.decode()
    assert f'data-put="Read a card: {link}"' in offered
    assert "has no account to sign in with" in offered
