"""R3.4b (pack, clause 3.4): every resolved request has its cause, and a third party's is proved, not guessed."""

from __future__ import annotations

import pytest

from mainstay.mail import correspondence
from mainstay.tickets import actions as tickets
from mainstay.tickets import exclusions
from mainstay.tickets.models import Cause
from tests.desk import Desk


def test_nothing_is_closed_without_its_cause(desk: Desk) -> None:
    ticket = desk.opened()

    with pytest.raises(tickets.CannotDo, match="Say what the cause was"):
        desk.does(tickets.close, "ida", ticket)
    assert desk.look(ticket).state == "open"
    assert len(desk.sent("ana", kind="closure")) == 0


@pytest.mark.parametrize("cause", Cause.values)
def test_the_cause_is_kept_and_told_to_the_client(desk: Desk, cause: str) -> None:
    ticket = desk.opened()
    if cause == Cause.THIRD_PARTY:
        desk.does(exclusions.begin_third_party, "ida", ticket, reason="No line", evidence="Their case 88123")
    desk.fix("ida", ticket, cause=cause, arrives="Mon 11:00")

    assert desk.look(ticket).cause == cause
    assert desk.event(ticket, "cause_recorded").payload == {"cause": cause}
    (letter,) = desk.sent("ana", kind="fix")
    assert f"The cause: {Cause(cause).label.lower()}." in letter.text


def test_a_third_party_in_the_way_needs_evidence(desk: Desk) -> None:
    ticket = desk.opened()

    with pytest.raises(tickets.CannotDo, match="Give the evidence"):
        desk.does(exclusions.begin_third_party, "ida", ticket, reason="The network", evidence=" ")
    assert not ticket.exclusions.exists()


def test_waiting_for_a_third_party_stops_no_clock_and_is_on_record(desk: Desk) -> None:
    """Reading 6: work goes on, and so does the time; what is excluded is shown beside the figure."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 11:00")
    desk.does(exclusions.begin_third_party, "ida", ticket, reason="No line", evidence="Case 88123 of the network")
    desk.at("Mon 13:00")
    desk.does(exclusions.end_third_party, "ida", ticket)

    assert desk.look(ticket).state == "open"
    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.used, resolution.paused) == ("running", "3 h", "none")
    assert resolution.due == "Mon 16:00"
    (exclusion,) = ticket.exclusions.all()
    assert (exclusion.reason, exclusion.evidence) == ("No line", "Case 88123 of the network")
    assert desk.history(ticket, "waiting_on_third_party", "third_party_replied") == [
        "Mon 11:00 waiting_on_third_party",
        "Mon 13:00 third_party_replied",
    ]


def test_a_third_party_is_no_cause_without_its_evidence(desk: Desk) -> None:
    ticket = desk.opened()
    with pytest.raises(tickets.CannotDo, match="with its evidence first"):
        desk.fix("ida", ticket, cause="third_party")
    with pytest.raises(tickets.CannotDo, match="with its evidence first"):
        desk.close("ida", ticket, cause="third_party")

    assert desk.look(ticket).cause == ""
    assert desk.sent("ana", kind="fix") == []


def test_no_fix_is_offered_without_a_cause(desk: Desk) -> None:
    ticket = desk.opened()
    with pytest.raises(correspondence.CannotWrite, match="every resolved ticket has one"):
        desk.fix("ida", ticket, cause="")
