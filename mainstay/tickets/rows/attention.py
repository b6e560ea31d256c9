"""Rows of who watches a ticket, and who does not want to see it for a while."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.orgs.models import Person


class Follow(models.Model):
    """That somebody is told what happens to a ticket. `assigned`: because it is theirs, and only while it is."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="follows")
    assigned = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="follow_once_per_ticket")]


class Waking(models.TextChoices):
    """Why a snooze ended."""

    TIME = "time", "its time has come"
    CLIENT = "client", "the client has written"
    PROMISE = "promise", "a promise comes close to its end or was missed"
    HAND = "hand", "ended by hand"


class Snooze(models.Model):
    """That somebody does not want to see a ticket in their open list until a moment, or until the client writes.

    Never changes a clock. Ended rather than deleted, with why.
    """

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="snoozes")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="snoozes")
    until = models.DateTimeField(null=True)  # none: until the client writes
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, choices=Waking.choices, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "ticket"], condition=Q(ended_at=None), name="one_open_snooze_per_pair"
            )
        ]
        indexes = [
            models.Index(fields=["until"], name="snooze_by_due", condition=Q(ended_at=None)),
            models.Index(fields=["ticket"], name="snooze_open_by_ticket", condition=Q(ended_at=None)),
        ]
