"""Signing in by the link of a mail: once, soon, in whichever browser opens it, and never by merely looking (class C16)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.conf import settings as configured
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.test import Client

from mainstay.mail.models import Template
from mainstay.orgs import signin_links
from mainstay.orgs.models import Membership, Person, SignInLink
from mainstay.outbox.models import Letter
from mainstay.screens import entering
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk
from tests.portal.test_signing_in import CODE, ask_for_code, is_in, newest_letter, sign_in, with_password

SECRET = auth.generate_totp_secret()


@pytest.fixture(autouse=True)
def _no_memory(db: None) -> None:
    cache.clear()  # rate limits are kept there


def link_in(letter: str) -> str:
    """Return the path of the link, which stands there on the address of this installation."""
    found = re.search(rf"{re.escape(configured.BASE_URL)}(/portal/sign-in/[\w-]{{43}}/)", letter.replace("=\r\n", ""))
    assert found is not None, letter
    return found[1]


def asked(person: Person, goal: str = "") -> str:
    """Ask for a link in some browser, and return where it leads."""
    Client().post(CODE, {"email": with_password(person).email, "next": goal})
    return link_in(newest_letter(person.email))


def test_the_button_behind_the_link_signs_in_another_browser_than_the_one_that_asked(desk: Desk) -> None:
    link, client = asked(desk.person["ana"]), Client(enforce_csrf_checks=True)
    shown = client.get(link)
    assert "You sign in as ana@acme.example." in pages.text(shown)
    token = client.cookies["csrftoken"].value
    answer = client.post(link, {"csrfmiddlewaretoken": token}, headers={"origin": "http://testserver"})
    assert (answer.status_code, answer["Location"], is_in(client)) == (302, "/portal/", True)


def test_a_scanner_that_looks_at_the_link_uses_nothing_up(desk: Desk) -> None:
    link = asked(desk.person["ana"])
    for method in ("get", "head", "get", "options", "put"):
        scanner = Client()
        answer = getattr(scanner, method)(link)
        assert answer.status_code in (200, 405)
        assert not is_in(scanner)
    assert "Sign in" in pages.text(Client().get(link))
    client = Client()
    client.post(link)
    assert is_in(client)


def test_another_site_cannot_press_the_button(desk: Desk) -> None:
    """Somebody could sign a victim in as themselves, and read what the victim then writes."""
    link, client = asked(desk.person["ana"]), Client(enforce_csrf_checks=True)
    assert client.post(link, headers={"origin": "https://evil.example"}).status_code == 403
    assert not is_in(client)


def test_the_page_keeps_its_address_to_itself(desk: Desk) -> None:
    for path in (asked(desk.person["ana"]), "/portal/sign-in/nothing/"):
        answer = Client().get(path)
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "noindex" in answer["X-Robots-Tag"]


def test_only_a_digest_is_kept(desk: Desk) -> None:
    secret = asked(desk.person["ana"]).split("/")[-2]
    row = SignInLink.objects.values().get()
    assert secret not in str(row)
    assert len(row["digest"]) == 64


def test_the_link_leads_to_the_page_that_was_asked_for_and_never_elsewhere(desk: Desk) -> None:
    for goal, leads in (
        ("/portal/contact/", "/portal/contact/"),
        ("https://evil.example/portal/", "/portal/"),
        ("//evil.example", "/portal/"),
        ("/views/open/", "/portal/"),
        (f"/portal/{'x' * 400}", "/portal/"),
    ):
        cache.clear()
        assert Client().post(asked(desk.person["ana"], goal))["Location"] == leads


# ---- What it refuses ---------------------------------------------------------------------------------------------


def refused(link: str) -> str:
    """Return what the page says, to whoever looks and to whoever presses; nobody is signed in."""
    said = []
    for method in ("get", "post"):
        client = Client()
        answer = getattr(client, method)(link)
        assert answer.status_code == 410
        assert not is_in(client)
        said.append(pages.text(answer))
    assert said[0] == said[1]
    assert "Send me a new link" in said[1]
    return str(said[1])


def test_it_works_once(desk: Desk) -> None:
    link = asked(desk.person["ana"])
    Client().post(link)
    assert "used already" in refused(link)


def test_it_expires_with_the_code_of_the_same_letter(desk: Desk) -> None:
    assert timedelta(seconds=configured.ACCOUNT_LOGIN_BY_CODE_TIMEOUT) == signin_links.LASTS
    link = asked(desk.person["ana"])
    desk.advance(minutes=10)
    assert "expired: it was good for ten minutes" in refused(link)


def test_whoever_signs_in_otherwise_ends_the_links_that_are_left(desk: Desk) -> None:
    links = [asked(desk.person["ana"]) for _ in range(2)]
    sign_in(desk.person["ana"])
    for link in links:
        assert "You have signed in since" in refused(link)


@pytest.mark.parametrize("why", ["shut", "no authority", "of the desk now"])
def test_whose_access_has_ended_is_told_whom_to_ask(why: str, desk: Desk) -> None:
    ana = desk.person["ana"]
    link = asked(ana)
    if why == "shut":
        Person.objects.filter(pk=ana.pk).update(is_active=False)
    elif why == "no authority":
        Membership.objects.filter(person=ana).update(active_to=desk.now)
    else:
        Person.objects.filter(pk=ana.pk).update(staff_role="support")
    assert "Your access has ended. Ask your organisation's administrator" in refused(link)


def test_a_link_of_nobody_is_refused_in_words(desk: Desk) -> None:
    assert "Copy all of it" in refused("/portal/sign-in/nothing/")
    assert Client().get("/portal/sign-in/%00%ff/").status_code in (400, 404, 410)


def test_pressing_twice_is_no_fault(desk: Desk) -> None:
    link, client = asked(desk.person["ana"]), Client()
    client.post(link)
    assert client.post(link)["Location"] == client.get(link)["Location"] == "/portal/"


def test_who_is_signed_in_as_somebody_else_signs_out_first(desk: Desk, browse: Browse) -> None:
    link, bo = asked(desk.person["ana"]), browse("cleo")
    for answer in (bo.get(link), bo.post(link)):
        assert "Somebody else is signed in here" in pages.text(answer)
    client = Client()
    client.post(link)
    assert is_in(client)


def test_many_tries_from_one_network_have_an_end(desk: Desk) -> None:
    for _ in range(30):
        Client().post("/portal/sign-in/nothing/")
    link, client = asked(desk.person["ana"]), Client()
    assert client.post(link).status_code == 429
    assert not is_in(client)


def test_links_that_are_over_are_forgotten_after_a_week(desk: Desk) -> None:
    asked(desk.person["ana"])
    signin_links.forget_old(desk.now + timedelta(days=7))
    assert SignInLink.objects.exists()
    signin_links.forget_old(desk.now + timedelta(days=7, minutes=11))
    assert not SignInLink.objects.exists()


# ---- What we rely on the library for: it is asked in one place ----------------------------------------------------


def test_who_has_a_second_factor_is_asked_for_it_after_the_link(desk: Desk) -> None:
    ana = desk.person["ana"]
    link, client = asked(ana), Client()
    auth.TOTP.activate(ana, SECRET)
    answer = client.post(link)
    assert (answer["Location"], is_in(client)) == ("/accounts/2fa/authenticate/", False)
    assert client.get("/portal/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code_of_now()})
    assert is_in(client)


def code_of_now() -> str:
    return str(auth.format_hotp_value(auth.hotp_value(SECRET, next(auth.yield_hotp_counters_from_time()))))


def test_the_way_in_asks_whether_they_may_and_gives_the_session_a_new_name(desk: Desk, rf: Any) -> None:
    """`entering` leans on the library for both; another version of it that does neither fails here."""
    client = Client()
    session = client.session
    session["fixed"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    client.post(asked(desk.person["ana"]))
    assert is_in(client)
    assert client.session.session_key != before

    Membership.objects.filter(person=desk.person["cleo"]).update(active_to=desk.now)
    request = rf.post("/")
    request.session, request.user = Client().session, desk.person["cleo"]
    request._messages = CookieStorage(request)
    answer = entering.enter(request, desk.person["cleo"], goal="/portal/")
    assert answer["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in request.session


# ---- The letters -------------------------------------------------------------------------------------------------


def test_links_are_on_our_own_address_whatever_host_was_asked_for(desk: Desk, browse: Browse, settings: Any) -> None:
    """Whoever asks names a host; a link on it would hand the key of the account to whoever runs that host."""
    settings.ALLOWED_HOSTS, evil = ["*"], {"host": "evil.example"}
    ana = with_password(desk.person["ana"])
    Client().post(CODE, {"email": ana.email}, headers=evil)
    Client().post("/accounts/password/reset/", {"email": ana.email}, headers=evil)
    Client().post("/accounts/password/reset/", {"email": "nobody@acme.example"}, headers=evil)
    said = {"email": "eve@acme.example", "name": "Eve Lane", "role": "Nurse", "may_raise": "on"}
    browse("dee").post("/portal/people/invite/", said, headers=evil)
    form = {"name": "Kim Osei", "email": "kim@vendor.example", "role": "technical"}
    browse("ada").post("/people/invite/", form, headers=evil)
    letters = {letter.kind: letter.body.decode().replace("=\r\n", "") for letter in Letter.objects.all()}
    assert set(letters) == {"sign_in", "new_password", "no_account", "invitation"}
    for kind, body in letters.items():
        assert "evil.example" not in body
        assert kind == "no_account" or f"{settings.BASE_URL}/" in body


def test_a_link_to_a_new_password_still_opens_its_page(desk: Desk) -> None:
    ana = with_password(desk.person["ana"])
    Client().post("/accounts/password/reset/", {"email": ana.email})
    body = newest_letter(ana.email).replace("=\r\n", "")
    assert "good for 1 day" in body
    [path] = set(re.findall(r"/accounts/password/reset/key/[\w-]+/", body))
    client = Client()
    page = client.get(path, follow=True)
    new = {"password1": "another long password", "password2": "another long password"}
    client.post(page.redirect_chain[-1][0], new)
    assert Person.objects.get(pk=ana.pk).check_password("another long password")


def test_the_words_are_the_vendors_to_change(desk: Desk) -> None:
    text = "Hello!\n\n{{ link }}\n\n{{ code }}, for {{ lasts }}. From Kit."
    Template.objects.create(key="sign_in", subject="Come in", text=text, edited_at=desk.now)
    ask_for_code(with_password(desk.person["ana"]).email)
    letter = newest_letter("ana@acme.example")
    assert "Subject: Come in" in letter
    assert "From Kit." in letter
    link_in(letter)


def test_an_address_that_no_letter_can_go_to_is_said_at_once_whoevers_it_is(desk: Desk) -> None:
    for path in (CODE, "/accounts/password/reset/"):
        answer = Client().post(path, {"email": "=?x?=@acme.example"})
        assert answer.status_code == 200
        assert "No letter can be sent to this address" in pages.text(answer)
    assert not Letter.objects.exists()
