"""Rows of what is written from inside a vendor's product: where from, with which secrets, and what came."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from mainstay.contracts.models import Product
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets.models import Ticket


class Source(models.Model):
    """A product from inside which people may write to us. `key` is public: it stands in the product's pages."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="feedback_sources")
    key = models.CharField(max_length=32, unique=True)
    origins = models.JSONField(default=list)  # of the pages that may show our form in a frame: https://app.example
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(ended_at=None), name="one_open_source_per_product"
            )
        ]


class Secret(models.Model):
    """What a product signs with. Shown once; kept sealed, because a signature is checked with the secret itself.

    Good from `made_at` to `ends_at`: one that is rotated goes on for a day, one that is revoked ends at once.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="secrets")
    key_id = models.CharField(max_length=32, unique=True)  # `kid` in the head of a token
    sealed = models.TextField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")


class Remark(models.Model):
    """Praise, an idea, a word about the product: no request, so nothing is promised and no clock runs."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="remarks")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=254)
    text = models.TextField()
    page = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="remark_by_at")]


class Sent(models.Model):
    """That something was taken from a product: what the same token or key gets as its answer when it comes again."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="sent")
    token = models.CharField(max_length=64)  # digest of the token's own id: each is used once
    idempotency_key = models.CharField(max_length=255, blank=True, default="")
    content = models.CharField(max_length=64)  # digest of what was said
    person = models.CharField(max_length=64)  # digest of whom the token names
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="+")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+")
    remark = models.ForeignKey(Remark, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "token"], name="token_used_once"),
            models.UniqueConstraint(
                fields=["source", "person", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="idempotency_key_used_once",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "at"], name="sent_by_person"),
            models.Index(fields=["organisation", "at"], name="sent_by_organisation"),
        ]


class Knock(models.Model):
    """One token from a network that was not genuine: what that network is slowed down by. Forgotten after a day."""

    network = models.CharField(max_length=64)  # digest of the address
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["network", "at"], name="knock_by_network")]
