"""Reading the queue, for the health page and the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from . import lanes
from .models import Duty, Job, WorkerBeat

SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs there are in each live state, counted over small indexes however old the desk is."""

    queued: int
    leased: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Lateness:
    """How far behind the queue is: since when its oldest due job waits."""

    oldest_due_at: datetime | None
    late_by: timedelta


@dataclass(frozen=True, slots=True)
class Beat:
    """One lane of one worker as the health page shows it."""

    worker: str
    lane: str
    started_at: datetime
    beat_at: datetime
    silent: bool
    done: int
    last_error: str
    error_at: datetime | None
    alarm: str
    alarm_at: datetime | None


def quarantined(
    *, kind: str = "", containing: str = "", before: tuple[datetime, int] | None = None, limit: int = 50
) -> Sequence[Job]:
    """Return jobs that wait for a person, latest first; `before`: (quarantined_at, id) of the last seen."""
    found = Job.objects.filter(quarantined_at__isnull=False)
    if kind:
        found = found.filter(kind=kind)
    if containing:
        found = found.filter(last_error__icontains=containing)
    if before:
        found = found.filter(Q(quarantined_at__lt=before[0]) | Q(quarantined_at=before[0], id__lt=before[1]))
    return list(found.order_by("-quarantined_at", "-id")[:limit])


def quarantined_by_kind() -> dict[str, int]:
    """Return how many jobs of which kind wait for a person."""
    found = Job.objects.filter(quarantined_at__isnull=False).order_by("kind").values_list("kind")
    return dict(found.annotate(number=Count("id")))


def counts() -> Counts:
    """Return the numbers of live and quarantined jobs. Two queries."""
    live = Job.objects.filter(due_at__isnull=False).order_by().values_list("state")
    by_state = dict(live.annotate(number=Count("id")))
    return Counts(
        queued=by_state.get(Job.State.QUEUED, 0),
        leased=by_state.get(Job.State.LEASED, 0),
        quarantined=Job.objects.filter(quarantined_at__isnull=False).count(),
    )


def lateness(*, at: datetime, lane: str = lanes.DEFAULT) -> Lateness:
    """Return how long the oldest due job of `lane` has been due. One query."""
    due = Job.objects.filter(lane=lane, due_at__lte=at).order_by("due_at", "id")
    oldest = due.values_list("due_at", flat=True).first()
    return Lateness(oldest, at - oldest if oldest else timedelta())


def by_id(pk: int) -> Job | None:
    """Return one job."""
    return Job.objects.filter(pk=pk).first()


def beats(*, at: datetime) -> tuple[Beat, ...]:
    """Return the signs of life of all workers seen in the last day; a `silent` one is overdue."""
    seen = WorkerBeat.objects.filter(beat_at__gt=at - timedelta(days=1)).order_by("worker", "lane")
    return tuple(
        Beat(
            row.worker, row.lane, row.started_at, row.beat_at, at - row.beat_at > SILENT_AFTER, row.done,
            row.last_error, row.error_at, row.alarm, row.alarm_at,
        )
        for row in seen
    )  # fmt: skip


def duties() -> Sequence[Duty]:
    """Return every recurring duty as last written, by name."""
    return list(Duty.objects.order_by("name"))
