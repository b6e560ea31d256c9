"""Rows of saved views, of the columns that people chose, and of batches."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket


class SavedView(models.Model):
    """A question about tickets with a name: seen by its maker, or by everybody where it is shared."""

    name = models.CharField(max_length=80)
    shared = models.BooleanField(default=False)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="saved_views")
    base = models.CharField(max_length=20)  # the built-in view that it narrows (clocks.listing.VIEWS)
    filters = models.JSONField(default=list)  # [[field, [value, ...], negated], ...]
    text = models.CharField(max_length=200, blank=True, default="")
    sort = models.CharField(max_length=20)
    columns = models.JSONField(default=list)  # empty: the usual ones
    position = models.PositiveIntegerField()  # among the shared ones, or among those of its maker
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    removed_at = models.DateTimeField(null=True)  # kept, so that removing can be taken back

    class Meta:
        indexes = [
            models.Index(fields=["made_by", "position"], name="view_of_person", condition=Q(removed_at=None)),
            models.Index(fields=["position"], name="view_shared", condition=Q(removed_at=None, shared=True)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """The name of this view in an address."""
        return f"saved-{self.pk}"


class Layout(models.Model):
    """The columns that somebody chose for one view, built-in or saved, in their order."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    view = models.CharField(max_length=40)  # its key in an address
    columns = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "view"], name="layout_once_per_view")]


class Batch(models.Model):
    """One act on many tickets: who did it and when. What became of each ticket stands in its items."""

    act = models.CharField(max_length=20)  # assign, tag, note, close, undo
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    values = models.JSONField(default=dict)  # what was filled in; emptied of texts once it is done
    undoes = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="undone_by")
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class Outcome(models.TextChoices):
    """What became of one ticket of a batch."""

    WAITING = "", "Waiting"
    DONE = "done", "Done"
    LEFT = "left", "Left as it was"


class Item(models.Model):
    """One ticket of a batch, in its place."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField()
    outcome = models.CharField(max_length=5, choices=Outcome.choices, blank=True, default=Outcome.WAITING)
    reason = models.CharField(max_length=300, blank=True, default="")  # why it was left, for people
    before = models.JSONField(default=dict)  # what an undo puts back
    after = models.JSONField(default=dict)  # what must still be so for an undo to be right

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "ticket"], name="item_once_per_batch"),
            models.UniqueConstraint(fields=["batch", "place"], name="item_place_in_batch"),
        ]
        indexes = [
            models.Index(fields=["batch", "place"], name="item_waiting", condition=Q(outcome=Outcome.WAITING))
        ]
