"""Rows of tags: the names there are, which ticket has which, and who may make new ones."""

from __future__ import annotations

from django.db import models

from mainstay.orgs.models import Person

LONGEST = 40  # characters of a tag


class Tag(models.Model):
    """A name that tickets can carry. Kept in one spelling (`tags.normal`); retired rather than deleted."""

    name = models.CharField(max_length=LONGEST, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """That a ticket carries a tag, since when and by whom. Gone once it is taken off; the log keeps both."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(
        Tag, on_delete=models.PROTECT, related_name="taggings", db_index=False
    )  # the constraint's index begins with it
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "ticket"], name="tag_once_per_ticket")]


class TagChoice(models.Model):
    """Whether anybody at the desk may make a new tag. The newest row holds; who decided it stays on record."""

    free = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
