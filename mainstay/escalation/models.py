"""Rows of what staff were told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket


class Notice(models.Model):
    """Something a member of staff should know, shown at once. What is about a promise is mailed in bundles besides."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="notices")
    about = models.CharField(max_length=40, blank=True, default="")  # what else it is about: call_back:12
    kind = models.CharField(max_length=20)  # see `queries.KINDS`
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


class Attention(models.Model):
    """When and for what somebody wants to be told on their desktop. Without a row: everything, in the core hours."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, related_name="attention", primary_key=True
    )
    kinds = models.JSONField(default=list)
    in_hours_only = models.BooleanField(default=True)
    on_call = models.BooleanField(default=False)  # then at any hour
    days = models.JSONField(default=list)  # 0 Monday to 6 Sunday; none: the vendor's core hours
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    zone = models.CharField(max_length=60, blank=True, default="")
