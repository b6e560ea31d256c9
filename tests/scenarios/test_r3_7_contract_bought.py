"""R3.7 (pack, clause 3.7): the response time is that of the contract which the client bought."""

from __future__ import annotations

from tests.desk import Desk

DOWN = "No card is read at any of our desks.\nUrgency: high\nImpact: high"


def test_the_same_outage_on_a_saturday_night_under_either_contract(desk: Desk) -> None:
    """Reading 23: under 24x7 severity 1 runs in real hours, nights and holidays included."""
    desk.at("Sat 22:00")
    core, full = desk.mail("ana", "All down", DOWN), desk.mail("cleo", "All down", DOWN)

    assert desk.clock(core, "response").due == "+1 Mon 10:00"
    assert desk.clock(full, "response").due == "Sat 23:00"
    desk.at("Sat 23:01")
    assert desk.firings(core) == []
    assert "Sat 23:00:01 response breached" in desk.firings(full)


def test_only_the_gravest_severity_leaves_core_hours(desk: Desk) -> None:
    desk.at("Sat 22:00")
    ticket = desk.mail("cleo", "Slow", "Half of our cards are not read.\nUrgency: high\nImpact: medium")

    assert desk.clock(ticket, "response").due == "+1 Mon 10:00"


def test_a_client_without_a_contract_is_left_with_the_standard_promises(desk: Desk) -> None:
    desk.authorise("bo", desk.client_without_contract("Bracken Practice"), "Manager")
    desk.at("Mon 09:00")
    ticket = desk.mail("bo", "All down", DOWN)

    assert ticket.organisation is not None
    assert ticket.organisation.name == "Bracken Practice"
    assert ticket.terms.contract is None
    assert desk.clock(ticket, "response").due == "Mon 10:00"
