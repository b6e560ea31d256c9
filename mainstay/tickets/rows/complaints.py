"""Rows of complaints: who is complained of, and what came of it (pack, clause 3.10)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.orgs.models import Person


class ComplainedOf(models.Model):
    """That a member of staff had a hand in what a complaint is about: they neither answer nor close it."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="complained_of")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")  # none: as it was opened
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "person"], condition=Q(ended_at=None), name="complained_of_once_at_a_time"
            )
        ]


class Finding(models.TextChoices):
    """What a complaint was found to be."""

    UPHELD = "upheld", "Upheld"
    PARTLY = "partly", "Partly upheld"
    NOT_UPHELD = "not_upheld", "Not upheld"


class ComplaintOutcome(models.Model):
    """What came of a complaint, why, and what is learnt from it. Never changed: a later one takes its place."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="outcomes")
    finding = models.CharField(max_length=10, choices=Finding.choices)
    reason = models.TextField()
    lesson = models.TextField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ticket", "-id"], name="complaint_outcome_newest")]
