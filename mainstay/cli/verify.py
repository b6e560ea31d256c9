"""`mainstay verify`: prove that nothing is lost, doubled, changed or late."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime

import typer

from mainstay.cli import django_room, output
from mainstay.lib.time import now


def verify(
    json: bool = typer.Option(False, "--json", help="Print JSON."),
    files: bool = typer.Option(True, help="Read every attachment and compare its digest."),
) -> None:
    """Check the event chains, the clocks, the fired steps, the outbox, the mail ledger and the files.

    Says what is wrong in words. Exit code 0: nothing. Safe while the desk works.
    """
    django_room.prepared()
    at = now()
    found = []
    for fault in faults_at(at, with_files=files):
        found.append(fault)
        if not json:
            print(fault)
    if json:
        output.as_json({"at": at.isoformat(), "faults": found})
    elif not found:
        print("Nothing is wrong: chains, clocks, fired steps, outbox, mail ledger and files agree.")
    sys.exit(1 if found else 0)


def faults_at(at: datetime, *, with_files: bool) -> Iterator[str]:
    """Say in words what is wrong at `at`, whatever the system clock says."""
    from mainstay.clocks import checks as clocks
    from mainstay.jobs import checks as jobs
    from mainstay.knowledge import checks as knowledge
    from mainstay.mail import checks as mail
    from mainstay.outbox import checks as outbox
    from mainstay.phone import checks as phone
    from mainstay.tickets import checks as tickets
    from mainstay.tickets import diagnostics, links
    from mainstay.tickets.models import Ticket

    ids = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    for done, ticket_id in enumerate(ids, start=1):
        yield from tickets.faults(ticket_id)
        yield from clocks.faults(ticket_id, at=at)
        output.progress(done, len(ids))
    yield from links.faults()
    yield from clocks.put_aside()
    yield from jobs.faults(at=at)
    yield from diagnostics.faults(at)
    yield from outbox.faults(at=at)
    yield from mail.faults(at=at)
    yield from phone.faults(at=at)
    yield from knowledge.faults()
    if with_files:
        yield from tickets.missing_files()
        yield from knowledge.missing_files()
