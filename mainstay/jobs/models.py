"""The rows of the queue: jobs, recurring duties, and the heartbeats of the workers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """One piece of work to be done once, after the commit of the transaction that asked for it."""

    class State(models.TextChoices):
        QUEUED = "queued"
        LEASED = "leased"
        DONE = "done"
        QUARANTINED = "quarantined"

    kind = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    # While a job of this key is unfinished, asking again means the same job.
    key = models.CharField(max_length=200, null=True)
    lane = models.CharField(max_length=40, default="default")
    run_after = models.DateTimeField()  # as asked for; retries do not move it
    # When a worker looks at this row next: the (next) start of a queued job, the end of a leased one's lease,
    # NULL when nothing more is to be done. One column and one partial index find new, retried and abandoned
    # work alike.
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)  # leases that ran out: the worker died, hung, or was paused
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)  # grows with every lease; writes must match
    owner = models.CharField(max_length=100, blank=True)
    runs_again = models.BooleanField(default=False)  # asked for again while it ran, perhaps after it had read
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    quarantined_at = models.DateTimeField(null=True)
    discarded_by = models.CharField(max_length=200, blank=True)  # the person who put a quarantined job away

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(due_at__isnull=False, key__isnull=False), name="job_live_key"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "leased"], due_at__isnull=False)
                | Q(state__in=["done", "quarantined"], due_at__isnull=True),
                name="job_due_while_live",
            ),
        ]
        # None is led by `state`: SQLite's planner would prefer such an index to the partial one on what is
        # due.
        indexes = [
            models.Index(fields=["lane", "due_at", "id"], condition=Q(due_at__isnull=False), name="job_due"),
            models.Index(
                fields=["quarantined_at", "id"],
                condition=Q(quarantined_at__isnull=False),
                name="job_quarantined",
            ),
            models.Index(fields=["finished_at"], condition=Q(finished_at__isnull=False), name="job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} {self.state}"


class Duty(models.Model):
    """Something that is done again and again. The row is the whole memory: no run books the next one."""

    name = models.CharField(max_length=100, primary_key=True)
    next_due_at = models.DateTimeField()
    last_ran_at = models.DateTimeField(null=True)  # the last run that ended well
    failures = models.PositiveIntegerField(default=0)  # in a row
    last_error = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)
    owner = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "duties"

    def __str__(self) -> str:
        return f"{self.name} next at {self.next_due_at}"


class WorkerBeat(models.Model):
    """A sign of life of one lane of one worker: a lane that hangs falls silent while the others go on."""

    worker = models.CharField(max_length=100)
    lane = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    done = models.PositiveBigIntegerField(default=0)  # pieces of work since the start
    last_error = models.TextField(blank=True)
    error_at = models.DateTimeField(null=True)
    alarm = models.TextField(blank=True)  # what a person should know now, such as a clock that jumped
    alarm_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["worker", "lane"], name="beat_of_lane")]
        indexes = [models.Index(fields=["beat_at"], name="beat_at")]

    def __str__(self) -> str:
        return f"{self.worker}/{self.lane} at {self.beat_at}"
