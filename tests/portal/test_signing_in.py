"""How clients' people sign in: password, a code by mail, one session where it is wanted (R5.1b, classes C10 to C14)."""

from __future__ import annotations

import re
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mainstay.orgs import one_session
from mainstay.orgs.invitations import Rights, accept, invite
from mainstay.orgs.models import Membership, Person, SignIn
from mainstay.outbox.models import Letter
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk

PASSWORD = "a long enough password"
LOGIN, CODE, CONFIRM = "/accounts/login/", "/accounts/login/code/", "/accounts/login/code/confirm/"


@pytest.fixture(autouse=True)
def _no_memory(db: None) -> None:
    cache.clear()  # rate limits are kept there


def with_password(person: Person) -> Person:
    if not person.check_password(PASSWORD):  # a new one would end the sessions that there are
        person.set_password(PASSWORD)
        person.save()
    return person


def sign_in(person: Person, *, goal: str = "", client: Client | None = None) -> Any:
    form = {"login": with_password(person).email, "password": PASSWORD, "next": goal}
    return (client or Client()).post(LOGIN, form)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def ask_for_code(address: str, client: Client | None = None) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post(CODE, {"email": address}, follow=True)


def newest_letter(address: str) -> str:
    letter = Letter.objects.filter(recipients=[address]).order_by("-created_at", "-pk").first()
    assert letter is not None, f"no letter to {address}"
    return letter.body.decode()


def code_in(letter: str) -> str:
    found = re.search(r"^([A-Z0-9]+-?[A-Z0-9]+)\s*$", letter.partition("\r\n\r\n")[2], re.M)
    assert found is not None, letter
    return found[1]


# ---- By a code ---------------------------------------------------------------------------------------------------


def test_a_client_with_an_account_signs_in_by_a_code(desk: Desk) -> None:
    ana = with_password(desk.person["ana"])
    client, asked = ask_for_code(ana.email)
    assert "Look in your mailbox" in pages.text(asked)
    answer = client.post(CONFIRM, {"code": code_in(newest_letter(ana.email))})
    assert (answer.status_code, answer["Location"], is_in(client)) == (302, "/portal/", True)


def test_whoever_accepted_without_a_password_signs_in_by_a_code(desk: Desk) -> None:
    bo = desk.person["bo"]
    _, secret = invite(organisation=desk.acme, email=bo.email, name="", rights=Rights("x"), by=None, at=desk.now)
    accept(secret=secret, at=desk.now)
    client, _ = ask_for_code(bo.email)
    client.post(CONFIRM, {"code": code_in(newest_letter(bo.email))})
    assert is_in(client)


def test_a_code_is_good_once_and_for_its_own_browser(desk: Desk) -> None:
    ana = with_password(desk.person["ana"])
    client, _ = ask_for_code(ana.email)
    code = code_in(newest_letter(ana.email))
    other, _ = ask_for_code(desk.person["bo"].email)
    other.post(CONFIRM, {"code": code})
    assert not is_in(other)
    client.post(CONFIRM, {"code": code})
    assert is_in(client)
    client.post("/accounts/logout/")
    client.post(CONFIRM, {"code": code})
    assert not is_in(client)


def test_the_fourth_guess_of_a_code_is_not_looked_at(desk: Desk) -> None:
    ana = with_password(desk.person["ana"])
    client, _ = ask_for_code(ana.email)
    code = code_in(newest_letter(ana.email))
    for _ in range(3):
        client.post(CONFIRM, {"code": "WRONG1"})
    client.post(CONFIRM, {"code": code})
    assert not is_in(client)


def test_codes_are_not_asked_for_without_end(desk: Desk) -> None:
    ana = with_password(desk.person["ana"])
    for _ in range(6):
        ask_for_code(ana.email)
    assert Letter.objects.filter(recipients=[ana.email]).count() == 3


@pytest.mark.parametrize("who", ["bo", "ida", "gone", "nobody"])
def test_who_has_no_such_account_sees_the_same_and_gets_a_letter_without_a_code(who: str, desk: Desk) -> None:
    """Class C11: authorised by mail only, of the desk, shut out, unknown. All look like somebody who is known."""
    if who == "gone":
        Person.objects.filter(pk=with_password(desk.person["ana"]).pk).update(is_active=False)
    addresses = {"bo": desk.person["bo"].email, "ida": with_password(desk.person["ida"]).email,
                 "gone": desk.person["ana"].email, "nobody": "nobody@acme.example"}  # fmt: skip
    _, shown = ask_for_code(with_password(desk.person["dee"]).email)
    _, asked = ask_for_code(addresses[who])
    seen, expected = (
        re.sub(r'value="[^"]+"|[\w.]+@acme.example|[\w.]+@vendor.example', "", pages.text(one)) for one in (asked, shown)
    )
    assert seen == expected
    letter = newest_letter(addresses[who])
    assert "There is no account" in letter
    assert not re.search(r"^[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\s*$", letter.partition("\r\n\r\n")[2], re.M)


def test_an_unknown_address_takes_about_as_long_as_a_known_one(desk: Desk, settings: Any) -> None:
    """Class C11. Medians of many; a tenth of each other is asked on a quiet machine, twice of each other on any."""
    settings.ACCOUNT_RATE_LIMITS = False
    with_password(desk.person["ana"])
    took: dict[str, list[float]] = {"ana@acme.example": [], "nobody@acme.example": []}
    for _ in range(15):
        for address, times in took.items():
            began = perf_counter()
            Client().post(CODE, {"email": address})
            times.append(perf_counter() - began)
    known, unknown = (median(times) for times in took.values())
    assert 0.5 < known / unknown < 2


def test_a_forgotten_password_gives_no_account_to_who_was_not_invited(desk: Desk) -> None:
    client = Client()
    client.post("/accounts/password/reset/", {"email": desk.person["bo"].email})
    assert "/accounts/password/reset/key/" not in newest_letter(desk.person["bo"].email)
    client.post("/accounts/password/reset/", {"email": with_password(desk.person["ana"]).email})
    assert "/accounts/password/reset/key/" in newest_letter(desk.person["ana"].email)


def test_the_desk_does_not_read_along(desk: Desk, browse: Browse, settings: Any) -> None:
    """Who reads a code, or the link to a new password, could sign in as they."""
    settings.DEMO = False
    ana = with_password(desk.person["ana"])
    ask_for_code(ana.email)
    letter = Letter.objects.get(recipients=[ana.email])
    code = code_in(letter.body.decode())
    ada = browse("ada")
    shown = ada.get(f"/outbox/{letter.pk}/")
    assert shown.status_code == 200
    assert code not in shown.content.decode()
    assert "key that is its recipient" in pages.text(shown)
    assert [ada.get(f"/outbox/{letter.pk}/{form}/").status_code for form in ("raw", "html")] == [404, 404]


# ---- Where it leads ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "leads"),
    [
        ("", "/portal/"),
        ("/", "/portal/"),
        ("/views/open/", "/portal/"),
        ("/portal/contact/", "/portal/contact/"),
        ("//evil.example", "/portal/"),
        ("https://evil.example/portal/", "/portal/"),
        ("/\\evil.example", "/portal/"),
        ("javascript:alert(1)", "/portal/"),
        ("http://localhost/portal/", "/portal/"),
        ("https:evil.example", "/portal/"),
    ],
)
def test_a_client_goes_on_to_a_page_that_is_theirs(goal: str, leads: str, desk: Desk) -> None:
    """Class C14, and nobody meets a closed door because of the address they came by."""
    assert sign_in(desk.person["ana"], goal=goal)["Location"] == leads


def test_the_session_gets_a_new_name_at_sign_in(desk: Desk) -> None:
    """Class C12, for a password and for a code."""
    ana = with_password(desk.person["ana"])
    for way in ("password", "code"):
        client = Client()
        session = client.session
        session["fixed"] = True
        session.save()
        client.cookies["sessionid"] = before = session.session_key
        if way == "password":
            sign_in(ana, client=client)
        else:
            ask_for_code(ana.email, client)
            client.post(CONFIRM, {"code": code_in(newest_letter(ana.email))})
        assert is_in(client), way
        assert client.session.session_key != before


def test_guessing_passwords_stops_after_five(desk: Desk) -> None:
    ana = with_password(desk.person["ana"])
    for _ in range(5):
        Client().post(LOGIN, {"login": ana.email, "password": "wrong"})
    client = Client()
    client.post(LOGIN, {"login": ana.email, "password": PASSWORD})
    assert not is_in(client)


# ---- Authority that has ended ------------------------------------------------------------------------------------


def test_ended_authority_is_told_kindly_and_opens_nothing(desk: Desk) -> None:
    ana = with_password(desk.person["ana"])
    Membership.objects.filter(person=ana).update(active_to=desk.now)
    client = Client()
    answer = client.post(LOGIN, {"login": ana.email, "password": PASSWORD}, follow=True)
    assert not is_in(client)
    assert "authority at your organisation has ended" in pages.text(answer)


def test_a_page_that_is_open_says_so_at_the_next_request(desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    Membership.objects.filter(person=desk.person["ana"]).update(active_to=desk.now)
    answer = ana.get("/portal/")
    assert answer.status_code == 403
    assert "Your access has ended" in pages.text(answer)
    assert "Sign out" in pages.text(answer)


# ---- One live session --------------------------------------------------------------------------------------------


def test_where_one_session_is_wanted_the_older_one_is_ended_and_both_are_told(desk: Desk) -> None:
    one_session.ask(organisation=desk.acme, by=desk.person["dee"], at=desk.now)
    old, new = Client(), Client()
    sign_in(desk.person["ana"], client=old)
    assert old.get("/portal/").status_code == 200
    sign_in(desk.person["ana"], client=new)
    assert "that session ended" in pages.text(new.get("/portal/"))
    answer = old.get("/portal/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(LOGIN)
    assert "You have signed in elsewhere since" in pages.text(answer)
    assert SignIn.objects.filter(person=desk.person["ana"], ended_at=None).count() == 1


def test_elsewhere_two_sessions_are_two(desk: Desk) -> None:
    one_session.ask(organisation=desk.acme, by=desk.person["dee"], at=desk.now)
    old, new = Client(), Client()
    sign_in(desk.person["cleo"], client=old)
    sign_in(desk.person["cleo"], client=new)
    assert old.get("/portal/").status_code == 200
