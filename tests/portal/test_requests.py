"""Requests on the clients' side: made, followed, answered; each promise in words; and what nobody else may see."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainstay.contracts import actions as contracts
from mainstay.tickets import actions, clients
from mainstay.tickets.models import Ticket
from tests.desk import LONG_AGO, Desk
from tests.portal.conftest import Browse

SAID = {
    "subject": "Cards are not read", "text": "Since nine no smartcard is read.", "urgency": "high", "impact": "medium",
    "steps": "Signing in at the front desk", "affected": "All six of us", "since": "nine", "nonce": "one-showing",
}  # fmt: skip


def words(answer: Any) -> str:
    """Return what a page says, without its markup."""
    text = re.sub(r"<(script|style|svg)[\s\S]*?</\1>|<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def made(browser: Client, desk: Desk, **said: Any) -> Ticket:
    answer = browser.post("/portal/requests/new/", {**SAID, "organisation": desk.acme.pk, **said})
    assert answer.status_code == 302, words(answer)
    desk.work()
    return Ticket.objects.order_by("-pk")[0]


def path(ticket: Ticket, *more: str) -> str:
    return "/".join(["/portal/requests", ticket.reference, *more, ""])


def test_a_request_is_made_in_one_form_and_its_reference_is_told_at_once(desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    file = SimpleUploadedFile("reader.png", b"png", content_type="image/png")
    answer = ana.post("/portal/requests/new/", {**SAID, "organisation": desk.acme.pk, "attached": file}, follow=True)
    ticket = Ticket.objects.get()

    assert answer.redirect_chain == [(path(ticket), 302)]
    assert f"We have your request. Its reference is {ticket.reference}." in words(answer)
    assert "What we were doing: Signing in at the front desk" in words(answer)
    assert "reader.png" in words(answer)
    assert (ticket.claimed_urgency, ticket.claimed_impact, ticket.channel) == ("high", "medium", "portal")


def test_a_form_that_is_sent_twice_makes_one_request(desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    assert made(ana, desk) == made(ana, desk)
    assert Ticket.objects.count() == 1


def test_what_is_missing_is_said_and_what_was_typed_comes_back(desk: Desk, browse: Browse) -> None:
    answer = browse("ana").post("/portal/requests/new/", {**SAID, "organisation": desk.acme.pk, "urgency": "", "text": ""})
    assert answer.status_code == 422
    assert "Please choose how urgent it is." in words(answer)
    assert "without that nobody can begin" in words(answer)
    assert 'value="Cards are not read"' in answer.content.decode()
    assert not Ticket.objects.exists()


def test_nobody_makes_a_request_for_somebody_elses_organisation(desk: Desk, browse: Browse) -> None:
    answer = browse("ana").post("/portal/requests/new/", {**SAID, "organisation": desk.carrow.pk})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_what_is_promised_is_read_from_the_agreement_in_force(desk: Desk, browse: Browse) -> None:
    """R5.S4, R5.S5: severity 2 is answered in an hour; once half an hour is agreed in writing, the form says that."""
    ana, chosen = browse("ana"), "/portal/requests/new/promised/?urgency=high&impact=medium"
    desk.at("Mon 09:00")
    assert "severity 2, Serious" in words(ana.get(chosen))
    assert "1 hour if you send it now, by today 10:00 GMT" in words(ana.get(chosen))
    contracts.agree_otherwise(
        contract=desk.contract(desk.acme), terms={"commitment": {"response": {"targets": {"1": "30min", "2": "30min"}}}},
        document="Letter of 12 January", active_from=desk.now, at=desk.now,
        by=desk.person["mara"],
    )  # fmt: skip
    assert "30 minutes if you send it now, by today 09:30 GMT" in words(ana.get(chosen))
    assert "Letter of 12 January" in words(ana.get("/portal/promises/"))


def test_where_the_matrix_is_silent_a_person_decides(desk: Desk, browse: Browse) -> None:
    said = words(browse("ana").get("/portal/requests/new/promised/?urgency=high&impact=low"))
    assert "Your agreement leaves this to a person. We would suggest severity 3, Minor." in said


def test_each_promise_is_told_in_plain_words(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), browse("ana")
    desk.at("Mon 11:00")
    said = words(ana.get(path(ticket)))
    assert "We promised to answer by today 10:00 GMT. We answered today at 10:00 GMT." in said
    assert "We promise a solution by today 16:00 GMT." in said
    assert "Severity 2, Serious" in said

    desk.ask("ida", ticket, arrives="Mon 12:00")
    said = words(ana.get(path(ticket)))
    assert "We wait for your answer, so the time rests. 4 hours of it are left for us once it goes on." in said
    assert "Which card readers are they?" in said


def test_a_promise_that_has_not_begun_says_what_it_will_be(desk: Desk, browse: Browse) -> None:
    """The requester's own assessment is high and medium: severity 2, so six hours once it is answered."""
    ticket = made(browse("ana"), desk)
    said = words(browse("ana").get(path(ticket)))
    assert "This begins once the promise before it has been kept. As it looks now, we then have 6 hours for it." in said


def test_a_colleague_is_added_on_the_page(desk: Desk, browse: Browse) -> None:
    ticket, ana, bo = desk.opened(answered="Mon 10:00"), browse("ana"), desk.person["bo"]
    answer = ana.post(path(ticket, "share"), {"colleague": bo.pk}, follow=True)
    assert "Bo Lind gets by e-mail what we write from now on." in words(answer)
    ana.post(path(ticket, "share"), {"colleague": desk.person["cleo"].pk})
    one = ticket.participants.get()
    assert (one.address, one.accepted) == (bo.email, True)
    ana.post(path(ticket, "unshare"), {"participant": one.pk})
    assert not ticket.participants.filter(accepted=True).exists()


def test_who_is_copied_in_reads_writes_and_decides_nothing(desk: Desk, browse: Browse) -> None:
    """ADR 30. Bo finds it in the list, in a tab of its own; nobody else has that tab."""
    ticket, ana, bo = desk.opened(answered="Mon 10:00"), browse("ana"), browse("bo")
    assert "I am copied in" not in words(bo.get("/portal/requests/"))
    clients.share(ticket=ticket, colleague=desk.person["bo"], by=desk.person["ana"], at=desk.now)
    for listed in ("/portal/", "/portal/requests/", "/portal/requests/?whose=copied"):
        assert ticket.reference in words(bo.get(listed)), listed
    assert ticket.reference not in words(bo.get("/portal/requests/?whose=mine"))
    assert "I am copied in" not in words(ana.get("/portal/requests/"))

    desk.fix("ida", ticket, arrives="Mon 11:00")
    page = words(bo.get(path(ticket)))
    assert "Whoever made the request says whether it works." in page
    assert "You are copied in" in page
    assert "You are copied in" not in words(ana.get(path(ticket)))
    for offered in ("It works, close the request", "I no longer need this", "Add a colleague", "Remove Bo Lind"):
        assert offered not in page, offered
    assert bo.post(path(ticket, "accept"), {"nonce": "a"}).status_code == 422
    assert bo.post(path(ticket, "write"), {"text": "Here too.", "nonce": "b"}).status_code == 302
    assert "Remove Bo Lind" in words(ana.get(path(ticket)))
    ana.post(path(ticket, "unshare"), {"participant": ticket.participants.get().pk})
    assert bo.get(path(ticket)).status_code == 404


def test_who_signs_in_again_after_sending_comes_back_to_the_request(desk: Desk, browse: Browse) -> None:
    """B-class: a session that ended meanwhile leads through the sign-in to the page, and the tab has kept the words."""
    ticket = desk.opened(answered="Mon 10:00")
    away = Client().post(path(ticket, "write"), {"text": "It is back.", "nonce": "a"})
    assert away["Location"].startswith("/accounts/login/?next=/portal/requests/")
    back = browse("ana").get(path(ticket, "write"))
    assert (back.status_code, back["Location"]) == (302, path(ticket))


def test_a_promise_that_was_not_kept_is_told_as_such(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), browse("ana")
    desk.at("Mon 16:30")
    said = words(ana.get(path(ticket)))
    assert "We promised a solution by today 16:00 GMT. We are late by 30 minutes. We are sorry." in said
    desk.fix("ida", ticket, arrives="Mon 16:45")
    said = words(ana.get(path(ticket)))
    assert "You had one today at 16:45 GMT. That was late by 45 minutes. We are sorry." in said


def test_the_account_of_a_promise_adds_up(desk: Desk, browse: Browse) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    desk.at("Mon 14:00")
    page = browse("ana").get(path(ticket, "promises", "resolution"))
    said, drawn = words(page), page.content.decode()
    assert "Waiting for your answer" in said
    assert "clause 5 (Resolution Time)" in said
    assert "Counted in all 2 h" in said
    assert "From today 10:00 GMT to today 14:00 GMT. The table below says the same." in drawn
    assert "<title>Waiting for your answer: today 12:00 GMT to today 14:00 GMT</title>" in drawn


def test_reply_answer_accept_and_open_again(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), browse("ana")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    question = ticket.diagnostics.get()
    desk.at("Mon 13:00")
    answer = ana.post(path(ticket, "questions", str(question.pk)), {"text": "Omnikeys.", "nonce": "a"}, follow=True)
    assert "Your answer is with us, and we go on." in words(answer)
    desk.work()
    assert desk.clock(ticket, "resolution").due == "Mon 17:00"

    desk.fix("ida", ticket, arrives="Mon 14:00")
    assert "Please try our solution" in words(ana.get("/portal/"))
    answer = ana.post(path(ticket, "reject"), {"text": "", "nonce": "b"})
    assert answer.status_code == 422
    assert "Please say what does not work yet" in words(answer)
    ana.post(path(ticket, "reject"), {"text": "No card yet.", "nonce": "c"})
    desk.fix("ida", ticket, arrives="Mon 15:00")
    answer = ana.post(path(ticket, "accept"), {"nonce": "d"}, follow=True)
    assert "Thank you for telling us. The request is closed." in words(answer)
    assert "Open it again" in words(answer)
    desk.work()
    ana.post(path(ticket, "write"), {"text": "It is back.", "nonce": "e"})
    assert desk.look(ticket).state == "open"


def test_asking_for_somebody_higher_up_says_what_happens(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), browse("ana")
    answer = ana.post(path(ticket, "escalate"), {"text": "Patients wait.", "nonce": "a"}, follow=True)
    assert "You asked for somebody higher up today at 10:00 GMT." in words(answer)
    assert "Ask for somebody higher up" not in words(answer)


def test_support_on_site_is_offered_where_the_agreement_includes_it(desk: Desk, browse: Browse) -> None:
    """R3.8: with what is included and its clause, as the agreement has it; nobody else is offered it."""
    ana, offer = browse("ana"), "Ask somebody to come to you"
    assert offer not in words(ana.get(path(desk.opened(answered="Mon 10:00"))))
    contracts.agree_otherwise(
        contract=desk.contract(desk.acme), terms={"entitlement": {"on-site": {"included": True, "limit": 4}}},
        document="Order 12", active_from=LONG_AGO, at=desk.now, by=desk.person["mara"],
    )  # fmt: skip
    ticket = desk.opened(answered="Mon 11:00")
    page = words(ana.get(path(ticket)))
    assert offer in page
    assert "Support at the client&#39;s site. At most 4 a year." in page
    answer = ana.post(path(ticket, "visit"), {"text": "The reader, on Tuesday.", "nonce": "a"}, follow=True)
    assert "A person answers you." in words(answer)
    assert "You asked for it today at 11:00 GMT." in words(answer)
    assert "Support on site was asked for" in words(answer)


def test_the_browser_of_the_reporter_says_that_the_page_was_seen(desk: Desk, browse: Browse) -> None:
    """S2: nothing counts by fetching the page; what the page then sends counts, and only the reporter's."""
    ticket = made(browse("ana"), desk)
    with desk.asleep():
        message = desk.confirm("ida", ticket, 2)
        desk.advance(minutes=1)
        page = browse("ana").get(path(ticket)).content.decode()
        assert f'name="confirmation" value="{message.pk}"' in page
        assert not desk.history(ticket, "severity_provided")
        assert "data-saw" not in browse("dee").get(path(ticket)).content.decode()
        browse("dee").post(path(ticket, "seen"), {"confirmation": message.pk})
        assert not desk.history(ticket, "severity_provided")
        browse("ana").post(path(ticket, "seen"), {"confirmation": message.pk}, headers={"HX-Request": "true"})
        assert desk.event(ticket, "severity_provided").payload["channel"] == "portal"
        assert "data-saw" not in browse("ana").get(path(ticket)).content.decode()


def test_another_client_finds_nothing_of_it(desk: Desk, browse: Browse) -> None:
    ticket, cleo = made(browse("ana"), desk, attached=SimpleUploadedFile("a.txt", b"a")), browse("cleo")
    file = ticket.messages.get(direction="in").attachments.get()
    inside = ("", "news", "promises/response", f"files/{file.pk}", f"messages/{ticket.messages.all()[0].pk}")
    for more in inside:
        assert cleo.get(path(ticket, *filter(None, [more]))).status_code == 404, more
    for act in ("write", "accept", "reject", "escalate", "withdraw", "seen", "questions/1"):
        assert cleo.post(path(ticket, act), {"text": "x", "nonce": act}).status_code == 404, act
    for listed in ("/portal/", "/portal/requests/?standing=all&whose=all", "/portal/requests/?text=cards"):
        assert ticket.reference not in words(cleo.get(listed)), listed
    assert browse("ana").get(path(ticket, "files", str(file.pk))).getvalue() == b"a"


def test_a_colleague_without_rights_sees_neither_list_nor_page(desk: Desk, browse: Browse) -> None:
    ticket = made(browse("ana"), desk)
    assert browse("bo").get(path(ticket)).status_code == 404
    assert ticket.reference not in words(browse("bo").get("/portal/requests/?whose=all&standing=all"))
    assert ticket.reference in words(browse("dee").get("/portal/requests/"))


def test_notes_and_what_is_inside_are_on_no_page(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), browse("ana")
    desk.does(actions.add_note, "ida", ticket, text="marker-inside-only")
    desk.does(actions.grade, "ida", ticket, severity=1, reason="marker-inside-only")
    for page in (path(ticket), "/portal/", "/portal/requests/", path(ticket, "promises", "response")):
        assert "marker-inside-only" not in ana.get(page).content.decode(), page
    assert ticket.reference not in words(ana.get("/portal/requests/?text=marker-inside-only"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", True), ("standing=closed", False), ("severity=2", True), ("severity=3", False), ("text=cards", True),
        ("text=printer", False), ("since=2026-01-13", False), ("until=2026-01-12", True), ("since=nonsense", True),
        ("severity=999999999999", True), ("requester=abc", True), ("after=%00nonsense", True), ("whose=mine", True),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by(desk: Desk, browse: Browse, asked: str, found: bool) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    answer = browse("ana").get(f"/portal/requests/?{asked}")
    assert answer.status_code == 200
    assert (ticket.reference in words(answer)) == found


def test_the_file_holds_what_the_list_shows_and_runs_nothing(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana", "=HYPERLINK(1)", "Since nine o'clock none of our smartcards are read.")
    desk.mail("cleo")
    answer = browse("ana").get("/portal/requests/requests.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["Reference", "Subject"], [ticket.reference, "'=HYPERLINK(1)"]]


def test_the_list_takes_the_same_queries_however_long_it_is(desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    desk.opened(answered="Mon 10:00")
    few = queries(ana, "/portal/requests/")
    for number in range(6):
        desk.mail("ana", f"Printer {number}")
    assert queries(ana, "/portal/requests/") == few
    assert few <= 17


def test_a_request_takes_the_same_queries_however_much_was_said(desk: Desk, browse: Browse) -> None:
    ticket, ana = desk.opened(answered="Mon 10:00"), browse("ana")
    few = queries(ana, path(ticket))
    for number in range(5):
        desk.reply("ida", ticket, f"Word {number}")
        desk.answer("ana", ticket, f"Answer {number}")
    assert queries(ana, path(ticket)) == few
    assert few <= 20


def queries(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)


def test_what_we_promise_says_what_is_included_and_what_is_not(desk: Desk, browse: Browse) -> None:
    """R3.8, R4a: read from the agreement, each with its clause."""
    said = words(browse("bo").get("/portal/promises/"))
    assert "Support at the client's site. clause 3.8" in said.replace("&#39;", "'")
    assert "Major and minor releases" in said
    assert "Monday to Friday 09:00–17:00" in said
    assert "5 working days" in said
    assert "with the next release" in said
    assert "Order of Acme Health" in said
    assert "Carrow" not in said


def test_home_says_when_we_are_there(desk: Desk, browse: Browse) -> None:
    """R2.1, S1: at eight in the morning the telephone rings in vain until nine."""
    said = words(browse("ana").get("/portal/"))
    assert "The telephone is not answered until today 09:00 GMT." in said
    assert "Our service hours are closed until today 09:00 GMT." in said
    assert "Nothing is open" in said
