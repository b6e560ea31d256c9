"""Rows of releases, their dates, the places of requests in them, and who was told what."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.contracts.models import Product
from mainstay.mail.telling import Hearer
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets.models import Ticket


class Kind(models.TextChoices):
    """What sort of release it is (pack, clause 4). A documentation release is nobody's next release by itself."""

    MAJOR = "major", "Major release"
    MINOR = "minor", "Minor release"
    DOCUMENTATION = "documentation", "Documentation release"


SOFTWARE = (Kind.MAJOR, Kind.MINOR)


class Stage(models.TextChoices):
    """How far a release has come; read from its dates."""

    PLANNED = "planned", "Planned"
    SHIPPED = "shipped", "Shipped"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Release(models.Model):
    """A release of one product. `planned_on` is a day: all of it counts, to the last second of the client's zone."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=80)  # '5.4'
    kind = models.CharField(max_length=15, choices=Kind.choices)
    notes = models.TextField(blank=True, default="")  # worded for clients
    organisations = models.ManyToManyField(Organisation, related_name="+", blank=True)  # none: all with the product
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.PLANNED)
    planned_on = models.DateField()
    shipped_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "name"], name="release_named_once_per_product")]
        indexes = [
            models.Index(fields=["product", "planned_on"], name="release_next", condition=Q(stage=Stage.PLANNED)),
            models.Index(fields=["-planned_on", "-id"], name="release_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.product.name} {self.name}"

    @property
    def ref(self) -> str:
        """What events call it: a name that stays, whatever the release is called."""
        return f"release:{self.pk}"


class Round(models.Model):
    """One change of a release that requests hear of: a date given, moved, kept or taken away. Written once.

    The rounds of a release are the history of its dates, and of who chose it for a request.
    """

    class Change(models.TextChoices):
        """What happened."""

        PLANNED = "planned", "Planned"
        MOVED = "moved", "Moved"
        SHIPPED = "shipped", "Shipped"
        WITHDRAWN = "withdrawn", "Withdrawn"
        AUDIENCE = "audience", "Goes to other clients"
        CHOSEN = "chosen", "Chosen for a request"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="rounds")
    change = models.CharField(max_length=10, choices=Change.choices)
    before = models.DateField(null=True)
    after = models.DateField(null=True)
    reason = models.TextField(blank=True, default="")  # worded for clients
    tells = models.BooleanField(default=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class Hearing(Hearer):
    """One request that hears of a round. `includes_fix` is said when the release ships, else None.

    `was` and `now` are what its letter says: the release waited for, with its day, before and from now on.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="hearings")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    includes_fix = models.BooleanField(null=True)
    was = models.ForeignKey(Release, null=True, on_delete=models.CASCADE, related_name="+")
    was_on = models.DateField(null=True)
    now = models.ForeignKey(Release, null=True, on_delete=models.CASCADE, related_name="+")
    now_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "ticket"], name="hearing_once_per_round")]


class Place(models.Model):
    """Which release a request waits for, since when; None: none is planned. One that is over keeps how it ended."""

    class End(models.TextChoices):
        """Why a place is over."""

        MOVED = "moved", "Moved to another release"
        SHIPPED = "shipped", "Shipped"
        OVER = "over", "No longer waits for a release"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="places")
    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT, related_name="places")
    chosen_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    chosen = models.BooleanField(default=False)  # by a person: stays there while that release is planned
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, blank=True, default="", choices=End.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="one_place_at_a_time")
        ]
        indexes = [models.Index(fields=["release", "ticket"], name="place_in_force", condition=Q(ended_at=None))]


class Announcement(models.Model):
    """A change of features that clients are told of in advance (pack, clause 5.4). What was said is in its editions."""

    class Stage(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft", "Draft"
        SENT = "sent", "Sent"
        WITHDRAWN = "withdrawn", "Withdrawn"

    title = models.CharField(max_length=200)
    text = models.TextField()
    effective_on = models.DateField()
    products = models.ManyToManyField(Product, related_name="+", blank=True)  # none: any
    organisations = models.ManyToManyField(Organisation, related_name="+", blank=True)  # none: all concerned
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-changed_at", "-id"], name="announcement_by_changed")]

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """What was said of an announcement at one time: first, corrected or withdrawn. Written once."""

    class Sort(models.TextChoices):
        """What an edition is."""

        FIRST = "first", "Announced"
        CORRECTED = "corrected", "Corrected"
        WITHDRAWN = "withdrawn", "Withdrawn"

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="editions")
    sort = models.CharField(max_length=10, choices=Sort.choices)
    title = models.CharField(max_length=200)
    text = models.TextField()
    effective_on = models.DateField()
    notice_days = models.IntegerField()  # from the day it was sent to the day it takes effect
    reason = models.TextField(blank=True, default="")  # why it was corrected or withdrawn, for clients
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class Recipient(Hearer):
    """One person who is told of an edition, and for which client."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "person"], name="recipient_once_per_edition")]
