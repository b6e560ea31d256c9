"""One act on many tickets: each in a transaction of its own, once, with what became of it written beside it.

A batch is a row and a job. What its act does is registered by `wiring`. The job does a slice at a time and asks for the
next, so that a worker that dies leaves the rest to another within the job's lease, and what is done is not done again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Q

from mainstay.jobs import actions as jobs
from mainstay.lib import sql
from mainstay.orgs.access import NotAllowed, works_the_desk
from mainstay.orgs.models import Person
from mainstay.tickets.access import TicketNotFound, access_ticket
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from mainstay.views.models import Batch, Item, Outcome

log = logging.getLogger(__name__)

NOT_REACHED = (OperationalError, InterfaceError)  # the database; the job is tried again
JOB, LANE = "batch", "batches"
MOST = 500  # tickets of one batch
SLICE = 50  # tickets of one turn of the job: a small part of its lease, so that a dead worker is noticed soon
UNDO_WITHIN = timedelta(minutes=10)
UNDO = "undo"
TEXTS = ("text",)  # of what was filled in: personal content, which the tickets themselves keep


class CannotRun(ValueError):
    """The batch cannot be begun; the message says why."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an act has changed: how it was, and what it made of it; both empty where nothing can be put back."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


NOTHING = Done({}, {})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is."""

    total: int
    done: int
    left: int

    @property
    def seen(self) -> int:
        """How many tickets have been looked at."""
        return self.done + self.left

    @property
    def waits(self) -> int:
        """How many have not."""
        return self.total - self.seen


_COUNTED = {
    "total": Count("pk"),
    "done": Count("pk", filter=Q(outcome=Outcome.DONE)),
    "left": Count("pk", filter=Q(outcome=Outcome.LEFT)),
}


Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to each ticket of a batch, and how it is put back.

    Both get the ticket and raise one of `refusals` to leave it as it is; `put_back` also gets what `run` returned.
    """

    run: Callable[[Ticket, Person, Values, datetime], Done]
    put_back: Callable[[Ticket, Person, Done, datetime], None]
    refusals: tuple[type[Exception], ...] = (CannotDo, NotAllowed)


_acts: dict[str, Act] = {}


def register(key: str, act: Act) -> None:
    """Let batches do `act` under that name. Registering again replaces it."""
    _acts[key] = act


@transaction.atomic
def begin(
    *,
    act: str,
    ticket_ids: Sequence[int],
    values: Values,
    by: Person,
    at: datetime,
    undoes: Batch | None = None,
) -> Batch:
    """Write down what is to be done to which tickets, and have the worker do it."""
    if not ticket_ids:
        raise CannotRun("No ticket is selected. Select some, then say what to do with them.")
    if len(ticket_ids) > MOST:
        raise CannotRun(f"At most {MOST} tickets are changed at once. Select fewer, then do the next ones.")
    batch = Batch.objects.create(act=act, by=by, values=dict(values), begun_at=at, undoes=undoes)
    Item.objects.bulk_create(
        Item(batch=batch, ticket_id=key, place=place) for place, key in enumerate(dict.fromkeys(ticket_ids))
    )
    ask_for(batch, at=at)
    return batch


def ask_for(batch: Batch, *, at: datetime) -> None:
    """Have the worker do what waits of `batch`. While it is at it already, this asks for nothing more."""
    jobs.enqueue(kind=JOB, payload={"batch": batch.pk}, at=at, key=f"{JOB}:{batch.pk}", lane=LANE)


def work(payload: Mapping[str, Any], *, at: datetime) -> None:
    """Do the next slice of a batch, and ask for the one after it. A job; it may run twice, also at once."""
    batch = Batch.objects.select_related("by").get(pk=payload["batch"])
    if go_on(batch, at=at).waits:
        ask_for(batch, at=at)


def go_on(batch: Batch, *, at: datetime, size: int = SLICE) -> Progress:
    """Do up to `size` of the tickets that wait, and return how far it is. Safe to call twice at once."""
    for _ in range(size):
        if not _next(batch, at):
            break
    progress = progress_of(batch)
    if not progress.waits and batch.finished_at is None:
        batch.finished_at = at
        batch.values = {name: value for name, value in batch.values.items() if name not in TEXTS}
        batch.save(update_fields=["finished_at", "values"])
    return progress


@transaction.atomic
def _next(batch: Batch, at: datetime) -> bool:
    waiting = batch.items.filter(outcome=Outcome.WAITING).order_by("place")
    item = sql.lock_rows(waiting, skip_locked=True).first()
    if item is None:
        return False
    try:
        with transaction.atomic():
            done = _do(batch, item, at)
    except _Left as left:
        item.outcome, item.reason = Outcome.LEFT, str(left)[:300]
    else:
        item.outcome, item.before, item.after = Outcome.DONE, dict(done.before), dict(done.after)
    item.save(update_fields=["outcome", "reason", "before", "after"])
    return True


class _Left(Exception):
    """The ticket is left as it is; the message says why."""


def _do(batch: Batch, item: Item, at: datetime) -> Done:
    """Do the act to one ticket, in its maker's name and with their rights of now. Raises _Left."""
    by, act = batch.by, _acts[batch.undoes.act if batch.undoes else batch.act]
    refusals: tuple[type[Exception], ...] = (TicketNotFound, *act.refusals)
    if by is None or not works_the_desk(by):
        raise _Left("Whoever began this no longer works the desk.")
    try:
        ticket = access_ticket(item.ticket_id, person=by, at=at)
        if batch.undoes is None:
            return act.run(ticket, by, batch.values, at)
        was = Item.objects.get(batch=batch.undoes, ticket=ticket)
        act.put_back(ticket, by, Done(was.before, was.after), at)
    except refusals as refusal:
        raise _Left(str(refusal)) from refusal
    except NOT_REACHED:
        raise
    except Exception as error:
        log.exception("Batch %s: ticket %s is left", batch.pk, item.ticket_id)
        raise _Left("It failed and nothing of it was changed. An administrator finds more in the log.") from error
    return NOTHING


def progress_of(batch: Batch) -> Progress:
    """Return how far `batch` is. One query."""
    return Progress(**batch.items.aggregate(**_COUNTED))


def newest_of(person: Person, *, most: int) -> list[tuple[Batch, Progress]]:
    """Return the newest batches of `person`'s own, each with how far it is. Two queries."""
    rows = list(Batch.objects.filter(by=person).select_related("undoes", "undone_by").order_by("-pk")[:most])
    counted = Item.objects.filter(batch__in=rows).order_by().values("batch").annotate(**_COUNTED)
    found = {one.pop("batch"): Progress(**one) for one in counted}
    return [(row, found[row.pk]) for row in rows]


def of(person: Person, batch_id: int) -> Batch | None:
    """Return a batch of `person`'s own; nobody else has anything to do with it."""
    return Batch.objects.select_related("undoes", "undone_by").filter(pk=batch_id, by=person).first()


def left_of(batch: Batch, *, most: int) -> list[Item]:
    """Return the tickets that were left as they were, with why."""
    left = batch.items.filter(outcome=Outcome.LEFT).select_related("ticket")
    return list(left.order_by("place")[:most])


def can_be_undone(batch: Batch, *, at: datetime) -> bool:
    """Whether `batch` may be taken back: it changed something that can go back, not long ago, and stands yet."""
    return (
        batch.finished_at is not None
        and batch.undoes_id is None
        and not hasattr(batch, "undone_by")
        and at < batch.finished_at + UNDO_WITHIN
        and batch.items.filter(outcome=Outcome.DONE).exclude(before={}).exists()
    )


@transaction.atomic
def begin_undo(batch: Batch, *, by: Person, at: datetime) -> Batch:
    """Begin to put back what `batch` has changed."""
    batch = sql.lock_rows(Batch.objects.filter(pk=batch.pk)).get()
    if not can_be_undone(batch, at=at):
        raise CannotRun("This can no longer be taken back here. Change the tickets themselves.")
    done = batch.items.filter(outcome=Outcome.DONE).exclude(before={}).order_by("place")
    return begin(
        act=UNDO, ticket_ids=list(done.values_list("ticket_id", flat=True)), values={}, by=by, at=at, undoes=batch
    )
