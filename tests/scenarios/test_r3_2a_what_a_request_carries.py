"""R3.2a (pack, clause 3.2): organisation, role, description and the requester's own assessment; what is missing is
asked for, once, and nothing is dropped."""

from __future__ import annotations

from mainstay.contracts import actions as contracts
from tests.desk import Desk


def test_what_is_missing_is_asked_for_in_the_one_acknowledgement(desk: Desk) -> None:
    """Who Ana is and what she does at Acme is known; what happened is not."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Help", "please help")

    assert ticket.missing == ["description"]
    (letter,) = desk.sent("ana")
    assert letter.kind == "acknowledgement"
    assert "what happens, since when" in letter.text
    assert "organisation you write for" not in letter.text
    assert ticket.reference in letter.subject


def test_response_time_waits_for_the_details_and_the_guarantee_does_not(desk: Desk) -> None:
    """Reading 4: 'when incident details are reported'. The four hours of clause 3.2 run from the first word."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Help", "please help")

    response = desk.clock(ticket, "response")
    assert (response.state, response.why) == ("pending", "the details are incomplete")
    desk.at("Mon 11:00")
    desk.answer(
        "ana", ticket, "The readers on ward 4 take no card since this morning.\nUrgency: high\nImpact: medium"
    )

    assert desk.look(ticket).missing == []
    assert desk.clock(ticket, "response").start == "Mon 11:00"
    assert desk.clock(ticket, "response").due == "Mon 12:00"
    assert desk.clock(ticket, "guarantee").start == "Mon 09:00"


def test_an_answer_given_before_the_details_came_is_an_answer(desk: Desk) -> None:
    """Reading 4: once number and severity have been given, what was known was enough."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Help", "please help")
    desk.confirm("ida", ticket, 3, arrives="Mon 09:30")
    desk.at("Mon 11:00")
    desk.answer("ana", ticket, "The readers on ward 4 take no card since this morning.")

    response = desk.clock(ticket, "response")
    assert (response.state, response.start, response.used) == ("met", "Mon 09:00", "30 min")


def test_what_the_requester_makes_of_it_is_kept_apart_from_what_we_do(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail(
        "ana", "Cards", "No card is read at the front desk today.\nUrgency: high\nImpact: high"
    )
    desk.confirm("ida", ticket, 2, "Two desks of nine.", arrives="Mon 09:30")

    ticket = desk.look(ticket)
    assert (ticket.claimed_urgency, ticket.claimed_impact, ticket.severity) == ("high", "high", 2)


def test_a_product_that_the_request_names_is_the_ticket_s(desk: Desk) -> None:
    """Terms and assignment go by it (R3.3d, R5.S5); a name that we do not sell is only words."""
    turnstile = contracts.add_product(key="turnstile", name="Turnstile Cloud")
    named = desk.mail("ana", "Cards", "No card is read at the front desk today.\nProduct: turnstile cloud")
    other = desk.mail("ana", "Doors", "No door opens at the front desk today.\nProduct: Lockmaster")
    stranger = desk.mail("who@elsewhere.example", "Cards", "No card is read here today.\nProduct: Turnstile")

    assert [one.product for one in (named, other, stranger)] == [turnstile, None, None]


def test_an_assessment_that_comes_with_a_later_answer_is_kept(desk: Desk) -> None:
    """The acknowledgement only invites one; whoever takes the invitation up is heard."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards", "No card is read at the front desk today.")
    desk.answer("ana", ticket, "Urgency: high\nImpact: medium")

    ticket = desk.look(ticket)
    assert (ticket.claimed_urgency, ticket.claimed_impact, ticket.missing) == ("high", "medium", [])
    assert desk.clock(ticket, "response").start == "Mon 09:00"


def test_who_is_in_a_hurry_has_described_it_in_the_subject(desk: Desk) -> None:
    """A critical failure is reported in few words; the clock must not wait for more of them."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "ALL SMARTCARD LOGINS DOWN", "call us now")

    assert ticket.missing == []
    response = desk.clock(ticket, "response")
    assert (response.state, response.start) == ("ungraded", "Mon 09:00")  # it runs, and waits for its target


def test_a_mail_that_says_all_in_its_subject_is_asked_for_the_circumstances(desk: Desk) -> None:
    ticket = desk.mail("ana", "No smartcard is read on ward four since eight", "")

    assert ticket.missing == ["description"]


def test_an_empty_mail_is_still_a_request(desk: Desk) -> None:
    ticket = desk.mail("ana", "", "")

    assert ticket.subject == "(no subject)"
    assert ticket.missing == ["description"]
    assert [letter.kind for letter in desk.sent("ana")] == ["acknowledgement"]
