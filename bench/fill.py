"""Many open tickets, fast: real rows of one real ticket, many times over, with moments spread into the future."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from mainstay.clocks.models import Clock, Promise, Step
from mainstay.contracts import queries as contracts
from mainstay.tickets.models import DEFAULT_PREFIX, Ticket

BATCH = 5_000


def fill(count: int, *, at: datetime) -> None:
    """Bring the database to `count` open tickets that are due some time after `at`."""
    have = Ticket.objects.count()
    snapshot = contracts.terms_for(organisation=None, product=None, at=at)
    while have < count:
        size = min(BATCH, count - have)
        _batch(have, size, snapshot, at)
        have += size
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@transaction.atomic
def _batch(first: int, size: int, snapshot: object, at: datetime) -> None:
    tickets = Ticket.objects.bulk_create(
        Ticket(
            prefix=DEFAULT_PREFIX,
            channel="mail",
            subject=f"Filled {first + number}",
            state="open",
            verification="verified",
            requester_name="Filler",
            requester_address="filler@client.example",
            terms=snapshot,
            reported_at=at,
            changed_at=at,
            severity=1 + number % 4,
        )
        for number in range(size)
    )
    due = [at + timedelta(days=30, seconds=37 * (first + number)) for number in range(size)]
    Clock.objects.bulk_create(
        Clock(
            ticket=t,
            name="resolution",
            position=1,
            clause="5",
            state="running",
            calendar="core",
            start=at,
            due=d,
        )
        for t, d in zip(tickets, due, strict=True)
    )
    Step.objects.bulk_create(
        Step(
            ticket=t, clock="resolution", name=name, basis="1", due_at=d - timedelta(hours=early), order=order
        )
        for t, d in zip(tickets, due, strict=True)
        for order, (name, early) in enumerate((("warning 50%", 8), ("warning 75%", 4), ("breached", 0)))
    )
    Promise.objects.bulk_create(
        Promise(ticket=t, is_open=True, clock="resolution", clause="5", state="running", due=d, sort_at=d)
        for t, d in zip(tickets, due, strict=True)
    )
