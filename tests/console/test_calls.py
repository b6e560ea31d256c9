"""The call screen: who rings is found, what may be told is shown, and each act is one step."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mainstay.contracts import out_of_hours
from mainstay.orgs import actions as orgs
from mainstay.phone import call_backs, reports
from mainstay.phone.models import Call, CallBack, State
from mainstay.tickets.models import Ticket
from tests.console.conftest import Browse
from tests.core.telling import shown
from tests.desk import LONG_AGO, Desk


def answer(browser: Client, **said: str) -> Call:
    path = browser.post("/calls/new/", said)["Location"]
    return Call.objects.get(pk=path.strip("/").split("/")[-1])


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def ring(desk: Desk, browser: Client, who: str = "ana") -> Call:
    call = answer(browser)
    browser.post(f"/calls/{call.pk}/caller/", {"person": desk.person[who].pk})
    call.refresh_from_db()
    return call


def do(browser: Client, call: Call, act: str, **said: Any) -> Any:
    return browser.post(f"/calls/{call.pk}/do/{act}/", said)


def test_one_key_answers_and_the_same_key_goes_back_to_the_call(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = answer(ida)
    assert (call.state, call.answered_by, call.started_at) == (State.RUNNING, desk.person["ida"], desk.now)
    assert answer(ida) == call
    assert answer(browse("jon")) != call


def test_a_call_begins_with_nobodys_look_at_a_page(desk: Desk, browse: Browse) -> None:
    orgs.set_phone(person=desk.person["ana"], phone="01632 960123", at=desk.now)
    page = browse("ida").get("/calls/new/?number=+441632960123")  # the plus sign is a space by now
    assert Call.objects.count() == 0
    said = words(page)
    assert "+44 1632 960123" in said
    assert "Ana Okafor" in said
    assert "It proves nothing" in said


def test_the_running_call_is_seen_from_every_page_until_it_ends(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = ring(desk, ida)
    desk.advance(minutes=2, seconds=5)
    page = ida.get("/views/open/").content.decode()
    assert 'data-since="125"' in page
    assert "Ana Okafor" in page
    assert "callbar" not in browse("jon").get("/views/open/").content.decode()
    ida.post(f"/calls/{call.pk}/end/")
    assert "callbar" not in ida.get("/views/open/").content.decode()
    call.refresh_from_db()
    assert call.lasted == timedelta(minutes=2, seconds=5)


@pytest.mark.parametrize("typed", ["ana", "acme", "960123", "ana@acme"])
def test_callers_are_found_as_somebody_types_with_their_authority(desk: Desk, browse: Browse, typed: str) -> None:
    orgs.set_phone(person=desk.person["ana"], phone="01632 960123", at=desk.now)
    ida = browse("ida")
    call = answer(ida)
    said = words(ida.get(f"/calls/{call.pk}/found/", {"q": typed}))
    assert "Ana Okafor" in said
    assert "May raise requests Acme Health Core Service Hours" in said


def test_a_misheard_reference_is_said_to_be_one(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    ida = browse("ida")
    call = answer(ida)
    wrong = f"{ticket.reference[:-1]}{(int(ticket.reference[-1]) + 1) % 10}"
    said = words(ida.get(f"/calls/{call.pk}/found/", {"q": wrong}))
    assert "A digit of that reference is wrong" in said
    assert ticket.reference in said


def test_the_card_shows_coverage_hours_and_the_open_tickets_with_their_next_promise(
    desk: Desk, browse: Browse
) -> None:
    desk.at("Mon 09:30")
    ticket = desk.opened(severity=2)
    ida = browse("ida")
    call = ring(desk, ida)
    said = words(ida.get(f"/calls/{call.pk}/"))
    assert "Core Service Hours" in said
    assert "open now, until 17:00 GMT" in said  # support
    assert "open now, until 17:30 GMT" in said  # the telephone
    assert ticket.reference in said
    assert "Progress update" in said


@pytest.mark.parametrize("who", ["bo", "cleo"])
def test_a_caller_is_never_shown_with_what_they_may_not_be_told(desk: Desk, browse: Browse, who: str) -> None:
    out_of_hours.agree(
        contract=desk.contract(desk.acme), number="01632 960999", words="", active_from=LONG_AGO, at=desk.now
    )
    ticket = desk.mail("ana", "Quarterly figures")
    ida = browse("ida")
    call = ring(desk, ida, who)
    page = ida.get(f"/calls/{call.pk}/").content.decode()
    for secret in (ticket.reference, "Quarterly figures", "960999", "Order of Acme Health"):
        assert secret not in page
    if who == "bo":
        assert "May not raise requests" in page
        assert "/do/ticket/" not in page


def test_the_out_of_hours_number_stands_on_the_card_of_its_client(desk: Desk, browse: Browse) -> None:
    out_of_hours.agree(
        contract=desk.contract(desk.acme), number="01632 960999", words="Severity 1.", active_from=LONG_AGO,
        at=desk.now,
    )  # fmt: skip
    ida = browse("ida")
    assert "+44 1632 960999" in ida.get(f"/calls/{ring(desk, ida).pk}/").content.decode()


def test_a_ticket_a_note_and_both_readings_are_one_step_each(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:10")
    ida = browse("ida")
    call = ring(desk, ida)
    desk.advance(minutes=2)
    said = {"subject": "No card is read", "text": "Since nine.", "urgency": "high", "impact": "medium"}
    assert do(ida, call, "ticket", **said).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.verified, shown(ticket.reported_at)) == (True, "Mon 09:10")
    pane = words(ida.get(f"/calls/{call.pk}/do/severity/"))
    assert ", ".join(" ".join(part) for part in ticket.reference.split("-")) in pane
    assert do(ida, call, "severity", ticket=ticket.reference, severity="2").status_code == 302
    assert desk.clock(ticket, "response").state == "met"
    assert do(ida, call, "reference", ticket=ticket.reference).status_code == 302
    assert do(ida, call, "note", ticket=ticket.reference, text="She rings from the front desk.").status_code == 302
    done = words(ida.get(f"/calls/{call.pk}/"))
    for told in ("New ticket", "Read out reference and severity: severity 2", "Note on a ticket"):
        assert told in done
    thread = ida.get(f"/tickets/{ticket.reference}/").content.decode()
    assert "On the telephone: read out reference and severity" in thread
    assert f"/calls/{call.pk}/" in thread
    desk.work()
    assert [one.kind for one in desk.sent(about=ticket)] == ["acknowledgement"]
    assert desk.faults() == []


def test_a_request_that_is_sent_twice_is_opened_once(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = ring(desk, ida)
    said = {"subject": "No card", "text": "Since nine.", "nonce": "the same"}
    do(ida, call, "ticket", **said)
    again = do(ida, call, "ticket", **said)
    assert again.status_code == 422
    assert Ticket.objects.count() == 1


def test_the_clients_answer_goes_into_the_thread_as_theirs(desk: Desk, browse: Browse) -> None:
    ticket = desk.opened()
    desk.ask("ida", ticket, arrives="Mon 11:00")
    ida = browse("ida")
    call = ring(desk, ida)
    do(ida, call, "answer", ticket=ticket.reference, text="The blue readers.")
    assert desk.look(ticket).state == "open"
    page = words(ida.get(f"/tickets/{ticket.reference}/"))
    assert "Answer on the telephone" in page
    assert "Taken down on the telephone by Ida Flint." in page


def test_a_note_finds_its_ticket_by_a_reference_that_is_typed(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("cleo")
    ida = browse("ida")
    call = ring(desk, ida)
    wrong = do(ida, call, "note", reference="MST-999999-9", text="About theirs.")
    assert wrong.status_code == 422
    assert "digit by digit" in wrong.content.decode()
    assert do(ida, call, "note", reference=ticket.reference.lower(), text="About theirs.").status_code == 302


def test_a_reference_of_another_client_is_not_read_out(desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("cleo")
    ida = browse("ida")
    call = ring(desk, ida)
    refused = do(ida, call, "reference", reference=ticket.reference)
    assert refused.status_code == 422
    assert "may not be told" in refused.content.decode()


def test_not_authorised_holds_the_request_with_neutral_words(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = answer(ida, number="01632 960777")
    ida.post(f"/calls/{call.pk}/caller/", {"name": "Dev Rao"})
    pane = words(ida.get(f"/calls/{call.pk}/do/hold/"))
    assert "I cannot say anything about anybody" in pane
    assert "Acme" not in pane
    said = {"name": "Dev Rao", "said_organisation": "Acme", "subject": "No card", "text": "None.", "address": ""}
    do(ida, call, "hold", **said)
    held = Ticket.objects.get()
    assert (held.verified, held.requester_name) == (False, "Dev Rao")
    assert desk.sent() == []
    assert "Dev Rao" in ida.get("/verification/").content.decode()
    authorised = ida.post(
        f"/tickets/{held.reference}/authorise/",
        {"organisation": desk.acme.pk, "person_name": "Dev Rao", "role": "Porter"},
    )
    assert "without an e-mail address" in authorised.content.decode()


def test_a_call_back_is_promised_listed_rung_done_and_undone(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = ring(desk, ida)
    assert do(ida, call, "call-back", within="30").status_code == 422  # no number is known
    do(ida, call, "call-back", within="30", number="01632 960123", text="whether it works")
    row = CallBack.objects.get()
    assert row.due_at == desk.now + timedelta(minutes=30)
    ida.post(f"/calls/{call.pk}/end/")
    page = ida.get("/calls/back/").content.decode()
    assert "+44 1632 960123" in page
    assert 'data-count="call_backs">1<' in page
    rung = Call.objects.get(pk=ida.post(f"/calls/back/{row.pk}/ring/")["Location"].strip("/").split("/")[-1])
    assert (rung.direction, rung.person, rung.number) == ("out", desk.person["ana"], "+441632960123")
    ida.post(f"/calls/back/{row.pk}/done/")
    assert "Nobody waits for a call" in ida.get("/calls/back/").content.decode()
    ida.post(f"/calls/back/{row.pk}/undo/")
    assert "whether it works" in ida.get("/calls/back/").content.decode()


def test_a_moment_is_meant_in_the_desks_zone(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = ring(desk, ida)
    said = {"within": "at", "due_at": "2026-07-01T10:00", "number": "01632 960123"}
    do(ida, call, "call-back", **said)
    assert CallBack.objects.get().due_at.isoformat() == "2026-07-01T09:00:00+00:00"
    assert do(ida, call, "call-back", within="at", number="01632 960123").status_code == 422


def test_a_reminder_leads_to_the_call_back(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = ring(desk, ida)
    do(ida, call, "call-back", within="30", number="01632 960123", text="soon")
    desk.advance(minutes=25)
    page = ida.get("/notices/").content.decode()
    assert "Ring Ana Okafor back soon: soon" in page
    assert f"/calls/back/#call_back-{CallBack.objects.get().pk}" in page


def test_calls_are_listed_by_whose_they_are_a_page_at_a_time(
    desk: Desk, browse: Browse, django_assert_max_num_queries: Any
) -> None:
    ida = browse("ida")
    for number in range(60):
        Call.objects.create(
            state=State.ENDED, person=desk.person["ana"], organisation=desk.acme, answered_by=desk.person["ida"],
            began_at=desk.now + timedelta(seconds=number), started_at=desk.now + timedelta(seconds=number),
            ended_at=desk.now + timedelta(seconds=number + 65), recorded_at=desk.now,
        )  # fmt: skip
    Call.objects.create(
        state=State.MISSED, number="+441632960777", began_at=desk.now, ended_at=desk.now, recorded_at=desk.now
    )
    assert "+44 1632 960777" in ida.get("/calls/?view=missed").content.decode()
    with django_assert_max_num_queries(11):
        first = ida.get("/calls/?organisation=acme-health").content.decode()
    assert first.count("<tr data-stop><td") == 50
    following = re.search(r'href="([^"]*before[^"]*)"', first)
    assert following is not None
    assert ida.get(following[1].replace("&amp;", "&")).content.decode().count("<tr data-stop><td") == 10
    person = ida.get(f"/calls/?person={desk.person['ana'].pk}").content.decode()
    assert "Ana Okafor" in person
    assert ida.get("/calls/?person=0&before=nonsense_x&view=odd").status_code == 200
    assert "/calls/?organisation=acme-health" in ida.get("/clients/acme-health/").content.decode()


def test_calls_are_narrowed_by_name_client_number_and_reference(desk: Desk, browse: Browse) -> None:
    ida, ticket = browse("ida"), desk.mail("ana")
    call = ring(desk, ida)
    do(ida, call, "note", ticket=ticket.reference, text="Asks how far it is.")
    ida.post(f"/calls/{call.pk}/end/")
    other = answer(ida, number="01632 960777")
    ida.post(f"/calls/{other.pk}/caller/", {"name": "Zed Quick"})
    for typed in ("okafor", "Ana ACME", ticket.reference.lower()):
        said = words(ida.get("/calls/", {"text": typed}))
        assert "Ana Okafor" in said, typed
        assert "Zed Quick" not in said.split("Lasted")[1], typed
    for typed in ("zed", "01632 960777", "+44 1632 960777", "960777"):
        said = words(ida.get("/calls/", {"text": typed}))
        assert "Zed Quick" in said.split("Lasted")[1], typed
        assert "Ana Okafor" not in said, typed
    assert "No such call" in words(ida.get("/calls/", {"text": "nobody"}))
    assert "text=zed" in ida.get("/calls/", {"text": "zed"}).content.decode()  # kept by the other ways to narrow


def test_what_the_telephone_system_reports_in_vain_is_seen_by_a_person(desk: Desk, browse: Browse) -> None:
    body = {"type": "call.exploded", "data": {"call": "7"}}
    reports.take(webhook_id="m-1", body=body, at=desk.now)
    said = words(browse("ida").get("/calls/"))
    assert "call.exploded : A kind of report that we do not know." in said
    desk.advance(days=8)
    assert "call.exploded" not in words(browse("ida").get("/calls/"))


def test_markup_in_a_callers_name_is_shown_and_never_obeyed(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = answer(ida)
    evil = "<img src=x onerror=alert(1)>"
    assert "<img" not in ida.get(f"/calls/{call.pk}/found/", {"q": evil}).content.decode()
    ida.post(f"/calls/{call.pk}/caller/", {"name": evil})
    for path in (f"/calls/{call.pk}/", "/calls/", "/views/open/"):
        assert "<img" not in ida.get(path).content.decode()


def test_what_makes_no_sense_is_refused_quietly(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    call = answer(ida)
    for said in ({}, {"person": "0"}, {"person": str(desk.person["jon"].pk)}, {"ticket": "999999999"}):
        assert ida.post(f"/calls/{call.pk}/caller/", said).status_code == 302
    call.refresh_from_db()
    assert call.person is None
    assert ida.get(f"/calls/{call.pk}/do/nonsense/").status_code == 404
    assert ida.get(f"/calls/{call.pk}/card/{desk.person['jon'].pk}/").status_code == 404


def test_the_reminders_of_others_are_not_counted_as_mine(desk: Desk, browse: Browse) -> None:
    jon = browse("jon")
    call = ring(desk, jon)
    call_backs.promise(
        call=call, due_at=desk.now + timedelta(hours=1), by=desk.person["jon"], at=desk.now, number="01632 960123"
    )
    assert 'data-count="call_backs"></span>' in browse("ida").get("/calls/back/").content.decode()
    assert 'data-count="call_backs">1<' in jon.get("/calls/back/").content.decode()
