"""Rows of what a client was asked for: information or a test, by when, and how often they were reminded."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.orgs.models import Person


class Ending(models.TextChoices):
    """Why nobody waits for the answer any more."""

    ANSWERED = "answered", "Answered"
    WITHDRAWN = "withdrawn", "No longer needed"
    OVERTAKEN = "overtaken", "Overtaken by what happened since"
    NOT_SENT = "not_sent", "Never reached the client"


class DiagnosticRequest(models.Model):
    """One question to the client (pack, clause 3.4). It waits from `reached_at` until `ended_at`."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="diagnostics")
    message = models.OneToOneField("tickets.Message", on_delete=models.PROTECT, related_name="asks")
    question = models.TextField()  # what was asked, without the frame of the letter
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)  # what the client was asked to keep to; no promise of theirs
    reached_at = models.DateTimeField(null=True)  # when the client's mail server took the question
    remind_at = models.DateTimeField(null=True)  # the next reminder, while one is to come
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True, default="")
    answer = models.ForeignKey("tickets.Message", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["remind_at"], name="diagnostic_by_reminder", condition=Q(remind_at__isnull=False)),
            models.Index(fields=["ticket", "id"], name="diagnostic_open", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"
