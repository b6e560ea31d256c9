"""Classes A1, A6, A12, C10, C12, C14, C16 and C17 of reliability, on the clients' side; C1 and C2 are `test_tenants`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mainstay.feedback import products
from mainstay.mail.models import Arrival
from mainstay.orgs.models import SignIn
from mainstay.outbox.models import Letter
from mainstay.tickets import clients
from mainstay.tickets.models import Attachment, Message, Participant, Ticket
from mainstay.tickets.rows.submissions import Submission
from tests.console import pages
from tests.desk import Desk
from tests.portal.conftest import Browse
from tests.portal.test_products import Shop, shop
from tests.portal.test_requests import SAID, made, path
from tests.portal.test_signing_in import with_password
from tests.portal.test_tenants import said

__all__ = ["shop"]

VICTIM = "victim@elsewhere.example"
CODE = "987654"
OUTBOX = "mainstay.outbox.django_mail.OutboxBackend"  # the runner of the tests puts another there


# ---- A1: numbers ----------------------------------------------------------------------------------------------------


def test_a1_what_is_anothers_and_what_does_not_exist_are_the_same_to_the_letter(desk: Desk, browse: Browse) -> None:
    """By a colleague without rights, by another client: the same status, headers and words for each kind of address."""
    file = SimpleUploadedFile("a.txt", b"a")
    ticket = made(browse("ana"), desk, attached=file)
    number = Attachment.objects.get().pk
    kinds = ("", "news/", "promises/response/", f"files/{number}/", f"messages/{Message.objects.earliest('pk').pk}/")
    for who in ("bo", "cleo"):
        browser = browse(who)
        for kind in kinds:
            there, not_there = (
                said(browser.get(f"/portal/requests/{reference}/{kind}")).replace(reference.lower(), "")
                for reference in (ticket.reference, "MST-999999-9")
            )
            assert _unsalted(there) == _unsalted(not_there), f"{who} {kind}"
    for kind in kinds:
        answer = Client().get(path(ticket) + kind)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def _unsalted(answer: str) -> str:
    """Return an answer without what differs each time it is asked for."""
    return re.sub(r'csrf[^>]*"[\w-]{30,}"|nonce-[\w+/=-]+|nonce="[^"]*"|"[\w-]{64}"', "", answer)


# ---- A6: sign-up codes -----------------------------------------------------------------------------------------------


def test_a6_a_sign_up_code_is_on_no_page_of_a_client_and_in_no_letter(desk: Desk, browse: Browse) -> None:
    """To support@ and into a client's own request; and nobody at the desk can hand it to a client by a slip."""
    ticket = desk.opened()
    Participant.objects.create(ticket=ticket, address="no-reply@slack.com", accepted=True, added_at=desk.now)
    plain = desk.arrive("no-reply@slack.com", f"Your verification code is {CODE}", f"Your verification code is {CODE}.")
    ours = Message.objects.filter(ticket=ticket, direction="out").exclude(message_id="").latest("pk").message_id
    joining = desk.arrive(
        "no-reply@slack.com", f"Re: [{ticket.reference}] your code", f"Your verification code is {CODE}.", answers=[ours]
    )
    desk.advance(hours=1)
    for arrival in (plain, joining):
        assert arrival.ticket is not None
        assert arrival.ticket != ticket
        ida = browse("ida")
        for act, form in (
            ("attach", {"organisation": desk.acme.pk}),
            ("authorise", {"organisation": desk.acme.pk, "person_name": "Slack", "role": "Clerk"}),
        ):
            answer = ida.post(f"/tickets/{arrival.ticket.reference}/{act}/", {**form, "seen": "999999"}, follow=True)
            assert "sign-up code or link, which is for the desk alone" in pages.text(answer)
    for who in ("ana", "dee", "bo"):
        browser = browse(who)
        for page in ("/portal/", "/portal/requests/?standing=all&whose=all", f"/portal/requests/?text={CODE}",
                     "/portal/requests/requests.csv?standing=all&whose=all", path(ticket), "/portal/people/"):  # fmt: skip
            text = said(browser.get(page)).replace(f"text={CODE}", "").replace(f'value="{CODE}"', "")
            assert CODE not in text, (who, page)
    assert not [letter for letter in Letter.objects.all() if CODE.encode() in letter.body]


def test_a6_what_was_marked_as_a_code_is_shown_to_no_client_even_in_their_own_request(desk: Desk, browse: Browse) -> None:
    ticket = desk.opened()
    message = Message.objects.filter(ticket=ticket, direction="in").earliest("pk")
    assert "none of our smartcards" in said(browse("ana").get(path(ticket)))
    Message.objects.filter(pk=message.pk).update(purpose="sign_up_code")
    assert "none of our smartcards" not in said(browse("ana").get(path(ticket)))
    assert browse("ana").get(path(ticket, "messages", str(message.pk))).status_code == 404
    assert ticket.reference.lower() not in said(browse("ana").get("/portal/requests/?text=smartcards"))


# ---- A12: bombs ------------------------------------------------------------------------------------------------------


def test_a12_a_bomb_through_a_product_sends_a_victim_one_fixed_text(desk: Desk, shop: Shop) -> None:
    """The product signs whatever address its users typed; so do mails that claim one. One letter in all, of our words."""
    statuses = set()
    for number in range(products.PER_PERSON + 5):
        token = shop.sign(VICTIM, name="You owe us money")
        kind = "complaint" if number % 2 else "request"
        statuses.add(shop.send(token, kind=kind, subject=f"Pay {number} at evil.example", text="Pay now.").status_code)
    for number in range(20):
        desk.arrive(VICTIM, f"Pay {number} at evil.example", "Pay now.", genuine=False)
    desk.advance(minutes=30)

    [letter] = Letter.objects.filter(recipients=[VICTIM])
    text = letter.body.decode().lower()
    assert statuses == {201, 429}
    assert not [word for word in ("evil", "pay ", "owe", "money") if word in text]
    assert Arrival.objects.filter(sender=VICTIM).exclude(outcome="held").count() == 0


@pytest.mark.parametrize("form", ["/accounts/password/reset/", "/accounts/login/code/"])
def test_a12_nobody_has_a_stranger_mailed_without_end_from_the_sign_in(form: str, desk: Desk, settings: Any) -> None:
    """A letter goes out whoever is typed, so that nobody learns who is known; so there are few of them in an hour."""
    settings.EMAIL_BACKEND = OUTBOX
    for _ in range(40):
        Client().post(form, {"email": VICTIM})
    assert 1 <= Letter.objects.filter(recipients=[VICTIM]).count() <= 3


# ---- C10, C12, C14, C16: links and sessions --------------------------------------------------------------------------


def test_c10_no_link_takes_its_host_from_who_asks(desk: Desk, browse: Browse, settings: Any) -> None:
    """An invitation and a new password, asked for with another Host: what is mailed leads to us."""
    settings.EMAIL_BACKEND, settings.ALLOWED_HOSTS = OUTBOX, ["*"]
    with_password(desk.person["dee"])
    dee = browse("dee")
    hostile = {"host": "evil.example", "x-forwarded-host": "evil.example"}
    form = {"name": "Kim Osei", "email": "kim@acme.example", "role": "Clerk", "rights": "raise", "may_raise": "on"}
    dee.post("/portal/people/invite/", form, headers=hostile)
    Client().post("/accounts/password/reset/", {"email": desk.person["dee"].email}, headers=hostile)
    desk.advance(minutes=1)
    letters = [one.body.decode() for one in Letter.objects.all()]
    assert len(letters) >= 2
    assert not [one for one in letters if "evil.example" in one]


@pytest.mark.parametrize("token", ["", "0", "null", "[]", "%00", "..%2f", "a" * 3000, "\U0001f600"])
def test_c10_a_token_that_is_none_opens_no_invitation(token: str, desk: Desk) -> None:
    address = f"/portal/invitation/{token}/"
    for answer in (Client().get(address), Client().post(address, {"password": "x"})):
        assert answer.status_code in (400, 404, 410), token
        assert not answer.cookies.get("sessionid")


def test_c12_a_session_that_was_ended_opens_no_page_file_or_news(desk: Desk, browse: Browse) -> None:
    """Ended from elsewhere, or its person shut out: the next request of every kind is turned away."""
    ana = browse("ana")
    ticket = made(ana, desk, attached=SimpleUploadedFile("a.txt", b"a"))
    asked = [path(ticket), path(ticket, "news"), path(ticket, "files", str(Attachment.objects.get().pk)), "/portal/requests/requests.csv"]
    assert [ana.get(one).status_code for one in asked] == [200] * 4
    desk.person["ana"].is_active = False
    desk.person["ana"].save()
    assert {ana.get(one).status_code for one in asked} <= {302, 403}
    assert "cards" not in said(ana.get(path(ticket)))


@pytest.mark.parametrize("cookie", ["", "x", "a" * 5000, "\x00", "{}", "../../etc/passwd"])
def test_c12_a_malformed_session_is_none(cookie: str, desk: Desk) -> None:
    client = Client()
    client.cookies["sessionid"] = cookie
    answer = client.get("/portal/")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_c14_no_page_of_a_client_leads_where_the_address_or_the_referrer_says(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(), browse("ana")
    evil = {"referer": "https://evil.example/<script>"}
    for goal in ("//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)"):
        more = {"next": goal, "back": goal, "return": goal, "nonce": goal, "text": "Hello."}
        for address in (path(ticket, "write"), "/portal/account/look/", "/portal/account/mails/", path(ticket, "seen")):
            answer = ana.post(f"{address}?next={goal}", more, headers=evil)
            assert "evil" not in answer.get("Location", ""), address
            assert not answer.get("Location", "").startswith(("//", "/\\", "javascript")), address
        away = Client().get(f"/portal/?next={goal}", headers=evil)
        assert away["Location"].startswith("/accounts/login/?next=/portal/")


def test_c16_what_a_scanner_opens_changes_nothing_and_no_page_tells_its_address_on(desk: Desk, browse: Browse) -> None:
    """The link of an invitation and that of a survey: looked at by GET and HEAD, and by no referrer told to anybody."""
    browse("dee").post("/portal/people/invite/", {"name": "Kim", "email": "kim@acme.example", "role": "Clerk", "may_raise": "on"})
    ticket = desk.opened()
    desk.close("ida", ticket, arrives="Mon 12:00")
    text = "".join("".join(one.text.split()) for one in desk.sent())
    links = set(re.findall(r"/(?:survey|portal/invitation)/[\w-]{20,}/", text))
    assert {one.split("/")[-3] for one in links} == {"survey", "invitation"}
    before = (Submission.objects.count(), SignIn.objects.count(), Ticket.objects.count())
    for link in links:
        for look in (Client().get, Client().head, Client().get):
            answer = look(link)
            assert answer.status_code == 200
            assert answer["Referrer-Policy"] in ("no-referrer", "strict-origin"), "neither says the path"
        other = link[:-2] + ("A" if link[-2] != "A" else "B") + "/"
        assert Client().get(other).status_code in (404, 410)
    assert (Submission.objects.count(), SignIn.objects.count(), Ticket.objects.count()) == before


# ---- C17: uploads and drafts -----------------------------------------------------------------------------------------


def test_c17_a_file_comes_with_its_form_by_who_is_signed_in_and_never_before(desk: Desk, browse: Browse, shop: Shop) -> None:
    """There is no id of an upload to guess: nothing is kept of what a form does not take."""
    ticket = desk.opened()
    file = SimpleUploadedFile("a.txt", b"what a stranger sends")
    for address in (path(ticket, "write"), "/portal/requests/new/", "/portal/complaints/new/"):
        answer = Client().post(address, {**SAID, "attached": file, "attachments": file})
        assert answer["Location"].startswith("/accounts/login/"), address
    for who in ("bo", "cleo"):
        assert browse(who).post(path(ticket, "write"), {"text": "x", "attached": file}).status_code == 404
    assert Client().post("/feedback/", {"kind": "request", "text": "x", "attachments": file}).status_code == 401
    assert Client().post(f"/feedback/frame/{shop.source.key}/", {"kind": "request", "text": "x", "attachments": file}).status_code == 422
    assert not Attachment.objects.exists()


def test_c17_what_a_form_was_given_is_that_persons_and_that_forms(desk: Desk, browse: Browse) -> None:
    """Somebody else's nonce shows nothing of theirs, and one that is used again elsewhere swallows no words."""
    ana, dee = browse("ana"), browse("dee")
    first = made(ana, desk)
    second = made(dee, desk, subject="Another thing")
    assert first != second, "the same nonce by another person is another form"
    for ticket in (first, second):
        assert dee.post(path(ticket, "write"), {"text": "Said on this one.", "nonce": SAID["nonce"]}).status_code == 302
        assert ticket.messages.filter(text="Said on this one.").count() == 1
        dee.post(path(ticket, "write"), {"text": "Said on this one.", "nonce": SAID["nonce"]})
        assert ticket.messages.filter(text="Said on this one.").count() == 1, "but twice the same is once"


def test_c17_ten_thousand_uploads_meet_a_quota(desk: Desk, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files by number and weight in one form, forms and their weight within the hour; then it goes on."""
    ana, ticket = browse("ana"), desk.opened()
    many = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]
    assert "At most 10 files" in pages.text(ana.post(path(ticket, "write"), {"text": "x", "attached": many}))
    monkeypatch.setattr(clients, "MOST_OCTETS", 100)

    def send(number: int) -> Any:
        file = SimpleUploadedFile("a.txt", b"x" * 60)
        return ana.post(path(ticket, "write"), {"text": f"{number}", "nonce": f"{number}", "attached": file})

    assert [send(number).status_code for number in range(3)] == [302, 302, 422]
    assert "You have sent a lot within the hour" in pages.text(send(4))
    assert browse("dee").post(path(ticket, "write"), {"text": "Me too.", "nonce": "d"}).status_code == 302
    desk.advance(minutes=61)
    assert send(5).status_code == 302
    monkeypatch.setattr(clients, "MOST_SENT", 1)
    assert send(6).status_code == 422
    assert Attachment.objects.count() == 3
