"""Many workers, in threads and processes, on one database: nothing twice, nothing lost (F2, F8, F9)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

import pytest

from .scratch import Scratch

pytestmark = pytest.mark.faults

# An effect is a row of its own, so that a second one is a second row and cannot hide.
WORKER = """
import sys, threading, uuid, time
from mainstay.jobs import actions, duties, handlers, lanes, worker
from mainstay.jobs.models import Duty
from datetime import timedelta
from mainstay.lib.time import now

def effect(payload, *, at):
    Duty.objects.create(name=f"{payload['n']}/{uuid.uuid4().hex}", next_due_at=at)
    time.sleep(payload.get("takes", 0))

# A test has no two minutes to wait for a lease to end.
actions.LEASE = timedelta(seconds=float(sys.argv[2]))
for room in (duties._duties, lanes._lanes):  # what the product registers needs the tables of all rooms
    room.clear()
lanes.register(lanes.DEFAULT)
handlers.register("effect", effect)
stop = threading.Event()
worker.stop_on_signals(stop)
print("ready", flush=True)
loops = [worker.Worker(f"{sys.argv[1]}-{n}") for n in range(int(sys.argv[3]))]
threads = [threading.Thread(target=loop.run, args=(stop,)) for loop in loops]
for thread in threads: thread.start()
while not stop.wait(0.1): pass
for thread in threads: thread.join()
"""

ENQUEUE = """
from django.db import transaction
from mainstay.jobs.actions import enqueue
from mainstay.lib.time import now
with transaction.atomic():
    for n in range(number):
        enqueue(kind="effect", payload={"n": n, "takes": takes}, at=now())
"""

LEFT = """
from mainstay.jobs import queries
answer = queries.counts().queued + queries.counts().leased
"""

EFFECTS = """
from mainstay.jobs.models import Duty
answer = sorted(int(name.split("/")[0]) for name in Duty.objects.values_list("name", flat=True))
"""


class Crew:
    """Worker processes on one database; whoever still works at the end of the test is killed."""

    def __init__(self, scratch: Scratch, *, lease: float, threads: int = 1) -> None:
        self.scratch, self.lease, self.threads = scratch, lease, threads
        self.members: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.members:
            if member.poll() is None:
                member.kill()
            if member.stdout is not None and not member.stdout.closed:
                member.communicate()

    def hire(self) -> None:
        member = self.scratch.start(WORKER, f"w{len(self.members)}", self.lease, self.threads)
        assert member.stdout is not None
        assert member.stdout.readline() == "ready\n", member.communicate()[1]
        self.members.append(member)

    def working(self) -> list[subprocess.Popen[str]]:
        return [member for member in self.members if member.poll() is None]

    def dismiss(self) -> list[int]:
        """Ask all to stop with SIGTERM, and return how they ended."""
        for member in self.working():
            member.send_signal(signal.SIGCONT)
            member.terminate()
        return [self._ended(member) for member in self.members]

    @staticmethod
    def _ended(member: subprocess.Popen[str]) -> int:
        if member.stdout is not None and not member.stdout.closed:
            member.communicate(timeout=300)
        return member.returncode


def wait_until_done(scratch: Scratch, *, seconds: float, meanwhile=lambda: None) -> None:
    end = time.monotonic() + seconds
    meanwhile()
    while scratch.ask(LEFT) > 0:
        assert time.monotonic() < end, "the queue did not drain in time"
        meanwhile()
        time.sleep(0.1)


def test_threads_and_processes_do_each_job_once_and_stop_when_asked(scratch: Scratch):
    """F8, sampled: three processes of two workers each."""
    scratch.ask(ENQUEUE, number=400, takes=0)
    with Crew(scratch, lease=60, threads=2) as crew:
        for _ in range(3):
            crew.hire()
        wait_until_done(scratch, seconds=300)
        assert crew.dismiss() == [0, 0, 0]
        assert scratch.ask(EFFECTS) == list(range(400))


def test_workers_that_are_killed_at_random_lose_and_double_nothing(scratch: Scratch):
    """F2 and F8, sampled: kill -9 in the middle of jobs; what was leased is taken over."""
    dice = random.Random(20261122)
    scratch.ask(ENQUEUE, number=200, takes=0.01)
    with Crew(scratch, lease=1) as crew:
        crew.hire()
        crew.hire()
        kills = 0

        def kill_one() -> None:
            nonlocal kills
            if kills < 5:
                victim = dice.choice(crew.working())
                victim.kill()
                victim.communicate()
                crew.hire()
                kills += 1

        wait_until_done(scratch, seconds=300, meanwhile=kill_one)
        assert kills > 0
        crew.dismiss()
        assert scratch.ask(EFFECTS) == list(range(200))


def test_a_worker_that_is_stopped_past_its_lease_and_wakes_doubles_nothing(scratch: Scratch):
    """F9 with real processes: SIGSTOP, takeover, SIGCONT. SQLite's writer holds up all others meanwhile."""
    scratch.ask(ENQUEUE, number=40, takes=0)
    with Crew(scratch, lease=1) as crew:
        crew.hire()
        time.sleep(0.05)
        sleeper = crew.members[0]
        os.kill(sleeper.pid, signal.SIGSTOP)
        crew.hire()
        time.sleep(2.5)
        os.kill(sleeper.pid, signal.SIGCONT)
        wait_until_done(scratch, seconds=300)
        crew.dismiss()
        assert scratch.ask(EFFECTS) == list(range(40))


def test_a_worker_picks_up_what_other_processes_ask_for_and_drains_on_sigterm(scratch: Scratch):
    with Crew(scratch, lease=60) as crew:
        crew.hire()
        scratch.ask(ENQUEUE, number=3, takes=0.3)
        end = time.monotonic() + 300
        while not scratch.ask(EFFECTS):
            assert time.monotonic() < end
        assert crew.dismiss() == [0]
        done = scratch.ask(EFFECTS)
        assert done == list(range(len(done)))
        assert scratch.ask(LEFT) == 3 - len(
            done
        )  # what was in hand was ended, what was leased was given back
