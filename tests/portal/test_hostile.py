"""Classes B1 to B8 and C9 on the clients' side: whatever somebody wrote is words to everybody who reads it."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mainstay.feedback import sources
from mainstay.feedback.models import Remark, Secret
from mainstay.knowledge import articles, attaching
from mainstay.knowledge.articles import Content
from mainstay.orgs import brand
from mainstay.orgs.brand import BadBrand, Look
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.models import Attachment, Direction, Message, Ticket
from tests.console import pages
from tests.desk import Desk
from tests.portal.conftest import Browse
from tests.portal.hostile import EVERYTHING, ONE_LINE, dangers
from tests.portal.test_products import WORDS, Shop, shop
from tests.portal.test_requests import SAID, path

__all__ = ["shop"]

BREAKS = ("\r\nBcc: evil@evil.example", "\nBcc: evil@evil.example", "\u2028Bcc: evil@evil.example", "\x85Bcc:", "\x1b[31m")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"\x1f\x15\xc4\x89"


def body(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    return str(answer.content.decode())


def written(desk: Desk, *, name: str = "Ana Okafor", address: str = "", **named: Any) -> Ticket:
    """Have a request with one mail, whose parts are as they are given."""
    ana = desk.person["ana"]
    message = NewMessage(
        Direction.IN, "mail", named.pop("text", "Words."), author=ana, author_name=name,
        author_address=address or ana.email, **{key: named.pop(key) for key in ("html", "files", "subject") if key in named},
    )  # fmt: skip
    return tickets.open_ticket(
        at=desk.now, channel="mail", subject=named.pop("title", "Cards"), requester=ana, requester_name=name,
        requester_address=ana.email, organisation=desk.acme, verified=True, message=message, **named,
    )  # fmt: skip


def test_the_reader_sees_what_is_more_than_words() -> None:
    """The tests below can fail."""
    assert len(dangers("<p onclick=x><script>1</script><img src=//evil.example><a href='javascript:x'><style>")) == 5
    assert dangers("<p>&lt;script&gt;</p><a href='https://ok.example'>x</a><img src='/f/a'><script src='/s.js'></script>") == []


# ---- A request -------------------------------------------------------------------------------------------------------


def test_b1_to_b6_a_request_is_words_wherever_its_client_reads_it(desk: Desk, browse: Browse) -> None:
    ticket = written(
        desk, title=ONE_LINE[:500], name=ONE_LINE[:200], text=EVERYTHING, html=f"<p>Hello</p>{EVERYTHING}",
        files=(NewFile(ONE_LINE[:200], "text/html", b"x"),),
    )  # fmt: skip
    only_html = written(desk, text=" ", html=f"<p>Hello</p>{EVERYTHING}", title="Laid out")
    desk.work()
    for who in ("ana", "dee"):
        for page in (path(ticket), path(only_html), "/portal/", "/portal/requests/?whose=all&standing=all",
                     path(ticket, "promises", "response"), "/portal/complaints/new/"):  # fmt: skip
            assert dangers(body(browse(who), page)) == [], page
    number = Message.objects.get(ticket=only_html, direction="in").pk
    frame = browse("ana").get(path(only_html, "messages", str(number)))
    shown = re.sub(r"<style>[^<]*</style>", "", frame.content.decode(), count=1)
    more = [one for one in dangers(shown, "data:image/png", "data:image/gif") if not one.endswith(" style>")]
    assert more == (["<base>"] if '<base target="_blank">' in shown else [])
    assert not [one for one in re.findall(r'style="([^"]*)"', shown) if re.search(r"url|expression|@|position", one)]
    assert "sandbox" in frame["Content-Security-Policy"]
    assert "script-src" not in frame["Content-Security-Policy"]
    assert frame["Referrer-Policy"] == "no-referrer"
    assert f"/messages/{number}/" in body(browse("ana"), path(only_html))


@pytest.mark.parametrize(("name", "kind"), [
    ("../../etc/passwd", "image/png;x=text/html"), ("a\r\nSet-Cookie: x=1", "text/html"), ('"><img onerror=x>.svg', "image/svg+xml"),
    ("gpj.\u202eexe", "image/jpeg"), ("\u200b.htaccess", "application/xhtml+xml"), ("x" * 400, "x/y"), ("CON", "text/xml"),
])  # fmt: skip
def test_b3_b4_b7_a_file_is_octets_with_a_name_whatever_it_says_it_is(
    name: str, kind: str, desk: Desk, browse: Browse
) -> None:
    """As it comes by mail, and as it is sent from a page."""
    ana, ticket = browse("ana"), written(desk, files=(NewFile(name, kind, b"<script>alert(1)</script>"),))
    sent = SimpleUploadedFile("x", b"<svg onload=alert(1)>", content_type=kind)
    sent.name = name
    ana.post(path(ticket, "write"), {"text": "Here.", "nonce": "n", "attached": sent})
    for kept in Attachment.objects.filter(message__ticket=ticket):
        answer = ana.get(path(ticket, "files", str(kept.pk)))
        said = answer["Content-Disposition"]
        assert answer["Content-Type"] == "application/octet-stream"
        assert said.startswith("attachment;")
        assert not re.search("[\r\n\u202e/]", said)
        assert re.fullmatch(r"attachment; filename(\*=utf-8''[\w.~%!#$&+^`|-]+|=\"(\\.|[^\"\\])*\")", said), "one parameter"
        assert (answer["X-Content-Type-Options"], "sandbox" in answer["Content-Security-Policy"]) == ("nosniff", True)
        assert "Set-Cookie" not in answer.headers
    assert Attachment.objects.filter(message__ticket=ticket).count() == 2
    assert "\u202e" not in body(ana, path(ticket)).replace(name, "")


@pytest.mark.parametrize(("name", "doubtful"), [
    ("ceo@trust.nhs.uk", True), ("\u0410na Okafor", True), ("Ana \u041ek\u0430for", True), ("Zo\u00eb M\u00fcller", False),
    ("\u0410\u043d\u043d\u0430", False), ("Ana Okafor", False),
])  # fmt: skip
def test_b8_an_address_is_always_shown_and_a_name_that_misleads_is_marked(
    name: str, doubtful: bool, desk: Desk, browse: Browse
) -> None:
    ticket = written(desk, name=name, address="x@evil.example")
    shown = pages.text(browse("dee").get(path(ticket)))
    assert "x@evil.example" in shown
    assert ("may be made to look like another" in shown) == doubtful


# ---- The Support Hub -------------------------------------------------------------------------------------------------


def test_b1_to_b7_an_article_is_words_for_whoever_reads_it(desk: Desk, settings: Any) -> None:
    ida = desk.person["ida"]
    content = Content(title=ONE_LINE[:200], text="Words.", summary=ONE_LINE[:300], audience="public")
    article = articles.begin(content=content, by=ida, at=desk.now)
    for name in ("../../x.svg", "dot.png", "page.html"):
        data = PNG if "png" in name else b"<svg onload=alert(1)>"
        attaching.attach(article=article, name=name, data=data, by=ida, at=desk.now)
    names = list(article.files.values_list("name", flat=True))
    text = f"# Print\n\n{EVERYTHING}\n\n{ONE_LINE}".replace("![", "[") + "".join(f"\n\n[x]({one})" for one in names)
    content = replace(content, text=text)
    articles.write(article=article, content=content, by=ida, at=desk.now)
    articles.ask_review(article=article, by=ida, at=desk.now)
    articles.publish(article=article, by=desk.person["jon"], at=desk.now)
    article.refresh_from_db()
    reader, here = Client(), f"/hub/articles/{article.address}/"
    for page in ("/hub/", here, f"{here}print/", "/hub/search/?q=print", "/hub/search/?q=%3Cscript%3Ealert(1)%3C/script%3E"):
        assert dangers(body(reader, page), settings.BASE_URL) == [], page
    assert "<script" not in reader.get("/hub/sitemap.xml").content.decode()
    assert len(names) == 3
    for one in article.files.all():
        answer = reader.get(f"{here}files/{one.digest}/{one.name}")
        assert "/" not in one.name
        assert answer["X-Content-Type-Options"] == "nosniff", one.name
        if not one.name.endswith(".png"):
            assert answer["Content-Disposition"].startswith("attachment"), one.name
            assert "html" not in answer["Content-Type"], one.name
        assert "sandbox" in answer["Content-Security-Policy"] or one.name.endswith(".png")


# ---- What managers read ----------------------------------------------------------------------------------------------


def test_b1_what_clients_said_in_surveys_complaints_and_products_is_words_to_managers(
    desk: Desk, browse: Browse, shop: Shop
) -> None:
    ticket = desk.opened()
    desk.close("ida", ticket, arrives="Mon 12:00")
    link = re.search(r"/survey/[\w-]+/", "".join(desk.sent("ana", kind="closure")[-1].text.split()))
    assert link
    evil = EVERYTHING.replace("\x00", "")
    assert Client().post(link[0], {"part-manner": "1", "comment": evil, "complain": "on"}).status_code == 302
    for kind in ("feedback", "complaint"):
        assert shop.send(kind=kind, text=evil, subject=ONE_LINE[:200], page=f"javascript:{ONE_LINE[:300]}").status_code == 201
    browse("ana").post("/portal/complaints/new/", {"about": ticket.pk, "text": evil, "organisation": desk.acme.pk, "nonce": "n"})
    desk.mail("ana", f"COMPLAINT {ONE_LINE[:400]}", evil)
    cases = Ticket.objects.filter(kind="complaint")
    assert cases.count() == 3
    assert Remark.objects.count() == 1
    mara = browse("mara")
    for page in ("/feedback-results/", "/feedback-results/?low=1", "/complaints/?standing=all", "/remarks/?show=all", "/notices/",
                 "/arrivals/", "/outbox/", *(f"/tickets/{one.reference}/" for one in cases)):  # fmt: skip
        assert dangers(body(mara, page)) == [], page
    assert dangers(body(browse("ana"), "/portal/complaints/")) == []
    for letter in Letter.objects.all():
        assert dangers(re.sub(r"<style>[^<]*</style>", "", _html(letter))) == [], letter.kind


def _html(letter: Letter) -> str:
    found = email.message_from_bytes(letter.body, policy=email.policy.default).get_body(("html",))
    text = str(found.get_content()) if found is not None else ""
    return re.sub(r'\sstyle="[^"<>]*"|<!--\[if.*?<!\[endif\]-->|<style.*?</style>|<meta http-equiv="[^"]*"[^>]*>', "", text, flags=re.S)


# ---- The form inside a product -----------------------------------------------------------------------------------------


def test_the_form_in_a_frame_is_framed_by_its_product_alone_and_echoes_nothing(desk: Desk, shop: Shop) -> None:
    """Clickjacking, reflected words, a token that comes again, and an origin that would widen the policy."""
    frame = f"/feedback/frame/{shop.source.key}/"
    for page in ("/portal/", "/hub/", "/accounts/login/", "/survey/x/"):
        answer = Client().get(page)
        assert answer["X-Frame-Options"] in ("DENY", "SAMEORIGIN"), page
        assert re.search(r"frame-ancestors '(none|self)'(;|$)", answer["Content-Security-Policy"]), page
    for asked in ("?kind=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "?kind=javascript:alert(1)", f"?next={ONE_LINE[:80]}"):
        answer = Client().get(frame + asked)
        assert dangers(answer.content.decode()) == []
        policy = dict(one.strip().partition(" ")[::2] for one in answer["Content-Security-Policy"].split(";"))
        assert policy["frame-ancestors"] == f"'self' {shop.source.origins[0]}"
        assert "unsafe" not in answer["Content-Security-Policy"]
    token = shop.sign(name=ONE_LINE[:100])
    said = {"kind": "request", "text": WORDS, "token": token, "nonce": "n1"}
    first, again = (Client().post(frame, said) for _ in range(2))
    other = Client().post(frame, {**said, "text": EVERYTHING.replace("\x00", ""), "nonce": "n2"})
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 422)
    assert Ticket.objects.count() == 1
    assert dangers(other.content.decode()) == []
    assert token not in other.content.decode()
    for origin in ("https://a.example; script-src *", "https://a.example 'unsafe-inline'", "javascript:alert(1)", "null", "data:"):
        with pytest.raises(CannotDo):
            sources.set_origins(source=Secret.objects.get().source, origins=[origin], by=desk.person["ada"], at=desk.now)


# ---- Letters -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", BREAKS)
def test_c9_no_header_comes_out_of_what_a_client_or_a_manager_types(broken: str, desk: Desk, browse: Browse) -> None:
    """Subject, person, organisation and look: a letter goes to whom it was meant for, with the headers that we wrote."""
    ana, dee, mara, ada = (browse(who) for who in ("ana", "dee", "mara", "ada"))
    ana.post("/portal/requests/new/", {**SAID, "organisation": desk.acme.pk, "subject": f"Cards{broken}"})
    mara.post(f"/clients/{desk.acme.key}/change/", {"name": f"Acme Health{broken}", "domains": "acme.example", "notes": ""})
    invited = {"name": f"Kim{broken}", "email": "kim@acme.example", "role": f"Clerk{broken}", "may_raise": "on"}
    dee.post("/portal/people/invite/", invited)
    ada.post("/brand/", {"name": f"Isosec{broken}", "accent": "#0b6485", "footer": f"x{broken}"})
    ada.post("/texts/reply/", {"subject": f"{{{{ subject }}}}{broken}", "text": "{{ greeting }}\n\n{{ text }}\n\n{{ reference }}"})
    desk.mail("ana", f"Printer{broken.replace(chr(13), '').replace(chr(10), ' ')}")
    for ticket in Ticket.objects.all():
        desk.reply("ida", ticket, f"Hello{broken}")
    desk.advance(minutes=1)
    letters = list(Letter.objects.all())
    assert len(letters) >= 4
    known = {"ana@acme.example", "kim@acme.example", "mara@vendor.example", "ida@vendor.example", "jon@vendor.example"}
    for letter in letters:
        head = email.message_from_bytes(letter.body, policy=email.policy.default)
        assert set(letter.recipients) <= known
        assert not [name for name in head if name.lower() in ("bcc", "cc")], letter.kind
        raw = letter.body.split(b"\r\n\r\n", 1)[0]
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\r(?!\n)|(?<!\r)\n", raw), letter.kind
        assert not re.search(rb"\r\nbcc:", letter.body, re.I) or head.is_multipart()


def test_a_look_that_would_break_out_of_a_letter_is_refused_or_is_words(desk: Desk) -> None:
    for colour in ("red;}body{background:url(https://evil.example)", "#fff\"><script>", "url(//evil.example)", "expression(1)"):
        with pytest.raises(BadBrand):
            brand.change(look=Look(name="V", accent=colour), by=desk.person["ada"], at=desk.now)
    brand.change(look=Look(name=ONE_LINE[:60], postal=ONE_LINE[:200], footer=ONE_LINE[:200]), by=desk.person["ada"], at=desk.now)
    desk.mail("ana")
    for letter in Letter.objects.all():
        assert dangers(_html(letter), "cid:") == []
