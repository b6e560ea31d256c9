"""One act on many tickets: each once, each in a transaction of its own, with what became of it beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstay.tickets import actions as tickets
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Message, Ticket
from mainstay.views import batches
from mainstay.views.batches import MOST, CannotRun, Done, Progress
from mainstay.views.models import Batch, Item, Outcome
from tests.desk import Desk


def noting(desk: Desk, *, refuses: str = "") -> batches.Act:
    """Return an act that writes a note, and refuses one ticket after having written to it."""

    def act(ticket: Ticket, item: Item) -> Done:
        tickets.add_note(ticket=ticket, by=desk.person["ida"], text="Seen.", at=desk.now)
        if ticket.subject == refuses:
            raise CannotDo("Not this one.")
        return Done({"seen": False}, {"seen": True})

    return act


def begun(desk: Desk, *subjects: str) -> Batch:
    made = [desk.mail("ana", subject).pk for subject in subjects]
    return batches.begin(act="note", ticket_ids=made, values={"text": "Seen."}, by=desk.person["ida"], at=desk.now)


def go_on(desk: Desk, batch: Batch, act: batches.Act, *, size: int = 10) -> Progress:
    return batches.go_on(batch, act, refusals=(CannotDo,), by=desk.person["ida"], at=desk.now, size=size)


def test_what_is_refused_is_left_whole_and_the_others_are_done(desk: Desk) -> None:
    batch = begun(desk, "One", "Two", "Three")
    assert go_on(desk, batch, noting(desk, refuses="Two")) == Progress(total=3, done=2, left=1)
    assert sorted(Message.objects.filter(text="Seen.").values_list("ticket__subject", flat=True)) == ["One", "Three"]
    (left,) = batches.left_of(batch, most=5)
    assert (left.ticket.subject, left.reason) == ("Two", "Not this one.")


def test_a_slice_at_a_time_does_each_ticket_once(desk: Desk) -> None:
    batch = begun(desk, "One", "Two", "Three")
    assert go_on(desk, batch, noting(desk), size=2) == Progress(total=3, done=2, left=0)
    assert batch.finished_at is None
    assert go_on(desk, batch, noting(desk), size=2) == Progress(total=3, done=3, left=0)
    assert go_on(desk, batch, noting(desk), size=2) == Progress(total=3, done=3, left=0)
    assert Message.objects.filter(text="Seen.").count() == 3
    assert batch.finished_at == desk.now


def test_what_was_written_is_kept_by_the_tickets_and_not_here(desk: Desk) -> None:
    batch = begun(desk, "One")
    go_on(desk, batch, noting(desk))
    assert Batch.objects.get().values == {}


def test_a_ticket_that_somebody_may_no_longer_see_is_left(desk: Desk) -> None:
    batch = begun(desk, "One")
    cleo = desk.person["cleo"]
    batches.go_on(batch, noting(desk), refusals=(CannotDo,), by=cleo, at=desk.now, size=5)
    assert (Item.objects.get().outcome, Item.objects.get().reason) == (Outcome.LEFT, "There is no such ticket.")


def test_none_and_too_many_are_refused(desk: Desk) -> None:
    for ids in ([], list(range(1, MOST + 2))):
        with pytest.raises(CannotRun):
            batches.begin(act="note", ticket_ids=ids, values={}, by=desk.person["ida"], at=desk.now)
    assert not Batch.objects.exists()


def test_an_undo_is_for_a_while_and_once(desk: Desk) -> None:
    batch = begun(desk, "One", "Two")
    assert not batches.can_be_undone(batch, at=desk.now)
    go_on(desk, batch, noting(desk, refuses="Two"))
    assert batches.can_be_undone(batch, at=desk.now)
    assert not batches.can_be_undone(batch, at=desk.now + batches.UNDO_WITHIN)
    assert not batches.can_be_undone(batch, at=desk.now + timedelta(days=1))
    undo = batches.begin_undo(batch, by=desk.person["ida"], at=desk.now)
    assert [item.ticket.subject for item in undo.items.all()] == ["One"]
    with pytest.raises(CannotRun):
        batches.begin_undo(batch, by=desk.person["ida"], at=desk.now)


def test_a_batch_is_its_maker_s_alone(desk: Desk) -> None:
    batch = begun(desk, "One")
    assert batches.of(desk.person["ida"], batch.pk) == batch
    assert batches.of(desk.person["mara"], batch.pk) is None
