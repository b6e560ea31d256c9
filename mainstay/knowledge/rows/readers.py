"""Rows of what readers tell: whether an article helped, and what they looked for in vain. Neither says who."""

from __future__ import annotations

from django.db import models

from mainstay.knowledge.rows.articles import Edition
from mainstay.orgs.models import Person


class Reason(models.TextChoices):
    """Why an article did not help."""

    WRONG = "wrong", "It is wrong or out of date"
    UNCLEAR = "unclear", "I did not understand it"
    INCOMPLETE = "incomplete", "Something is missing"
    OTHER_QUESTION = "other_question", "It is about something else"


class Vote(models.Model):
    """Whether an edition helped somebody. `voter` is a digest that makes one vote of one reader, and names nobody."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=64)
    helped = models.BooleanField()
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True, default="")
    comment = models.CharField(max_length=1000, blank=True, default="")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)  # a person has dealt with what it says
    settled_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "voter"], name="vote_once_per_edition")]
        indexes = [
            models.Index(
                fields=["-at", "-id"], name="vote_unsettled", condition=models.Q(helped=False, settled_at=None)
            )
        ]


class Vain(models.Model):
    """Words that were looked for in the Support Hub and found nothing, with how often. It is not kept who asked."""

    words = models.CharField(max_length=100, unique=True)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
