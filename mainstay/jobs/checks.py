"""What `mainstay verify` asks of the queue: nothing is stuck, doubled or put aside unseen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count

from mainstay.jobs import duties
from mainstay.jobs.models import Duty, Job

STUCK = timedelta(minutes=15)


def faults(*, at: datetime) -> Iterator[str]:
    """Say in words what is wrong with jobs and duties at `at`."""
    for job in Job.objects.filter(state=Job.State.QUARANTINED, discarded_by="").order_by("id"):
        yield f"job {job.pk} ({job.kind}) is in quarantine: {job.last_error.splitlines()[-1] if job.last_error else ''}"
    for job in Job.objects.filter(due_at__lt=at - STUCK).order_by("due_at"):
        yield f"job {job.pk} ({job.kind}) has been due since {job.due_at:%Y-%m-%d %H:%M}Z; is a worker running?"
    known = [duty.name for duty in duties.registered()]
    for duty in Duty.objects.filter(name__in=known, next_due_at__lt=at - STUCK).order_by("next_due_at"):
        yield f"duty {duty.name!r} has been due since {duty.next_due_at:%Y-%m-%d %H:%M}Z; is a worker running?"
    live = Job.objects.filter(due_at__isnull=False, key__isnull=False)
    for row in live.values("key").annotate(count=Count("id")).filter(count__gt=1):
        yield f"jobs with the key {row['key']!r} are waiting {row['count']} times"
