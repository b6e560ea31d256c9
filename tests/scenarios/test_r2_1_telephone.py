"""R2.1, clause 2.1, and clause 5 'Response Time': what is promised and proved on the telephone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mainstay.orgs import actions as orgs
from mainstay.phone import actions, call_backs, checks, finding, hours
from mainstay.phone.access import NotForThisCaller
from mainstay.phone.actions import CannotDo
from mainstay.phone.models import Act, Call, CallBack, State
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import Ticket
from tests.core.telling import shown, when
from tests.desk import Desk


def ring(desk: Desk, who: str = "ana", *, by: str = "ida") -> Call:
    """Somebody rings and says who they are."""
    call = actions.start(by=desk.person[by], at=desk.now)
    return actions.name_caller(call=call, person=desk.person[who], at=desk.now)


def report(desk: Desk, call: Call, subject: str = "No card is read") -> Ticket:
    opened = actions.open_ticket(
        call=call, subject=subject, text="Nothing since nine.", by=desk.person["ida"], at=desk.now,
        urgency="high", impact="high",
    )  # fmt: skip
    desk.work()
    return desk.look(opened)


def read_out(desk: Desk, call: Call, ticket: Ticket, severity: int | None = None) -> None:
    actions.read_out(
        call=call, ticket=ticket, by=desk.person["ida"], at=desk.now, severity=severity, reason="All sites."
    )
    desk.work()


def nothing_is_wrong(desk: Desk) -> None:
    assert desk.faults() == []


# ---- A request ---------------------------------------------------------------------------------------------


def test_a_request_was_reported_when_the_telephone_was_picked_up(desk: Desk) -> None:
    desk.at("Mon 09:10")
    call = ring(desk)
    desk.advance(minutes=7)
    ticket = report(desk, call)
    assert ticket.verified
    assert (ticket.channel, ticket.organisation) == ("phone", desk.acme)
    assert shown(ticket.reported_at) == "Mon 09:10"
    assert desk.clock(ticket, "response").start == "Mon 09:10"
    nothing_is_wrong(desk)


def test_reading_reference_and_severity_out_ends_the_response_clock_at_that_moment(desk: Desk) -> None:
    desk.at("Mon 09:10")
    call = ring(desk)
    ticket = report(desk, call)
    desk.advance(minutes=4)
    read_out(desk, call, ticket, severity=1)
    response = desk.clock(ticket, "response")
    assert (response.state, response.stopped, response.used) == ("met", "Mon 09:14", "4 min")
    for kind in ("number_provided", "severity_provided"):
        evidence = desk.event(ticket, kind)
        assert evidence.payload["channel"] == "phone"
        assert evidence.payload["call"] == call.pk
        assert shown(evidence.at) == "Mon 09:14"
    nothing_is_wrong(desk)


def test_the_reference_alone_does_not_end_the_response_clock(desk: Desk) -> None:
    call = ring(desk)
    ticket = report(desk, call)
    read_out(desk, call, ticket)
    assert "number_provided" in " ".join(desk.history(ticket))
    assert "severity_provided" not in " ".join(desk.history(ticket))
    assert desk.clock(ticket, "response").stopped is None
    nothing_is_wrong(desk)


def test_what_is_read_out_twice_is_provided_once_and_kept_twice(desk: Desk) -> None:
    call = ring(desk)
    ticket = report(desk, call)
    read_out(desk, call, ticket, severity=2)
    first = desk.event(ticket, "severity_provided")
    desk.advance(minutes=1)
    read_out(desk, call, ticket, severity=2)
    assert desk.event(ticket, "severity_provided").pk == first.pk
    assert call.acts.filter(did="read_severity").count() == 2
    nothing_is_wrong(desk)


def test_another_severity_read_out_later_changes_the_one_in_force(desk: Desk) -> None:
    call = ring(desk)
    ticket = report(desk, call)
    read_out(desk, call, ticket, severity=2)
    desk.advance(minutes=5)
    read_out(desk, call, ticket, severity=1)
    assert desk.clock(ticket, "resolution").severity == 1
    nothing_is_wrong(desk)


def test_a_confirmation_by_mail_after_the_telephone_says_nothing_new(desk: Desk) -> None:
    call = ring(desk)
    ticket = report(desk, call)
    read_out(desk, call, ticket, severity=2)
    stopped = desk.clock(ticket, "response").stopped
    desk.confirm("ida", ticket, 2)
    desk.advance(minutes=1)
    assert desk.clock(ticket, "response").stopped == stopped
    assert len(desk.history(ticket, "severity_provided", "severity_changed")) == 1
    nothing_is_wrong(desk)


def test_nothing_can_be_read_out_once_the_call_is_over(desk: Desk) -> None:
    call = ring(desk)
    ticket = report(desk, call)
    actions.end(call=call, at=desk.now)
    with pytest.raises(CannotDo, match="over"):
        read_out(desk, call, ticket, severity=2)


# ---- Whom we tell ------------------------------------------------------------------------------------------


def test_who_is_not_authorised_is_held_and_loses_no_time(desk: Desk) -> None:
    desk.at("Mon 09:10")
    call = ring(desk, "bo")
    with pytest.raises(CannotDo, match="may raise requests"):
        report(desk, call)
    held = actions.hold(
        call=call, subject="No card", text="None is read.", by=desk.person["ida"], at=desk.now,
        said_organisation="Acme Health",
    )  # fmt: skip
    assert not held.verified
    assert held.organisation is None
    assert shown(held.reported_at) == "Mon 09:10"
    with pytest.raises(tickets.CannotDo, match="held"):
        read_out(desk, call, held, severity=2)
    read_out(desk, call, held)
    nothing_is_wrong(desk)


def test_a_stranger_is_held_by_the_name_and_number_they_gave(desk: Desk) -> None:
    call = actions.start(by=desk.person["ida"], at=desk.now, number="01632 960777")
    held = actions.hold(
        call=call, name="Dev Rao", subject="No card", text="None is read.", by=desk.person["ida"], at=desk.now
    )
    assert (held.requester_name, held.requester_address) == ("Dev Rao", "")
    assert "+44 1632 960777" in held.messages.get(direction="in").notes[0]
    nothing_is_wrong(desk)


@pytest.mark.parametrize("who", ["bo", "cleo"])
def test_a_reference_gives_no_right_on_the_telephone_either(desk: Desk, who: str) -> None:
    ticket = desk.mail("ana")
    call = ring(desk, who)
    with pytest.raises(NotForThisCaller):
        read_out(desk, call, ticket, severity=2)
    with pytest.raises(NotForThisCaller):
        actions.take_answer(call=call, ticket=ticket, text="It is the blue one.", by=desk.person["ida"], at=desk.now)
    actions.note(call=call, ticket=ticket, text="Somebody asked.", by=desk.person["ida"], at=desk.now)
    assert desk.history(ticket, "severity_provided", "client_replied") == []
    assert call.acts.get().did == "note"


def test_a_former_user_is_told_nothing(desk: Desk) -> None:
    ticket = desk.mail("ana")
    orgs.end_authority(membership=desk.person["ana"].memberships.get(), at=desk.now, by=desk.person["mara"])
    call = ring(desk, "ana")
    with pytest.raises(NotForThisCaller):
        read_out(desk, call, ticket)


# ---- The client's answer -----------------------------------------------------------------------------------


def test_the_clients_answer_on_the_telephone_lets_the_resolution_clock_go_on(desk: Desk) -> None:
    ticket = desk.opened()
    desk.ask("ida", ticket, arrives="Mon 11:00")
    desk.at("Mon 13:00")
    call = ring(desk)
    desk.advance(minutes=6)
    actions.take_answer(
        call=call, ticket=ticket, text="The blue readers.", by=desk.person["ida"], at=desk.now
    )
    desk.work()
    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.paused) == ("running", "2 h")
    assert desk.look(ticket).state == "open"
    replied = desk.event(ticket, "client_replied")
    assert (shown(replied.at), shown(replied.recorded_at)) == ("Mon 13:00", "Mon 13:06")
    assert {"message", "digest", "call", "act"} <= set(replied.payload)
    nothing_is_wrong(desk)


def test_a_question_that_was_asked_during_the_call_is_not_answered_before_it_was_asked(desk: Desk) -> None:
    ticket = desk.opened()
    call = ring(desk)
    desk.advance(minutes=1)
    desk.ask("ida", ticket)
    desk.advance(minutes=1)
    actions.take_answer(call=call, ticket=ticket, text="The blue ones.", by=desk.person["ida"], at=desk.now)
    asked, replied = desk.event(ticket, "waiting_on_client"), desk.event(ticket, "client_replied")
    assert replied.at == asked.at
    nothing_is_wrong(desk)


# ---- Call-backs --------------------------------------------------------------------------------------------


def promised(desk: Desk, due: str, **named: object) -> CallBack:
    call = ring(desk)
    made = call_backs.promise(
        call=call, due_at=when(due), by=desk.person["ida"], at=desk.now, number="01632 960123",
        text="whether the driver works", **named,  # type: ignore[arg-type]  # what a story adds
    )  # fmt: skip
    actions.end(call=call, at=desk.now)
    return made


def test_whoever_promised_is_reminded_before_and_when_it_is_due(desk: Desk) -> None:
    desk.at("Mon 10:00")
    promised(desk, "Mon 11:00")
    desk.at("Mon 10:49")
    assert desk.notices("ida") == []
    desk.at("Mon 10:50")
    assert desk.notices("ida") == ["Ring Ana Okafor back soon: whether the driver works"]
    desk.at("Mon 11:00")
    assert desk.notices("ida")[1:] == ["Ring Ana Okafor back now: whether the driver works"]
    desk.at("Mon 15:00")
    assert len(desk.notices("ida")) == 2
    nothing_is_wrong(desk)


def test_what_is_done_is_not_reminded_of_and_can_be_undone(desk: Desk) -> None:
    made = promised(desk, "Mon 11:00")
    call_backs.done(call_back=made, by=desk.person["ida"], at=desk.now)
    desk.at("Mon 10:55")
    assert desk.notices("ida") == []
    call_backs.undo(call_back=made, at=desk.now)
    desk.at("Mon 11:00")
    assert len(desk.notices("ida")) == 1
    nothing_is_wrong(desk)


def test_undone_after_its_time_it_is_said_at_once_and_only_once(desk: Desk) -> None:
    made = promised(desk, "Mon 11:00")
    call_backs.done(call_back=made, by=desk.person["ida"], at=desk.now)
    desk.at("Mon 12:00")
    call_backs.undo(call_back=made, at=desk.now)
    desk.work()
    assert len(desk.notices("ida")) == 1
    call_backs.done(call_back=made, by=desk.person["ida"], at=desk.now)
    call_backs.undo(call_back=made, at=desk.now)
    desk.work()
    assert len(desk.notices("ida")) == 1
    nothing_is_wrong(desk)


def test_a_keeper_who_has_left_is_stood_in_for_by_the_first_line(desk: Desk) -> None:
    promised(desk, "Mon 11:00", keeper=desk.person["jon"])
    orgs.set_active(person=desk.person["jon"], active=False, by=_administrator(desk), at=desk.now)
    desk.at("Mon 11:00")
    assert desk.notices("jon") == []
    assert len(desk.notices("ida")) == 2


def _administrator(desk: Desk) -> object:
    return orgs.add_person(name="Ada", email="ada@vendor.example", at=desk.now, staff_role="administrator")


def test_a_worker_that_slept_reminds_once_it_wakes(desk: Desk) -> None:
    promised(desk, "Mon 11:00")
    with desk.asleep():
        desk.at("Mon 11:30")
        assert [one for one in desk.faults() if "call-back" in one] != []
    assert [one[:24] for one in desk.notices("ida")] == ["Ring Ana Okafor back now"]
    nothing_is_wrong(desk)


def test_a_call_back_needs_a_moment_to_come_and_a_number(desk: Desk) -> None:
    with pytest.raises(CannotDo, match="over"):
        promised(desk, "Mon 07:00")
    call = Call.objects.get(state=State.RUNNING)
    with pytest.raises(CannotDo, match="number"):
        call_backs.promise(call=call, due_at=when("Mon 11:00"), by=desk.person["ida"], at=desk.now)


# ---- Calls themselves --------------------------------------------------------------------------------------


def test_who_answers_who_rang_and_from_when_to_when_are_kept_to_the_second(desk: Desk) -> None:
    desk.at("2026-01-12T09:10:03+00:00")
    call = ring(desk)
    desk.advance(minutes=3, seconds=21)
    actions.end(call=call, at=desk.now)
    desk.advance(minutes=1)
    actions.end(call=call, at=desk.now)
    call.refresh_from_db()
    assert (call.answered_by, call.person, call.organisation) == (
        desk.person["ida"], desk.person["ana"], desk.acme,
    )  # fmt: skip
    assert call.lasted == timedelta(minutes=3, seconds=21)


def test_answering_twice_is_answering_once(desk: Desk) -> None:
    first = actions.start(by=desk.person["ida"], at=desk.now)
    assert actions.start(by=desk.person["ida"], at=desk.now) == first
    assert actions.start(by=desk.person["jon"], at=desk.now) != first


def test_somebody_at_two_clients_must_say_for_whom_they_ring(desk: Desk) -> None:
    desk.authorise("ana", desk.carrow, "Locum")
    call = ring(desk)
    assert call.organisation is None
    with pytest.raises(CannotDo, match="organisation"):
        report(desk, call)
    call = actions.name_caller(
        call=call, person=desk.person["ana"], organisation=desk.carrow, at=desk.now
    )
    assert report(desk, call).organisation == desk.carrow


def test_nobody_speaks_for_an_organisation_that_they_are_not_authorised_for(desk: Desk) -> None:
    call = actions.start(by=desk.person["ida"], at=desk.now)
    with pytest.raises(CannotDo, match="not authorised for Carrow Trust"):
        actions.name_caller(call=call, person=desk.person["ana"], organisation=desk.carrow, at=desk.now)


def test_telephone_hours_are_not_the_service_hours(desk: Desk) -> None:
    calendar = hours.of_desk(at=desk.now)
    assert [calendar.is_open(when(at)) for at in ("Mon 17:15", "Mon 17:30", "Sat 10:00")] == [True, False, False]
    assert not hours.opening(calendar, at=when("Mon 18:00")).open


# ---- Finding who rings -------------------------------------------------------------------------------------


def names(desk: Desk, text: str) -> list[str]:
    return [one.person.name for one in finding.found(text, by=desk.person["ida"], at=desk.now).people]


def test_a_caller_is_found_by_name_by_organisation_and_by_number(desk: Desk) -> None:
    orgs.set_phone(person=desk.person["ana"], phone="01632 960123", at=desk.now)
    for typed in ("ana", "OKAFOR", "ana acme", "ana@acme", "01632 960 123", "+44 1632 960123", "960123"):
        assert names(desk, typed) == ["Ana Okafor"], typed
    assert names(desk, "acme") == ["Ana Okafor", "Bo Lind"]
    assert names(desk, "ida") == []
    assert names(desk, "") == names(desk, "96") == names(desk, "\x00") == []


def test_where_a_caller_stands_is_shown_with_them(desk: Desk) -> None:
    found = finding.found("acme", by=desk.person["ida"], at=desk.now)
    assert [(one.kind, one.coverage) for known in found.people for one in known.standings] == [
        ("may_raise", "core"), ("not_authorised", ""),
    ]  # fmt: skip
    orgs.end_authority(membership=desk.person["ana"].memberships.get(), at=desk.now)
    found = finding.found("ana", by=desk.person["ida"], at=desk.now)
    assert [one.kind for one in found.people[0].standings] == ["former"]


def test_a_reference_finds_its_ticket_and_a_misheard_one_is_said_to_be_so(desk: Desk) -> None:
    ticket = desk.mail("ana")
    found = finding.found(ticket.reference.lower(), by=desk.person["ida"], at=desk.now)
    assert (found.tickets, found.misheard) == ((ticket,), False)
    assert [one.person.name for one in found.people] == ["Ana Okafor"]
    wrong = f"{ticket.reference[:-1]}{(int(ticket.reference[-1]) + 1) % 10}"
    found = finding.found(wrong, by=desk.person["ida"], at=desk.now)
    assert found.misheard
    assert ticket in found.tickets


@pytest.mark.parametrize("text", ["ana", "acme", "01632 960123", "MST-100001-1", "100001-1"])
def test_finding_costs_the_same_however_many_there_are(
    desk: Desk, text: str, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(5):
        finding.found(text, by=desk.person["ida"], at=desk.now)


def test_verify_compares_calls_and_logs_in_slices(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many calls there are, no more of them are in memory at once than a slice holds."""
    monkeypatch.setattr(checks, "SLICE", 2)
    ticket = desk.mail("ana")
    call = actions.start(by=desk.person["ida"], at=desk.now, number="")
    for number in range(5):
        actions.note(call=call, ticket=ticket, text=f"Said {number}.", by=desk.person["ida"], at=desk.now)
    assert list(checks.faults(at=desk.now)) == []
    lost = Act.objects.create(call=call, did="note", ticket=ticket, by=desk.person["ida"], at=desk.now)
    [fault] = checks.faults(at=desk.now)
    assert fault.startswith(f"call {call.pk}: what was done at")
    other = Act.objects.exclude(pk=lost.pk).latest("pk")
    lost.delete()
    Act.objects.filter(pk=other.pk).delete()
    [fault] = checks.faults(at=desk.now)
    assert fault.startswith(ticket.reference)
    assert fault.endswith("tells of a call that is not on record")
