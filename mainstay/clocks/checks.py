"""What `mainstay verify` asks of the clocks: the projection is what the log says, and every firing is on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from mainstay.clocks import actions
from mainstay.clocks.models import Clock, Fault, Firing, Promise, Step
from mainstay.lib import sql
from mainstay.tickets import events, log
from mainstay.tickets.models import Ticket

LATE = timedelta(minutes=5)  # a step unnoticed for longer than this is a worker that does not work


def faults(ticket_id: int, *, at: datetime) -> Iterator[str]:
    """Say in words what is wrong with the stored clocks and firings of one ticket."""
    with transaction.atomic():
        ticket = sql.lock_rows(Ticket.objects.select_related("terms")).get(pk=ticket_id)
        yield from _projection(ticket)
        yield from _firings(ticket)
    for step in Step.objects.filter(ticket_id=ticket_id, due_at__lt=at - LATE).order_by("due_at"):
        due = f"{step.due_at:%Y-%m-%d %H:%M:%S}Z"
        yield f"{ticket.reference}: {step.clock} {step.name} was due at {due} and is not fired"


def _projection(ticket: Ticket) -> Iterator[str]:
    wanted = actions.projection_of(ticket)
    stored_clocks = {row.name: row for row in Clock.objects.filter(ticket=ticket)}
    stored_steps = {(row.clock, row.name, row.basis): row for row in Step.objects.filter(ticket=ticket)}
    stored_promise = {row.pk: row for row in Promise.objects.filter(ticket=ticket)}
    for what, stored, rows in (
        ("clock", stored_clocks, wanted.clocks),
        ("step", stored_steps, wanted.steps),
        ("promise", stored_promise, {ticket.pk: wanted.promise}),
    ):
        for key in {*stored, *rows}:
            row, fields = stored.get(key), rows.get(key)
            if row is None or fields is None or any(getattr(row, n) != v for n, v in fields.items()):
                yield (
                    f"{ticket.reference}: the stored {what} {key} is not what its log says; "
                    "run `mainstay clocks rebuild`"
                )


def _firings(ticket: Ticket) -> Iterator[str]:
    said = {event.number: event.payload for event in log.history(ticket) if event.kind == events.STEP_FIRED}
    rows = {firing.event: firing for firing in Firing.objects.filter(ticket=ticket)}
    for number in sorted(said.keys() ^ rows.keys()):
        yield f"{ticket.reference}: event {number} and the record of fired steps do not agree"
    for number in said.keys() & rows.keys():
        firing, payload = rows[number], said[number]
        if (firing.clock, firing.name, firing.basis) != (payload["clock"], payload["name"], payload["basis"]):
            yield f"{ticket.reference}: event {number} tells of another step than the record of it"
    seen: dict[str, datetime] = {}
    for firing in sorted(rows.values(), key=lambda firing: firing.event):
        if firing.noticed_at < firing.due_at:
            yield f"{ticket.reference}: {firing.clock} {firing.name} was noticed before it was due"
        before = seen.get(str(firing.noticed_at))
        if before is not None and firing.due_at < before:
            yield f"{ticket.reference}: {firing.clock} {firing.name} was fired after a step that was due later"
        seen[str(firing.noticed_at)] = firing.due_at


def put_aside() -> Iterator[str]:
    """Say which tickets' due steps cannot be fired."""
    for fault in Fault.objects.select_related("ticket"):
        yield f"{fault.ticket.reference}: its due steps cannot be fired: {fault.error}"
