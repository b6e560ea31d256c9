"""Signing in at the desk: who may, and what a guesser learns."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mainstay.orgs.models import Person
from tests.console import pages
from tests.desk import Desk

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _no_memory(db: None) -> None:
    cache.clear()  # rate limits are kept there


def sign_in(desk: Desk, who: str, password: str = PASSWORD, goal: str = "") -> Any:
    person = desk.person[who]
    person.set_password(PASSWORD)
    person.save()
    return Client().post(
        "/accounts/login/", {"login": person.email.upper(), "password": password, "next": goal}
    )


def test_staff_sign_in_by_e_mail_in_any_case(desk: Desk) -> None:
    assert sign_in(desk, "ida")["Location"] == "/"


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_a_client_cannot_enter_the_console(who: str, desk: Desk) -> None:
    answer = sign_in(desk, who)
    assert answer["Location"] == "/portal/"
    assert answer.client.get("/")["Location"] == "/portal/"
    assert answer.client.get("/views/open/").status_code == 403


def test_who_neither_works_the_desk_nor_has_authority_cannot_sign_in(desk: Desk) -> None:
    assert "_auth_user_id" not in sign_in(desk, "nia").client.session


def test_somebody_shut_out_cannot_sign_in(desk: Desk) -> None:
    Person.objects.filter(pk=desk.person["ida"].pk).update(is_active=False)
    desk.person["ida"].refresh_from_db()
    assert "_auth_user_id" not in sign_in(desk, "ida").client.session


def test_a_wrong_password_names_no_reason_that_helps_a_guesser(desk: Desk) -> None:
    wrong, unknown = (
        sign_in(desk, "ida", "wrong"),
        Client().post("/accounts/login/", {"login": "nobody@vendor.example", "password": "wrong"}),
    )
    told = [pages.part(answer, 'role="alert">', "</div>") for answer in (wrong, unknown)]
    assert told[0] == told[1]


def test_the_sixth_guess_in_five_minutes_is_not_even_looked_at(desk: Desk) -> None:
    for _ in range(5):
        sign_in(desk, "ida", "wrong")
    assert "_auth_user_id" not in sign_in(desk, "ida").client.session


@pytest.mark.parametrize(
    "goal", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(goal: str, desk: Desk) -> None:
    """Class C14."""
    assert sign_in(desk, "ida", goal=goal)["Location"] == "/"


def test_the_session_gets_a_new_name_at_sign_in(desk: Desk) -> None:
    """Class C12: a cookie that was set before is worth nothing."""
    desk.person["ida"].set_password(PASSWORD)
    desk.person["ida"].save()
    client = Client()
    session = client.session
    session["fixed"] = True
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    client.post("/accounts/login/", {"login": desk.person["ida"].email, "password": PASSWORD})
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "path",
    ["login/", "logout/", "signup/", "password/reset/", "password/reset/done/", "password/change/", "reauthenticate/",
     "inactive/", "2fa/", "2fa/totp/activate/", "2fa/recovery-codes/generate/", "2fa/webauthn/add/"],
)  # fmt: skip
def test_the_pages_of_signing_in_look_like_ours(path: str, desk: Desk) -> None:
    client = Client()
    if path not in ("login/", "signup/", "password/reset/", "password/reset/done/", "inactive/"):
        client.cookies = sign_in(desk, "ida").client.cookies
    answer = client.get(f"/accounts/{path}", follow=True)
    assert answer.status_code == 200
    assert 'class="entrance"' in answer.content.decode()
    assert "style=" not in answer.content.decode()


def test_nobody_signs_up_alone(desk: Desk) -> None:
    assert "Ask your administrator" in pages.text(Client().get("/accounts/signup/"))
    form = {"email": "new@vendor.example", "password1": PASSWORD, "password2": PASSWORD}
    Client().post("/accounts/signup/", form)
    assert not Person.objects.filter(email="new@vendor.example").exists()
