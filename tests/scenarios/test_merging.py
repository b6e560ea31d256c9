"""Merging (peers lose a clock or keep two): one request goes on, with the earlier start; the other one's clocks end."""

from __future__ import annotations

import pytest

from mainstay.clocks import actions as clocks
from mainstay.tickets import actions as tickets
from mainstay.tickets import merging
from mainstay.tickets.models import Ticket
from tests.desk import Desk, shown

SERIOUS = "Half of the cards are not read at the desks.\nUrgency: high\nImpact: medium"


def twice(desk: Desk) -> tuple[Ticket, Ticket]:
    """Ana reports at nine and, from another machine, once more at half past."""
    desk.at("Mon 09:00")
    first = desk.mail("ana", "Cards", SERIOUS)
    desk.at("Mon 09:30")
    second = desk.mail("ana", "Cards again", SERIOUS)
    desk.at("Mon 09:40")
    return first, second


@pytest.mark.parametrize("newer_goes_on", [False, True], ids=["into the older", "into the newer"])
def test_the_one_that_goes_on_has_the_earlier_start(desk: Desk, newer_goes_on: bool) -> None:
    first, second = twice(desk)
    goes, stays = (first, second) if newer_goes_on else (second, first)
    desk.does(merging.merge, "ida", goes, into=stays)

    response = desk.clock(stays, "response")
    assert (response.state, response.start, response.due) == ("running", "Mon 09:00", "Mon 10:00")
    assert shown(desk.look(stays).reported_at) == "Mon 09:00"
    assert desk.look(stays).state == "new"
    assert desk.faults() == []


@pytest.mark.parametrize("newer_goes_on", [False, True], ids=["into the older", "into the newer"])
def test_the_other_is_closed_and_owes_nothing(desk: Desk, newer_goes_on: bool) -> None:
    first, second = twice(desk)
    goes, stays = (first, second) if newer_goes_on else (second, first)
    desk.does(merging.merge, "ida", goes, into=stays)
    known = desk.firings(goes)
    desk.at("Mon 12:00")

    assert (desk.look(goes).state, desk.look(goes).merged_into) == ("closed", stays)
    response = desk.clock(goes, "response")
    assert (response.state, response.why) == ("cancelled", f"merged into {stays.reference}")
    assert desk.firings(goes) == known
    assert "Mon 10:00:01 response breached" in desk.firings(stays)


def test_an_answer_that_one_of_them_had_counts_for_both(desk: Desk) -> None:
    first, second = twice(desk)
    desk.confirm("ida", first, 2, arrives="Mon 09:50")
    desk.does(merging.merge, "ida", first, into=second)

    response = desk.clock(second, "response")
    assert (response.state, response.start, response.stopped) == ("met", "Mon 09:00", "Mon 09:50")
    assert desk.clock(second, "resolution").due == "Mon 15:50"


def test_whoever_answers_the_old_one_is_heard_on_the_one_that_goes_on(desk: Desk) -> None:
    first, second = twice(desk)
    desk.does(merging.merge, "ida", second, into=first)

    theirs = second.messages.get(direction="in").message_id
    assert desk.mail("ana", "Re: Cards again", "It is the same at the side door.", answers=[theirs]) == first
    assert desk.mail("ana", f"About {second.reference}", "And at the back door, too.") == first


def test_both_tell_of_it(desk: Desk) -> None:
    first, second = twice(desk)
    desk.does(merging.merge, "ida", second, into=first)

    assert desk.event(second, "merged").payload == {"into": first.reference}
    assert desk.event(first, "merged").payload["reference"] == second.reference
    assert desk.event(first, "merged").actor == desk.person["ida"].ref


def test_a_rebuild_finds_the_same_clocks_on_both(desk: Desk) -> None:
    first, second = twice(desk)
    desk.does(merging.merge, "ida", first, into=second)
    before = clocks.dump()
    clocks.rebuild()

    assert clocks.dump() == before


def test_requests_of_different_clients_are_never_one(desk: Desk) -> None:
    ours, theirs = desk.mail("ana"), desk.mail("cleo")

    with pytest.raises(tickets.CannotDo, match="same organisation"):
        desk.does(merging.merge, "ida", ours, into=theirs)


def test_a_held_request_is_nobodys_yet_and_merges_with_nothing(desk: Desk) -> None:
    ours, held = desk.mail("ana"), desk.mail("bo")

    with pytest.raises(tickets.CannotDo, match="Only verified"):
        desk.does(merging.merge, "ida", held, into=ours)


def test_a_request_is_merged_once_and_not_into_itself(desk: Desk) -> None:
    first, second = twice(desk)
    with pytest.raises(tickets.CannotDo, match="into itself"):
        desk.does(merging.merge, "ida", first, into=first)
    desk.does(merging.merge, "ida", second, into=first)

    with pytest.raises(tickets.CannotDo, match="merged already"):
        desk.does(merging.merge, "ida", second, into=first)
    with pytest.raises(tickets.CannotDo, match="merged into another"):
        desk.does(tickets.reopen, "ida", second, reason="No, they are two.")


def test_a_complaint_does_not_vanish_into_the_request_that_it_is_about(desk: Desk) -> None:
    """Its seven days are a promise of their own."""
    ticket = desk.mail("ana")
    case = desk.mail("ana", f"COMPLAINT [{ticket.reference}]", "Nobody has rung us back.")

    with pytest.raises(tickets.CannotDo, match="complaint is a case of its own"):
        desk.does(merging.merge, "ida", case, into=ticket)
    with pytest.raises(tickets.CannotDo, match="complaint is a case of its own"):
        desk.does(merging.merge, "ida", ticket, into=case)
    assert desk.clock(case, "complaint").state == "running"
