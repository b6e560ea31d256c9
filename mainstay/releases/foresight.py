"""What a change of a release would do before it is made: which request would wait for which, and who would be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mainstay.releases.dates import Plan, place_of
from mainstay.releases.knowing import Known, known_to
from mainstay.releases.models import SOFTWARE, Place, Release, Stage
from mainstay.releases.placing import plan_of
from mainstay.releases.rounds import waiting_for

NEW = 0  # the key of a release that is not stored yet


@dataclass(frozen=True, slots=True)
class Wait:
    """What a request waits for: a release by name, and its day. No name: nothing is planned."""

    name: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of one request. `solved`: it would be resolved for acceptance testing.

    `knows`: its requester was last told just that, and what still waits to be told otherwise would be taken back.
    """

    place: Place
    before: Wait
    after: Wait
    solved: bool = False
    knows: bool = False

    @property
    def changes(self) -> bool:
        """Whether something would be another than it is."""
        return self.solved or self.before != self.after

    @property
    def tells(self) -> bool:
        """Whether its requester would be told."""
        return self.solved or (self.changes and not self.knows)


def of_planning(product_id: int, name: str, plan: Plan) -> list[Foreseen]:
    """Return what a new release would do to the requests about its product."""
    plans, names = _planned(product_id)
    return _compare(product_id, plans, {**plans, NEW: replace(plan, id=NEW)}, {**names, NEW: name})


def of_moving(release: Release, day: date) -> list[Foreseen]:
    """Return what another day of a release would do."""
    plans, names = _planned(release.product_id)
    return _compare(
        release.product_id, plans, {**plans, release.pk: replace(plans[release.pk], planned_on=day)}, names
    )


def of_audience(release: Release, clients: Collection[int]) -> list[Foreseen]:
    """Return what it would do if these clients got it, none meaning all."""
    plans, names = _planned(release.product_id)
    after = {**plans, release.pk: replace(plans[release.pk], clients=frozenset(clients))}
    return _compare(release.product_id, plans, after, names)


def of_withdrawing(release: Release) -> list[Foreseen]:
    """Return what it would do if the release were taken away."""
    plans, names = _planned(release.product_id)
    after = {pk: plan for pk, plan in plans.items() if pk != release.pk}
    return _compare(release.product_id, plans, after, names)


def of_shipping(release: Release, left_out: Collection[int]) -> list[Foreseen]:
    """Return what shipping would do: who is solved, and where those that were left out go."""
    plans, names = _planned(release.product_id)
    after = {pk: plan for pk, plan in plans.items() if pk != release.pk}
    return [
        replace(one, solved=one.place.release_id == release.pk and one.place.ticket_id not in left_out)
        for one in _compare(release.product_id, plans, after, names)
    ]


def _planned(product_id: int) -> tuple[dict[int, Plan], dict[int, str]]:
    rows = Release.objects.filter(product=product_id, stage=Stage.PLANNED)
    found = list(rows.select_related("product").prefetch_related("organisations"))
    return {one.pk: plan_of(one) for one in found}, {one.pk: str(one) for one in found}


def _compare(
    product_id: int, before: Mapping[int, Plan], after: Mapping[int, Plan], names: Mapping[int, str]
) -> list[Foreseen]:
    """Return each request that waits, as it is and as it would be."""
    foreseen, places = [], waiting_for(product_id)
    known = known_to(place.ticket for place in places.values())
    for place in places.values():
        client, chosen = place.ticket.organisation_id, place.release_id if place.chosen else None
        now = before.get(place.release_id) if place.release_id else None
        then = place_of(after.values(), client, chosen)
        holds = Known(then.id, then.planned_on) if then else Known()
        foreseen.append(
            Foreseen(place, _wait(now, names), _wait(then, names), knows=known.get(place.ticket_id) == holds)
        )
    return foreseen


def _wait(plan: Plan | None, names: Mapping[int, str]) -> Wait:
    return Wait(names[plan.id], plan.planned_on) if plan else Wait()


def is_software(kind: str) -> bool:
    """Whether a release of that kind is somebody's next one by itself."""
    return kind in SOFTWARE
