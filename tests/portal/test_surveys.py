"""The survey's page (R3.9): reading it is no answer, it works once, and it tells nobody anything."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from mainstay.feedback.models import Survey
from mainstay.tickets.models import Event, Ticket
from tests.console.conftest import Browse
from tests.desk import Desk


@pytest.fixture
def path(desk: Desk) -> str:
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 12:00")
    found = re.search(r"/survey/[\w-]+/", "".join(desk.sent("ana", kind="closure")[-1].text.split()))
    assert found
    return found[0]


def strict() -> Client:
    """A browser without any cookie, held to every token there is."""
    return Client(enforce_csrf_checks=True)


def rows() -> list[object]:
    return [list(Survey.objects.values()), Event.objects.count(), Ticket.objects.count()]


def test_programs_that_open_the_links_of_a_mail_answer_nothing(desk: Desk, path: str) -> None:
    """Class C16: looked at ten times, by GET and HEAD, before its reader comes."""
    before = rows()
    for _ in range(5):
        assert strict().get(path).status_code == 200
        assert strict().head(path).status_code == 200
    assert rows() == before


def test_each_part_is_rated_in_words_and_sent_once(desk: Desk, path: str) -> None:
    page = strict().get(path).content.decode()
    assert "Being kept up to date" in page
    assert "Does not apply" in page
    answer = strict().post(path, {"part-response": "5", "part-manner": "2", "comment": "Ida was kind."})
    assert (answer.status_code, answer["Location"]) == (302, path)

    assert "Thank you" in strict().get(path).content.decode()
    again = strict().post(path, {"part-response": "1"})
    assert "Thank you" in again.content.decode()
    survey = Survey.objects.get()
    assert {one.part.key: one.value for one in survey.ratings.all()} == {"response": 5, "manner": 2}


def test_a_complaint_is_told_with_its_reference(desk: Desk, path: str) -> None:
    strict().post(path, {"part-manner": "1", "comment": "Nobody listened.", "complain": "on"})
    case = Ticket.objects.get(kind="complaint")
    assert case.reference in strict().get(path).content.decode()


def test_what_was_typed_stays_where_something_is_missing(desk: Desk, path: str) -> None:
    answer = strict().post(path, {"part-manner": "1", "complain": "on"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "what the complaint is about" in page
    assert re.search(r'name="part-manner" value="1" checked', page)
    assert Survey.objects.get().answered_at is None


@pytest.mark.parametrize("ratings", ["6", "0", "-1", "x", "1e3"])
def test_a_rating_that_is_none_is_refused(desk: Desk, path: str, ratings: str) -> None:
    assert strict().post(path, {"part-manner": ratings}).status_code == 422


def test_an_ended_or_unknown_link_says_so_kindly_and_names_nothing(desk: Desk, path: str) -> None:
    unknown = strict().get("/survey/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/")
    desk.at("+5 Mon 12:00")
    expired = strict().get(path)

    assert (unknown.status_code, expired.status_code) == (404, 410)
    for answer, words in ((unknown, "This link leads nowhere"), (expired, "This survey has ended")):
        page = answer.content.decode()
        assert words in page
        assert not any(one in page for one in ("MST-", "Acme", "Ana", "Ida", "Cards are not read"))
    assert strict().post(path, {"part-manner": "5"}).status_code == 410


def test_the_open_page_names_the_request_and_nobody(desk: Desk, path: str) -> None:
    page = strict().get(path).content.decode()
    assert not any(one in page for one in ("Acme", "Ana", "Ida", "Cards are not read"))


def test_its_address_is_told_to_nobody(desk: Desk, path: str) -> None:
    for answer in (strict().get(path), strict().get("/survey/x/"), strict().post(path, {})):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert not answer.cookies


def test_staff_who_read_the_thread_do_not_find_the_link(desk: Desk, path: str, browse: Browse) -> None:
    ticket = Ticket.objects.get()
    page = browse("ida").get(f"/tickets/{ticket.reference}/").content.decode()
    assert "only its recipient has it" in page
    assert path not in page


@pytest.mark.parametrize("token", ["%00", "..", "a" * 5000, "%F0%9F%92%A5", "' OR 1=1 --"])
def test_hostile_links_are_unknown_links(desk: Desk, token: str) -> None:
    assert strict().get(f"/survey/{token}/").status_code in (400, 404)
