"""Rows of surveys: what is asked, who was asked, what they said."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.feedback.rows.products import Knock as Knock
from mainstay.feedback.rows.products import Remark as Remark
from mainstay.feedback.rows.products import Secret as Secret
from mainstay.feedback.rows.products import Sent as Sent
from mainstay.feedback.rows.products import Source as Source
from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket

WORST, BEST = 1, 5


class Part(models.Model):
    """A part of the support received that a survey asks to rate. What was asked once is retired, never removed.

    `agreed`: it is none of the desk's own; only agreements that name it have it rated, in their words.
    """

    key = models.SlugField(max_length=40, unique=True)
    words = models.CharField(max_length=120)
    commitment = models.CharField(max_length=40, blank=True, default="")  # asked only where the agreement promises it
    position = models.PositiveSmallIntegerField()
    retired_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.words


class SurveyManner(models.Model):
    """How the desk asks: one row. Without it the defaults hold."""

    apart_days = models.PositiveSmallIntegerField(default=14)  # nobody is asked more often
    low = models.PositiveSmallIntegerField(default=2)  # a rating up to this is told to the managers
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(null=True)


class Survey(models.Model):
    """That somebody was asked about the support for one request. Of its link only a digest is kept."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="surveys")
    address = models.CharField(max_length=254)  # whom the link went to, in small letters
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)  # the request was opened again before an answer
    comment = models.TextField(blank=True, default="")
    complaint = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(withdrawn_at=None), name="survey_answered_or_withdrawn"
            )
        ]
        indexes = [
            models.Index(fields=["address", "-sent_at"], name="survey_by_address"),
            models.Index(fields=["-sent_at", "-id"], name="survey_by_sent"),
            models.Index(fields=["-answered_at", "-id"], name="survey_by_answered", condition=~Q(answered_at=None)),
        ]


class Rating(models.Model):
    """How one part of the support was rated, from WORST to BEST. A part that does not apply has none."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="ratings")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "part"], name="rated_once_per_part"),
            models.CheckConstraint(condition=Q(value__gte=WORST, value__lte=BEST), name="rating_in_range"),
        ]
