"""What can be done to a release. Each action locks it, checks, and begins a round (`rounds`) in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction

from mainstay.contracts.models import Product
from mainstay.contracts.queries import home_zone
from mainstay.core.saying import marked
from mainstay.lib import sql
from mainstay.orgs.models import Organisation, Person
from mainstay.releases import events, rounds
from mainstay.releases.models import SOFTWARE, Kind, Release, Round, Stage
from mainstay.tickets.actions import CannotDo

FIXED = marked("This release has %(stage)s; what was said of it stands. Only its notes can be changed.")


@transaction.atomic
def plan(
    *,
    product: Product,
    name: str,
    kind: str,
    planned_on: date,
    by: Person,
    at: datetime,
    notes: str = "",
    organisations: Sequence[Organisation] = (),
    tells: bool = True,
) -> Release:
    """Plan a release of `product` for a day. Requests that wait take it where it is their next one.

    `organisations` empty: all clients with the product. `tells`: their requesters get a letter.
    """
    name = _named(product, name)
    _not_past(planned_on, at)
    release = Release.objects.create(
        product=product, name=name, kind=Kind(kind), notes=notes.strip(), planned_on=planned_on, added_at=at,
        added_by=by, changed_at=at,
    )  # fmt: skip
    release.organisations.set(organisations)
    _begin(release, Round.Change.PLANNED, by, at, after=planned_on, tells=tells)
    return release


@transaction.atomic
def move(*, release: Release, planned_on: date, reason: str, by: Person, at: datetime) -> Release:
    """Give a planned release another day, later or earlier. Whoever waits for it is told both days and the reason."""
    release = _planned(release)
    if not reason.strip():
        raise CannotDo("Say why the day is another one; the clients who wait for it are told.")
    if planned_on == release.planned_on:
        raise CannotDo("It is planned for that day already. Choose another day.")
    _not_past(planned_on, at)
    before, release.planned_on, release.changed_at = release.planned_on, planned_on, at
    release.save(update_fields=["planned_on", "changed_at"])
    _begin(release, Round.Change.MOVED, by, at, before=before, after=planned_on, reason=reason)
    return release


@transaction.atomic
def ship(
    *,
    release: Release,
    by: Person,
    at: datetime,
    shipped_at: datetime | None = None,
    left_out: Collection[int] = (),
) -> Round:
    """Say that a release is out, now or since `shipped_at`.

    Requests that wait for it are resolved for acceptance testing and told, but for those `left_out` (ids of tickets):
    these hear that it came without them and go on to the next release.
    """
    release = _planned(release)
    out = shipped_at or at
    if out > at:
        raise CannotDo("It cannot have shipped at a time that is still to come.")
    if out < release.added_at:
        raise CannotDo("It cannot have shipped before it was planned. Choose a later time.")
    release.stage, release.shipped_at, release.changed_at = Stage.SHIPPED, out, at
    release.save(update_fields=["stage", "shipped_at", "changed_at"])
    clients = set(release.organisations.values_list("pk", flat=True))
    hearers: dict[int, bool | None] = {}
    for pk, place in rounds.waiting_for(release.product_id).items():
        if place.release_id == release.pk:
            hearers[pk] = pk not in left_out
        elif release.kind in SOFTWARE and (not clients or place.ticket.organisation_id in clients):
            hearers[pk] = False  # the next release came without it, which its clock must hear
    day = out.astimezone(home_zone(at)).date()
    told = rounds.begin(
        release=release, change=Round.Change.SHIPPED, by=by, at=at, hearers=hearers, before=release.planned_on,
        after=day,
    )  # fmt: skip
    events.tell_shipped(told)
    return told


@transaction.atomic
def withdraw(*, release: Release, reason: str, by: Person, at: datetime) -> Release:
    """Take a planned release away. Requests that wait for it go on to the next one, and their requesters are told."""
    release = _planned(release)
    if not reason.strip():
        raise CannotDo("Say why it is withdrawn; the clients who wait for it are told.")
    release.stage, release.withdrawn_at, release.changed_at = Stage.WITHDRAWN, at, at
    release.save(update_fields=["stage", "withdrawn_at", "changed_at"])
    _begin(release, Round.Change.WITHDRAWN, by, at, before=release.planned_on, reason=reason)
    return release


@transaction.atomic
def describe(
    *, release: Release, name: str, notes: str, organisations: Sequence[Organisation], by: Person, at: datetime
) -> Release:
    """Change name, notes and which clients get it. Who no longer gets it goes on to another release and is told."""
    release = _locked(release)
    had = set(release.organisations.values_list("pk", flat=True))
    have = {one.pk for one in organisations}
    if release.stage != Stage.PLANNED and (name.strip() != release.name or had != have):
        raise CannotDo(FIXED, stage=Stage(release.stage).label.lower())
    if name.strip() != release.name:
        release.name = _named(release.product, name)
    release.notes, release.changed_at = notes.strip(), at
    release.save(update_fields=["name", "notes", "changed_at"])
    if had != have:
        release.organisations.set(organisations)
        _begin(release, Round.Change.AUDIENCE, by, at, before=release.planned_on, after=release.planned_on)
    return release


def _begin(
    release: Release,
    change: str,
    by: Person,
    at: datetime,
    *,
    before: date | None = None,
    after: date | None = None,
    reason: str = "",
    tells: bool = True,
) -> None:
    hearers = rounds.hearers_of(rounds.waiting_for(release.product_id).values())
    rounds.begin(
        release=release, change=change, by=by, at=at, hearers=hearers, before=before, after=after, reason=reason,
        tells=tells,
    )  # fmt: skip


def _locked(release: Release) -> Release:
    return sql.lock_rows(Release.objects.select_related("product")).get(pk=release.pk)


def _planned(release: Release) -> Release:
    release = _locked(release)
    if release.stage != Stage.PLANNED:
        raise CannotDo(
            "This release has %(stage)s meanwhile. Look at it again.",
            stage=Stage(release.stage).label.lower(),
        )
    return release


def _named(product: Product, name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise CannotDo("Give the release a name, such as 5.4.")
    if Release.objects.filter(product=product, name__iexact=name).exists():
        raise CannotDo(
            "There is a release %(product)s %(name)s already. Choose another name.",
            product=product.name,
            name=name,
        )
    return name


def _not_past(day: date, at: datetime) -> None:
    if day < at.astimezone(home_zone(at)).date():
        raise CannotDo("That day is past. Choose today or a later day.")
