"""Telling many the same thing, each once: a row for each of them, a letter and its outcome in one transaction.

Whoever tells adds the rows together with what they tell of, and asks for a job. The job does a slice at a time and asks
for the next, so that a worker that dies leaves the rest to another; a row that is done is never done again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import InterfaceError, OperationalError, models, transaction
from django.db.models import Count, Q, QuerySet

from mainstay.lib import sql
from mainstay.outbox.models import Letter

log = logging.getLogger(__name__)

NOT_REACHED = (OperationalError, InterfaceError)  # the database; the job is tried again
LANE = "telling"
SLICE = 50


class Outcome(models.TextChoices):
    """What came of telling one of them."""

    WAITING = "waiting", "Not told yet"
    TOLD = "told", "Told"
    SILENT = "silent", "Nothing to tell"
    UNREACHED = "unreached", "Could not be written to"
    FAILED = "failed", "It failed"


class Hearer(models.Model):
    """One of many who are told something. The letter's own row says whether it has arrived."""

    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")
    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="+")
    told_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Hearer)


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one: its outcome, why where that is not plain, and the letter."""

    outcome: str
    reason: str = ""
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a telling is. `failed` can be tried again; `unreached` needs somebody to ring."""

    total: int = 0
    waits: int = 0
    told: int = 0
    silent: int = 0
    unreached: int = 0
    failed: int = 0


_COUNTED = {
    "total": Count("pk"),
    "waits": Count("pk", filter=Q(outcome=Outcome.WAITING)),
    "told": Count("pk", filter=Q(outcome=Outcome.TOLD)),
    "silent": Count("pk", filter=Q(outcome=Outcome.SILENT)),
    "unreached": Count("pk", filter=Q(outcome=Outcome.UNREACHED)),
    "failed": Count("pk", filter=Q(outcome=Outcome.FAILED)),
}


def progress(hearers: QuerySet[Row]) -> Progress:
    """Return how far it is. One query."""
    return Progress(**hearers.order_by().aggregate(**_COUNTED))


def go_on(
    hearers: QuerySet[Row], tell: Callable[[Row], Said], *, at: datetime, size: int = SLICE
) -> bool:
    """Tell up to `size` of those who wait, the first added first; return whether some still wait.

    Safe to call twice at once. One whose telling fails is put aside as failed and delays nobody.
    """
    for _ in range(size):
        if not _next(hearers, tell, at):
            break
    return hearers.filter(outcome=Outcome.WAITING).exists()


@transaction.atomic
def _next(hearers: QuerySet[Row], tell: Callable[[Row], Said], at: datetime) -> bool:
    waiting = hearers.filter(outcome=Outcome.WAITING).order_by("pk")
    row = sql.lock_rows(waiting, skip_locked=True).first()
    if row is None:
        return False
    try:
        with transaction.atomic():
            said = tell(row)
    except NOT_REACHED:
        raise
    except Exception:
        log.exception("%s %s: could not be told", type(row).__name__, row.pk)
        said = Said(Outcome.FAILED, "It failed and nothing of it was written. An administrator finds more in the log.")
    row.outcome, row.reason, row.letter, row.told_at = said.outcome, said.reason[:300], said.letter, at
    row.save(update_fields=["outcome", "reason", "letter", "told_at"])
    return True


def once_more(hearers: QuerySet[Row]) -> int:
    """Let those that failed wait again; return how many. The caller asks for the job."""
    return hearers.filter(outcome=Outcome.FAILED).update(outcome=Outcome.WAITING, reason="")
