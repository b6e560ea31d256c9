"""R5.10 (pack, section 5, clause 10): force majeure suspends clocks only by a manager's recorded decision."""

from __future__ import annotations

import pytest

from mainstay.orgs.access import NotAllowed
from mainstay.tickets import actions as tickets
from mainstay.tickets import exclusions
from tests.desk import Desk, shown


def test_a_managers_decision_suspends_and_ends(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 11:00")
    desk.does(exclusions.begin_force_majeure, "mara", ticket, reason="The data centre is flooded.")
    suspended = desk.clock(ticket, "resolution")
    assert (suspended.state, suspended.why, suspended.due) == ("paused", "force majeure", None)
    desk.at("Wed 11:00")
    desk.does(exclusions.end_force_majeure, "mara", ticket)

    resolution = desk.clock(ticket, "resolution")
    assert (resolution.used, resolution.paused, resolution.due) == ("1 h", "16 h", "Wed 16:00")
    assert resolution.ledger[-1] == "Mon 11:00 to Wed 11:00 force majeure, none"
    (record,) = ticket.exclusions.all()
    assert (record.kind, record.reason, record.recorded_by) == (
        "force_majeure",
        "The data centre is flooded.",
        desk.person["mara"],
    )
    assert (shown(record.began_at), shown(record.ended_at)) == ("Mon 11:00", "Wed 11:00")


def test_it_suspends_the_response_too(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards", "Half of the cards are not read.\nUrgency: high\nImpact: medium")
    desk.does(exclusions.begin_force_majeure, "mara", ticket, reason="The data centre is flooded.")
    desk.at("Tue 12:00")

    assert desk.clock(ticket, "response").state == "paused"
    assert desk.firings(ticket) == []


@pytest.mark.parametrize("who", ["ida", "jon", "ana"])
def test_nobody_else_may_decide_it(desk: Desk, who: str) -> None:
    ticket = desk.opened()

    with pytest.raises(NotAllowed, match="needs the role Manager"):
        desk.does(exclusions.begin_force_majeure, who, ticket, reason="It rains.")
    assert not ticket.exclusions.exists()


def test_it_needs_a_reason(desk: Desk) -> None:
    with pytest.raises(tickets.CannotDo, match="Say why"):
        desk.does(exclusions.begin_force_majeure, "mara", desk.opened(), reason=" ")


def test_nothing_falls_due_meanwhile(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 11:00")
    desk.does(exclusions.begin_force_majeure, "mara", ticket, reason="The data centre is flooded.")
    known = desk.firings(ticket)
    desk.at("Fri 12:00")

    assert desk.firings(ticket) == known
