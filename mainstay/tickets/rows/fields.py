"""Rows of the desk's own fields, and what they hold on each ticket."""

from __future__ import annotations

from django.db import models

from mainstay.contracts.models import Product
from mainstay.orgs.models import Person

LONGEST = 500  # characters of a value in words


class FieldKind(models.TextChoices):
    """What a field holds."""

    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    YES_NO = "yes_no", "Yes or no"
    CHOICE = "choice", "One of a list"
    CHOICES = "choices", "Several of a list"


class Field(models.Model):
    """A field of the desk's own, of one product or of all. Retired rather than deleted: tickets keep what it holds."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=FieldKind.choices)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    options = models.JSONField(default=list, blank=True)  # of a list, in order
    required = models.BooleanField(default=False)  # before a fix is offered or the ticket closed
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class FieldValue(models.Model):
    """What a field holds on a ticket. No row: nothing. `words` is the same for finding and showing."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="values", db_index=False)
    value = models.JSONField()  # text, number, ISO date, yes or no, a list
    words = models.CharField(max_length=LONGEST)
    number = models.FloatField(null=True)  # what a number is compared by; a day is compared by its words
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "field"], name="value_once_per_field"),
        ]
        indexes = [
            models.Index(fields=["field", "words"], name="value_by_field"),
            models.Index(
                fields=["field", "number"], name="value_by_number", condition=models.Q(number__isnull=False)
            ),
        ]
