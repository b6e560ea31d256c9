"""A changed holiday table: which clocks it moves is shown before, and it moves open clocks only (reading 21)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from mainstay.clocks import queries
from mainstay.contracts import actions
from mainstay.contracts import queries as contracts
from mainstay.contracts.models import HolidayTable
from mainstay.core import clock as core
from mainstay.core.terms import Terms
from mainstay.jobs import actions as jobs
from mainstay.lib.time import to_text
from mainstay.orgs import access
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets import events, log
from mainstay.tickets.actions import locked
from mainstay.tickets.events import Happening
from mainstay.tickets.models import State, Ticket

MOVE = "move_clocks"  # the kind of job that moves the open clocks onto a table


@dataclass(frozen=True, slots=True)
class Move:
    """One clock whose due moment a changed table moves. None: not due while it is paused."""

    ticket: Ticket
    clock: str
    before: datetime | None
    after: datetime | None


def preview(table: HolidayTable, *, at: datetime) -> Iterator[Move]:
    """Say which open clocks `table` (installed or not) would move. Writes nothing."""
    terms_by_snapshot: dict[int, Terms] = {}
    for ticket in _open_tickets(table.name):
        terms = terms_by_snapshot.setdefault(ticket.terms_id, contracts.as_if(ticket.terms, table))
        yield from _moves(ticket, terms, at)


@transaction.atomic
def install(
    *, name: str, version: str, dates: Mapping[str, str], reason: str, by: Person, at: datetime
) -> HolidayTable:
    """Install a changed table and have the worker move the open clocks onto it; both are kept or neither.

    Raises AlreadyInstalled, ValueError for a day that is none, and NotAllowed unless `by` is an administrator.
    """
    access.require(by, StaffRole.ADMINISTRATOR)
    table = actions.install_holidays(
        name=name, version=version, dates=dates, at=at, by=by.name[:80], reason=reason
    )
    jobs.enqueue(kind=MOVE, payload={"table": table.pk, "by": by.ref}, at=at, key=f"{MOVE}:{table.pk}")
    return table


def move(payload: Mapping[str, Any], *, at: datetime) -> None:
    """Do the job that `install` asks for. May run twice: a clock that has moved stays where it is."""
    apply(HolidayTable.objects.get(pk=payload["table"]), by=payload["by"], at=at)


def apply(
    table: HolidayTable, *, by: str, at: datetime, progress: Callable[[int, int], None] | None = None
) -> list[Move]:
    """Move the open clocks onto the installed `table`; each move is an event on its ticket. Returns the moves."""
    ids = [ticket.pk for ticket in _open_tickets(table.name)]
    moved: list[Move] = []
    for done, ticket_id in enumerate(ids, start=1):
        moved += _apply_to(ticket_id, table, by=by, at=at)
        if progress is not None:
            progress(done, len(ids))
    return moved


@transaction.atomic
def _apply_to(ticket_id: int, table: HolidayTable, *, by: str, at: datetime) -> list[Move]:
    ticket = locked(ticket_id)
    before = ticket.terms
    if ticket.state == State.CLOSED or before.holidays.get(table.name) == table.version:
        return []
    snapshot = contracts.with_holidays(before, name=table.name, version=table.version)
    moves = list(_moves(ticket, contracts.load(snapshot), at))
    ticket.terms = snapshot
    data = {
        "before": before.digest,
        "terms": snapshot.digest,
        "holidays": f"{table.name} {table.version}",
        "moved": {move.clock: [_text(move.before), _text(move.after)] for move in moves},
    }
    log.append(ticket, [Happening(events.CALENDAR_CHANGED, at, data)], actor=by, recorded_at=at)
    return moves


def _open_tickets(table: str) -> Iterator[Ticket]:
    found = Ticket.objects.exclude(state=State.CLOSED).select_related(
        "terms", "terms__agreement", "terms__contract"
    )
    return (ticket for ticket in found.order_by("pk").iterator() if table in ticket.terms.holidays)


def _moves(ticket: Ticket, terms: Terms, at: datetime) -> Iterator[Move]:
    now = queries.reading(ticket, at=at)
    then = core.read([queries.heard(event) for event in log.history(ticket)], terms, at=at)
    for clock in now.clocks:
        other = then.clock(clock.name)
        running = clock.state in ("running", "paused", "ungraded")
        if running and other is not None and other.due != clock.due:
            yield Move(ticket, clock.name, clock.due, other.due)


def _text(at: datetime | None) -> str | None:
    return to_text(at) if at else None
