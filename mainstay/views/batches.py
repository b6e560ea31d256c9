"""One act on many tickets: each in a transaction of its own, once, with what became of it written beside it.

What the act does is the caller's. A slice is done at a time, so that a long one shows how far it is; a browser that is
closed in the middle leaves the rest waiting, and what is done is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from mainstay.lib import sql
from mainstay.orgs.models import Person
from mainstay.tickets.access import TicketNotFound, access_ticket
from mainstay.tickets.models import Ticket
from mainstay.views.models import Batch, Item, Outcome

MOST = 500  # tickets of one batch
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


Act = Callable[[Ticket, Item], Done]  # raises one of the caller's refusals where a ticket must be left as it is


@transaction.atomic
def begin(
    *,
    act: str,
    ticket_ids: Sequence[int],
    values: Mapping[str, Any],
    by: Person,
    at: datetime,
    undoes: Batch | None = None,
) -> Batch:
    """Write down what is to be done to which tickets. Nothing is done yet."""
    if not ticket_ids:
        raise CannotRun("No ticket is selected. Select some, then say what to do with them.")
    if len(ticket_ids) > MOST:
        raise CannotRun(f"At most {MOST} tickets are changed at once. Select fewer, then do the next ones.")
    batch = Batch.objects.create(act=act, by=by, values=dict(values), begun_at=at, undoes=undoes)
    Item.objects.bulk_create(
        Item(batch=batch, ticket_id=key, place=place) for place, key in enumerate(dict.fromkeys(ticket_ids))
    )
    return batch


def go_on(
    batch: Batch, act: Act, *, refusals: tuple[type[Exception], ...], by: Person, at: datetime, size: int
) -> Progress:
    """Do up to `size` of the tickets that wait, and return how far it is. Safe to call twice at once.

    Whoever may no longer see a ticket leaves it. What raises one of `refusals` is left with its words as the reason.
    """
    for _ in range(size):
        if not _next(batch, act, (TicketNotFound, *refusals), by, at):
            break
    progress = progress_of(batch)
    if progress.seen == progress.total and batch.finished_at is None:
        batch.finished_at = at
        batch.values = {name: value for name, value in batch.values.items() if name not in TEXTS}
        batch.save(update_fields=["finished_at", "values"])
    return progress


@transaction.atomic
def _next(
    batch: Batch, act: Act, refusals: tuple[type[Exception], ...], by: Person, at: datetime
) -> bool:
    waiting = batch.items.filter(outcome=Outcome.WAITING).order_by("place")
    item = sql.lock_rows(waiting, skip_locked=True).first()
    if item is None:
        return False
    try:
        ticket = access_ticket(item.ticket_id, person=by, at=at)
        with transaction.atomic():
            done = act(ticket, item)
    except refusals as refusal:
        item.outcome, item.reason = Outcome.LEFT, str(refusal)[:300]
    else:
        item.outcome, item.before, item.after = Outcome.DONE, dict(done.before), dict(done.after)
    item.save(update_fields=["outcome", "reason", "before", "after"])
    return True


def progress_of(batch: Batch) -> Progress:
    """Return how far `batch` is. One query."""
    counted = batch.items.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(outcome=Outcome.DONE)),
        left=Count("pk", filter=Q(outcome=Outcome.LEFT)),
    )
    return Progress(**counted)


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
