"""Reads of releases: who may see which, what waits for each, and who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from mainstay.contracts.models import ContractProduct
from mainstay.orgs.access import active_memberships, works_the_desk
from mainstay.orgs.models import Person
from mainstay.releases.models import Announcement, Edition, Hearing, Place, Recipient, Release, Round, Stage
from mainstay.tickets.access import visible_tickets

MOST = 200  # requests that a release's page lists
BY_DAY, BY_CHANGE = ("-planned_on", "-pk"), ("-changed_at", "-pk")  # how releases and announcements are listed
NEXT_FIRST, OUT_LAST = ("planned_on", "pk"), ("-shipped_at", "-pk")  # and those planned, and those that are out


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A product with requests that wait for a release while none is planned; no key: the product is not known."""

    key: str
    name: str
    count: int


def clients_of(person: Person, *, at: datetime) -> set[int]:
    """Return the organisations that a client's person belongs to at `at`; nothing for whoever is no longer active."""
    if not person.is_active:
        return set()
    return set(active_memberships(at).filter(person=person).values_list("organisation", flat=True))


def products_of(clients: set[int], *, at: datetime) -> set[int]:
    """Return the products in the contracts in force of these organisations."""
    rows = ContractProduct.objects.filter(contract__organisation__in=clients, contract__active_from__lte=at)
    in_force = rows.filter(Q(contract__active_to=None) | Q(contract__active_to__gt=at))
    return set(in_force.values_list("product", flat=True))


def visible_releases(person: Person, *, at: datetime) -> QuerySet[Release]:
    """Return the releases that `person` may see at `at`.

    Staff see all. A client sees those of the products in its contracts in force that it gets, and none withdrawn.
    """
    if works_the_desk(person):
        return Release.objects.select_related("product")
    clients = clients_of(person, at=at)
    mine = Q(organisations=None) | Q(pk__in=Release.objects.filter(organisations__in=clients))
    found = Release.objects.filter(mine, product__in=products_of(clients, at=at)).exclude(stage=Stage.WITHDRAWN)
    return found.select_related("product")


def releases(
    person: Person, *, at: datetime, product: str = "", kind: str = "", stage: str = ""
) -> QuerySet[Release]:
    """Return releases by their day, the latest first, with how many requests wait for each."""
    found = visible_releases(person, at=at)
    if product:
        found = found.filter(product__key=product)
    if kind:
        found = found.filter(kind=kind)
    if stage:
        found = found.filter(stage=stage)
    seen = visible_tickets(person, at=at).values("pk")
    waiting = Count("places", filter=Q(places__ended_at=None, places__ticket__in=seen))
    return found.annotate(waiting=waiting).order_by(*BY_DAY)


def places_in(release: Release, person: Person, *, at: datetime) -> QuerySet[Place]:
    """Return the places of requests that `person` may see: those that wait for it, or that it has resolved."""
    here = Q(ended_at=None) | Q(end=Place.End.SHIPPED)
    seen = visible_tickets(person, at=at).values("pk")
    found = release.places.filter(here, ticket__in=seen)
    return found.select_related("ticket__organisation", "chosen_by").order_by("ticket")


def rounds_of(release: Release) -> list[Round]:
    """Return what was changed of a release, the newest first."""
    return list(release.rounds.select_related("by").order_by("-at", "-pk")[:100])


def hearings_of(told: Round) -> QuerySet[Hearing]:
    """Return who heard of a round, with what came of it."""
    return told.hearings.select_related("ticket__organisation", "letter").order_by("pk")


def unplanned() -> list[Unplanned]:
    """Return the products whose requests wait for a release that nobody has planned, those with most first."""
    waiting = Place.objects.filter(ended_at=None, release=None)
    counted = waiting.values("ticket__product__key", "ticket__product__name").annotate(count=Count("pk"))
    rows = counted.order_by("-count", "ticket__product__name")
    return [
        Unplanned(row["ticket__product__key"] or "", row["ticket__product__name"] or "No product named", row["count"])
        for row in rows
    ]


def visible_announcements(person: Person, *, at: datetime) -> QuerySet[Announcement]:
    """Return the announcements that `person` may see at `at`.

    Staff see all. A client sees what was sent about products in its contracts in force, or to it in particular.
    """
    if works_the_desk(person):
        return Announcement.objects.all()
    clients = clients_of(person, at=at)
    products = products_of(clients, at=at)
    named = Q(organisations=None) | Q(pk__in=Announcement.objects.filter(organisations__in=clients))
    about = Q(products=None) | Q(pk__in=Announcement.objects.filter(products__in=products))
    sent = Announcement.objects.filter(named, about).exclude(stage=Announcement.Stage.DRAFT)
    return sent if clients else sent.none()


def announcements(person: Person, *, at: datetime, product: str = "", stage: str = "") -> QuerySet[Announcement]:
    """Return announcements, the one changed last first."""
    found = visible_announcements(person, at=at)
    if product:
        found = found.filter(Q(products=None) | Q(pk__in=Announcement.objects.filter(products__key=product)))
    if stage:
        found = found.filter(stage=stage)
    return found.prefetch_related("products").order_by(*BY_CHANGE)


def editions_of(announcement: Announcement) -> list[Edition]:
    """Return what was said of it, the newest first."""
    return list(announcement.editions.select_related("by").order_by("-at", "-pk"))


def recipients_of(edition: Edition) -> QuerySet[Recipient]:
    """Return who was told of an edition, with what came of it."""
    return edition.recipients.select_related("person", "organisation", "letter").order_by("organisation__name", "pk")
