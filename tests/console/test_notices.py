"""Whoever must know is told: on the page of notices always, on the desktop in their hours, in one line per burst."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstay.escalation.models import Notice
from mainstay.mail import correspondence
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from tests.console.conftest import Browse
from tests.console.pages import text
from tests.desk import Desk


def told(browse: Browse, who: str, *, after: int = 0) -> dict[str, Any]:
    answer: dict[str, Any] = browse(who).get("/notices/fresh/", {"after": after}).json()
    return answer


def kinds(desk: Desk, who: str) -> list[str]:
    return list(Notice.objects.filter(person=desk.person[who]).order_by("pk").values_list("kind", flat=True))


def test_whom_a_ticket_is_given_to_is_told_and_whoever_takes_it_is_not(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.does(tickets.assign, "jon", ticket, assignee=desk.person["ida"])
    assert kinds(desk, "ida") == ["assignment"]
    desk.does(tickets.assign, "jon", ticket, assignee=desk.person["jon"])
    assert kinds(desk, "jon") == []


def test_a_clients_answer_is_told_to_whoever_has_the_ticket(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.does(tickets.assign, "ida", ticket, assignee=desk.person["ida"])
    desk.ask("ida", ticket)
    desk.advance(seconds=20)
    desk.answer("ana", ticket, "A secret about Ana")
    assert kinds(desk, "ida") == ["reply"]
    assert kinds(desk, "jon") == []
    assert "secret" not in Notice.objects.get(kind="reply").text


def test_assignments_and_answers_are_mailed_to_nobody(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.does(tickets.assign, "jon", ticket, assignee=desk.person["ida"])
    desk.advance(hours=1)
    correspondence.mail_notices(desk.now)
    assert not Letter.objects.filter(recipients=["ida@vendor.example"]).exists()


def test_one_burst_is_one_line_the_gravest_first(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 10:00")
    ticket = desk.mail("ana")
    for kind in ("warning", "warning", "breach"):
        Notice.objects.create(
            person=desk.person["ida"], ticket=ticket, kind=kind, text="x", due_at=desk.now, at=desk.now
        )
    said = told(browse, "ida")
    assert (said["title"], said["body"]) == ("3 notices", "Breaches: 1, Warnings: 2")
    assert said["address"] == "/notices/"
    assert told(browse, "ida", after=said["last"])["title"] == ""


def test_a_single_one_leads_to_its_ticket(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 10:00")
    ticket = desk.mail("ana")
    desk.does(tickets.assign, "jon", ticket, assignee=desk.person["ida"])
    said = told(browse, "ida")
    assert (said["title"], said["body"]) == ("Assigned", f"{ticket.reference}: assigned to you")
    assert said["address"] == f"/tickets/{ticket.reference}/"
    assert "Ana" not in str(said)


def test_a_browser_that_begins_to_listen_is_not_flooded_with_what_was(desk: Desk, browse: Browse) -> None:
    desk.does(tickets.assign, "jon", desk.mail("ana"), assignee=desk.person["ida"])
    answer = browse("ida").get("/notices/fresh/").json()
    assert answer == {"last": Notice.objects.get().pk, "title": ""}
    assert "assigned to you" in text(browse("ida").get("/notices/"))


def test_at_night_nothing_is_said_and_in_the_morning_it_is_said_in_one(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 20:00")
    for _ in range(2):
        desk.does(tickets.assign, "jon", desk.mail("ana"), assignee=desk.person["ida"])
    said = told(browse, "ida")
    assert (said["title"], said["last"]) == ("", 0)
    desk.at("Tue 09:00")
    assert told(browse, "ida", after=said["last"])["title"].endswith("notices")


def test_on_call_means_at_any_hour(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 20:00")
    browse("ida").post("/notices/when/", {"kinds": ["assignment"], "hours": "core", "on_call": "on"})
    desk.does(tickets.assign, "jon", desk.mail("ana"), assignee=desk.person["ida"])
    assert told(browse, "ida")["title"] == "Assigned"


def test_ones_own_days_hours_and_zone_count(desk: Desk, browse: Browse) -> None:
    said = {
        "kinds": ["assignment"], "hours": "own", "days": ["0"], "opens": "20:00", "closes": "22:00",
        "zone": "Asia/Kolkata",
    }  # fmt: skip
    assert browse("ida").post("/notices/when/", said).status_code == 302
    desk.at("Mon 14:00")
    desk.does(tickets.assign, "jon", desk.mail("ana"), assignee=desk.person["ida"])
    assert told(browse, "ida")["title"] == ""
    desk.at("Mon 15:00")  # half past eight in the evening in Kolkata
    assert told(browse, "ida")["title"] != ""


def test_a_kind_that_nobody_wants_to_hear_is_kept_and_passed_over(desk: Desk, browse: Browse) -> None:
    browse("ida").post("/notices/when/", {"kinds": ["breach"], "hours": "always"})
    desk.does(tickets.assign, "jon", desk.mail("ana"), assignee=desk.person["ida"])
    said = told(browse, "ida")
    assert (said["title"], said["last"]) == ("", Notice.objects.get().pk)
    assert Notice.objects.get().seen_at is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"days": ["0"], "opens": "17:00", "closes": "09:00"}, "the end comes after the beginning"),
        ({"opens": "09:00", "closes": "17:00"}, "Choose at least one day."),
        ({"days": ["0"], "opens": "09:00", "closes": "17:00", "zone": "Mars/Base"}, "No time zone has this name"),
    ],
)
def test_hours_that_cannot_be_are_explained(wrong: dict[str, Any], words: str, browse: Browse) -> None:
    answer = browse("ida").post("/notices/when/", {"hours": "own", "kinds": ["breach"], **wrong})
    assert answer.status_code == 422
    assert words in text(answer)


def test_looking_marks_nothing_and_a_click_marks_what_was_on_the_page(desk: Desk, browse: Browse) -> None:
    first, second = desk.mail("ana"), desk.mail("ana", "Another")
    desk.does(tickets.assign, "jon", first, assignee=desk.person["ida"])
    ida = browse("ida")
    ida.get("/notices/")
    assert Notice.objects.filter(seen_at=None).count() == 1
    on_the_page = Notice.objects.get().pk
    desk.does(tickets.assign, "jon", second, assignee=desk.person["ida"])
    ida.post("/notices/", {"up_to": on_the_page, "kind": ""})
    [left] = Notice.objects.filter(seen_at=None)
    assert left.ticket == second
    ida.post("/notices/", {"only": left.pk})
    assert not Notice.objects.filter(seen_at=None).exists()
    assert "Nothing new" in text(ida.get("/notices/"))
    assert second.reference in text(ida.get("/notices/?show=all"))
    assert second.reference not in text(ida.get("/notices/?show=all&kind=breach"))


def test_nobody_marks_or_reads_a_colleagues(desk: Desk, browse: Browse) -> None:
    desk.does(tickets.assign, "jon", desk.mail("ana"), assignee=desk.person["ida"])
    browse("jon").post("/notices/", {"only": Notice.objects.get().pk})
    assert Notice.objects.get().seen_at is None
    assert told(browse, "jon")["title"] == ""


def test_the_page_costs_the_same_however_many_there_are(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            ida.get("/notices/")
        return len(caught)

    desk.does(tickets.assign, "jon", ticket, assignee=desk.person["ida"])
    ida.get("/notices/")  # the desk's zone is asked for once per process
    before = queries()
    for number in range(120):
        Notice.objects.create(
            person=desk.person["ida"], ticket=ticket, kind="breach", text=f"N {number}", due_at=desk.now, at=desk.now
        )
    assert queries() == before <= 12
    assert "Only the newest hundred are shown." in text(ida.get("/notices/"))
