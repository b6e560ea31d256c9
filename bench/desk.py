"""The running desk on the database that the environment names: intake, the idle tick, firing what is due.

Each figure stands beside a limit measured in the same run.
"""

from __future__ import annotations

import email
import email.policy
import os
import statistics
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings")
os.environ.setdefault("MAINSTAY_LOG_LEVEL", "ERROR")
django.setup()

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.fill import fill
from bench.mails import mails
from bench.measure import note, said, seconds_each
from mainstay.cli import django_room
from mainstay.clocks import actions as clocks
from mainstay.clocks.models import Firing, Step
from mainstay.jobs.worker import Worker
from mainstay.lib.time import from_text
from mainstay.mail import arrivals, intake
from mainstay.orgs import actions as orgs
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Ticket

AT = from_text("2026-03-02T09:00:30Z")  # a Monday morning
COUNT = 200


def main() -> None:
    django_room.migrated()
    print(f"database: {connection.vendor}, durable commits")
    _clients()
    intake_of_mails()
    firing_of_steps()
    idle_ticks()


def _clients() -> None:
    for number in range(50):
        organisation = orgs.add_organisation(name=f"Client {number}", at=AT) if number < 10 else None
        if organisation is None:
            organisation = orgs.Organisation.objects.get(name=f"Client {number % 10}")
        email_ = f"person{number}@client{number % 10}.example"
        person = orgs.add_person(name=f"Person {number}", email=email_, at=AT)
        orgs.authorise(person=person, organisation=organisation, role="Service desk", at=AT)


def intake_of_mails() -> None:
    """Mails a second with everything that a mail causes, beside the bare parse of the standard library.

    Both take turns, ten mails at a time, so that a machine that is busy with other things slows both.
    """
    raws = mails(COUNT + 10, to=settings.SUPPORT_ADDRESS)
    _take(raws[:10])  # the parsing child starts
    bare, whole = [], []
    with CaptureQueriesContext(connection) as made:
        _take(raws[10:20])
    for first in range(20, len(raws), 10):
        turn = raws[first : first + 10]
        bare.append(seconds_each(lambda: [_bare(raw) for raw in turn], times=1, blocks=3) / 10)  # noqa: B023  at once
        whole.append(seconds_each(lambda: _take(turn), times=1, blocks=1) / 10)  # noqa: B023
    parse, each = statistics.median(bare), statistics.median(whole)
    tickets, letters = Ticket.objects.count(), Letter.objects.count()
    print(f"bare parse and decode (standard library): {said(parse)} a mail, {1 / parse:.0f} a second")
    print(
        f"mail to ticket, everything: {said(each)} a mail, {1 / each:.0f} a second, "
        f"{len(made.captured_queries) / 10:.1f} statements ({tickets} tickets, {letters} letters)"
    )
    ratio = statistics.median(one / all_ for one, all_ in zip(bare, whole, strict=True))
    print(f"  ratio to the bare parse: {ratio:.2f} (target: at least 0.20)")
    note("mail to ticket", each)


def _bare(raw: bytes) -> int:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for value in mail.values():
        str(value)
    size = 0
    for part in mail.walk():
        if not part.is_multipart():
            content = part.get_content()
            size += len(content)
    return size


def _take(raws: list[bytes]) -> None:
    """The whole way of a delivered mail: both commits, one mail at a time in, then as the worker takes them."""
    for raw in raws:
        arrivals.keep_delivered(
            arrivals.Incoming(
                raw=raw,
                received_at=AT,
                size=len(raw),
                envelope_from="x@client.example",
                envelope_to=(settings.SUPPORT_ADDRESS,),
            ),
            at=AT,
        )
    while intake.take_due(AT):
        pass


def firing_of_steps() -> None:
    """The cost of each due step, notices and letters queued with it: a pile at once."""
    at = AT + timedelta(hours=4)
    due = Step.objects.filter(due_at__lte=at).count()
    before = Firing.objects.count()
    began = time.perf_counter()
    while clocks.notice_due(at):
        pass
    each = (time.perf_counter() - began) / (Firing.objects.count() - before)
    print(f"due steps fired: {due}, {said(each)} each (target: under 2 ms)")
    note("due step fired", each)


def idle_ticks() -> None:
    """A worker's tick with nothing due, at growing numbers of open tickets."""
    worker = Worker("bench")
    base = None
    for count in (1_000, 10_000, 100_000):
        fill(count)
        worker.tick(AT)
        sweep = seconds_each(lambda: clocks.notice_due(AT), times=50)
        cost = seconds_each(lambda: worker.tick(AT), times=50)
        base = base or cost
        print(
            f"{count:7} open tickets, nothing due: sweep {said(sweep)}, whole tick {said(cost)} "
            f"({cost / base:.2f} x of 1000; target: under 1 ms and flat)"
        )
        note(f"idle tick at {count}", cost)


if __name__ == "__main__":
    main()
