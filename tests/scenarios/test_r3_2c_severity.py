"""R3.2c (pack, clause 3.2 and section 5): four severities, from urgency and impact, and every change kept."""

from __future__ import annotations

import pytest

from mainstay.tickets import actions as tickets
from tests.desk import Desk

# urgency, impact, the severity that the matrix gives, the one that it only suggests
MATRIX = [
    ("high", "high", 1, None),
    ("high", "medium", 2, None),
    ("medium", "high", 2, None),
    ("medium", "medium", 3, None),
    ("low", "low", 4, None),
    ("high", "low", None, 3),
    ("low", "high", None, 3),
    ("medium", "low", None, 4),
    ("low", "medium", None, 4),
]


def test_urgency_and_impact_give_the_severity(desk: Desk) -> None:
    """The nine pairs by mail. Reading 17: four of them a person grades, with a suggestion beside."""
    desk.at("Mon 09:00")
    found = []
    for urgency, impact, *_ in MATRIX:
        words = f"Cards are not read at our desks today.\nUrgency: {urgency}\nImpact: {impact}"
        reading = desk.reading(desk.mail("ana", f"{urgency} and {impact}", words))
        found.append((urgency, impact, reading.severity, reading.suggested))

    assert found == MATRIX


def test_a_pair_that_the_matrix_leaves_open_has_no_target_until_a_person_grades_it(desk: Desk) -> None:
    """Reading 17."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards", "The reader at the side door is slow.\nUrgency: high\nImpact: low")
    response = desk.clock(ticket, "response")
    assert (response.state, response.due) == ("ungraded", None)
    assert response.why == "the agreement does not grade this urgency and impact; severity 3 is suggested"

    desk.confirm("ida", ticket, 3, arrives="Mon 12:00")
    response = desk.clock(ticket, "response")
    assert (response.state, response.target, response.used) == ("met", "4h", "3 h")


def test_an_assessment_that_is_not_sent_yet_sets_the_target_at_once(desk: Desk) -> None:
    """Ida grades at 09:20; the client has heard nothing, so the response time runs on, now against its target."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    desk.at("Mon 09:20")
    desk.does(tickets.grade, "ida", ticket, severity=1, reason="No desk works.")

    response = desk.clock(ticket, "response")
    assert (response.state, response.due, response.severity) == ("running", "Mon 10:00", 1)


def test_every_change_keeps_who_when_and_why(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    desk.at("Mon 11:00")
    desk.does(tickets.grade, "jon", ticket, severity=1, reason="The second desk went down too.")

    assert desk.look(ticket).severity == 1
    change = desk.event(ticket, "severity_changed")
    assert (change.actor, change.at) == (desk.person["jon"].ref, desk.now)
    assert (change.payload["before"], change.payload["severity"]) == (3, 1)
    reason = ticket.messages.get(pk=change.payload["message"])
    assert (reason.text, reason.direction) == ("The second desk went down too.", "note")


def test_a_severity_that_the_client_knows_does_not_change_without_a_reason(desk: Desk) -> None:
    ticket = desk.opened(severity=3)

    with pytest.raises(tickets.CannotDo, match="Say why the severity changes"):
        desk.does(tickets.grade, "jon", ticket, severity=1, reason=" ")
    assert desk.look(ticket).severity == 3


def test_there_are_four_severities_and_no_fifth(desk: Desk) -> None:
    ticket = desk.mail("ana")

    with pytest.raises(tickets.CannotDo, match="it has 1, 2, 3, 4"):
        desk.confirm("ida", ticket, 5)
