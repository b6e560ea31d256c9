"""Rows of what is being written, and by whom."""

from __future__ import annotations

from django.db import models

from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket


class Draft(models.Model):
    """What somebody has typed and not sent. Its words are shown to them only."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    pane = models.CharField(max_length=10)  # reply, note, phone
    text = models.TextField()
    seen = models.PositiveBigIntegerField(default=0)  # the newest message that they had before them
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "ticket", "pane"], name="draft_once_per_pane")
        ]


class Presence(models.Model):
    """An open page of a ticket. Good for as long as it says so again (`presence.EXPIRY`), and then nothing."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=32)  # which of their open pages
    typing = models.CharField(max_length=10, blank=True, default="")  # the pane they write in
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "person", "page"], name="presence_once_per_page")
        ]
