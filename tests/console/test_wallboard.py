"""The wallboard: the desk from across the room, naming no person of a client, also where nobody is signed in."""

from __future__ import annotations

import re

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Person, Screen
from mainstay.tickets import actions as tickets
from tests.console.conftest import Browse
from tests.console.pages import text
from tests.desk import Desk


def board(browse: Browse, who: str = "ida") -> str:
    return text(browse(who).get("/wallboard/"))


def test_the_next_promises_stand_there_with_their_organisation_and_no_person(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 10:00")
    ticket = desk.mail("ana", "Ana Aske cannot sign in")
    words = board(browse)
    assert ticket.reference in words
    assert "Acme Health" in words
    page = browse("ida").get("/wallboard/").content.decode()
    assert "Ana" not in page
    assert "sign in" not in page
    assert "acme.example" not in page


def test_what_is_kept_and_what_is_missed_today_is_counted(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    kept = desk.mail("ana")
    desk.confirm("ida", kept, 4, arrives="Mon 09:10")
    assert "2 kept today 0 missed today" in board(browse), "the first reply and the response"
    missed = desk.mail("ana", "Another")
    desk.confirm("ida", missed, 1, arrives="Mon 09:30")
    desk.at("Mon 16:00")
    words = board(browse)
    assert "Breached 1" in words
    assert "4 kept today 2 missed today" in words, "the resolution and a progress update"
    desk.at("Tue 00:30")
    assert "0 kept today 0 missed today" in board(browse)


def test_the_oldest_that_nobody_has_is_named(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    first = desk.mail("ana")
    desk.advance(hours=1)
    second = desk.mail("ana", "Another")
    assert f"With nobody for longest: {first.reference} Acme Health, 1 h" in board(browse)
    desk.does(tickets.assign, "ida", first, assignee=desk.person["ida"])
    desk.does(tickets.assign, "ida", second, assignee=desk.person["ida"])
    assert "Every open ticket has somebody." in board(browse)


def test_an_empty_desk_says_so(desk: Desk, browse: Browse) -> None:
    assert "No promise is running." in board(browse)
    assert "None that is open." in board(browse)


def test_the_board_costs_the_same_however_much_is_open(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            ida.get("/wallboard/parts/")
        return len(caught)

    desk.mail("ana")
    ida.get("/wallboard/parts/")
    before = queries()
    for number in range(12):
        desk.mail("ana", f"Request {number}")
    assert queries() == before


def made(browse: Browse) -> str:
    page = browse("ada").post("/wallboard/screens/", {"name": "Over the door"})
    [path] = re.findall(rf"{settings.BASE_URL}(/screen/[\w-]{{43}}/)", page.content.decode())[:1]
    return path


def test_a_screen_shows_the_board_without_anybody_signed_in(desk: Desk, browse: Browse) -> None:
    ticket, path = desk.mail("ana"), made(browse)
    wall = Client()
    page = wall.get(path)
    assert ticket.reference in text(page)
    assert "/tickets/" not in page.content.decode(), "there is nowhere to go from it"
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("no-referrer", "private, no-store")
    assert wall.get(f"{path}parts/").status_code == 200
    assert wall.post(path).status_code == 405
    assert "sessionid" not in wall.cookies
    assert path.split("/")[2] not in Screen.objects.get().digest, "only a digest is kept"


def test_a_screen_ends_with_its_link_and_with_whoever_made_it(desk: Desk, browse: Browse) -> None:
    path = made(browse)
    browse("ada").post(f"/wallboard/screens/{Screen.objects.get().pk}/end/")
    assert Client().get(path).status_code == 404
    path = made(browse)
    assert Client().get(path).status_code == 200
    orgs.set_staff_role(person=desk.person["mara"], role="administrator", by=desk.person["ada"])
    mara = Person.objects.get(name=desk.person["mara"].name)
    orgs.set_active(person=desk.person["ada"], active=False, by=mara, at=desk.now)
    assert Client().get(path).status_code == 404


def test_a_guess_opens_nothing(desk: Desk) -> None:
    for guess in ("x", "0" * 43, "%25", "..", "' OR 1=1--"):
        assert Client().get(f"/screen/{guess}/").status_code == 404
