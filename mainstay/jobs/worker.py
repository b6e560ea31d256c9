"""The worker: one loop per lane that does duties, jobs and pumps as they fall due."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from django.db import InterfaceError, OperationalError, connection, transaction

from mainstay.lib import fault, sql, wake
from mainstay.lib.backoff import backoff
from mainstay.lib.time import now

from . import actions, duties, handlers, lanes
from .clockwatch import ClockWatch
from .models import Duty, Job, WorkerBeat
from .retry import after_loss

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0  # how soon work is found that was asked for in another process
BEAT_SECONDS = 15.0
FORGET_BEATS_AFTER = timedelta(days=2)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=30)
NOT_REACHED = (OperationalError, InterfaceError)
DUTY = sql.Look(Duty, "next_due_at")

nudge = wake.wake


def steady_seconds() -> float:
    """Return a clock that nobody can set; on Linux it goes on while the machine sleeps."""
    boottime: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boottime is None else time.clock_gettime(boottime)


def stop_on_signals(stop: threading.Event) -> None:
    """Let SIGTERM and SIGINT end the worker after the piece of work in hand. Call it in the main thread."""

    def ask_to_stop(*_: object) -> None:
        stop.set()
        wake.wake()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, ask_to_stop)


class Worker:
    """Does what is due. Any number of workers may run, in any number of processes and machines."""

    def __init__(
        self,
        name: str = "",
        *,
        clock: Callable[[], datetime] = now,
        steady: Callable[[], float] = steady_seconds,
    ) -> None:
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._clock, self._steady = clock, steady
        self._stop = threading.Event()
        self._lanes: dict[str, _Lane] = {}

    def tick(self, at: datetime) -> int:
        """Do one small round of what is due at `at`, lane by lane, in this thread; return how much."""
        return sum(self._lane(name).turn(at) for name in lanes.names())

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then finish what is in hand and return. Blocks.

        Outages of the database are waited out; a lane whose thread dies all the same is started again.
        """
        self._stop = stop
        threads: dict[str, threading.Thread] = {}
        while not stop.is_set():
            for name in lanes.names():
                if name not in threads or not threads[name].is_alive():
                    lane = self._lane(name)
                    threads[name] = threading.Thread(target=lane.loop, name=f"lane {name}", daemon=True)
                    threads[name].start()
            stop.wait(POLL_SECONDS)
        wake.wake()
        for thread in threads.values():
            thread.join()

    def _lane(self, name: str) -> _Lane:
        if name not in self._lanes:
            self._lanes[name] = _Lane(name, self)
        return self._lanes[name]

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()


class _Lane:
    """One lane of one worker: what it does in one turn, and the loop that turns."""

    def __init__(self, name: str, worker: Worker) -> None:
        self.name, self.worker = name, worker
        self.watch = ClockWatch()
        self.random = Random(f"{worker.name}/{name}")
        self.done = 0
        self.started_at: datetime | None = None
        self.beaten: float | None = None
        self.held = False
        # Of each failing pump: how often in a row, and until when it rests (steady seconds).
        self.pump_rests: dict[lanes.Pump, tuple[int, float]] = {}

    def loop(self) -> None:
        """Turn until the worker stops. Any error is waited out, longer each time."""
        troubles = 0
        try:
            with wake.waiter() as woken:
                while not self.worker.stopping:
                    woken.clear()
                    try:
                        busy = self._watched_turn()
                        troubles = 0
                    except Exception:
                        troubles += 1
                        log.exception("Lane %s: trouble %d in a row", self.name, troubles)
                        connection.close()
                        self._rest(troubles)
                        continue
                    if not busy:
                        woken.wait(POLL_SECONDS * self.random.uniform(0.8, 1.2))
        finally:
            connection.close()

    def _rest(self, troubles: int) -> None:
        wait = backoff(troubles, first=FIRST_WAIT, cap=LONGEST_WAIT, random=self.random)
        self.worker._stop.wait(wait.total_seconds())

    def _watched_turn(self) -> int:
        at = self.worker._clock()
        jump = self.watch.look(wall=at, steady=self.worker._steady())
        if jump is None:
            self.held = False
            return self.turn(at)
        if not self.held:
            step = f"{jump.total_seconds():+.0f} s"
            self._beat(
                at, alarm=f"The clock of this machine jumped by {step}; work is held for up to 2 minutes."
            )
        self.held = True
        return 0

    def turn(self, at: datetime) -> int:
        """Do a small batch of everything in this lane that is due at `at`; return how much was done."""
        if self.beaten is None or self.worker._steady() - self.beaten >= BEAT_SECONDS:
            self._beat(at)
            self._mend(at)
        jobs, pumps = sql.Look(Job, "due_at", (("lane", self.name),)), lanes.pumps(self.name)
        found = self._found(jobs, pumps, at)
        done = duties.run_due(lane=self.name, owner=self.worker.name, at=at) if DUTY in found else 0
        done += self._jobs(at) if jobs in found else 0
        done += sum(self._pump(pump, at) for pump in pumps if _may_have_work(pump, found))
        self.done += done
        return done

    def _found(self, jobs: sql.Look, pumps: Sequence[lanes.Pump], at: datetime) -> set[sql.Look]:
        """Look in one query for all that this lane does."""
        looks = [jobs]
        if any(duty.lane == self.name for duty in duties.registered()):
            looks.append(DUTY)
        for pump in pumps:
            looks += _looks(pump) or ()
        return sql.due(looks, at)

    def _pump(self, pump: lanes.Pump, at: datetime) -> int:
        """Run one pump. If it fails, the others go on, it rests a while, and the health page shows why."""
        failures, rests_until = self.pump_rests.get(pump, (0, 0.0))
        if self.worker._steady() < rests_until:
            return 0
        try:
            done = pump(at)
        except Exception as error:
            log.exception("Lane %s: a pump failed", self.name)
            wait = backoff(failures + 1, first=FIRST_WAIT, cap=LONGEST_WAIT, random=self.random)
            self.pump_rests[pump] = (failures + 1, self.worker._steady() + wait.total_seconds())
            if isinstance(error, NOT_REACHED):
                raise
            self._beat(at, error=fault.describe(error))
            return 0
        self.pump_rests.pop(pump, None)
        return done

    def _jobs(self, at: datetime) -> int:
        """Claim a batch and do it; what cannot be begun in good time or before the stop is given back."""
        jobs = actions.claim(lane=self.name, owner=self.worker.name, at=at)
        claimed = self.worker._steady()
        done = 0
        for job in jobs:
            if self.worker.stopping or self.worker._steady() - claimed > handlers.LEASE.total_seconds() / 2:
                _unless_lost(actions.release, job)
            else:
                done += do(job, at=at)
        return done

    def _beat(self, at: datetime, *, error: str = "", alarm: str = "") -> None:
        """Give a sign of life, and say what went wrong."""
        if self.beaten is None:
            self.started_at = at
            WorkerBeat.objects.filter(beat_at__lt=at - FORGET_BEATS_AFTER).delete()
        values: dict[str, object] = {"beat_at": at, "started_at": self.started_at, "done": self.done}
        if error:
            values |= {"last_error": error, "error_at": at}
        if alarm:
            log.error("%s/%s: %s", self.worker.name, self.name, alarm)
            values |= {"alarm": alarm, "alarm_at": at}
        WorkerBeat.objects.update_or_create(worker=self.worker.name, lane=self.name, defaults=values)
        self.beaten = self.worker._steady()

    def _mend(self, at: datetime) -> None:
        """Make rows for new duties, and bring back what a wrong clock has put too far ahead."""
        duties.prepare(lane=self.name, at=at)
        if self.name == lanes.DEFAULT:
            actions.mend_leases(at)


def _looks(pump: lanes.Pump) -> Sequence[sql.Look] | None:
    """Return what `pump` looks for; None where it does not say, and looks itself."""
    return getattr(pump, "looks", None)


def _may_have_work(pump: lanes.Pump, found: set[sql.Look]) -> bool:
    looks = _looks(pump)
    return looks is None or not found.isdisjoint(looks)


def do(job: Job, *, at: datetime) -> bool:
    """Do one leased job; say whether it is done. Whatever the handler raises ends here, as a row."""
    known = handlers.find(job.kind)
    if known is None:
        return _unless_lost(actions.park, job, at=at) and False
    verdict = after_loss(known.policy, lost=job.lost)
    if verdict is not None:
        _unless_lost(actions.quarantine, job, verdict, error=job.last_error, at=at)
        return False
    try:
        _do(job, known, at=at)
        return True
    except actions.LeaseLost:
        log.warning("%s was taken over by another worker; what this one did was rolled back", job)
    except Exception as error:
        log.warning("%s failed at try %d", job, job.attempts, exc_info=True)
        _unless_lost(actions.fail, job, error, policy=known.policy, at=at)
    return False


def _do(job: Job, known: handlers.Registered, *, at: datetime) -> None:
    """Run the handler and mark the job done: together, or one after the other with `own_transactions`."""
    if known.lease > handlers.LEASE:
        actions.extend(job, until=at + known.lease)
    if known.own_transactions:
        known.handler(job.payload, at=at)
        actions.finish(job, at=at)
        return
    with transaction.atomic(durable=True):
        known.handler(job.payload, at=at)
        actions.finish(job, at=at)


def _unless_lost(write: Callable[..., None], job: Job, *arguments: object, **named: object) -> bool:
    """Write to a leased job; say whether it was still ours."""
    try:
        write(job, *arguments, **named)
        return True
    except actions.LeaseLost:
        log.warning("%s was taken over by another worker", job)
        return False
