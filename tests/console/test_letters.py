"""The words and the look of letters: previewed as a client gets them, kept with who and when, tested on oneself."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mainstay.mail import kinds, rehearsal, wording
from mainstay.orgs.models import Brand
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Event
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk
from tests.orgs.test_brand import SVG, png

REPLY = {"subject": "{{ subject }}", "text": "{{ greeting }}\n\n{{ text }}\n\nOurs: {{ reference }}"}


def frame(browser: Any, response: Any, scheme: str) -> str:
    """Return the letter that a preview shows in its frame."""
    [address] = re.findall(rf'class="letter-look letter-look--{scheme}"[^>]*src="([^"]+)"', response.content.decode())
    found = browser.get(address)
    assert found.status_code == 200
    assert "sandbox" in found["Content-Security-Policy"]
    return str(found.content.decode())


def test_the_list_says_when_and_to_whom_each_is_sent(browse: Browse) -> None:
    shown = pages.text(browse("ada").get("/texts/"))
    for kind in kinds.KINDS.values():
        assert kind.title in shown
        assert kind.when in shown
        assert kind.when.endswith(".")


@pytest.mark.parametrize("key", list(kinds.KINDS))
def test_every_text_can_be_looked_at_with_samples_and_with_a_request(
    key: str, desk: Desk, browse: Browse
) -> None:
    ticket = pages.settled(desk, desk.mail("ana"), 2)
    ada = browse("ada")
    for asked in ("", ticket.reference.lower()):
        answer = ada.get(f"/texts/{key}/", {"ticket": asked})
        assert answer.status_code == 200
        assert "color-scheme" in frame(ada, answer, "light")


def test_a_preview_has_what_is_true_of_the_request(desk: Desk, browse: Browse) -> None:
    ticket = pages.settled(desk, desk.mail("ana", subject="Cards of ward 4"), 2)
    ada = browse("ada")
    said = {**REPLY, "ticket": ticket.reference}
    answer = ada.post("/texts/reply/preview/", said)
    for scheme in ("light", "dark"):
        letter = frame(ada, answer, scheme)
        assert f"Ours: {ticket.reference}" in letter
        assert "Cards of ward 4" in letter
        assert "Dear Ana Okafor," in letter
        assert "Severity 2. We aim to solve this by" in letter
    assert f"Ours: {ticket.reference}" in pages.text(answer)


def test_a_request_that_is_not_there_is_said_so(browse: Browse) -> None:
    answer = browse("ada").post("/texts/reply/preview/", {**REPLY, "ticket": "MST-999999-9"})
    assert "There is no such request." in pages.text(answer)
    assert "<iframe" not in answer.content.decode()


def test_a_preview_is_its_own_viewers_alone(desk: Desk, browse: Browse) -> None:
    answer = browse("ada").post("/texts/reply/preview/", REPLY)
    [address] = re.findall(r'letter-look--light"[^>]*src="([^"]+)"', answer.content.decode())
    other = desk.person["mara"]
    other.staff_role = "administrator"
    other.save()
    assert browse("mara").get(address).status_code == 404


def test_edits_have_a_history_and_differences_to_what_is_shipped(browse: Browse) -> None:
    ada = browse("ada")
    assert "Both say the same." in pages.text(ada.get("/texts/reply/"))
    ada.post("/texts/reply/", REPLY)
    shown = pages.text(ada.get("/texts/reply/"))
    assert "Ours: + Ours: {{ reference }}" in shown
    assert "Shipped: − This is about your request {{ reference }}." in shown
    assert "wrote it anew, with the subject '{{ subject }}'" in shown
    ada.post("/texts/reply/restore/")
    shown = pages.text(ada.get("/texts/reply/"))
    assert "went back to the shipped text" in shown
    assert "Both say the same." in shown


def test_a_test_goes_to_oneself_and_does_nothing_to_the_request(desk: Desk, browse: Browse) -> None:
    ticket = pages.settled(desk, desk.mail("ana"), 2)
    ada, before = browse("ada"), Event.objects.count()
    answer = ada.post("/texts/reply/test/", {**REPLY, "ticket": ticket.reference}, follow=True)
    assert "A test is on its way to" in pages.text(answer)
    [letter] = Letter.objects.filter(kind=rehearsal.TEST)
    assert letter.recipients == [desk.person["ada"].email]
    assert letter.about == ""
    assert b"Test: [" in letter.body
    assert Event.objects.count() == before
    bad = ada.post("/texts/reply/test/", {**REPLY, "text": "nothing"}, follow=True)
    assert "Nothing was sent." in pages.text(bad)


# ---- the look -----------------------------------------------------------------------------------------------------

LOOK = {"name": "Isosec Care", "accent": "#7a1f5f", "postal": "1 High Street\nLeeds", "telephone": "0113 496 0000"}


def test_a_look_is_previewed_saved_and_used_again(desk: Desk, browse: Browse) -> None:
    ada = browse("ada")
    seen = ada.post("/brand/preview/", {**LOOK, "logo": SimpleUploadedFile("logo.png", png())})
    assert "Isosec Care" in frame(ada, seen, "light")
    assert "data:image/png;base64," in frame(ada, seen, "dark")
    assert not Brand.objects.exists()

    ada.post("/brand/", {**LOOK, "logo": SimpleUploadedFile("logo.png", png())})
    ticket = desk.mail("ana")
    body = Letter.objects.latest("created_at").body.decode()
    assert "Isosec Care" in body
    assert "#7a1f5f" in body
    assert "Content-ID: <logo@letterhead>" in body
    assert "0113 496 0000" in body
    assert ticket.reference in body
    ada.post("/brand/", {**LOOK, "name": "Other", "without_logo": "on"})
    shown = pages.text(ada.get("/brand/"))
    assert "changed name, logo" in shown
    ada.post(f"/brand/{Brand.objects.earliest('pk').pk}/again/")
    assert Brand.objects.latest("pk").name == "Isosec Care"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"accent": "#ffff00"}, "text needs 4.5 to 1"),
        ({"accent": "pink"}, "is no colour"),
        ({"logo": SVG}, "An SVG can hold scripts"),
        ({"web": "javascript:alert(1)"}, "Write the whole address of a page"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(said: dict[str, Any], words: str, browse: Browse) -> None:
    ada = browse("ada")

    def sent() -> dict[str, Any]:
        files = {name: SimpleUploadedFile("logo.png", value) for name, value in said.items() if name == "logo"}
        return {**LOOK, **said, **files}

    answer = ada.post("/brand/", sent())
    assert answer.status_code == 422
    assert words in pages.text(answer)
    assert words in pages.text(ada.post("/brand/preview/", sent()))
    assert not Brand.objects.exists()


# ---- links only ---------------------------------------------------------------------------------------------------


def test_the_composer_says_that_a_letter_goes_as_a_link(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    assert "Goes as a link" not in pages.text(browse("ida").get(f"/tickets/{ticket.reference}/"))
    client = f"/clients/{desk.acme.key}/"
    answer = browse("mara").get(f"{client}mail/")
    saved = browse("mara").post(f"{client}mail/", {"links_only": "on", "may_carry": ["fix"], "nonce": pages.nonce(answer)})
    assert saved.status_code == 302
    shown = pages.text(browse("ida").get(f"/tickets/{ticket.reference}/"))
    assert f"Goes as a link: {desk.acme.name} takes no content by mail." in shown
    assert "had letters carry links only, but for: fix for acceptance testing" in pages.text(browse("ida").get(client))


def test_the_shipped_texts_are_what_wording_says() -> None:
    assert set(wording.KINDS) == set(kinds.KINDS)


def test_account_mail_is_on_the_same_paper(desk: Desk, browse: Browse) -> None:
    form = {"name": "Kim Osei", "email": "kim@vendor.example", "role": "technical"}
    browse("ada").post("/people/invite/", form)
    body = Letter.objects.get(recipients=["kim@vendor.example"]).body.decode()
    assert "multipart/alternative" in body
    assert 'role="presentation"' in body.replace("=3D", "=")
