"""Rows of what staff were told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket


class Notice(models.Model):
    """Something a member of staff should know: a warning, a breach, an escalation. Mailed in bundles, shown at once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20)  # warning, breach, escalation, update_due, unanswered
    text = models.CharField(max_length=300)
    due_at = models.DateTimeField()  # when the step was due
    at = models.DateTimeField()  # when it was noticed
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "at"], name="notice_unmailed", condition=Q(mailed_at=None)),
            models.Index(fields=["person", "-at"], name="notice_unseen", condition=Q(seen_at=None)),
        ]
