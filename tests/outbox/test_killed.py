"""Real processes that send, and are killed or stopped at the worst moment (F5, F9)."""

from __future__ import annotations

import os
import signal
import time

import pytest

from mainstay.outbox.actions import LEASE
from tests.jobs.scratch import Scratch

from .server import Account, smtp_server

pytestmark = pytest.mark.faults

SENDER = """
import sys, threading
from datetime import timedelta
from mainstay.jobs.worker import stop_on_signals
from mainstay.lib.time import now
from mainstay.outbox import events
from mainstay.outbox.delivery import deliver
for heard in (events._accepted, events._failed, events._copies_refused):
    heard.clear()  # the product's listeners need the tables of all rooms
stop = threading.Event()
stop_on_signals(stop)
print("ready", flush=True)
while not stop.is_set():
    if not deliver(now() + timedelta(seconds=float(sys.argv[1]))):
        stop.wait(0.05)
"""

POST = """
from mainstay.lib.time import now
from mainstay.outbox.actions import post
for n in range(number):
    message_id = f"<{n}@mainstay.test>"
    post(kind="reply", about="", sender="desk@mainstay.test", recipients=["ana@acme.test"],
         message_id=message_id,
         at=now(), body=f"Message-ID: {message_id}\\r\\n\\r\\nx".encode())
"""

STATES = """
from mainstay.outbox.models import Letter
answer = sorted(Letter.objects.values_list("state", flat=True))
"""


@pytest.fixture
def server(scratch: Scratch):
    with smtp_server() as (port, account):
        scratch.environment["MAINSTAY_MAIL_OUT"] = f"smtp://127.0.0.1:{port}"
        yield account


@pytest.fixture
def hire(scratch: Scratch):
    """Start sending processes, by default with the present moment; all are killed after the test."""
    hired = []

    def hire_one(*, ahead: float = 0.0):
        process = scratch.start(SENDER, ahead)
        hired.append(process)
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        return process

    yield hire_one
    for process in hired:
        process.kill()
        process.communicate()


def wait_for_states(scratch: Scratch, states: list[str]) -> None:
    end = time.monotonic() + 300
    while scratch.ask(STATES) != states:
        assert time.monotonic() < end, scratch.ask(STATES)
        time.sleep(0.05)


def test_several_processes_send_each_letter_once(scratch: Scratch, server: Account, hire):
    scratch.ask(POST, number=120)
    for _ in range(3):
        hire()
    wait_for_states(scratch, ["accepted"] * 120)
    assert sorted(server.ids()) == sorted(f"<{n}@mainstay.test>" for n in range(120))


def test_a_sender_killed_when_the_server_has_the_letter_costs_one_repeat(
    scratch: Scratch, server: Account, hire
):
    """F5: nobody can know whether it was taken, and a repeat with the same id is better than none."""
    server.data.append("hang after")
    scratch.ask(POST, number=3)
    victim = hire()
    assert server.on_taken.wait(300)
    victim.kill()
    hire(ahead=LEASE.total_seconds())
    wait_for_states(scratch, ["accepted"] * 3)
    assert sorted(server.ids()) == [
        "<0@mainstay.test>",
        "<0@mainstay.test>",
        "<1@mainstay.test>",
        "<2@mainstay.test>",
    ]


def test_a_sender_stopped_past_its_lease_sends_nothing_more_when_it_wakes(
    scratch: Scratch, server: Account, hire
):
    """F9: the pause fell between send and commit, so one letter is repeated; the rest of its batch is not."""
    server.data.append("late")
    scratch.ask(POST, number=5)
    sleeper = hire()
    assert server.on_taken.wait(300)
    os.kill(sleeper.pid, signal.SIGSTOP)
    hire(ahead=LEASE.total_seconds())
    wait_for_states(scratch, ["accepted"] * 5)
    server.answers_now.set()
    os.kill(sleeper.pid, signal.SIGCONT)
    time.sleep(2)
    assert sorted(server.ids()) == sorted([*(f"<{n}@mainstay.test>" for n in range(5)), "<0@mainstay.test>"])
    assert scratch.ask(STATES) == ["accepted"] * 5
