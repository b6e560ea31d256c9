"""Recurring duties: done again and again from the state of a row, by whichever worker comes first.

Nothing books a next run, so no crash can end the chain. Missed runs are made up by one run, not by many.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db.models import F

from mainstay.lib import fault, sql
from mainstay.lib.backoff import backoff

from . import lanes
from .models import Duty

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(seconds=10)

# Does the work; two may run at once when one of them outlives its lease, so it must be harmless twice.
Action = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Registered:
    """A duty as `wiring` wrote it down."""

    name: str
    every: timedelta
    action: Action
    lane: str
    lease: timedelta


_duties: dict[str, Registered] = {}


def register(
    name: str, every: timedelta, action: Action, *, lane: str = lanes.DUTIES, lease: timedelta = LEASE
) -> None:
    """Do `action(at)` every so often, in one worker at a time, beginning at once. Registering again replaces.

    `every` of a second costs two small writes a second: what looks for due rows belongs into a pump
    (`lanes`).
    """
    if every <= timedelta():
        raise ValueError(f"every={every}: must be longer than nothing")
    lanes.register(lane)
    _duties[name] = Registered(name, every, action, lane, lease)


def unregister(name: str) -> None:
    """Forget a duty. For tests."""
    _duties.pop(name, None)


def registered() -> tuple[Registered, ...]:
    """Return every duty this process knows."""
    return tuple(_duties.values())


def run_due(*, lane: str, owner: str, at: datetime) -> int:
    """Run what is due in `lane`, one by one, and return how many ran. One query when nothing is due."""
    mine = {duty.name: duty for duty in _duties.values() if duty.lane == lane}
    if not mine or not sql.is_due(Duty, "next_due_at", at):
        return 0
    due = Duty.objects.filter(name__in=mine, next_due_at__lte=at).order_by("next_due_at", "name")
    return sum(_claim_and_run(mine[row.name], row, owner=owner, at=at) for row in due)


def prepare(*, lane: str, at: datetime) -> None:
    """Make the rows of new duties, due at once, and bring back those that a wrong clock put too far ahead.

    A worker calls it at its start and with each sign of life.
    """
    mine = {duty.name: duty for duty in _duties.values() if duty.lane == lane}
    rows = Duty.objects.in_bulk(list(mine)) if mine else {}
    missing = [Duty(name=name, next_due_at=at) for name in mine if name not in rows]
    if missing:
        Duty.objects.bulk_create(missing, ignore_conflicts=True)
    for row in rows.values():
        if row.next_due_at > at + mine[row.name].every + mine[row.name].lease:
            Duty.objects.filter(pk=row.pk, fence=row.fence).update(next_due_at=at)


def next_due(scheduled: datetime, every: timedelta, at: datetime) -> datetime:
    """Return the first moment after `at` that keeps step with `scheduled`; what was missed is skipped."""
    if scheduled > at:  # only after a clock was set back
        return at + every
    return scheduled + every * ((at - scheduled) // every + 1)


def _claim_and_run(duty: Registered, row: Duty, *, owner: str, at: datetime) -> bool:
    """Run a duty unless another worker came between; say whether it ran."""
    until = at + duty.lease
    claimed = Duty.objects.filter(pk=duty.name, fence=row.fence, next_due_at=row.next_due_at).update(
        fence=F("fence") + 1, owner=owner, lease_until=until, next_due_at=until
    )
    if not claimed:
        return False
    _run(duty, row, at=at)
    return True


def _run(duty: Registered, row: Duty, *, at: datetime) -> None:
    """Run a claimed duty and write down how it went; a worker that outlived its lease writes nothing."""
    mine = Duty.objects.filter(pk=duty.name, fence=row.fence + 1)
    try:
        duty.action(at)
    except Exception as error:
        log.exception("The duty %s failed", duty.name)
        random = Random(f"{duty.name}:{row.fence}")
        wait = backoff(row.failures + 1, first=FIRST_RETRY, cap=max(duty.every, FIRST_RETRY), random=random)
        mine.update(
            next_due_at=at + min(wait, duty.every),
            lease_until=None,
            failures=F("failures") + 1,
            last_error=fault.describe(error),
        )
    else:
        mine.update(
            next_due_at=next_due(row.next_due_at, duty.every, at),
            lease_until=None,
            last_ran_at=at,
            failures=0,
            last_error="",
        )
