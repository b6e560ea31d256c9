"""Where a caller stands: for which organisations they may raise requests, on what coverage, and what is open now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from mainstay.contracts import out_of_hours
from mainstay.contracts import queries as contracts
from mainstay.contracts.models import Contract, OutOfHours
from mainstay.orgs.models import Membership, Organisation, Person
from mainstay.phone import hours
from mainstay.phone.hours import Opening

MAY_RAISE, NOT_AUTHORISED, FORMER = "may_raise", "not_authorised", "former"


@dataclass(frozen=True, slots=True)
class Standing:
    """One person at one organisation. `coverage` is empty where no contract is in force, and unless they may raise."""

    organisation: Organisation
    role: str
    kind: str
    coverage: str


@dataclass(frozen=True, slots=True)
class Service:
    """What an authorised caller's organisation is promised at a moment."""

    coverage: str
    document: str
    reports: Opening  # when incidents are taken
    telephone: Opening
    out_of_hours: OutOfHours | None


def standings(people: Collection[Person], *, at: datetime) -> dict[int, tuple[Standing, ...]]:
    """Return the standings of each of `people` by id, those that count first. Two queries, however many there are.

    Somebody who is shut out stands as one who has left, wherever they were.
    """
    rows = Membership.objects.filter(person__in=people, active_from__lte=at).select_related("organisation")
    newest: dict[tuple[int, int], Membership] = {}
    for row in rows.order_by("active_from", "id"):
        newest[row.person_id, row.organisation_id] = row
    coverages = _coverages({row.organisation_id for row in newest.values()}, at)
    active = {person.pk for person in people if person.is_active}
    found: dict[int, list[Standing]] = {person.pk: [] for person in people}
    for row in newest.values():
        kind = _kind(row, at) if row.person_id in active else FORMER
        coverage = coverages.get(row.organisation_id, "") if kind == MAY_RAISE else ""
        found[row.person_id].append(Standing(row.organisation, row.role, kind, coverage))
    order = (MAY_RAISE, NOT_AUTHORISED, FORMER)
    return {
        pk: tuple(sorted(those, key=lambda one: (order.index(one.kind), one.organisation.name)))
        for pk, those in found.items()
    }


def _kind(row: Membership, at: datetime) -> str:
    if row.active_to is not None and row.active_to <= at:
        return FORMER
    return MAY_RAISE if row.may_raise else NOT_AUTHORISED


def _coverages(organisations: Iterable[int], at: datetime) -> dict[int, str]:
    in_force = Contract.objects.filter(
        Q(active_to=None) | Q(active_to__gt=at), organisation__in=list(organisations), active_from__lte=at
    )
    rows = in_force.order_by("active_from", "id").values_list("organisation_id", "coverage")
    return {organisation: str(coverage) for organisation, coverage in rows}


def service_of(person: Person, organisation: Organisation, *, at: datetime) -> Service:
    """Return what is promised to `organisation` now, for a caller who may raise requests for it."""
    snapshot = contracts.terms_for(organisation=organisation, product=None, at=at)
    terms, contract = contracts.load(snapshot), snapshot.contract
    return Service(
        coverage=snapshot.coverage,
        document=contract.document if contract else "",
        reports=hours.opening(terms.coverage.reports.calendar, at=at),
        telephone=hours.opening(hours.of_terms(terms), at=at),
        out_of_hours=out_of_hours.number_for(person, organisation=organisation, contract=contract, at=at),
    )
