"""Rules, skills and workload, as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.clocks.workload import UNGRADED, Load, Workload
from mainstay.contracts.models import Coverage
from mainstay.orgs.models import Person
from mainstay.screens.moments import Moment, moment
from mainstay.screens.people import Face, face
from mainstay.tickets.allocation import Choice
from mainstay.tickets.rows.allocation import Picking, Rule, Skill

HOW = {
    Picking.NOBODY: "the team decides",
    Picking.ROUND_ROBIN: "each in turn",
    Picking.LEAST_LOADED: "fewest open tickets",
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words."""

    id: int
    name: str
    when: str
    then: str
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class SkillChip:
    """One skill of somebody."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SkillLine:
    """Somebody with what they can do."""

    face: Face
    skills: tuple[SkillChip, ...]


@dataclass(frozen=True, slots=True)
class LoadLine:
    """How much somebody has to do. `counts` has one number for each severity that the page shows."""

    name: str
    href: str
    total: int
    counts: tuple[int, ...]
    soon: int
    breached: int
    next_due: Moment | None
    free: bool


@dataclass(frozen=True, slots=True)
class TeamTable:
    """One team with its people; `all` is everything that lies with the team."""

    key: str
    name: str
    all: LoadLine
    unassigned: int
    unassigned_href: str
    people: tuple[LoadLine, ...]


def rule_lines(rules: Sequence[Rule]) -> list[RuleLine]:
    """Return the rules in their order. No query where products and clients are loaded."""
    return [
        RuleLine(rule.pk, rule.name, _when(rule), _then(rule), place == 0, place == len(rules) - 1)
        for place, rule in enumerate(rules)
    ]


def _when(rule: Rule) -> str:
    parts = [
        f"severity {' or '.join(map(str, rule.severities))}" if rule.severities else "",
        f"about {rule.product.name}" if rule.product else "",
        f"of {rule.organisation.name}" if rule.organisation else "",
        Coverage(rule.coverage).label if rule.coverage else "",
    ]
    return ", ".join(filter(None, parts)) or "Every ticket"


def _then(rule: Rule) -> str:
    wanted = [
        "who know the product" if rule.knows_product else "",
        f"with the skill {rule.skill}" if rule.skill else "",
    ]
    among = " ".join(filter(None, wanted))
    how = HOW[Picking(rule.picking)]
    return f"{rule.team.name}: {how}" + (f", among those {among}" if among else "")


def said_of(choice: Choice | None) -> str:
    """Say what the rules would do."""
    if choice is None:
        return "No rule fits: the ticket stays with the first line, and nobody is picked."
    whom = f"{choice.person.name}, {choice.why}" if choice.person else choice.why
    return f"The rule '{choice.rule.name}' would give it to {choice.rule.team.name}: {whom}."


def skill_lines(people: Iterable[Person], skills: Iterable[Skill]) -> list[SkillLine]:
    """Return everybody with their skills. No query where products are loaded."""
    known: dict[int, list[SkillChip]] = {}
    for skill in skills:
        name = skill.product.name if skill.product else skill.word
        known.setdefault(skill.person_id, []).append(SkillChip(skill.pk, name))
    return [SkillLine(face(person), tuple(known.get(person.pk, ()))) for person in people]


def team_tables(found: Workload, zone: ZoneInfo, *, at: datetime) -> list[TeamTable]:
    """Return the teams with everybody's load; those in no team come last under their own heading."""
    tables = [
        TeamTable(
            key=one.team.key,
            name=one.team.name,
            all=_load(one.team.name, _list(team=one.team.key), one.load, found.severities, zone, at),
            unassigned=one.unassigned,
            unassigned_href=_list(team=one.team.key, assignee="none"),
            people=_people(one.people, found.severities, zone, at),
        )
        for one in found.teams
    ]
    if found.others:
        none = _load("In no team", _list(), Load(), found.severities, zone, at)
        people = _people(found.others, found.severities, zone, at)
        tables.append(TeamTable("none", "In no team", none, 0, "", people))
    return tables


def severity_names(severities: Sequence[int]) -> list[str]:
    """Return the headings of the severities' columns."""
    return [f"Sev {level}" if level != UNGRADED else "Not assessed" for level in severities]


def load_words(load: Load, zone: ZoneInfo, *, at: datetime) -> str:
    """Say in a few words how much somebody has to do, for a list to choose from."""
    if load.free:
        return "free"
    due = moment(load.next_due, zone, now=at)
    late = f", {load.breached} breached" if load.breached else ""
    return f"{load.total} open{late}" + (f", next due {due.text}" if due else "")


def _people(
    lines: Iterable[tuple[Person, Load]], severities: Sequence[int], zone: ZoneInfo, at: datetime
) -> tuple[LoadLine, ...]:
    return tuple(
        _load(person.name, _list(assignee=str(person.pk)), load, severities, zone, at)
        for person, load in lines
    )


def _load(
    name: str, href: str, load: Load, severities: Sequence[int], zone: ZoneInfo, at: datetime
) -> LoadLine:
    counted = load.by_severity or {}
    return LoadLine(
        name=name,
        href=href,
        total=load.total,
        counts=tuple(counted.get(level, 0) for level in severities),
        soon=load.soon,
        breached=load.breached,
        next_due=moment(load.next_due, zone, now=at),
        free=load.free,
    )


def _list(**filters: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return reverse("console:view", args=["open"]) + (f"?{query}" if query else "")
