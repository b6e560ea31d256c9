"""R5.S1 (pack, section 5, 'Service Hours'): a report outside hours is received at once; its clocks start at the next
opening on core, at once on 24x7."""

from __future__ import annotations

from tests.desk import Desk, shown

DOWN = "No card is read at any of our desks.\nUrgency: high\nImpact: high"


def test_a_report_on_a_saturday_is_received_and_acknowledged_at_once(desk: Desk) -> None:
    desk.at("Sat 10:00")
    ticket = desk.mail("ana", "Cards", DOWN)

    assert shown(ticket.reported_at) == "Sat 10:00"
    (letter,) = desk.sent("ana")
    assert letter.at == "Sat 10:00"
    words = " ".join(letter.text.split())
    assert "The time of our promises begins to run on Monday 19 January 2026, 09:00 GMT." in words


def test_its_clocks_use_nothing_before_the_opening(desk: Desk) -> None:
    """Reading 2."""
    desk.at("Sat 10:00")
    ticket = desk.mail("ana", "Cards", DOWN)

    response = desk.clock(ticket, "response", at="+1 Mon 09:00")
    assert (response.start, response.used, response.due) == ("Sat 10:00", "none", "+1 Mon 10:00")
    assert response.ledger == ("Sat 10:00 to +1 Mon 09:00 out of hours, none",)


def test_on_24x7_the_gravest_starts_at_once_and_the_client_is_told_so(desk: Desk) -> None:
    desk.at("Sat 10:00")
    ticket = desk.mail("cleo", "Cards", DOWN)

    assert desk.clock(ticket, "response", at="Sat 10:40").used == "40 min"
    (letter,) = desk.sent("cleo")
    assert "For a request of severity 1 it runs from now." in " ".join(letter.text.split())


def test_an_answer_on_a_sunday_has_used_no_core_time(desk: Desk) -> None:
    """Ida is kind and answers out of hours: response given, nothing used, and the resolution starts on Monday."""
    desk.at("Sat 10:00")
    ticket = desk.mail("ana", "Cards", DOWN)
    desk.confirm("ida", ticket, 1, arrives="Sun 12:00")

    assert (desk.clock(ticket, "response").state, desk.clock(ticket, "response").used) == ("met", "none")
    assert desk.clock(ticket, "resolution").due == "+1 Mon 11:00"
