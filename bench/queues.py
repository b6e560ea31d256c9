"""`python -m bench.queues`: what the queue and the outbox cost, on the database that the settings name.

Jobs are asked for one by one, each in a transaction of its own. Letters go to a server on the loopback in another
thread of this process, so that server's cost is part of a letter's.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings")
os.environ.setdefault("MAINSTAY_LOG_LEVEL", "ERROR")
django.setup()

from django.conf import settings
from django.core.management import call_command

from bench.measure import said, seconds_each
from mainstay.jobs import actions, handlers, worker
from mainstay.jobs.models import Job
from mainstay.outbox import actions as outbox
from mainstay.outbox import events
from mainstay.outbox.delivery import deliver
from mainstay.outbox.models import Letter
from tests.outbox.server import smtp_server

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
JOBS, LETTERS, OLD = 500, 300, 50_000


def main() -> None:
    call_command("migrate", verbosity=0)
    for heard in (events._accepted, events._failed, events._copies_refused):
        heard.clear()  # what the other rooms make of it is measured in bench.desk
    handlers.register("nothing", lambda payload, *, at: None)
    _jobs()
    _idle("no finished job")
    old = Job(kind="old", run_after=AT, created_at=AT, state="done", finished_at=AT)
    Job.objects.bulk_create([old] * OLD, batch_size=1_000)
    _idle(f"{OLD} finished jobs")
    _letters()


def _jobs() -> None:
    def enqueue() -> None:
        actions.enqueue(kind="nothing", payload={"n": 1}, at=AT)

    print(f"enqueue: {said(seconds_each(enqueue, times=JOBS // 5))}")
    lane = worker.Worker("bench")._lane("default")
    lane.turn(AT)
    began, done = time.perf_counter(), 0
    while did := lane.turn(AT):
        done += did
    print(f"claim and finish: {said((time.perf_counter() - began) / done)} a job, {done} jobs")


def _idle(words: str) -> None:
    lane = worker.Worker("bench")._lane("default")
    lane.turn(AT)
    print(f"idle turn of a lane, {words}: {said(seconds_each(lambda: lane.turn(AT), times=200))}")
    print(f"idle look of the outbox, {words}: {said(seconds_each(lambda: deliver(AT), times=200))}")


def _letters() -> None:
    body = b"From: desk@mainstay.test\r\nTo: ana@acme.test\r\nSubject: Tills down\r\n" + b"x" * 70 + b"\r\n"
    with smtp_server() as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"smtp://127.0.0.1:{port}"
        began = time.perf_counter()
        for n in range(LETTERS):
            message_id = f"<{n}@mainstay.test>"
            outbox.post(
                kind="reply", about="", sender="desk@mainstay.test", recipients=["ana@acme.test"],
                message_id=message_id, body=b"Message-ID: " + message_id.encode() + b"\r\n" + body, at=AT,
            )  # fmt: skip
        print(f"post: {said((time.perf_counter() - began) / LETTERS)}")
        began = time.perf_counter()
        while deliver(AT):
            pass
        each = (time.perf_counter() - began) / LETTERS
        assert len(account.taken) == Letter.objects.filter(state="accepted").count() == LETTERS
    print(f"send to a server on the loopback: {said(each)} a letter, {1 / each:.0f} letters a second")


main()
