"""R5.1b: one person, one account. Live sessions are listed, can be ended, and signs of sharing are told as facts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from mainstay.orgs import actions as orgs
from mainstay.orgs import signins
from mainstay.orgs.models import Person, SignIn
from mainstay.screens.sessions import device_of, network_of
from tests.console.conftest import Browse
from tests.console.pages import text
from tests.desk import Desk

PASSWORD = "a long enough password"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"


def signed_in(person: Person, *, agent: str = FIREFOX, address: str = "203.0.113.77") -> Client:
    """Sign somebody in through the real door."""
    if not person.check_password(PASSWORD):
        person.set_password(PASSWORD)
        person.save()
    browser = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    answer = browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def key_of(browser: Client) -> str:
    return browser.cookies["sessionid"].value


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox 133 on Linux"),
        (SAFARI, "Safari on an iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
            "Edge 131 on Windows",
        ),
        ("", "An unknown program"),
        ("<script>alert(1)</script>\r\nX: 1", "An unknown program"),
    ],
)
def test_a_device_is_told_in_our_own_words_only(agent: str, device: str) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.x"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("::ffff:203.0.113.77", "203.0.113.x"),
        ("no address", ""),
        ("", ""),
    ],
)
def test_an_address_is_shortened_to_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_the_account_page_lists_the_sessions_and_marks_this_one(desk: Desk) -> None:
    ida = desk.person["ida"]
    here = signed_in(ida)
    signed_in(ida, agent=SAFARI, address="2001:db8:1:2::1")
    page = here.get("/account/")
    words = text(page)
    assert "Firefox 133 on Linux This one" in words
    assert "Safari on an iPhone" in words
    assert "Network 2001:db8:1::" in words
    assert "203.0.113.77" not in page.content.decode()


def test_one_session_is_ended_and_its_page_goes_with_the_next_request(desk: Desk) -> None:
    here, there = signed_in(desk.person["ida"]), signed_in(desk.person["ida"], agent=SAFARI)
    row = SignIn.objects.get(session_key=key_of(there))
    here.post(f"/account/sessions/{row.pk}/end/")
    assert there.get("/views/open/").status_code == 302
    assert here.get("/views/open/").status_code == 200
    row.refresh_from_db()
    assert (row.ended_at, row.ended_by) == (desk.now, desk.person["ida"])


def test_all_others_are_ended_at_once(desk: Desk) -> None:
    here = signed_in(desk.person["ida"])
    others = [signed_in(desk.person["ida"], agent=SAFARI) for _ in range(3)]
    assert "Ended: 3" in text(here.post("/account/sessions/end/", follow=True))
    assert [one.get("/views/open/").status_code for one in others] == [302, 302, 302]
    assert here.get("/views/open/").status_code == 200


def test_nobody_ends_a_colleagues_session_but_an_administrator(desk: Desk, browse: Browse) -> None:
    jon = signed_in(desk.person["jon"])
    row = SignIn.objects.get(session_key=key_of(jon))
    assert browse("ida").post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert browse("mara").post(f"/sessions/{row.pk}/end/").status_code == 403
    assert jon.get("/views/open/").status_code == 200
    browse("ada").post(f"/sessions/{row.pk}/end/")
    assert jon.get("/views/open/").status_code == 302


def test_signing_out_ends_the_session_on_the_list(desk: Desk) -> None:
    ida = signed_in(desk.person["ida"])
    ida.post("/accounts/logout/")
    assert SignIn.objects.filter(person=desk.person["ida"], ended_at=None).count() == 0


def test_a_session_of_somebody_shut_out_ends_at_once(desk: Desk, browse: Browse) -> None:
    ida = signed_in(desk.person["ida"])
    browse("ada").post(f"/people/{desk.person['ida'].pk}/active/", {"active": "no"})
    assert not Session.objects.filter(session_key=key_of(ida)).exists()
    assert not signins.live([desk.person["ida"]], at=desk.now).exists()
    orgs.set_active(person=desk.person["ida"], active=True, by=desk.person["ada"], at=desk.now)
    assert ida.get("/views/open/").status_code == 302, "letting somebody in again revives no session"


def test_a_new_password_ends_every_other_session(desk: Desk) -> None:
    """Class C10: whoever knew the old one is out."""
    here, there = signed_in(desk.person["ida"]), signed_in(desk.person["ida"], agent=SAFARI)
    new = "quite another password"
    said = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", said).status_code == 302
    assert here.get("/views/open/").status_code == 200
    assert there.get("/views/open/").status_code == 302
    [left] = SignIn.objects.filter(person=desk.person["ida"], ended_at=None)
    assert left.session_key == key_of(here), "the key changed with the password, and the list knows"


def test_a_page_costs_one_write_a_minute_and_no_query_beside_it(desk: Desk) -> None:
    ida = signed_in(desk.person["ida"])
    row = SignIn.objects.get(session_key=key_of(ida))
    desk.advance(seconds=59)
    ida.get("/counts/")
    assert SignIn.objects.get(pk=row.pk).seen_at == row.seen_at
    desk.advance(seconds=2)
    ida.get("/counts/")
    assert SignIn.objects.get(pk=row.pk).seen_at == desk.now


def test_signs_of_sharing_are_shown_to_administrators_as_a_fact(desk: Desk, browse: Browse) -> None:
    signed_in(desk.person["ida"])
    signed_in(desk.person["ida"], agent=SAFARI, address="198.51.100.3")
    words = text(browse("ada").get("/sessions/"))
    assert "Two devices at once: Firefox 133 on Linux and Safari on an iPhone." in words
    assert "Two networks at once: 203.0.113.x and 198.51.100.x." in words
    assert signed_in(desk.person["ida"]).get("/views/open/").status_code == 200, "nobody is punished"


def test_a_telephone_used_in_the_evening_is_no_sign_of_sharing(desk: Desk) -> None:
    signed_in(desk.person["ida"])
    desk.advance(hours=4)
    signed_in(desk.person["ida"], agent=SAFARI, address="198.51.100.3")
    assert signins.signs_of_sharing(list(signins.live([desk.person["ida"]], at=desk.now))) == []


def test_old_sessions_are_forgotten(desk: Desk) -> None:
    signed_in(desk.person["ida"])
    signins.forget_old(desk.now + timedelta(days=89))
    assert SignIn.objects.filter(person=desk.person["ida"]).count() == 1
    signins.forget_old(desk.now + timedelta(days=91))
    assert SignIn.objects.filter(person=desk.person["ida"]).count() == 0
