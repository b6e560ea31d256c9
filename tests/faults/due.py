"""Tickets whose promises have steps that fall due, and what became of those steps."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .desk import Desk

SEED = """
from django.db import transaction
from mainstay.lib.time import from_text
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets import actions, events
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
ida = Person.objects.get(email="ida@vendor.example")
for subject, organisation, reported, severity in wanted:
    at = from_text(reported)
    with transaction.atomic():
        ticket = actions.open_ticket(
            at=at, channel="phone", subject=subject, requester_address=f"{subject.replace(' ', '-')}@acme.example",
            organisation=Organisation.objects.get(name=organisation), verified=True,
        )
        actions.grade(ticket=ticket, severity=severity, by=ida, reason="as reported", at=at)
        told = [Happening(events.NUMBER_PROVIDED, at), Happening(events.SEVERITY_PROVIDED, at, {"severity": severity})]
        append(actions.locked(ticket), told, actor="outbox", recorded_at=at)
"""

FIRED = """
SELECT ticket.subject, firing.clock, firing.name, firing.basis, firing.due_at, firing.noticed_at, firing.event
FROM clocks_firing firing JOIN tickets_ticket ticket ON ticket.id = firing.ticket_id
ORDER BY ticket.subject, firing.event
"""
CORE, ALWAYS = "Acme Health", "Beta Health"  # support in core hours, and at all hours for severity 1


def seed(desk: Desk, wanted: Sequence[tuple[str, str, datetime, int]]) -> None:
    """Make tickets: (subject, organisation, reported at, severity), each answered at the moment it was reported."""
    desk.ask(SEED, wanted=[(subject, whose, at.isoformat(), severity) for subject, whose, at, severity in wanted])


def fired(desk: Desk) -> list[tuple[Any, ...]]:
    """Return every fired step in the order of its ticket's log: subject, clock, name, basis, due, noticed, event."""
    return [(*row[:4], _moment(row[4]), _moment(row[5]), row[6]) for row in desk.rows(FIRED)]


def steps(rows: Sequence[tuple[Any, ...]], *, until: datetime) -> list[tuple[Any, ...]]:
    """Return which steps were due by `until`, sorted, each as often as it was fired."""
    return sorted(row[:5] for row in rows if row[4] <= until)


def out_of_order(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return pairs of steps of one ticket of which the later one was fired first."""
    return [
        (before[:3], before[4], after[1:3], after[4])
        for before, after in itertools.pairwise(rows)
        if before[0] == after[0] and after[4] < before[4]
    ]


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(f"{value}+00:00")
