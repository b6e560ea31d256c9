"""Law 4: when something was due is a fact of the contract; when we saw it is another. A worker that slept takes every
step once, in order, says how late it was, and is late with nothing that follows."""

from __future__ import annotations

from mainstay.clocks import actions as clocks
from mainstay.clocks.models import Firing
from mainstay.tickets.models import Event
from tests.desk import Desk, shown, when


def overslept(desk: Desk) -> list[Firing]:
    """The worker sleeps from Monday noon to Tuesday noon; six hours of resolution time end on Monday at four."""
    ticket = desk.opened(answered="Mon 10:00")
    with desk.asleep():
        desk.at("Tue 12:00")
    return list(Firing.objects.filter(ticket=ticket, clock="resolution").order_by("event"))


def test_each_step_is_taken_once_and_in_order(desk: Desk) -> None:
    firings = overslept(desk)

    assert [f"{shown(one.due_at)} {one.name}" for one in firings] == [
        "Mon 13:00 warning 50%",
        "Mon 13:00 escalate technical",
        "Mon 14:30 warning 75%",
        "Mon 15:24 warning 90%",
        "Mon 16:00:01 breached",
        "Mon 16:00:01 escalate cto",
        "Mon 16:00:01 escalate coordinator",
    ]
    assert {shown(one.noticed_at) for one in firings} == {"Tue 12:00"}
    desk.work()
    assert clocks.notice_due(desk.now) == 0
    assert desk.faults() == []


def test_the_log_says_when_it_was_due_and_when_we_saw_it(desk: Desk) -> None:
    breach = overslept(desk)[4]
    event = Event.objects.get(ticket=breach.ticket, number=breach.event)

    assert (shown(event.at), shown(event.recorded_at)) == ("Mon 16:00:01", "Tue 12:00")
    assert event.payload["due_at"] == "2026-01-12T16:00:01Z"
    assert event.payload["noticed_at"] == "2026-01-13T12:00:00Z"
    escalated = Event.objects.filter(ticket=breach.ticket, kind="escalated").order_by("number")
    assert [shown(one.at) for one in escalated] == ["Mon 13:00", "Mon 16:00:01", "Mon 16:00:01"]


def test_staff_are_told_how_late_they_were_told(desk: Desk) -> None:
    (breach,) = [one for one in overslept(desk) if one.kind == "breach"]

    reference = breach.ticket.reference
    assert any(
        text.startswith(f"{reference}: Resolution missed") and text.endswith("noticed 19 h 59 min late")
        for text in desk.notices("jon")
    )


def test_who_is_to_be_told_is_told_at_waking(desk: Desk) -> None:
    overslept(desk)

    assert [letter.at for letter in desk.sent("nia")] == ["Tue 12:00"]
    assert [letter.at for letter in desk.sent("ana", kind="escalation_notice")] == ["Tue 12:00"] * 3


def test_lateness_does_not_add_up(desk: Desk) -> None:
    """Asleep over the first warning only: every later step comes at its own moment."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 12:30")
    with desk.asleep():
        desk.at("Mon 13:40")
    desk.at("Mon 15:30")

    seen = {one.name: shown(one.noticed_at) for one in Firing.objects.filter(ticket=ticket, clock="resolution")}
    assert seen == {
        "warning 50%": "Mon 13:40",
        "escalate technical": "Mon 13:40",
        "warning 75%": "Mon 14:30",
        "warning 90%": "Mon 15:24",
    }


def test_a_breach_is_a_comparison_of_instants_whoever_looked(desk: Desk) -> None:
    """The fix came late while nobody looked, and the breach is there all the same, once the worker is."""
    ticket = desk.opened(answered="Mon 10:00")
    with desk.asleep():
        desk.at("Mon 17:00")
        assert desk.clock(ticket, "resolution").breached is True
        assert Firing.objects.filter(ticket=ticket, kind="breach").count() == 0

    assert Firing.objects.get(ticket=ticket, clock="resolution", kind="breach").due_at == when("Mon 16:00:01")


def test_while_the_worker_sleeps_verify_says_that_steps_are_late(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    with desk.asleep():
        desk.at("Mon 13:06")
        assert f"{ticket.reference}: resolution warning 50% was due at 2026-01-12 13:00:00Z and is not fired" in desk.faults()
    assert desk.faults() == []
