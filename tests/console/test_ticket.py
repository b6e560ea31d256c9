"""The ticket's page: the thread, the composer, files, frames, and why a clock stands where it stands."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstay.lib import files
from mainstay.mail import correspondence
from mainstay.outbox import actions as outbox
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets import links, tags
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.models import Attachment, Direction, Message, Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.pages import settled
from tests.desk import Desk

SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def path(ticket: Ticket, rest: str = "") -> str:
    return f"/tickets/{ticket.reference}/{rest}"


def send(browser: Any, ticket: Ticket, text: str, *, pane: str = "reply", **more: Any) -> Any:
    """Write `text` in the composer as its form would."""
    token = pages.nonce(browser.get(path(ticket)))
    return browser.post(path(ticket, f"write/{pane}/"), {"text": text, "nonce": token, **more})


def from_ana(desk: Desk, text: str, *, subject: str = "Cards", **named: Any) -> Ticket:
    """Have a mail in the thread whose parts a test chooses."""
    ana = desk.person["ana"]
    message = NewMessage(
        Direction.IN,
        "mail",
        text,
        author=ana,
        author_name=named.pop("name", ana.name),
        author_address=ana.email,
        **named,
    )
    ticket = tickets.open_ticket(
        at=desk.now, channel="mail", subject=subject, requester_address=ana.email, requester_name=ana.name,
        requester=ana, organisation=desk.acme, verified=True, message=message,
    )  # fmt: skip
    return desk.look(ticket)


def test_the_thread_tells_the_story_oldest_first(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    ticket = settled(desk, desk.mail("ana", text="No card is read."), 2)
    desk.ask("ida", ticket, "Which readers are they?")
    desk.at("Mon 10:00")
    desk.answer("ana", ticket, "The old ones.")
    shown = pages.text(browse("ida").get(path(ticket)))
    told = [
        "No card is read.",
        "Severity 2 confirmed to the client",
        "Which readers are they?",
        "The old ones.",
    ]
    assert sorted(told, key=shown.index) == told
    assert "Accepted by the recipient's mail server" in shown


def test_the_cards_say_who_asks_under_which_contract(desk: Desk, browse: Browse) -> None:
    shown = pages.text(browse("ida").get(path(desk.mail("ana"))))
    for words in (
        "Service desk lead",
        "Acme Health",
        "Order of Acme Health",
        "standard 2026.1",
        "Core Service Hours",
    ):
        assert words in shown


def test_the_clock_card_says_what_is_promised_and_what_is_left(desk: Desk, browse: Browse) -> None:
    """Pack, section 5: severity 2, resolution in 6 core hours."""
    desk.at("Mon 09:00")
    ticket = settled(desk, desk.mail("ana"), 2)
    desk.at("Mon 11:00:10")
    card = pages.text(browse("ida").get(path(ticket)))
    assert "Resolution 4 h left 6 h, due 15:00 GMT" in card
    assert "Response Met 1 h, due 10:00 GMT" in card
    assert "clause 5 (Resolution Time)" in card


def test_a_paused_clock_says_why_it_rests(desk: Desk, browse: Browse) -> None:
    """R3.4a: while the client's answer is awaited the resolution clock does not run."""
    desk.at("Mon 09:00")
    ticket = settled(desk, desk.mail("ana"), 2)
    desk.ask("ida", ticket)
    desk.advance(minutes=5)
    assert "Paused: waiting for client" in pages.text(browse("ida").get(path(ticket)))


def test_many_messages_cost_as_many_queries_as_few(
    desk: Desk, browse: Browse, django_assert_num_queries: Any
) -> None:
    desk.at("Mon 09:00")
    ticket = settled(desk, desk.mail("ana"), 2)
    ida = browse("ida")
    ida.get(path(ticket))
    with django_assert_num_queries(13):
        ida.get(path(ticket))
    for number in range(4):
        desk.does(tickets.add_note, "ida", ticket, text=f"Note {number}")
        desk.reply("jon", ticket, f"Reply {number}")
    with django_assert_num_queries(13):
        ida.get(path(ticket))


def test_what_hangs_on_a_ticket_costs_a_query_for_each_sort_that_there_is(
    desk: Desk, browse: Browse, django_assert_num_queries: Any
) -> None:
    ticket, other = desk.mail("ana"), desk.mail("cleo", "Another")
    ida = browse("ida")
    ida.get(path(ticket))
    with django_assert_num_queries(13):  # one of them asks what there is
        ida.get(path(ticket))
    desk.does(links.link, "ida", ticket, other=other, kind="related")
    for name in ("printing", "ward"):
        desk.does(tags.tag, "ida", ticket, name=name)
    with django_assert_num_queries(15):
        shown = pages.text(ida.get(path(ticket)))
    assert other.reference in shown
    assert "printing" in shown


@pytest.mark.parametrize("reference", ["MST-100000-1", "MST-999999-9", "nonsense", "MST-100001-0"])
def test_a_reference_with_a_wrong_digit_opens_nothing(reference: str, desk: Desk, browse: Browse) -> None:
    desk.mail("ana")
    assert browse("ida").get(f"/tickets/{reference}/").status_code == 404


# ---- Writing ------------------------------------------------------------------------------------------------------


def test_a_reply_waits_ten_seconds_in_the_outbox_and_can_be_taken_back(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    desk.advance(seconds=30)
    answer = send(ida, ticket, "We are looking into it.")
    assert answer["Location"] == path(ticket, "#end")
    letter = Letter.objects.get(kind="reply")
    assert (letter.state, letter.hold_until) == (Letter.State.QUEUED, desk.now + correspondence.letters.UNDO)
    assert "Take it back" in pages.text(ida.get(path(ticket)))

    back = ida.post(f"/outbox/{letter.pk}/undo/")
    letter.refresh_from_db()
    assert letter.state == Letter.State.WITHDRAWN
    page = ida.get(back["Location"])
    assert "We are looking into it.</textarea>" in page.content.decode()
    assert "Taken back; nobody received it" in pages.text(page)


def test_a_letter_that_has_left_cannot_be_taken_back(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    send(ida, ticket, "We are looking into it.")
    desk.advance(seconds=20)
    back = ida.post(f"/outbox/{Letter.objects.get(kind='reply').pk}/undo/", follow=True)
    assert "Too late: it has left already." in pages.text(back)


@pytest.mark.parametrize(("pane", "channel"), [("note", "console"), ("phone", "phone")])
def test_a_note_stays_inside(pane: str, channel: str, desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    before = Letter.objects.count()
    send(browse("ida"), ticket, "Rang Ana; she is at lunch.", pane=pane)
    note = Message.objects.get(ticket=ticket, direction=Direction.NOTE)
    assert (note.text, note.channel, note.author) == (
        "Rang Ana; she is at lunch.",
        channel,
        desk.person["ida"],
    )
    assert Letter.objects.count() == before


def test_a_double_click_sends_once(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    token = pages.nonce(ida.get(path(ticket)))
    form = {"text": "We are looking into it.", "nonce": token}
    assert ida.post(path(ticket, "write/reply/"), form).status_code == 302
    again = ida.post(path(ticket, "write/reply/"), form)
    assert again.status_code == 422
    assert "This was sent already" in pages.text(again)
    assert Letter.objects.filter(kind="reply").count() == 1


@pytest.mark.parametrize("by_script", [False, True])
def test_what_was_typed_comes_back_with_the_error(by_script: bool, desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    headers = {"HX-Request": "true"} if by_script else {}
    files_ = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]
    answer = ida.post(
        path(ticket, "write/reply/"), {"text": "Please see these.", "attached": files_}, headers=headers
    )
    assert answer.status_code == 422
    assert "Please see these.</textarea>" in answer.content.decode()
    assert "At most 10 files go with one message." in answer.content.decode()
    assert Letter.objects.filter(kind="reply").count() == 0


def test_a_reply_that_nobody_can_receive_is_refused_and_kept(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    Ticket.objects.filter(pk=ticket.pk).update(requester_address="")
    answer = send(ida, ticket, "Hello?")
    assert answer.status_code == 422
    assert "Hello?</textarea>" in answer.content.decode()


def test_files_go_with_a_reply(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    upload = SimpleUploadedFile("../../how to.pdf", b"%PDF-1.4 how", content_type="application/pdf")
    assert send(browse("ida"), ticket, "See the file.", attached=upload).status_code == 302
    kept = Attachment.objects.get(message__ticket=ticket, message__direction=Direction.OUT)
    assert (kept.name, files.read(kept.digest)) == ("how to.pdf", b"%PDF-1.4 how")


def test_a_letter_that_failed_is_said_with_the_servers_words(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    letter = Letter.objects.filter(kind="acknowledgement").get()
    Letter.objects.filter(pk=letter.pk).update(
        state="failed",
        failed_at=desk.now,
        accepted_at=None,
        last_error="550 5.1.1 User unknown",
        next_attempt_at=None,
    )
    shown = pages.text(browse("ida").get(path(ticket)))
    assert "Could not be delivered 550 5.1.1 User unknown" in shown


def test_nobody_takes_back_a_letter_of_no_ticket(desk: Desk, browse: Browse) -> None:
    body = b"Message-ID: <a@b.example>\r\n\r\nx"
    letter = outbox.post(
        kind="other", about="", sender="a@b.example", recipients=["c@d.example"], message_id="<a@b.example>",
        body=body, at=desk.now,
    )  # fmt: skip
    assert browse("ida").post(f"/outbox/{letter.pk}/undo/").status_code == 404


# ---- What others wrote --------------------------------------------------------------------------------------------


def test_what_a_mail_repeats_is_folded_and_not_cut(desk: Desk, browse: Browse) -> None:
    text = "All four fail.\n\nOn 12 Jan 2026 at 10:00, Support <support@vendor.example> wrote:\n> Which ones?\n> Ida\n"
    shown = browse("ida").get(path(from_ana(desk, text))).content.decode()
    assert re.search(r'<div class="text" dir="auto">All four fail\.</div>', shown)
    assert re.search(
        r"<details class=\"quoted\"><summary>Show quoted text</summary>.*?&gt; Which ones\?", shown, re.S
    )


@pytest.mark.parametrize("place", ["text", "subject", "name", "notes"])
def test_markup_from_outside_is_shown_and_never_obeyed(place: str, desk: Desk, browse: Browse) -> None:
    """Class B1: body, subject, name and warnings come out as the letters they are."""
    named: dict[str, Any] = (
        {"notes": (SCRIPT,)} if place == "notes" else {place: SCRIPT} if place != "text" else {}
    )
    ticket = from_ana(desk, SCRIPT if place == "text" else "Hello", **named)
    for address in (path(ticket), "/views/open/", path(ticket, "clocks/response/"), "/palette/?q=img"):
        shown = browse("ida").get(address).content.decode()
        assert "<img src=x" not in shown
        assert "alert(2)</script>" not in shown


def test_mail_html_has_a_frame_without_scripts_cookies_or_remote_things(desk: Desk, browse: Browse) -> None:
    """Classes B1, B2, B5, B6: its own address, its own policy, and the sanitiser before both."""
    evil = (
        "<p>Hello</p><script>alert(1)</script><img src='https://tracker.example/p.gif'>"
        "<style>p{background:url(//evil.example/x)}</style><a href='javascript:alert(1)'>x</a><form action=//e><input></form>"
    )
    ticket = from_ana(desk, "Hello", html=evil)
    message = Message.objects.get(ticket=ticket, direction=Direction.IN)
    ida = browse("ida")
    page = ida.get(path(ticket)).content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    answer = ida.get(path(ticket, f"messages/{message.pk}/"))
    policy = answer["Content-Security-Policy"]
    for directive in ("default-src 'none'", "sandbox allow-popups", "img-src data:", "form-action 'none'"):
        assert directive in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    shown = answer.content.decode()
    for bad in ("<script", "tracker.example", "evil.example", "javascript:", "<form", "<input"):
        assert bad not in shown
    assert "One picture from elsewhere was not loaded" in shown


def test_a_message_of_another_ticket_is_not_served_under_this_one(desk: Desk, browse: Browse) -> None:
    one, other = from_ana(desk, "x", html="<p>one</p>"), from_ana(desk, "y", html="<p>other</p>")
    foreign = Message.objects.get(ticket=other, direction=Direction.IN)
    assert browse("ida").get(path(one, f"messages/{foreign.pk}/")).status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("page.html", "text/html"),
        ("drawing.svg", "image/svg+xml"),
        ('a"b\u202egpj.exe', "image/jpeg"),
        ("x" * 240, "x/y"),
    ],
)
def test_files_are_downloads_whatever_they_say_they_are(
    name: str, kind: str, desk: Desk, browse: Browse
) -> None:
    """Classes B3, B4, B7: octets with a name, never a page of ours."""
    ticket = from_ana(desk, "See", files=(NewFile(name, kind, b"<script>alert(1)</script>"),))
    kept = Attachment.objects.get(message__ticket=ticket)
    answer = browse("ida").get(path(ticket, f"files/{kept.pk}/"))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "\r" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    other = from_ana(desk, "Other")
    assert browse("ida").get(path(other, f"files/{kept.pk}/")).status_code == 404


def test_a_file_that_is_gone_is_said_to_be_gone(desk: Desk, browse: Browse) -> None:
    ticket = from_ana(desk, "See", files=(NewFile("a.txt", "text/plain", b"gone soon"),))
    kept = Attachment.objects.get(message__ticket=ticket)
    files.remove(kept.digest)
    assert browse("ida").get(path(ticket, f"files/{kept.pk}/")).status_code == 404


# ---- Why ----------------------------------------------------------------------------------------------------------


def test_why_adds_up_line_by_line(desk: Desk, browse: Browse) -> None:
    """R5.S3: time with the client does not count; each line of the ledger has its clause and its event."""
    desk.at("Mon 09:00")
    ticket = settled(desk, desk.mail("ana"), 2)
    desk.at("Mon 10:00")
    desk.ask("ida", ticket)
    desk.at("Mon 12:00")
    desk.answer("ana", ticket, "The old ones.")
    desk.at("Tue 09:30")
    shown = pages.text(browse("ida").get(path(ticket, "clocks/resolution/")))
    assert "Waiting for the client" in shown
    assert "Outside service hours" in shown
    assert "clause 5 (Resolution Time)" in shown
    assert "Question sent; waiting for the client (event" in shown
    counted = "6 h 30 min"  # 09:00:10 to 10:00:10, 12:00 to 17:00, and 09:00 to 09:30 next morning
    assert f"Adds up to {counted}" in shown
    assert f"Counted in all {counted}" in shown


@pytest.mark.parametrize("clock", ["response", "resolution", "guarantee", "update"])
def test_every_clock_can_be_asked_why_at_any_time(clock: str, desk: Desk, browse: Browse) -> None:
    desk.at("Fri 16:50")
    ticket = desk.mail("ana")
    for moment in ("Fri 16:50", "Fri 18:00", "2026-01-19T10:00+00:00"):
        desk.at(moment)
        answer = browse("ida").get(path(ticket, f"clocks/{clock}/"))
        assert answer.status_code == 200
        assert "Does not add up" not in pages.text(answer)


def test_a_promise_that_the_agreement_has_not_is_not_found(desk: Desk, browse: Browse) -> None:
    assert browse("ida").get(path(desk.mail("ana"), "clocks/lunch/")).status_code == 404


PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"\x1f\x15\xc4\x89"


def test_a_picture_inside_a_mail_stands_in_its_place(desk: Desk, browse: Browse) -> None:
    """Classes B3, B4, B6: by its octets and not by what the mail calls it; everything else stays a file."""
    parts = (
        NewFile("shot.png", "text/html", PNG, content_id="shot@acme", inline=True),
        NewFile("evil.png", "image/png", b"<svg onload=alert(1)>", content_id="evil@acme", inline=True),
    )
    html = '<p>Look: <img src="cid:shot@acme"><img src="cid:evil@acme"><img src="cid:other@acme"></p>'
    ticket, other = from_ana(desk, "Look:", html=html, files=parts), desk.mail("ana", "Another")
    message = Message.objects.get(ticket=ticket, direction=Direction.IN)
    ida = browse("ida")
    assert '<details class="quoted" open>' in ida.get(path(ticket)).content.decode()
    answer = ida.get(path(ticket, f"messages/{message.pk}/"))
    shown = answer.content.decode()
    assert re.findall(r'src="(data:image/png;base64,[^"]+)"', shown) == [
        "data:image/png;base64," + base64.b64encode(PNG).decode()
    ]
    assert "svg" not in shown
    assert "cid:" not in shown
    assert "img-src data:" in answer["Content-Security-Policy"]
    assert ida.get(path(other, f"messages/{message.pk}/")).status_code == 404


def test_a_long_mail_is_clipped_and_can_be_shown_whole(desk: Desk, browse: Browse) -> None:
    shown = browse("ida").get(path(from_ana(desk, "\n".join(f"line {number}" for number in range(60)))))
    assert 'class="text text--long"' in shown.content.decode()
    assert "line 59" in pages.text(shown)
    assert "Show all" in pages.text(shown)
    short = browse("ida").get(path(from_ana(desk, "Short", subject="Other"))).content.decode()
    assert "text--long" not in short
