"""Who has how much to do: open tickets by person and team, by severity and by their next promise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from mainstay.clocks.listing import SOON
from mainstay.clocks.projection import NOTHING_DUE
from mainstay.orgs.models import Person, Team
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import Ticket

UNGRADED = 0  # stands for 'not assessed yet' among the severities


@dataclass(frozen=True, slots=True)
class Load:
    """Open tickets of somebody. `next_due` is the nearest promise among them, None where nothing is due."""

    total: int = 0
    by_severity: Mapping[int, int] | None = None
    soon: int = 0
    breached: int = 0
    next_due: datetime | None = None

    @property
    def free(self) -> bool:
        """Whether there is nothing to do."""
        return not self.total


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """A team: what lies with it, what of that nobody has, and each of its people."""

    team: Team
    load: Load
    unassigned: int
    people: tuple[tuple[Person, Load], ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """The whole desk at one moment, and the severities that occur, gravest first, not assessed last."""

    teams: tuple[TeamLoad, ...]
    others: tuple[tuple[Person, Load], ...]
    severities: tuple[int, ...]


def of_people(asking: Person, *, at: datetime, people: Iterable[Person] | None = None) -> dict[int, Load]:
    """Return the load of each person who has any, by id; of `people` only, where given. One query."""
    found = _open(asking, at=at).exclude(assignee=None)
    if people is not None:
        found = found.filter(assignee__in=[person.pk for person in people])
    return _loads(found, "assignee", at)


def of_desk(asking: Person, *, at: datetime) -> Workload:
    """Return the load of everybody who works the desk and of every team. A fixed number of queries."""
    people = of_people(asking, at=at)
    found = _open(asking, at=at).exclude(team=None)
    teams = _loads(found, "team", at)
    without = found.filter(assignee=None).values_list("team").annotate(waiting=Count("pk")).order_by()
    nobody: dict[int, int] = dict(without)
    staff = {
        person.pk: person
        for person in Person.objects.filter(is_active=True).exclude(staff_role="").order_by("name", "pk")
    }
    members: dict[int, list[int]] = {}
    for team_id, person_id in Team.members.through.objects.values_list("team_id", "person_id"):
        members.setdefault(team_id, []).append(person_id)

    def lines(ids: Iterable[int]) -> tuple[tuple[Person, Load], ...]:
        known = [(person, people.get(pk, Load())) for pk, person in staff.items() if pk in set(ids)]
        return tuple(sorted(known, key=lambda line: (line[1].total, line[0].name)))

    shown = [
        TeamLoad(team, teams.get(team.pk, Load()), nobody.get(team.pk, 0), lines(members.get(team.pk, ())))
        for team in Team.objects.order_by("name", "pk")
        if teams.get(team.pk) or any(pk in staff for pk in members.get(team.pk, ()))
    ]
    teamless = set(staff) - {pk for ids in members.values() for pk in ids}
    occurring = {level for load in [*people.values(), *teams.values()] for level in load.by_severity or {}}
    return Workload(tuple(shown), lines(teamless), tuple(sorted(occurring, key=lambda one: one or 99)))


def _open(asking: Person, *, at: datetime) -> QuerySet[Ticket]:
    return visible_tickets(asking, at=at).filter(promise__is_open=True)


def _loads(found: QuerySet[Ticket], whose: str, at: datetime) -> dict[int, Load]:
    running = Q(promise__state="running", promise__due__gt=at, promise__due__lte=at + SOON)
    rows = (
        found.values(whose, "severity")
        .annotate(
            number=Count("pk"),
            soon=Count("pk", filter=running),
            breached=Count("pk", filter=Q(promise__breached=True)),
            first=Min("promise__sort_at"),
        )
        .order_by()
    )
    gathered: dict[int, list[Any]] = {}
    for row in rows:
        gathered.setdefault(row[whose], []).append(row)
    return {pk: _sum(mine) for pk, mine in gathered.items()}


def _sum(rows: list[Any]) -> Load:
    first = min(row["first"] for row in rows)
    return Load(
        total=sum(row["number"] for row in rows),
        by_severity={row["severity"] or UNGRADED: row["number"] for row in rows},
        soon=sum(row["soon"] for row in rows),
        breached=sum(row["breached"] for row in rows),
        next_due=first if first < NOTHING_DUE else None,
    )
