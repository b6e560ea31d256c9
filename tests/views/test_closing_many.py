"""Many are closed at once and that is taken back: each as it was, and no client was told anything wrong."""

from __future__ import annotations

from mainstay.mail.letters import UNDO
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import State, Ticket
from mainstay.views import batches
from mainstay.views.batches import UNDO_WITHIN, Progress
from mainstay.views.models import Batch
from tests.desk import Desk


def closed(desk: Desk, *chosen: Ticket) -> Batch:
    """Have Ida close them all; return the batch once the worker has done it."""
    said = {"text": "Done.", "cause": "use"}
    ids = [ticket.pk for ticket in chosen]
    batch = batches.begin(act="close", ticket_ids=ids, values=said, by=desk.person["ida"], at=desk.now)
    desk.work()
    batch.refresh_from_db()
    return batch


def taken_back(desk: Desk, batch: Batch) -> Batch:
    undo = batches.begin_undo(batch, by=desk.person["ida"], at=desk.now)
    desk.work()
    return undo


def reasons(batch: Batch) -> list[str]:
    return [item.reason for item in batches.left_of(batch, most=9)]


def test_an_open_one_is_open_again_and_its_clock_goes_on_with_the_time_used(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    before = desk.clock(ticket, "resolution")
    batch = closed(desk, ticket)
    assert desk.look(ticket).state == State.CLOSED
    desk.advance(minutes=5)
    assert batches.progress_of(taken_back(desk, batch)) == Progress(total=1, done=1, left=0)
    after = desk.look(ticket)
    assert (after.state, after.cause, after.closed_at) == (State.OPEN, "", None)
    again = desk.clock(ticket, "resolution")
    assert (again.state, again.used) == ("running", before.used)
    desk.advance(minutes=20)
    assert desk.sent("ana", kind="closure") == []


def test_one_with_a_fix_at_the_client_is_resolved_again_and_no_clock_moved(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    desk.fix("ida", ticket, cause="software", arrives="Mon 10:30")
    before = [desk.clock(ticket, name) for name in ("response", "resolution", "update")]
    taken_back(desk, closed(desk, ticket))
    after = desk.look(ticket)
    assert (after.state, after.cause) == (State.RESOLVED, "software")
    assert [desk.clock(ticket, name) for name in ("response", "resolution", "update")] == before
    assert desk.faults() == []


def test_one_that_waits_for_the_client_waits_again_with_its_question(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    desk.ask("ida", ticket, arrives="Mon 10:30")
    taken_back(desk, closed(desk, ticket))
    assert desk.look(ticket).state == State.WAITING_CLIENT
    assert desk.clock(ticket, "resolution").state == "paused"
    assert ticket.diagnostics.get().ended_at is None
    desk.answer("ana", ticket, "They are the old ones.")
    assert desk.clock(ticket, "resolution").state == "running"
    assert desk.faults() == []


def test_one_that_nobody_has_answered_is_unanswered_again(desk: Desk) -> None:
    ticket = desk.mail("ana")
    taken_back(desk, closed(desk, ticket))
    assert desk.look(ticket).unanswered_since == ticket.unanswered_since


def test_one_that_somebody_was_at_since_stays_as_it_is(desk: Desk) -> None:
    noted, answered = desk.mail("ana", "One"), desk.mail("ana", "Two")
    batch = closed(desk, noted, answered)
    desk.does(tickets.add_note, "jon", noted, text="Good.")
    desk.does(tickets.reopen, "jon", answered, reason="Not yet.")
    assert reasons(taken_back(desk, batch)) == ["Somebody has been at it since, so it stays as it is."] * 2
    assert (desk.look(noted).state, desk.look(answered).state) == (State.CLOSED, State.OPEN)


def test_the_client_is_told_once_it_can_no_longer_be_undone(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    closed(desk, ticket)
    desk.advance(seconds=(UNDO_WITHIN - UNDO).total_seconds())
    assert desk.sent("ana", kind="closure") == []
    desk.advance(seconds=UNDO.total_seconds() + 1)
    assert len(desk.sent("ana", kind="closure")) == 1
    assert desk.look(ticket).state == State.CLOSED


def test_a_client_who_writes_meanwhile_is_not_told_that_it_is_closed(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    closed(desk, ticket)
    desk.answer("ana", ticket, "It fails again.")
    assert desk.look(ticket).state == State.OPEN
    desk.advance(minutes=20)
    assert desk.sent("ana", kind="closure") == []


def test_one_whose_clock_ended_with_its_closing_is_named_and_stays_closed(desk: Desk) -> None:
    """A fix was offered before the severity was confirmed: the response clock ran on, and closing ended it."""
    ticket = desk.mail("ana")
    desk.fix("ida", ticket, arrives="Mon 10:30")
    (reason,) = reasons(taken_back(desk, closed(desk, ticket)))
    assert reason.startswith("A clock ended with its closing.")
    assert desk.look(ticket).state == State.CLOSED
