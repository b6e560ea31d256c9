"""Keeping the projection true, and noticing what falls due."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction

from mainstay.clocks import queries
from mainstay.clocks.models import Clock, Fault, Firing, Promise, Step
from mainstay.clocks.projection import Projection, StepKey, project
from mainstay.contracts.models import TermsSnapshot
from mainstay.core import ladder
from mainstay.lib import once, rows, sql
from mainstay.lib.time import to_text
from mainstay.tickets import events
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Event, State, Ticket

logger = logging.getLogger(__name__)


def fold(ticket: Ticket, new: Sequence[Event], recorded_at: datetime) -> None:
    """Bring the stored clocks of `ticket` up to its history. Hears every append, in its transaction.

    Notes, letters and fired steps move no clock: they cost nothing here.
    """
    if not any(event.kind in queries.MOVING for event in new):
        return
    if new[0].number == 1:
        _create(ticket, projection_of(ticket, fired=set()))
    else:
        _update(ticket, projection_of(ticket))


def projection_of(ticket: Ticket, *, fired: set[StepKey] | None = None) -> Projection:
    """Compute what the rows of `ticket` must say (`queries.stored_reading`). `ticket` must be locked."""
    reading, terms = queries.stored_reading(ticket)
    rows = [] if fired is not None else list(ticket.firings.values_list("clock", "name", "basis", "kind"))
    return project(
        reading,
        terms,
        fired=fired if fired is not None else {(clock, name, basis) for clock, name, basis, _ in rows},
        is_open=ticket.state != State.CLOSED,
        breach_noticed=any(kind == "breach" for *_, kind in rows),
    )


def _create(ticket: Ticket, wanted: Projection) -> None:
    pk = ticket.pk
    rows.add_plain(Clock, ({"ticket_id": pk, "name": name, **row} for name, row in wanted.clocks.items()))
    rows.add_plain(
        Step,
        (
            {"ticket_id": pk, "clock": clock, "name": name, "basis": basis, **row}
            for (clock, name, basis), row in wanted.steps.items()
        ),
    )
    rows.add_plain(Promise, [{"ticket_id": pk, **wanted.promise}])


def _new_step(ticket: Ticket, key: StepKey, row: dict[str, Any]) -> Step:
    clock, name, basis = key
    return Step(ticket=ticket, clock=clock, name=name, basis=basis, **row)


def _update(ticket: Ticket, wanted: Projection) -> None:
    """Write only what differs: most events move one clock, and unchanged rows cost a comparison."""
    _align(
        {row.name: row for row in Clock.objects.filter(ticket=ticket)},
        wanted.clocks,
        lambda name, row: Clock(ticket=ticket, name=name, **row),
        Clock.objects,
    )
    _align(
        {(row.clock, row.name, row.basis): row for row in Step.objects.filter(ticket=ticket)},
        wanted.steps,
        lambda key, row: _new_step(ticket, key, row),
        Step.objects,
    )
    _align(
        {row.pk: row for row in Promise.objects.filter(ticket=ticket)},
        {ticket.pk: wanted.promise},
        lambda _, row: Promise(ticket=ticket, **row),
        Promise.objects,
    )


def _align(
    stored: dict[Any, Any],
    wanted: dict[Any, dict[str, Any]],
    make: Callable[[Any, dict[str, Any]], Any],
    manager: models.Manager[Any],
) -> None:
    gone = [row.pk for key, row in stored.items() if key not in wanted]
    if gone:
        manager.filter(pk__in=gone).delete()
    for key, fields in wanted.items():
        row = stored.get(key)
        if row is None:
            continue
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        if changed:
            for name in changed:
                setattr(row, name, fields[name])
            row.save(update_fields=changed)
    new = [make(key, fields) for key, fields in wanted.items() if key not in stored]
    if new:
        manager.bulk_create(new)


RETRY = timedelta(minutes=5)


@sql.looking_for(sql.Look(Step, "due_at"))
def notice_due(at: datetime, *, limit: int = 200) -> int:
    """Fire what has fallen due by `at`, tickets with the longest overdue steps first. Returns how many steps fired.

    Reads only due steps. Any number of workers may call it at once: a ticket that another one holds is passed by, and
    the unique firing makes each step happen once. A ticket that cannot be read is put aside, visibly, for five
    minutes, so that it delays nobody else.
    """
    if not sql.is_due(Step, "due_at", at):
        return 0
    ticket_ids = queries.tickets_with_due_steps(at, limit=limit)
    faulty = set(Fault.objects.values_list("ticket_id", flat=True))
    with once.for_all():  # who works in which team is asked once a pass, not once a step
        return sum(_notice(ticket_id, at, was_faulty=ticket_id in faulty) for ticket_id in ticket_ids)


def _notice(ticket_id: int, at: datetime, *, was_faulty: bool) -> int:
    try:
        count = fire(ticket_id, at=at)
        if was_faulty:
            Fault.objects.filter(ticket_id=ticket_id).delete()
        return count
    except Exception as error:
        logger.exception("ticket %s: its due steps could not be fired", ticket_id)
        Fault.objects.update_or_create(
            ticket_id=ticket_id,
            defaults={
                "error": f"{type(error).__name__}: {error}"[:1000],
                "next_try_at": at + RETRY,
                "at": at,
            },
        )
        return 0


@transaction.atomic
def fire(ticket_id: int, *, at: datetime) -> int:
    """Fire every step of one ticket that is due by `at`, in order of the moment it was due. Returns how many.

    The stored steps only say where to look: the reading is made anew under the lock and decides. Each fired step is a
    row and an event with `due_at` (contractual) and `noticed_at` (now), and later steps derive from `due_at` too.
    """
    held = rows.read(Ticket, lock=True, id=ticket_id)
    if not held:
        return 0
    (ticket,) = held
    (ticket.terms,) = once.look(("terms of", ticket.terms_id), lambda: rows.read(TermsSnapshot, id=ticket.terms_id))
    fired = {(one.clock, one.name, one.basis) for one in rows.read(Firing, ticket_id=ticket_id)}
    count = 0
    while due := _up_to_an_escalation(_due_steps(ticket, fired, at)):
        _record(ticket, due, at)
        fired |= {(step.clock, step.name, step.basis) for step in due}
        count += len(due)
        if due[-1].kind != "escalation":
            break
    return count


def _up_to_an_escalation(due: list[ladder.Step]) -> list[ladder.Step]:
    """Cut `due` after its first escalation: that may quicken the updates, so what comes next is to be read anew."""
    end = next((place for place, step in enumerate(due, start=1) if step.kind == "escalation"), len(due))
    return due[:end]


def _due_steps(ticket: Ticket, fired: set[StepKey], at: datetime) -> list[ladder.Step]:
    if ticket.state == State.CLOSED:
        return []
    reading, terms = queries.reading_of(ticket, at=at)
    return [
        step
        for step in sorted(ladder.steps(reading, terms), key=lambda step: step.due_at)
        if step.due_at <= at and (step.clock, step.name, step.basis) not in fired
    ]


def _record(ticket: Ticket, due: Sequence[ladder.Step], at: datetime) -> None:
    """Write the firings, take their steps out of what is foreseen, and tell the log, in order."""
    rows.add(
        Firing(
            ticket=ticket,
            clock=step.clock,
            name=step.name,
            basis=step.basis,
            kind=step.kind,
            due_at=step.due_at,
            noticed_at=at,
            event=number,
        )
        for number, step in enumerate(due, start=ticket.last_number + 1)
    )
    keys = [{"ticket_id": ticket.pk, "clock": one.clock, "name": one.name, "basis": one.basis} for one in due]
    rows.remove(Step, *keys)
    if any(step.kind == "breach" for step in due):
        rows.change(Promise, {"ticket_id": ticket.pk}, breached=True)
    append(ticket, [_told(step, at) for step in due], actor="clocks", recorded_at=at)


def _told(step: ladder.Step, at: datetime) -> Happening:
    data = {
        "clock": step.clock,
        "name": step.name,
        "kind": step.kind,
        "basis": step.basis,
        "due_at": to_text(step.due_at),
        "noticed_at": to_text(at),
        "level": step.level,
        "whom": step.whom,
        "tells_client": step.tells_client,
        "evidence": step.evidence,
        "clause": step.clause,
    }
    return Happening(events.STEP_FIRED, step.due_at, data)


def rebuild(*, progress: Callable[[int, int], None] | None = None) -> int:
    """Drop the projection and write it again from the log, ticket by ticket. Returns how many tickets there were.

    Runs while the desk works: each ticket is rebuilt under its lock, and is never seen without its clocks.
    """
    ids = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    for done, ticket_id in enumerate(ids, start=1):
        rebuild_ticket(ticket_id)
        if progress is not None:
            progress(done, len(ids))
    return len(ids)


@transaction.atomic
def rebuild_ticket(ticket_id: int) -> None:
    """Drop and rewrite the projection of one ticket."""
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("terms").get(pk=ticket_id)
    for model in (Clock, Step, Promise):
        model._default_manager.filter(ticket=ticket).delete()
    _create(ticket, projection_of(ticket))


def dump(ticket_ids: Iterable[int] | None = None) -> list[list[object]]:
    """Return the projection as plain values without row keys: what a rebuild must reproduce byte for byte."""
    rows: list[list[object]] = []
    for model in (Clock, Step, Promise):
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        found = model._default_manager.all()
        if ticket_ids is not None:
            found = found.filter(ticket_id__in=ticket_ids)
        rows += sorted([model.__name__, *(str(value) for value in row)] for row in found.values_list(*names))
    return rows
