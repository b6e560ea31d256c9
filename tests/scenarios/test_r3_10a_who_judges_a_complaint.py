"""R3.10a (pack, clause 3.10): managers see a complaint, the complainant does, and nobody judges their own cause."""

from __future__ import annotations

import pytest

from mainstay.mail.letters import CannotWrite
from mainstay.orgs import actions as orgs
from mainstay.orgs.access import NotAllowed
from mainstay.tickets import actions as tickets
from mainstay.tickets import complained, complaints
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import Ticket
from tests.desk import LONG_AGO, Desk

WORDS = "Nobody has rung us back since last week, and we are not amused."


@pytest.fixture
def case(desk: Desk) -> Ticket:
    """Ana complains about a request that Ida answered."""
    ticket = desk.opened()
    return desk.mail("ana", f"COMPLAINT [{ticket.reference}]", WORDS)


def seen_by(desk: Desk, who: str) -> set[Ticket]:
    return set(visible_tickets(desk.person[who], at=desk.now))


def outcome(desk: Desk, who: str, case: Ticket, **other: str) -> object:
    said = {"finding": "partly", "reason": "We rang late.", "lesson": "Call-backs get a keeper.", **other}
    return desk.does(complaints.record_outcome, who, case, **said)


def test_managers_and_the_complainant_see_it_and_nobody_else(desk: Desk, case: Ticket) -> None:
    seen = {who for who in desk.person if case in seen_by(desk, who)}
    assert seen == {"ana", "mara"}


def test_a_colleague_who_sees_all_requests_does_not_see_the_complaints_of_others(desk: Desk, case: Ticket) -> None:
    """A complaint may be about how one person was dealt with: it is theirs, and not their organisation's."""
    orgs.authorise(
        person=desk.person["bo"], organisation=desk.acme, role="Receptionist", at=LONG_AGO, sees_all=True,
        administrates=True,
    )  # fmt: skip
    assert {one.kind for one in seen_by(desk, "bo")} == {"incident"}


def test_whoever_a_manager_gives_it_to_sees_it(desk: Desk, case: Ticket) -> None:
    desk.does(tickets.assign, "mara", case, assignee=desk.person["jon"])
    assert case in seen_by(desk, "jon")


def test_managers_are_told_of_it_and_the_first_line_is_not(desk: Desk, case: Ticket) -> None:
    assert f"{case.reference}: a complaint has come in" in desk.notices("mara")
    desk.answer("ana", case, "And another thing.")
    assert not any(case.reference in line for who in ("ida", "jon") for line in desk.notices(who))


def test_whoever_had_the_request_in_hand_is_complained_of(desk: Desk, case: Ticket) -> None:
    assert complained.people_in(case) == [desk.person["ida"]]
    assert desk.event(case, "complained_of_named").payload == {"person": desk.person["ida"].pk}


def test_it_is_never_given_to_whoever_is_complained_of(desk: Desk, case: Ticket) -> None:
    with pytest.raises(tickets.CannotDo, match="complained of is not given"):
        desk.does(tickets.assign, "mara", case, assignee=desk.person["ida"])
    desk.does(tickets.assign, "mara", case, assignee=desk.person["jon"])
    desk.does(complaints.name, "mara", case, person=desk.person["jon"])
    assert desk.look(case).assignee is None
    assert case not in seen_by(desk, "jon")


def test_a_manager_who_is_complained_of_neither_answers_nor_settles_nor_closes_it(desk: Desk) -> None:
    ticket = desk.opened()
    desk.reply("mara", ticket, "I have looked at this myself, and it is as it should be.")
    case = desk.mail("ana", f"COMPLAINT [{ticket.reference}]", WORDS)

    assert complained.people_in(case) == [desk.person["ida"], desk.person["mara"]]
    for write in (desk.answer_complaint, desk.reply):
        with pytest.raises(CannotWrite, match="had a hand in"):
            write("mara", case)
    with pytest.raises(tickets.CannotDo, match="had a hand in"):
        outcome(desk, "mara", case)
    with pytest.raises(tickets.CannotDo, match="had a hand in"):
        desk.does(complaints.clear, "mara", case, person=desk.person["mara"])
    with pytest.raises(CannotWrite, match="had a hand in"):
        desk.close("mara", case, cause="")
    with pytest.raises(tickets.CannotDo, match="had a hand in"):
        desk.does(tickets.close, "mara", case)


def test_another_manager_may_say_that_somebody_had_no_hand_in_it(desk: Desk, case: Ticket) -> None:
    desk.does(complaints.clear, "mara", case, person=desk.person["ida"])
    assert complained.people_in(case) == []
    desk.does(tickets.assign, "mara", case, assignee=desk.person["ida"])
    assert desk.look(case).assignee == desk.person["ida"]


def test_only_managers_settle_it(desk: Desk, case: Ticket) -> None:
    with pytest.raises(NotAllowed):
        outcome(desk, "jon", case)


def test_it_is_closed_only_with_an_outcome_a_reason_and_a_lesson(desk: Desk, case: Ticket) -> None:
    desk.answer_complaint("mara", case, arrives="Tue 10:00")
    with pytest.raises(tickets.CannotDo, match="Record the outcome"):
        desk.close("mara", case, cause="")
    with pytest.raises(tickets.CannotDo, match="what is learnt"):
        outcome(desk, "mara", case, lesson=" ")
    outcome(desk, "mara", case)
    outcome(desk, "mara", case, finding="upheld")
    desk.close("mara", case, cause="", arrives="Tue 12:00")

    assert desk.look(case).state == "closed"
    assert desk.history(case, "outcome_recorded") == ["Tue 10:00 outcome_recorded"] * 2
    assert desk.event(case, "outcome_recorded").payload["finding"] == "upheld"
    newest = complaints.outcome_of(case)
    assert newest is not None
    assert newest.lesson == "Call-backs get a keeper."
    assert desk.faults() == []


def test_silence_closes_no_complaint_that_nothing_was_learnt_from(desk: Desk, case: Ticket) -> None:
    desk.answer_complaint("mara", case, arrives="Tue 10:00")
    desk.at("+2 Mon 09:00")
    assert desk.look(case).state == "resolved"
    outcome(desk, "mara", case)
    desk.advance(hours=1)
    assert desk.look(case).state == "closed"


def test_a_manager_says_what_it_is_about(desk: Desk) -> None:
    ticket, case = desk.opened(), desk.mail("ana", "COMPLAINT", WORDS)
    foreign = desk.mail("cleo")
    with pytest.raises(tickets.CannotDo, match="another client's"):
        desk.does(complaints.set_about, "mara", case, about=foreign)
    desk.does(complaints.set_about, "mara", case, about=ticket)

    assert desk.look(case).about_id == ticket.pk
    assert complained.people_in(case) == [desk.person["ida"]]


def test_a_colleagues_word_on_a_complaint_is_a_case_of_their_own(desk: Desk, case: Ticket) -> None:
    other = desk.mail("bo", f"Re: [{case.reference}] COMPLAINT", "I want to add something to that.")
    assert other != case
    assert not other.verified
