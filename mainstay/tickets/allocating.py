"""Keeping the rules of allocation and the skills they ask for: managers' work, each with who and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from mainstay.contracts.models import Product
from mainstay.orgs import access
from mainstay.orgs.models import Organisation, Person, StaffRole, Team
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.rows.allocation import Picking, Rule, Skill, Turn


@transaction.atomic
def set_rule(
    *,
    by: Person,
    at: datetime,
    name: str,
    team: Team,
    picking: str = Picking.NOBODY,
    severities: Sequence[int] = (),
    product: Product | None = None,
    organisation: Organisation | None = None,
    coverage: str = "",
    knows_product: bool = False,
    skill: str = "",
    rule: Rule | None = None,
) -> Rule:
    """Write a new rule behind the others, or change `rule`. Raises NotAllowed for anybody but a manager."""
    access.require(by, StaffRole.MANAGER)
    if not name.strip():
        raise CannotDo("Give the rule a name, so that a ticket can say why it went where it went.")
    kept = rule or Rule(position=(Rule.objects.aggregate(last=Max("position"))["last"] or 0) + 1)
    kept.name, kept.team, kept.picking = name.strip()[:120], team, picking
    kept.severities, kept.product, kept.organisation = sorted(set(severities)), product, organisation
    kept.coverage, kept.knows_product, kept.skill = coverage, knows_product, word(skill) if skill else ""
    kept.changed_at, kept.changed_by = at, by
    kept.save()
    Turn.objects.get_or_create(rule=kept)
    return kept


@transaction.atomic
def move(*, rule: Rule, up: bool, by: Person, at: datetime) -> None:
    """Ask a rule one place earlier or later. At the end of the list nothing changes."""
    access.require(by, StaffRole.MANAGER)
    rules = list(Rule.objects.filter(retired_at=None).order_by("position", "pk"))
    place = next((number for number, one in enumerate(rules) if one.pk == rule.pk), None)
    if place is None:
        raise CannotDo("The rule was retired meanwhile.")
    other = place + (-1 if up else 1)
    if not 0 <= other < len(rules):
        return
    rules[place], rules[other] = rules[other], rules[place]
    for position, one in enumerate(rules, start=1):
        Rule.objects.filter(pk=one.pk).update(position=position)
    Rule.objects.filter(pk=rule.pk).update(changed_at=at, changed_by=by)


@transaction.atomic
def retire(*, rule: Rule, by: Person, at: datetime) -> None:
    """Ask the rule no more; what it did stays in the log."""
    access.require(by, StaffRole.MANAGER)
    Rule.objects.filter(pk=rule.pk, retired_at=None).update(retired_at=at, changed_at=at, changed_by=by)


@transaction.atomic
def add_skill(
    *, person: Person, by: Person, at: datetime, product: Product | None = None, name: str = ""
) -> Skill:
    """Note what somebody can do: a product, or a word. Says nothing where that is known."""
    access.require(by, StaffRole.MANAGER)
    if not access.works_the_desk(person):
        raise CannotDo("%(person)s is no active member of staff.", person=person.name)
    if (product is None) == (not name.strip()):
        raise CannotDo("Choose a product or write a skill, one of the two.")
    return Skill.objects.get_or_create(
        person=person, product=product, word=word(name) if name else "", defaults={"at": at, "by": by}
    )[0]


@transaction.atomic
def remove_skill(*, skill: Skill, by: Person) -> None:
    """Forget that somebody can do something."""
    access.require(by, StaffRole.MANAGER)
    skill.delete()


def word(name: str) -> str:
    """Return the one spelling of a skill: small letters, single spaces."""
    return " ".join(name.casefold().split())[:60]
