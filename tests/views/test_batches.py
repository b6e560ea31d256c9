"""One act on many tickets: each once, each in a transaction of its own, with what became of it beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from mainstay.jobs import actions as jobs
from mainstay.jobs.models import Job
from mainstay.orgs.models import Person
from mainstay.tickets import actions as tickets
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Message, Ticket
from mainstay.views import batches
from mainstay.views.batches import MOST, CannotRun, Done, Progress
from mainstay.views.models import Batch, Item, Outcome
from tests.desk import Desk


@pytest.fixture
def acting() -> Iterator[None]:
    """An act that writes a note; a ticket with the subject 'Refused' it refuses after having written."""

    def run(ticket: Ticket, by: Person, said: batches.Values, at: datetime) -> Done:
        tickets.add_note(ticket=ticket, by=by, text=said["text"], at=at)
        if ticket.subject == "Refused":
            raise CannotDo("Not this one.")
        if ticket.subject == "Broken":
            raise KeyError("a fault of ours")
        return Done({"seen": False}, {"seen": True})

    batches.register("try", batches.Act(run, lambda ticket, by, done, at: None))
    yield
    batches._acts.pop("try")


pytestmark = pytest.mark.usefixtures("acting")


def begun(desk: Desk, *subjects: str) -> Batch:
    made = [desk.mail("ana", subject).pk for subject in subjects]
    return batches.begin(act="try", ticket_ids=made, values={"text": "Seen."}, by=desk.person["ida"], at=desk.now)


def test_what_is_refused_is_left_whole_and_the_others_are_done(desk: Desk) -> None:
    batch = begun(desk, "One", "Refused", "Three")
    assert batches.go_on(batch, at=desk.now) == Progress(total=3, done=2, left=1)
    assert sorted(Message.objects.filter(text="Seen.").values_list("ticket__subject", flat=True)) == ["One", "Three"]
    (left,) = batches.left_of(batch, most=5)
    assert (left.ticket.subject, left.reason) == ("Refused", "Not this one.")


def test_a_slice_at_a_time_does_each_ticket_once(desk: Desk) -> None:
    batch = begun(desk, "One", "Two", "Three")
    assert batches.go_on(batch, at=desk.now, size=2) == Progress(total=3, done=2, left=0)
    assert batch.finished_at is None
    assert batches.go_on(batch, at=desk.now, size=2) == Progress(total=3, done=3, left=0)
    assert batches.go_on(batch, at=desk.now, size=2) == Progress(total=3, done=3, left=0)
    assert Message.objects.filter(text="Seen.").count() == 3
    assert batch.finished_at == desk.now


def test_what_was_written_is_kept_by_the_tickets_and_not_here(desk: Desk) -> None:
    batch = begun(desk, "One")
    batches.go_on(batch, at=desk.now)
    assert Batch.objects.get().values == {}


def test_whoever_no_longer_works_the_desk_changes_nothing(desk: Desk) -> None:
    batch = begun(desk, "One")
    Person.objects.filter(pk=desk.person["ida"].pk).update(is_active=False)
    desk.work()
    item = Item.objects.get()
    assert (item.outcome, item.reason) == (Outcome.LEFT, "Whoever began this no longer works the desk.")
    assert Batch.objects.get(pk=batch.pk).finished_at == desk.now


def test_none_and_too_many_are_refused(desk: Desk) -> None:
    for ids in ([], list(range(1, MOST + 2))):
        with pytest.raises(CannotRun):
            batches.begin(act="try", ticket_ids=ids, values={}, by=desk.person["ida"], at=desk.now)
    assert not Batch.objects.exists()


def test_an_undo_is_for_a_while_and_once(desk: Desk) -> None:
    batch = begun(desk, "One", "Refused")
    assert not batches.can_be_undone(batch, at=desk.now)
    batches.go_on(batch, at=desk.now)
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


def test_a_fault_of_ours_leaves_one_ticket_and_no_batch_behind(desk: Desk) -> None:
    batch = begun(desk, "Broken", "Two")
    assert batches.go_on(batch, at=desk.now) == Progress(total=2, done=1, left=1)
    (left,) = batches.left_of(batch, most=5)
    assert left.reason.startswith("It failed and nothing of it was changed.")
    assert Message.objects.filter(text="Seen.").count() == 1


def test_the_worker_does_more_than_a_slice_and_is_then_done(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches.go_on, "__kwdefaults__", {"size": 2})
    batch = begun(desk, *(f"Number {number}" for number in range(5)))
    desk.work()
    assert batches.progress_of(batch) == Progress(total=5, done=5, left=0)
    assert list(Job.objects.filter(kind=batches.JOB).values_list("state", flat=True)) == [Job.State.DONE]


def test_what_a_dead_worker_left_another_does_and_nothing_twice(desk: Desk) -> None:
    """The first died after two: its lease ends, and the job is taken up where it stood."""
    made = [desk.mail("ana", f"Number {number}").pk for number in range(4)]
    with desk.asleep():
        by = desk.person["ida"]
        batch = batches.begin(act="try", ticket_ids=made, values={"text": "Seen."}, by=by, at=desk.now)
        jobs.claim(lane=batches.LANE, owner="the dead one", at=desk.now)
        batches.go_on(batch, at=desk.now, size=2)
    desk.work()
    assert batches.progress_of(batch).done == 2  # the lease holds yet
    desk.advance(minutes=3)
    assert batches.progress_of(batch) == Progress(total=4, done=4, left=0)
    assert Message.objects.filter(text="Seen.").count() == 4
