"""Whom an announcement concerns, each person once, and who was told of it before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from mainstay.contracts.models import ContractProduct
from mainstay.orgs.access import active_memberships
from mainstay.orgs.models import Membership
from mainstay.releases.models import Announcement, Recipient


def concerned(announcement: Announcement, *, at: datetime) -> list[Membership]:
    """Return whom it concerns as it is written, and who was told of it before."""
    products = list(announcement.products.values_list("pk", flat=True))
    organisations = list(announcement.organisations.values_list("pk", flat=True))
    return concerned_by(announcement, products, organisations, at=at)


def concerned_by(
    announcement: Announcement, products: Collection[int], organisations: Collection[int], *, at: datetime
) -> list[Membership]:
    """Return whom it would concern if it were about these: who may raise requests or administrates at such a client.

    No products: any. No organisations: all that have them. Whoever was told before is among them.
    """
    found = active_memberships(at).filter(Q(may_raise=True) | Q(administrates=True), person__is_active=True)
    if organisations:
        found = found.filter(organisation__in=organisations)
    if products:
        lines = ContractProduct.objects.filter(contract__active_from__lte=at, product__in=products)
        lines = lines.filter(Q(contract__active_to=None) | Q(contract__active_to__gt=at))
        found = found.filter(organisation__in=lines.values("contract__organisation"))
    return _each_once(found | _before(announcement, at))


def told_before(announcement: Announcement, *, at: datetime) -> list[Membership]:
    """Return who was told of it before and still belongs to a client."""
    return _each_once(_before(announcement, at))


def _before(announcement: Announcement, at: datetime) -> QuerySet[Membership]:
    told = list(Recipient.objects.filter(edition__announcement=announcement).values_list("person", flat=True))
    return active_memberships(at).filter(person__in=set(told), person__is_active=True)


def _each_once(found: QuerySet[Membership]) -> list[Membership]:
    once: dict[int, Membership] = {}
    for one in found.distinct().select_related("person", "organisation").order_by("organisation__name", "pk"):
        once.setdefault(one.person_id, one)
    return list(once.values())
