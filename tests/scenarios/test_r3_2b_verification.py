"""R3.2b (pack, clause 3.2): whoever asks is verified before anything about a client is disclosed; no time is lost."""

from __future__ import annotations

import pytest

from mainstay.orgs import actions as orgs
from mainstay.tickets import verification
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import Ticket
from tests.desk import Desk, shown

DEE = "dee@acme.example"  # works at Acme, and nobody has told us so
URGENT = "No card is read at any desk of the trust.\nUrgency: high\nImpact: high"
SERIOUS = "Half of the cards are not read at the desks.\nUrgency: high\nImpact: medium"


def authorised(desk: Desk, ticket: Ticket, *, name: str = "Dee Abara") -> Ticket:
    """Ida rings Acme, and then lets Dee in."""
    desk.does(
        verification.authorise, "ida", ticket, organisation=desk.acme, person_name=name, role="Ward clerk"
    )
    return desk.look(ticket)


def test_a_stranger_is_held_and_told_the_reference_and_nothing_else(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail(DEE, "Acme Health is down", SERIOUS)

    assert not ticket.verified
    assert (ticket.organisation, ticket.requester) == (None, None)
    (letter,) = desk.sent(DEE)
    assert letter.kind == "neutral_acknowledgement"
    assert ticket.reference in letter.subject
    assert ticket.reference in letter.text
    for word in ("Acme", "Health", "down", "Ana", "severity"):
        assert word not in letter.subject + letter.text


def test_a_known_colleague_without_the_right_is_held_too(desk: Desk) -> None:
    ticket = desk.mail("bo", "Cards", SERIOUS)

    assert not ticket.verified
    assert ticket.verification_reason == "Bo Lind may not raise requests for any organisation."
    assert [letter.kind for letter in desk.sent("bo")] == ["neutral_acknowledgement"]
    assert not visible_tickets(desk.person["bo"], at=desk.now).exists()
    assert not visible_tickets(desk.person["ana"], at=desk.now).exists()


def test_the_clocks_run_from_receipt_while_it_is_found_out_who_asks(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail(DEE, "Cards", SERIOUS)
    desk.at("Mon 09:50")
    ticket = authorised(desk, ticket)

    assert ticket.verified
    assert (ticket.organisation, ticket.requester_role) == (desk.acme, "Ward clerk")
    assert shown(ticket.reported_at) == "Mon 09:00"
    response = desk.clock(ticket, "response")
    assert (response.start, response.due, response.used) == ("Mon 09:00", "Mon 10:00", "50 min")
    desk.confirm("ida", ticket, 2, arrives="Mon 10:00")
    assert desk.clock(ticket, "response").state == "met"


def test_a_held_request_falls_due_like_any_other_and_discloses_nothing_meanwhile(desk: Desk) -> None:
    """Staff are warned and the breach goes up; the stranger hears of none of it."""
    desk.at("Mon 09:00")
    ticket = desk.mail(DEE, "Cards", URGENT)
    desk.at("Mon 10:01")

    assert "Mon 10:00:01 response breached" in desk.firings(ticket)
    assert any("missed" in text for text in desk.notices("ida"))
    assert desk.look(ticket).escalation_level == "coordinator"
    assert [letter.kind for letter in desk.sent(DEE)] == ["neutral_acknowledgement"]


def test_the_terms_are_the_clients_own_from_the_moment_of_the_report(desk: Desk) -> None:
    """A stranger from Carrow, which bought 24x7: its severity 1 has run since Saturday morning, not since Monday."""
    desk.at("Sat 10:00")
    ticket = desk.mail("finn@carrow.example", "Cards", URGENT)
    assert desk.clock(ticket, "response").due == "+1 Mon 10:00"
    desk.at("Sat 10:30")
    desk.does(
        verification.authorise,
        "ida",
        ticket,
        organisation=desk.carrow,
        person_name="Finn Dale",
        role="Porter",
    )

    response = desk.clock(ticket, "response")
    assert (response.due, response.used, response.left) == ("Sat 11:00", "30 min", "30 min")
    assert desk.faults() == []


def test_time_lost_in_verification_is_a_breach_like_any_other(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail(DEE, "Cards", URGENT)
    desk.at("Mon 10:30")
    authorised(desk, ticket)
    desk.confirm("ida", ticket, 1, arrives="Mon 10:40")

    response = desk.clock(ticket, "response")
    assert (response.state, response.used, response.left) == ("missed", "1 h 40 min", "-40 min")


def test_once_authorised_always_known(desk: Desk) -> None:
    authorised(desk, desk.mail(DEE, "Cards", SERIOUS))
    desk.advance(hours=2)

    second = desk.mail(DEE, "Printer", "The label printer at the ward prints nothing.")
    assert second.verified
    assert second.requester is not None
    assert second.requester.name == "Dee Abara"


def test_taking_one_request_for_a_client_does_not_let_its_sender_in_for_good(desk: Desk) -> None:
    ticket = desk.mail("bo", "Cards", SERIOUS)
    desk.does(verification.attach, "ida", ticket, organisation=desk.acme)

    assert desk.look(ticket).verified
    desk.advance(hours=2)
    assert not desk.mail("bo", "Printer", "The label printer at the ward prints nothing.").verified


def test_a_refused_request_stays_with_who_refused_it_and_why(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail(DEE, "Win a prize", URGENT)
    desk.advance(minutes=5)
    desk.does(verification.refuse, "ida", ticket, reason="Advertising.")

    ticket = desk.look(ticket)
    assert (ticket.state, ticket.verification, ticket.verification_reason) == (
        "closed",
        "refused",
        "Advertising.",
    )
    assert desk.event(ticket, "requester_refused").actor == desk.person["ida"].ref
    desk.at("Tue 12:00")
    assert desk.firings(ticket) == []
    assert desk.faults() == []


def test_a_settled_request_cannot_be_settled_again(desk: Desk) -> None:
    ticket = authorised(desk, desk.mail(DEE, "Cards", SERIOUS))

    with pytest.raises(ValueError, match="settled this request already"):
        desk.does(verification.refuse, "jon", ticket, reason="Too late.")


def test_authority_that_has_ended_no_longer_raises_requests(desk: Desk) -> None:
    membership = desk.person["ana"].memberships.get()
    desk.at("Mon 09:00")
    orgs.end_authority(membership=membership, at=desk.now)
    desk.advance(seconds=1)

    assert not desk.mail("ana").verified
