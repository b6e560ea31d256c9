"""Rows of what tickets have to do with each other: links, and messages that a ticket shows of another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from mainstay.orgs.models import Person


class LinkKind(models.TextChoices):
    """How the source stands to the target. `related` goes both ways and is kept once."""

    RELATED = "related", "Related to"
    DUPLICATE = "duplicate", "Duplicate of"
    CAUSED = "caused", "Caused by"
    BLOCKS = "blocks", "Blocks"
    SPLIT = "split", "Split off from"


class Link(models.Model):
    """That two tickets have to do with each other. Gone once it is taken away; the logs of both keep it."""

    source = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="links_out")
    target = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="link_once_per_pair"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_between_two"),
        ]


class Carried(models.Model):
    """A message that a ticket split off from another shows too. The message itself stays where it was."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="carried")
    message = models.ForeignKey("tickets.Message", on_delete=models.CASCADE, related_name="carried")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "message"], name="carried_once_per_ticket")
        ]
