"""The loop: it wakes early, survives what breaks, shows that it lives, and stops when asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from mainstay.jobs import actions, queries, worker
from mainstay.jobs.models import Job, WorkerBeat
from mainstay.jobs.worker import Worker
from mainstay.lib.time import now
from tests.stalls import stalls

from .conftest import MONDAY

GUARD = 300.0  # seconds after which something is believed to hang
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@contextmanager
def running(ida: Worker) -> Iterator[None]:
    """Let a worker run in a thread of its own for as long as the block lasts."""
    stop = threading.Event()
    thread = threading.Thread(target=ida.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(GUARD)
    assert not thread.is_alive(), "the worker did not stop"


def eventually(check, *, seconds: float = GUARD):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


# --- one turn --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_pump_that_fails_rests_and_stops_no_other(lane):
    ran, steady = [], [0.0]

    def fail(at):
        ran.append("failing")
        raise ValueError("no such mailbox")

    def other(at):
        ran.append("other")
        return 1

    lane("letters", fail, other)
    ida = Worker("ida", steady=lambda: steady[0])
    assert [ida.tick(MONDAY), ida.tick(MONDAY)] == [1, 1]
    assert ran == ["failing", "other", "other"]
    (beat,) = [beat for beat in queries.beats(at=MONDAY) if beat.lane == "letters"]
    assert beat.last_error.endswith("ValueError: no such mailbox")
    steady[0] = 1.1
    ida.tick(MONDAY + SECOND)
    assert ran.count("failing") == 2
    steady[0] = 1_000.0
    for _ in range(3):
        ida.tick(MONDAY)
    assert ran.count("failing") == 3


@pytest.mark.django_db
def test_each_lane_gives_signs_of_life_and_a_silent_one_is_seen(lane):
    lane("letters")
    steady = [0.0]
    ida = Worker("ida", steady=lambda: steady[0])
    ida.tick(MONDAY)
    steady[0] = 14.0
    ida.tick(MONDAY + 14 * SECOND)
    steady[0] = 15.0
    ida.tick(MONDAY + 15 * SECOND)
    beats = queries.beats(at=MONDAY + MINUTE)
    assert [(beat.worker, beat.lane, beat.silent) for beat in beats] == [
        ("ida", "default", False), ("ida", "duties", False), ("ida", "letters", False),
    ]  # fmt: skip
    assert {(beat.started_at, beat.beat_at) for beat in beats} == {(MONDAY, MONDAY + 15 * SECOND)}
    assert all(beat.silent for beat in queries.beats(at=MONDAY + 3 * MINUTE))
    Worker("jon").tick(MONDAY + timedelta(days=3))
    assert set(WorkerBeat.objects.values_list("worker", flat=True)) == {"jon"}


@pytest.mark.django_db
def test_an_idle_turn_costs_one_query_a_lane(django_assert_num_queries):
    ida = Worker("ida")
    ida.tick(MONDAY)
    with django_assert_num_queries(2):  # `default` and `duties` look for jobs; no duty is registered
        assert ida.tick(MONDAY) == 0


# --- the loop --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_for_in_this_process_begins_at_once(handle, monkeypatch):
    monkeypatch.setattr(worker, "POLL_SECONDS", 3600.0)
    done = threading.Event()
    handle("write", lambda payload, *, at: done.set())
    with running(Worker("ida")):
        eventually(lambda: len(queries.beats(at=now())) == 2)  # it has looked, and now rests for an hour
        time.sleep(0.5)
        with stalls() as machine:
            asked = time.monotonic()
            actions.enqueue(kind="write", payload={}, at=now())
            assert done.wait(GUARD)
            took = time.monotonic() - asked
        assert took < 1 + 10 * machine.longest


@pytest.mark.django_db(transaction=True)
def test_a_slow_lane_does_not_hold_up_the_others(handle, lane):
    lane("slow")
    held, done = threading.Event(), threading.Event()
    handle("slow", lambda payload, *, at: held.wait(GUARD), own_transactions=True)
    handle("quick", lambda payload, *, at: done.set())
    with running(Worker("ida")):
        actions.enqueue(kind="slow", payload={}, at=now(), lane="slow")
        time.sleep(0.2)
        actions.enqueue(kind="quick", payload={}, at=now())
        assert done.wait(GUARD)
        held.set()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db(transaction=True)
def test_an_outage_of_the_database_is_waited_out(lane, handle, monkeypatch):
    """The connection is given up and opened anew, later each time, until it works."""
    monkeypatch.setattr(worker, "FIRST_WAIT", timedelta(milliseconds=20))
    seen, connections = [], set()

    def pump(at):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connections.add(id(connection.connection))
        seen.append(at)
        if len(seen) < 4:
            raise OperationalError("server closed the connection unexpectedly")
        return 0

    lane("letters", pump)
    done = threading.Event()
    handle("write", lambda payload, *, at: done.set())
    with running(Worker("ida")):
        eventually(lambda: len(seen) >= 5)
        actions.enqueue(kind="write", payload={}, at=now(), lane="letters")
        assert done.wait(GUARD)
    assert len(connections) > 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.django_db(transaction=True)
def test_a_lane_whose_thread_dies_is_started_again(lane, monkeypatch):
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)
    seen = []

    def pump(at):
        seen.append(at)
        if len(seen) == 1:
            raise SystemExit
        return 0

    lane("letters", pump)
    with running(Worker("ida")):
        eventually(lambda: len(seen) > 2)


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_jumps_holds_the_work_and_raises_the_alarm(handle, monkeypatch):
    """F13: two hours ahead. Nothing is begun for two minutes, a person can see why, then it goes on."""
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.02)
    handle("write", lambda payload, *, at: None)
    offset, slept = timedelta(), 0.0
    ida = Worker("ida", clock=lambda: now() + offset, steady=lambda: worker.steady_seconds() + slept)
    with running(ida):
        eventually(lambda: len(queries.beats(at=now())) == 2)
        offset = timedelta(hours=2)
        alarm = "The clock of this machine jumped by +7200 s; work is held for up to 2 minutes."
        eventually(lambda: {beat.alarm for beat in queries.beats(at=now())} == {alarm})
        job = actions.enqueue(kind="write", payload={}, at=now())
        time.sleep(0.3)
        assert Job.objects.get().state == "queued"
        for _ in range(5):  # a worker that reads one clock before and the other after a step sees no new jump
            slept, offset = slept + 25, offset + timedelta(seconds=25)
        eventually(lambda: Job.objects.get().state == "done")
    job.refresh_from_db()
    assert job.finished_at - job.created_at > timedelta(hours=2)
