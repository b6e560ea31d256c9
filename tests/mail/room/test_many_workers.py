"""Several workers on one ledger: each mail is taken in once, whoever takes it (F2, F3, F8)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from mainstay.mail import intake, restraint
from mainstay.mail.models import Arrival
from mainstay.tickets.models import Event, Message

from .conftest import MONDAY, furnish, tickets
from .mails import ANA, CLEO, mail

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def in_threads(work: Callable[[], object], times: int = WORKERS) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=600)
    assert failures == []


def work_until_done() -> None:
    at = MONDAY
    while Arrival.objects.filter(outcome="").exists():
        if not intake.take_due(at):
            # Slowly enough that no lease runs out under a thread that the machine keeps waiting.
            time.sleep(0.05)
            at += timedelta(seconds=1)


def test_four_workers_take_each_mail_once() -> None:
    """New requests, the same mail twice, and replies to one ticket that lock the same row."""
    room = furnish()
    first = room.take(mail(message_id="<first@client.example>")).ticket
    assert first is not None
    twins = [mail(sender=CLEO, message_id=f"<twin{number}@client.example>") for number in range(6)]
    replies = [
        mail(subject=f"[{first.reference}]", text=f"Reply number {number} to the same.")
        for number in range(8)
    ]
    for raw in [*twins, *replies, *[b"Received: by other\r\n" + raw for raw in twins]]:
        room.arrive(raw)
    in_threads(work_until_done)

    assert len(tickets()) == 1 + len(twins)
    assert Arrival.objects.exclude(duplicate_of=None).count() == len(twins)
    assert Message.objects.filter(ticket=first, direction="in").count() == 1 + len(replies)
    assert Event.objects.filter(ticket=first, kind="client_replied").count() == len(replies)
    assert not Arrival.objects.filter(outcome="quarantined").exists()


def test_two_workers_that_ask_at_once_are_not_both_allowed_to_answer() -> None:
    furnish()
    allowed: list[bool] = []
    barrier = threading.Barrier(WORKERS)

    def ask() -> None:
        barrier.wait(timeout=300)
        allowed.append(restraint.may_answer(ANA, at=MONDAY))

    in_threads(ask)
    assert sorted(allowed) == [False] * (WORKERS - 1) + [True]
    allowed.clear()
    later = MONDAY + timedelta(hours=1)

    def ask_later() -> None:
        barrier.wait(timeout=300)
        allowed.append(restraint.may_answer(ANA, at=later))

    in_threads(ask_later)
    assert sorted(allowed) == [False] * (WORKERS - 1) + [True]


def test_requests_of_one_client_that_are_taken_in_at_once_are_all_acknowledged() -> None:
    """Another worker being first is no reason for silence: whoever may be answered is."""
    furnish()
    allowed: list[bool] = []
    barrier = threading.Barrier(WORKERS)
    subjects = iter("abcdefghijklmnopqrstuvwxyz")

    def ask() -> None:
        subject = f"Subject {next(subjects)}"
        barrier.wait(timeout=300)
        allowed.append(restraint.may_acknowledge(ANA, subject=subject, at=MONDAY))

    in_threads(ask)
    assert allowed == [True] * WORKERS
