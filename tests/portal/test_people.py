"""An administrator keeps the organisation's people in the portal, and people accept their invitations (R5.1b)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainstay.orgs import actions as orgs
from mainstay.orgs import one_session, signins
from mainstay.orgs.models import Change, Invitation, Membership, Person
from mainstay.outbox.models import Letter
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import LONG_AGO, SUPPORT, Desk

PEOPLE, INVITE = "/portal/people/", "/portal/people/invite/"
NEW = {"email": "eve@acme.example", "name": "Eve Stone", "role": "Nurse", "may_raise": "on"}
PASSWORD = "words that nobody guesses"


@pytest.fixture(autouse=True)
def _no_memory(db: None) -> None:
    cache.clear()


@pytest.fixture
def una(desk: Desk) -> Person:
    """Una, who administrates Carrow Trust."""
    una = orgs.add_person(name="Una Hale", email="una@carrow.example", at=LONG_AGO)
    orgs.authorise(person=una, organisation=desk.carrow, role="Lead", administrates=True, at=LONG_AGO)
    desk.person["una"] = una
    return una


def number(desk: Desk, who: str) -> int:
    return Membership.objects.get(person=desk.person[who]).pk


def link(address: str) -> str:
    """Return the path of the newest invitation to `address`, as it stands in the letter."""
    letter = Letter.objects.filter(kind="invitation", recipients=[address]).latest("created_at")
    found = re.search(r"(/portal/invitation/[\w-]+/)", letter.body.decode().replace("=\r\n", ""))
    assert found is not None
    return found[1]


def rights(**said: Any) -> dict[str, Any]:
    return {"role": "Clerk", "may_raise": "on", **said}


# ---- Inviting ----------------------------------------------------------------------------------------------------


def test_an_administrator_invites_and_the_person_accepts_with_name_and_password(desk: Desk, browse: Browse) -> None:
    answer = browse("dee").post(INVITE, NEW, follow=True)
    assert "Eve Stone" in pages.text(answer)
    assert "Waiting" in pages.text(answer)
    eve = Client()
    shown = eve.get(link("eve@acme.example"))
    assert "Dee Marsh invites you" in pages.text(shown)
    assert (shown["Referrer-Policy"], shown["Cache-Control"]) == ("strict-origin", "private, no-store")
    went = eve.post(link("eve@acme.example"), {"name": "Eve Stone", "password": PASSWORD})
    assert (went.status_code, went["Location"]) == (302, "/portal/")
    assert "one person, one account" in pages.text(eve.get("/portal/"))
    person = Person.objects.get(email="eve@acme.example")
    assert person.check_password(PASSWORD)
    assert Membership.objects.get(person=person).granted_by == desk.person["dee"]


def test_a_scanner_that_looks_at_every_link_accepts_nothing(desk: Desk, browse: Browse) -> None:
    """Class C16."""
    browse("dee").post(INVITE, NEW)
    for method in ("get", "head", "options"):
        getattr(Client(), method)(link("eve@acme.example"))
    assert Invitation.objects.get().accepted_at is None
    assert not Person.objects.filter(email="eve@acme.example").exists()


@pytest.mark.parametrize(
    ("password", "told"), [("short", "at least 12"), ("password123456", "too common"), ("eve@acme.example", "similar")]
)
def test_a_weak_password_is_refused_in_words_and_nothing_is_accepted(
    password: str, told: str, desk: Desk, browse: Browse
) -> None:
    browse("dee").post(INVITE, NEW)
    answer = Client().post(link("eve@acme.example"), {"name": "Eve", "password": password})
    assert answer.status_code == 422
    assert told in pages.text(answer)
    assert Invitation.objects.get().accepted_at is None


def test_a_link_that_is_over_says_what_to_do(desk: Desk, browse: Browse) -> None:
    browse("dee").post(INVITE, NEW)
    path = link("eve@acme.example")
    desk.now += timedelta(days=7)
    assert "has expired" in pages.text(Client().get(path))
    for wrong in ("x", "../", "%00", "A" * 300):
        answer = Client().get(f"/portal/invitation/{wrong}/")
        assert answer.status_code in (400, 404, 410), wrong


def test_sent_again_the_old_link_is_dead_and_withdrawn_both_are(desk: Desk, browse: Browse) -> None:
    dee = browse("dee")
    dee.post(INVITE, NEW)
    old, invitation = link("eve@acme.example"), Invitation.objects.get()
    desk.advance(minutes=1)
    dee.post(f"{PEOPLE}invitations/{invitation.pk}/again/")
    new = link("eve@acme.example")
    assert [Client().get(path).status_code for path in (old, new)] == [410, 200]
    dee.post(f"{PEOPLE}invitations/{invitation.pk}/withdraw/")
    assert Client().get(new).status_code == 410


def test_a_letter_that_does_not_arrive_is_said(desk: Desk, browse: Browse) -> None:
    dee = browse("dee")
    dee.post(INVITE, NEW)
    Letter.objects.filter(kind="invitation").update(
        state=Letter.State.FAILED, failed_at=desk.now, next_attempt_at=None
    )
    assert "The letter did not arrive" in pages.text(dee.get(PEOPLE))


@pytest.mark.parametrize("email", [SUPPORT, "ida@vendor.example", "no address"])
def test_addresses_of_the_desk_and_what_is_none_are_refused_beside_the_field(
    email: str, desk: Desk, browse: Browse
) -> None:
    answer = browse("dee").post(INVITE, {**NEW, "email": email})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()
    assert not Letter.objects.filter(kind="invitation").exists()


def test_somebody_who_has_an_account_accepts_signed_in_and_keeps_it(desk: Desk, browse: Browse) -> None:
    cleo = desk.person["cleo"]
    cleo.set_password("her own long password")
    cleo.save()
    browse("dee").post(INVITE, {**NEW, "email": cleo.email})
    stranger = Client().post(link(cleo.email), {"name": "Eve", "password": PASSWORD})
    assert stranger.status_code == 422
    assert "Sign in" in pages.text(stranger)
    browse("cleo").post(link(cleo.email))
    cleo.refresh_from_db()
    assert (cleo.name, cleo.check_password("her own long password")) == ("Cleo Marsh", True)
    assert cleo.memberships.count() == 2


def test_who_is_signed_in_as_somebody_else_does_not_accept_by_mistake(desk: Desk, browse: Browse) -> None:
    dee = browse("dee")
    dee.post(INVITE, NEW)
    answer = dee.post(link("eve@acme.example"), {"name": "Dee", "password": PASSWORD})
    assert "Somebody else is signed in here" in pages.text(answer)
    assert Invitation.objects.get().accepted_at is None


def test_an_authorised_user_by_mail_gets_an_account_with_the_requests_they_made(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    browse("dee").post(INVITE, {**NEW, "email": desk.person["ana"].email})
    ana = Client()
    ana.post(link(desk.person["ana"].email), {"name": "Ana Okafor", "password": ""})
    assert ana.session["_auth_user_id"] == str(desk.person["ana"].pk)
    assert desk.look(ticket).requester == desk.person["ana"]
    assert Membership.objects.get(person=desk.person["ana"]).role == "Service desk lead"


# ---- Keeping -----------------------------------------------------------------------------------------------------


def test_the_list_holds_the_administrators_people_and_nobody_elses(desk: Desk, browse: Browse, una: Person) -> None:
    acme, carrow = pages.text(browse("dee").get(PEOPLE)), pages.text(browse("una").get(PEOPLE))
    assert all(name in acme for name in ("Ana Okafor", "Bo Lind", "Dee Marsh"))
    assert not any(name in acme for name in ("Cleo", "Una", "Carrow"))
    assert "Cleo Marsh" in carrow
    assert not any(name in carrow for name in ("Ana Okafor", "Bo Lind", "Dee", "Acme"))


def test_whoever_administrates_one_of_two_organisations_keeps_that_one_only(desk: Desk, browse: Browse) -> None:
    orgs.authorise(person=desk.person["dee"], organisation=desk.carrow, role="Adviser", sees_all=True, at=LONG_AGO)
    dee = browse("dee")
    assert "Cleo" not in pages.text(dee.get(PEOPLE))
    assert dee.get(f"{PEOPLE}{number(desk, 'cleo')}/").status_code == 404


@pytest.mark.parametrize("path", ["{}/", "{}/end/"])
def test_another_clients_person_is_not_there(path: str, desk: Desk, browse: Browse, una: Person) -> None:
    """Class C1: neither to be seen nor to be changed."""
    before = list(Membership.objects.order_by("pk").values())
    for method in ("get", "post"):
        for who in ("cleo", "una"):
            answer = getattr(browse("dee"), method)(PEOPLE + path.format(number(desk, who)), rights())
            assert answer.status_code == 404
    assert list(Membership.objects.order_by("pk").values()) == before


def test_another_clients_invitation_and_rule_are_not_there(desk: Desk, browse: Browse, una: Person) -> None:
    browse("dee").post(INVITE, NEW)
    carrow, invitation = browse("una"), Invitation.objects.get()
    for act in ("again", "withdraw"):
        assert carrow.post(f"{PEOPLE}invitations/{invitation.pk}/{act}/").status_code == 404
    assert carrow.post(f"{PEOPLE}sessions/{desk.acme.pk}/", {"one": "on"}).status_code == 404
    assert one_session.wanted_by(desk.acme) is None
    assert "Eve" not in pages.text(carrow.get(PEOPLE))


def test_nobody_is_invited_to_another_organisation(desk: Desk, browse: Browse, una: Person) -> None:
    """Class C4: a field that the form does not have changes nothing."""
    browse("dee").post(INVITE, {**NEW, "organisation": desk.carrow.pk, "staff_role": "administrator"})
    assert Invitation.objects.get().organisation == desk.acme


def test_rights_are_changed_and_noted(desk: Desk, browse: Browse) -> None:
    dee = browse("dee")
    dee.post(f"{PEOPLE}{number(desk, 'bo')}/", rights(sees_all="on"))
    bo = Membership.objects.get(person=desk.person["bo"])
    assert (bo.role, bo.may_raise, bo.sees_all, bo.administrates) == ("Clerk", True, True, False)
    assert "Dee Marsh changed what Bo Lind may do" in pages.text(dee.get(f"{PEOPLE}history/"))
    assert Change.objects.filter(kind="user_changed", by=desk.person["dee"]).exists()


def test_the_last_administrator_is_refused_and_told_what_to_do(desk: Desk, browse: Browse) -> None:
    path = f"{PEOPLE}{number(desk, 'dee')}/"
    for answer in (browse("dee").post(path, rights()), browse("dee").post(f"{path}end/")):
        assert answer.status_code == 422
        assert "Make somebody else an administrator first" in pages.text(answer)


def test_ended_authority_loses_the_pages_and_the_sessions(desk: Desk, browse: Browse) -> None:
    ana, dee = browse("ana"), browse("dee")
    assert ana.get("/portal/").status_code == 200
    dee.post(f"{PEOPLE}{number(desk, 'ana')}/end/")
    assert ana.get("/portal/").status_code == 302
    shown = pages.text(dee.get(f"{PEOPLE}?ended=yes"))
    assert "Ana Okafor" in shown
    assert "Ana Okafor" not in pages.text(dee.get(PEOPLE))


def test_the_list_is_narrowed_sorted_and_paged(desk: Desk, browse: Browse) -> None:
    for index in range(30):
        person = orgs.add_person(name=f"Zed {index:02}", email=f"z{index}@acme.example", at=LONG_AGO)
        orgs.authorise(person=person, organisation=desk.acme, role="Porter", may_raise=index > 2, at=LONG_AGO)
    dee = browse("dee")
    first = dee.get(PEOPLE)
    assert "Zed 29" not in pages.text(first)
    second = dee.get(PEOPLE + pages.beside(first, "next"))
    assert "Zed 29" in pages.text(second)
    assert pages.text(dee.get(PEOPLE + pages.beside(second, "prev"))) == pages.text(first)
    assert "Zed 29" in pages.text(dee.get(f"{PEOPLE}?sort=-name"))
    assert "4 people" in pages.text(dee.get(f"{PEOPLE}?right=none"))
    assert "1 person" in pages.text(dee.get(f"{PEOPLE}?text=porter+07"))
    assert "Nobody matches" in pages.text(dee.get(f"{PEOPLE}?text=%27)+OR+1%3D1--"))
    for odd in ("sort=password", "after=x", "before=WzFd", "right=x", "ended=x", "text=%00", "sort=person__password"):
        assert dee.get(f"{PEOPLE}?{odd}").status_code in (200, 400), odd


def test_the_list_asks_the_same_for_few_and_for_many(desk: Desk, browse: Browse) -> None:
    dee = browse("dee")

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            dee.get(PEOPLE)
        return len(caught)

    dee.get(PEOPLE)
    few = asked()
    for index in range(15):
        person = orgs.add_person(name=f"Zed {index:02}", email=f"z{index}@acme.example", at=LONG_AGO)
        orgs.authorise(person=person, organisation=desk.acme, role="Porter", at=LONG_AGO)
    assert asked() == few


# ---- Sessions ----------------------------------------------------------------------------------------------------


def two_devices(desk: Desk, browse: Browse, who: str) -> Client:
    """Have somebody signed in on two devices at once; return the first one's browser."""
    one = browse(who)
    other = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Version/18 Safari", REMOTE_ADDR="198.51.100.7")
    other.force_login(desk.person[who], backend="django.contrib.auth.backends.ModelBackend")
    desk.now += timedelta(minutes=2)  # a session is noted once a minute
    for browser in (one, other):
        browser.get("/portal/account/")
    return one


def test_signs_of_sharing_are_shown_to_the_administrator_and_to_support(desk: Desk, browse: Browse) -> None:
    two_devices(desk, browse, "ana")
    assert "May be shared" in pages.text(browse("dee").get(PEOPLE))
    assert "Two" in pages.text(browse("dee").get(f"{PEOPLE}{number(desk, 'ana')}/"))
    assert "at once" in pages.text(browse("ida").get(f"/clients/acme-health/users/{number(desk, 'ana')}/"))


def test_a_person_sees_and_ends_their_own_sessions_and_no_others(desk: Desk, browse: Browse) -> None:
    ana, bo = two_devices(desk, browse, "ana"), browse("bo")
    mine = list(signins.live([desk.person["ana"]], at=desk.now))
    assert len(mine) == 2
    assert pages.text(ana.get("/portal/account/")).count("Network") == 2
    assert bo.post(f"/portal/account/sessions/{mine[0].pk}/end/").status_code == 404
    ana.post("/portal/account/sessions/end-others/")
    assert signins.live([desk.person["ana"]], at=desk.now).count() == 1
    assert ana.get("/portal/").status_code == 200


def test_one_session_is_wanted_and_dropped_with_who_and_when(desk: Desk, browse: Browse) -> None:
    dee, path = browse("dee"), f"{PEOPLE}sessions/{desk.acme.pk}/"
    dee.post(path, {"one": "on"})
    wanted = one_session.wanted_by(desk.acme)
    assert wanted is not None
    assert wanted.began_by == desk.person["dee"]
    assert "asked for one live session per person" in pages.text(dee.get(f"{PEOPLE}history/"))
    dee.post(path, {"one": "off"})
    assert one_session.wanted_by(desk.acme) is None


# ---- The account -------------------------------------------------------------------------------------------------


def test_name_and_number_are_the_persons_own_and_nothing_else_is(desk: Desk, browse: Browse) -> None:
    """Class C4."""
    form = {"name": "Ana Hill", "phone": "01632 960123", "email": "x@acme.example", "staff_role": "administrator",
            "administrates": "on", "is_active": ""}  # fmt: skip
    browse("ana").post("/portal/account/", form)
    ana = Person.objects.get(pk=desk.person["ana"].pk)
    assert (ana.name, ana.phone, ana.email, ana.staff_role, ana.is_active) == (
        "Ana Hill", "+441632960123", "ana@acme.example", "", True,
    )  # fmt: skip
    assert not ana.memberships.get().administrates
    assert browse("ana").post("/portal/account/", {"name": "", "phone": "nonsense"}).status_code == 422


def test_look_and_mails_are_chosen_and_what_there_is_not_is_refused(desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    answer = ana.post("/portal/account/look/", {"theme": "dark", "motion": "off"})
    assert (answer.cookies["theme"].value, answer.cookies["motion"].value) == ("dark", "off")
    assert 'data-theme="dark"' in ana.get("/portal/account/").content.decode()
    ana.post("/portal/account/mails/", {"own": "act", "colleagues": "none"})
    shown = ana.get("/portal/account/").content.decode()
    assert re.search(r'value="none" checked', shown)
    assert "cannot be switched off" in shown
    assert ana.post("/portal/account/look/", {"theme": "pink"}).status_code == 400
    assert ana.post("/portal/account/mails/", {"own": "none"}).status_code == 400
