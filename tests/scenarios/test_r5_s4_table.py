"""R5.S4 (pack, section 5, the table): response and resolution for each severity on each contract."""

from __future__ import annotations

import pytest

from tests.desk import Desk

# severity, response, resolution; told at ten on a Monday. Five days are forty core hours (reading 18).
CORE = [
    (1, "1h", "Mon 11:00", "2h", "Mon 12:00"),
    (2, "1h", "Mon 11:00", "6h", "Mon 16:00"),
    (3, "4h", "Mon 14:00", "5d", "+1 Mon 10:00"),
    (4, "8h", "Tue 10:00", "next release", None),
]


@pytest.mark.parametrize("who", ["ana", "cleo"], ids=["core", "24x7"])
def test_in_core_hours_both_contracts_promise_the_same(desk: Desk, who: str) -> None:
    desk.at("Mon 10:00")
    tickets = {severity: desk.mail(who, f"Severity {severity}") for severity, *_ in CORE}
    for severity, ticket in tickets.items():
        desk.assess(ticket, severity)
    assert [(s, *desk.promised(t, "response")) for s, t in tickets.items()] == [row[:3] for row in CORE]

    for severity, ticket in tickets.items():
        desk.confirm("ida", ticket, severity)
    desk.advance(seconds=10)
    seconds = ":10"
    assert [(s, *desk.promised(t, "resolution")) for s, t in tickets.items()] == [
        (severity, target, due and due + seconds) for severity, _, _, target, due in CORE
    ]


def test_at_night_only_the_gravest_of_24x7_goes_on(desk: Desk) -> None:
    """Reported at eight in the evening, confirmed at half past eight."""
    desk.at("Mon 20:00")
    core, full, serious = (desk.mail(who, who) for who in ("ana", "cleo", "cleo"))
    for ticket, severity in ((core, 1), (full, 1), (serious, 2)):
        desk.confirm("ida", ticket, severity)
    desk.at("Mon 20:30")

    assert desk.clock(full, "resolution").due == "Mon 22:00:10"
    assert desk.clock(core, "resolution").due == "Tue 11:00"
    assert desk.clock(serious, "resolution").due == "Tue 15:00"


def test_a_severity_four_waits_for_the_next_release_and_breaks_nothing_meanwhile(desk: Desk) -> None:
    """Reading 14: no time limit; due once a release is scheduled."""
    ticket = desk.opened(severity=4, answered="Mon 10:00")
    desk.at("+4 Mon 10:00")

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.due, resolution.breached) == ("running", None, None)
    assert desk.firings(ticket, "resolution") == []
