"""Rows of the projection (Clock, Step, Promise) and the record of what was noticed (Firing)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.tickets.models import Ticket


class Clock(models.Model):
    """One promise of one ticket as last computed. Derived: may be dropped and rebuilt from the log."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    name = models.CharField(
        max_length=40
    )  # the commitment: response, resolution, guarantee, update, complaint
    position = models.PositiveSmallIntegerField()  # in the order of the agreement
    clause = models.CharField(max_length=80)
    state = models.CharField(max_length=12)
    why = models.CharField(
        max_length=300, blank=True, default=""
    )  # in words, where it is paused or cannot run
    calendar = models.CharField(max_length=80)
    start = models.DateTimeField(null=True)
    target_seconds = models.PositiveBigIntegerField(null=True)
    target_text = models.CharField(max_length=80, blank=True, default="")  # 'next release', '7 calendar days'
    due = models.DateTimeField(null=True)
    stopped = models.DateTimeField(null=True)
    elapsed_seconds = models.PositiveBigIntegerField(
        null=True
    )  # only once stopped; a running one is asked for `at`
    paused_seconds = models.PositiveBigIntegerField(null=True)
    breached = models.BooleanField(default=False)  # settled: stopped late. A running one is judged when asked
    breached_while_in_force = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "name"], name="clock_once_per_ticket")]


class Step(models.Model):
    """A moment that a clock foresees and that has not been fired: what the worker reads. Derived, like Clock."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="steps")
    clock = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    basis = models.CharField(max_length=120)  # target, severity and cycle that it was derived from
    due_at = models.DateTimeField()
    order = (
        models.PositiveSmallIntegerField()
    )  # among the steps of one ticket that are due at the same instant

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "clock", "name", "basis"], name="step_once_per_basis")
        ]
        indexes = [models.Index(fields=["due_at", "ticket", "order"], name="step_by_due")]


class Firing(models.Model):
    """A step that was noticed, for good: the row is unique, so the step happened once."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="firings")
    clock = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    basis = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)  # warning, breach, escalation, update_due
    due_at = models.DateTimeField()  # contractual
    noticed_at = models.DateTimeField()  # when the worker saw it
    event = models.PositiveIntegerField()  # number of the event it was recorded as

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "clock", "name", "basis"], name="firing_once_per_basis")
        ]


class Promise(models.Model):
    """What the list shows of a ticket: its next due promise. One row per ticket; derived, like Clock."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="promise", primary_key=True)
    is_open = models.BooleanField()
    clock = models.CharField(max_length=40, blank=True, default="")
    clause = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=12, blank=True, default="")
    why = models.CharField(max_length=300, blank=True, default="")
    due = models.DateTimeField(null=True)
    sort_at = (
        models.DateTimeField()
    )  # `due`, or far in the future where nothing is due: never null, so keysets are simple
    breached = models.BooleanField(default=False)  # any promise settled late, or seen late by the worker

    class Meta:
        indexes = [
            models.Index(fields=["sort_at", "ticket"], name="promise_by_due", condition=Q(is_open=True)),
            models.Index(
                fields=["clock", "sort_at", "ticket"], name="promise_by_clock", condition=Q(is_open=True)
            ),
            models.Index(
                fields=["state", "sort_at", "ticket"], name="promise_by_state", condition=Q(is_open=True)
            ),
            models.Index(
                fields=["sort_at", "ticket"],
                name="promise_breached_by_due",
                condition=Q(is_open=True, breached=True),
            ),
        ]


class Fault(models.Model):
    """A ticket whose due steps could not be fired: put aside until `next_try_at`, and shown to a person."""

    ticket = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, related_name="clock_fault", primary_key=True
    )
    error = models.CharField(max_length=1000)
    at = models.DateTimeField()
    next_try_at = models.DateTimeField()
