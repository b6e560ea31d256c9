"""Complaints in the portal (R3.10a): whoever may come in may complain, and sees their own and nobody else's."""

from __future__ import annotations

import re

from mainstay.tickets.models import Ticket
from tests.console.conftest import Browse
from tests.desk import Desk

WORDS = "Nobody has rung us back since last week, and we are not amused."


def test_a_complaint_about_a_request_is_a_case_of_its_own_and_acknowledged(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(), browse("ana")
    page = ana.get(f"/portal/complaints/new/?about={ticket.reference}").content.decode()
    assert re.search(rf'<option value="{ticket.pk}" selected', page)
    answer = ana.post("/portal/complaints/new/", {"text": WORDS, "about": ticket.pk, "nonce": "n1"}, follow=True)
    desk.work()
    case = Ticket.objects.get(kind="complaint")

    assert (case.channel, case.about, case.organisation, case.verified) == ("portal", ticket, desk.acme, True)
    assert case.reference in answer.content.decode()
    assert case.complained_of.get().person == desk.person["ida"]
    assert "complaint" in desk.sent("ana")[-1].text


def test_sent_twice_it_is_one(desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    for _ in range(2):
        ana.post("/portal/complaints/new/", {"text": WORDS, "about": "", "nonce": "n1"})
    assert Ticket.objects.filter(kind="complaint").count() == 1


def test_whoever_may_not_raise_requests_may_complain(desk: Desk, browse: Browse) -> None:
    browse("bo").post("/portal/complaints/new/", {"text": WORDS, "about": "", "nonce": "n1"})
    assert Ticket.objects.get().organisation == desk.acme


def test_nobody_sees_the_complaints_of_others(desk: Desk, browse: Browse) -> None:
    browse("ana").post("/portal/complaints/new/", {"text": WORDS, "about": "", "nonce": "n1"})
    case = Ticket.objects.get()
    assert case.reference in browse("ana").get("/portal/complaints/").content.decode()
    for who in ("bo", "dee", "cleo"):
        assert case.reference not in browse(who).get("/portal/complaints/").content.decode(), who


def test_a_request_that_one_does_not_see_cannot_be_complained_about(desk: Desk, browse: Browse) -> None:
    ticket, cleo = desk.opened(), browse("cleo")
    page = cleo.get(f"/portal/complaints/new/?about={ticket.reference}").content.decode()
    assert ticket.reference not in page
    answer = cleo.post("/portal/complaints/new/", {"text": WORDS, "about": ticket.pk, "nonce": "n1"})
    assert answer.status_code == 422
    assert not Ticket.objects.filter(kind="complaint").exists()


def test_an_empty_one_is_asked_for_again(desk: Desk, browse: Browse) -> None:
    answer = browse("ana").post("/portal/complaints/new/", {"text": "  ", "about": "", "nonce": "n1"})
    assert answer.status_code == 422
    assert "so that a manager can answer it" in answer.content.decode()


def test_the_list_says_what_was_promised_and_kept(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    browse("ana").post("/portal/complaints/new/", {"text": WORDS, "about": "", "nonce": "n1"})
    assert "We answer by" in browse("ana").get("/portal/complaints/").content.decode()
    desk.answer_complaint("mara", Ticket.objects.get(), arrives="Tue 10:00")
    assert "We answered at" in browse("ana").get("/portal/complaints/").content.decode()
