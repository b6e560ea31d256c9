"""Everything that writes to the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from mainstay.lib import fault, sql, wake

from . import lanes
from .handlers import LEASE, LONGEST_LEASE
from .models import Job
from .retry import GiveUp, Hopeless, Policy, TryAgain, after_failure

UNKNOWN_KIND_WAIT = timedelta(minutes=5)
KEEP_FINISHED = timedelta(days=30)


class LeaseLost(Exception):
    """Another worker has taken the job over, so nothing that this one did may stand."""


class NotQuarantined(Exception):
    """Only a job that was put aside can be tried again or discarded by a person."""


class SameWorkQueued(Exception):
    """A job of the same key is already waiting or running."""


def enqueue(
    *,
    kind: str,
    payload: dict[str, Any],
    at: datetime,
    key: str | None = None,
    run_after: datetime | None = None,
    lane: str = lanes.DEFAULT,
) -> Job:
    """Ask for a job to be done after the caller's transaction commits, and not before `run_after`.

    While a job of the same `key` is unfinished it is the same job: it keeps its payload, starts at the
    earlier of both moments, and runs once more if it is running now, for it may have read what has since
    changed. Keyed jobs lock a row: enqueue them last in a long transaction. Raises UnknownLane.
    """
    lanes.check(lane)
    start = run_after or at
    job = Job(
        kind=kind, payload=payload, key=key, lane=lane, run_after=start, due_at=start, created_at=at
    )  # fmt: skip
    if key is None:
        job.save(force_insert=True)
    else:
        with transaction.atomic():
            job = _same_or_new(job, key)
    transaction.on_commit(wake.wake)
    return job


def _same_or_new(new: Job, key: str) -> Job:
    """Return the live job of `key`, pulled forward, or insert `new`; another writer may come between both."""
    for last in (False, False, True):
        same = sql.lock_rows(Job.objects.filter(key=key, due_at__isnull=False)).first()
        if same is not None:
            return _ask_again(same, run_after=new.run_after)
        try:
            with transaction.atomic():
                new.save(force_insert=True)
            return new
        except IntegrityError:
            if last:
                raise
    raise AssertionError("not reached: the last turn returns or raises")


def _ask_again(job: Job, *, run_after: datetime) -> Job:
    if job.state == Job.State.LEASED:
        job.runs_again, job.run_after = True, run_after
    elif job.attempts == 0 and job.due_at is not None:
        job.due_at = min(job.due_at, run_after)
    job.save(update_fields=["runs_again", "run_after", "due_at"])
    return job


def claim(*, lane: str, owner: str, at: datetime, limit: int = 10) -> list[Job]:
    """Lease up to `limit` jobs of `lane` that are due at `at`, earliest first. An idle call is one query.

    A job whose lease ran out is leased alone, so that what kills its workers takes no other job with it
    again. Must not be called inside a transaction.
    """
    if not sql.is_due(Job, "due_at", at, lane=lane):
        return []
    due = Job.objects.filter(lane=lane, due_at__lte=at).order_by("due_at", "id")
    ahead = {pk: (state, due_at) for pk, state, due_at in due.values_list("pk", "state", "due_at")[:limit]}
    abandoned = [pk for pk, (state, _) in ahead.items() if state == Job.State.LEASED]
    jobs = sql.claim(
        due.filter(pk__in=abandoned[:1] or list(ahead)),
        limit=limit,
        state=Job.State.LEASED,
        lost=F("lost") + int(bool(abandoned)),
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        owner=owner,
        lease_until=at + LEASE,
        due_at=at + LEASE,
    )
    for job in jobs:
        job.due_at = ahead[job.pk][1]  # to give it back as it was, should it not be begun
    return jobs


def extend(job: Job, *, until: datetime) -> None:
    """Write a later end of the lease. Raises LeaseLost."""
    _write(job, lease_until=until, due_at=until)


def finish(job: Job, *, at: datetime) -> None:
    """Mark a leased job done, in the transaction of its effects. Raises LeaseLost: then roll them back."""
    done = {"state": Job.State.DONE, "due_at": None, "finished_at": at, "lease_until": None, "last_error": ""}
    if not _mine(job).filter(runs_again=False).update(**done):
        again = {"due_at": F("run_after"), "attempts": 0, "lost": 0, "runs_again": False, "last_error": ""}
        _write(job, state=Job.State.QUEUED, lease_until=None, **again)


def fail(job: Job, error: BaseException, *, policy: Policy, at: datetime) -> None:
    """Write down that a try failed, and what follows from it. Raises LeaseLost."""
    random = Random(f"{job.pk}:{job.fence}")
    decision = after_failure(
        policy, attempts=job.attempts, hopeless=isinstance(error, Hopeless), at=at, random=random
    )
    if isinstance(decision, TryAgain):
        put_back(job, due_at=decision.at, error=fault.describe(error))
    else:
        quarantine(job, decision, error=fault.describe(error), at=at)


def quarantine(job: Job, verdict: GiveUp, *, error: str, at: datetime) -> None:
    """Put a leased job aside for a person. Raises LeaseLost."""
    _write(
        job,
        state=Job.State.QUARANTINED,
        due_at=None,
        lease_until=None,
        quarantined_at=at,
        last_error=f"{verdict.why}\n\n{error}".strip(),
    )


def put_back(job: Job, *, due_at: datetime, error: str) -> None:
    """Give a leased job back to the queue. Raises LeaseLost."""
    _write(job, state=Job.State.QUEUED, due_at=due_at, lease_until=None, last_error=error)


def release(job: Job) -> None:
    """Give back a job that was leased and not begun: it keeps its place, and the try is not counted.

    Raises LeaseLost.
    """
    _write(job, state=Job.State.QUEUED, due_at=job.due_at, lease_until=None, attempts=F("attempts") - 1)


def park(job: Job, *, at: datetime) -> None:
    """Give back a job of a kind that this release does not know; another release may. Raises LeaseLost."""
    _write(
        job,
        state=Job.State.QUEUED,
        due_at=at + UNKNOWN_KIND_WAIT,
        lease_until=None,
        attempts=F("attempts") - 1,
        last_error=f"This release knows no job of the kind {job.kind!r}; it waits for one that does.",
    )


def retry(*, job: Job, at: datetime) -> Job:
    """Let a quarantined job be tried anew, by a person's wish. Raises NotQuarantined, SameWorkQueued."""
    quarantined = Job.objects.filter(pk=job.pk, state=Job.State.QUARANTINED)
    try:
        with transaction.atomic():
            changed = quarantined.update(
                state=Job.State.QUEUED, due_at=at, quarantined_at=None, attempts=0, lost=0, runs_again=False
            )
    except IntegrityError as error:
        raise SameWorkQueued(f"a job of the key {job.key!r} is already waiting or running") from error
    if not changed:
        raise NotQuarantined(str(job))
    transaction.on_commit(wake.wake)
    job.refresh_from_db()
    return job


def discard(*, job: Job, by: str, at: datetime) -> Job:
    """Put a quarantined job away for good. `by` names the person. Raises NotQuarantined."""
    changed = Job.objects.filter(pk=job.pk, state=Job.State.QUARANTINED).update(
        state=Job.State.DONE, quarantined_at=None, finished_at=at, discarded_by=by
    )
    if not changed:
        raise NotQuarantined(str(job))
    job.refresh_from_db()
    return job


def mend_leases(at: datetime) -> int:
    """Bring back what a wrong clock has put too far into the future, and return how many rows that were.

    A lease or a wait after a failure cannot honestly end more than an hour ahead, nor can work for which nobody asked
    to wait. The fence makes it harmless if the worker lives after all.
    """
    soon = at + LEASE
    too_far = Job.objects.filter(due_at__gt=at + LONGEST_LEASE + LEASE)
    mended = too_far.filter(state=Job.State.LEASED).update(due_at=soon, lease_until=soon)
    tried_or_at_once = Q(attempts__gt=0) | Q(run_after=F("created_at"))
    return mended + too_far.filter(tried_or_at_once, state=Job.State.QUEUED).update(due_at=soon)


def forget_finished(*, before: datetime, limit: int = 1_000) -> int:
    """Delete up to `limit` jobs that were finished before that moment, oldest first; return how many."""
    old = Job.objects.filter(finished_at__lt=before).order_by("finished_at").values_list("pk", flat=True)
    return Job.objects.filter(pk__in=list(old[:limit])).delete()[0]


def forget_old(at: datetime) -> int:
    """Delete jobs that were finished 30 days ago or earlier, some thousands at a time. A duty."""
    return sum(forget_finished(before=at - KEEP_FINISHED) for _ in range(10))


def _write(job: Job, **values: Any) -> None:
    """Write to a job that is still ours by fence and state. Raises LeaseLost and has then written nothing."""
    if not _mine(job).update(**values):
        raise LeaseLost(str(job))


def _mine(job: Job) -> QuerySet[Job]:
    """Return the job's row if our lease on it still stands."""
    return Job.objects.filter(pk=job.pk, fence=job.fence, state=Job.State.LEASED)
