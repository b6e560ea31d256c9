"""Rows of what somebody has sent from a page, so that sending it twice is done once."""

from __future__ import annotations

from django.db import models

from mainstay.orgs.models import Person


class Submission(models.Model):
    """One form that was taken. `key` is what its page was given when it was drawn; the ticket is what came of it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="submission_once")]
