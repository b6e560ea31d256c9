"""Law 3: stored clocks are a projection that can be dropped and rebuilt byte for byte from the log."""

from __future__ import annotations

import pytest

from mainstay.clocks import actions as clocks
from mainstay.clocks.models import Clock, Promise, Step
from mainstay.tickets import acceptance, merging
from mainstay.tickets.models import Ticket
from tests.desk import Desk


def a_full_week(desk: Desk) -> list[Ticket]:
    """Requests in every state: waiting, fixed, rejected, breached and escalated, held, a complaint, a merged one."""
    desk.at("Mon 09:00")
    waiting, fixed, rejected, late = (desk.mail("ana", subject) for subject in ("One", "Two", "Three", "Four"))
    held, case, double = desk.mail("bo"), desk.mail("ana", "COMPLAINT"), desk.mail("ana", "One again")
    for ticket in (waiting, fixed, rejected, late):
        desk.confirm("ida", ticket, 2)
    desk.at("Mon 10:00")
    desk.ask("ida", waiting)
    desk.fix("ida", fixed)
    desk.fix("jon", rejected)
    desk.does(merging.merge, "ida", double, into=waiting)
    desk.at("Mon 12:00")
    desk.does(acceptance.reject_fix, "jon", rejected, text="It does not work.")
    desk.at("Wed 12:00")
    return [waiting, fixed, rejected, late, held, case, double]


def test_rebuilt_clocks_are_the_stored_ones_byte_for_byte(desk: Desk) -> None:
    """Days later, from the log alone, for every kind of ticket."""
    week = a_full_week(desk)
    before = clocks.dump()
    desk.now = desk.now.replace(month=6)  # a rebuild reads no clock, so when it is done is no matter

    assert clocks.rebuild() == len(week)
    assert clocks.dump() == before
    assert len(before) > 3 * len(week)


@pytest.mark.parametrize("model", [Clock, Step, Promise])
def test_what_was_lost_or_changed_is_there_again(desk: Desk, model: type[Clock | Step | Promise]) -> None:
    desk.opened(answered="Mon 10:00")
    before = clocks.dump()
    model.objects.all().delete()
    assert clocks.dump() != before
    clocks.rebuild()

    assert clocks.dump() == before
    assert desk.faults() == []


def test_the_command_says_whether_anything_was_different(desk: Desk) -> None:
    desk.opened(answered="Mon 10:00")
    assert "Rebuilt the clocks of 1 tickets: the same, byte for byte." in desk.command("clocks", "rebuild").output

    Clock.objects.filter(name="resolution").update(due=desk.now)
    assert "1 rows differ from what was stored." in desk.command("clocks", "rebuild").output
    assert "the same, byte for byte" in desk.command("clocks", "rebuild").output


def test_a_rebuild_fires_nothing_again(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 17:00")
    fired, letters = desk.firings(ticket), desk.letters(ticket)
    clocks.rebuild()
    desk.work()

    assert desk.firings(ticket) == fired
    assert desk.letters(ticket) == letters
