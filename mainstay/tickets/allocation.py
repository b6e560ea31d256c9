"""Who takes a ticket (R3.3d, pack clause 3.3): rules in order, each with its team and its way of finding a person.

They are asked when a request is reported, and again when its severity, product or client becomes known while nobody
has it. A person's decision stands: what somebody assigned by hand, or what climbed the ladder, no rule takes away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from mainstay.lib import once, sql
from mainstay.orgs.models import Person, Team
from mainstay.tickets import events
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append, history
from mainstay.tickets.models import Event, Kind, State, Ticket
from mainstay.tickets.rows.allocation import Picking, Rule, Skill, Turn

ASKED_AT = (events.REPORTED,)
ASKED_AGAIN_AT = (
    events.SEVERITY_ASSESSED, events.SEVERITY_PROVIDED, events.SEVERITY_CHANGED, events.DETAILS_SET,
    events.REQUESTER_AUTHORISED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """What rules look at. `coverage` is that of the terms the ticket runs on."""

    severity: int | None = None
    product_id: int | None = None
    organisation_id: int | None = None
    coverage: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a rule makes of a case: its team, and the person it finds, with why in words."""

    rule: Rule
    person: Person | None
    why: str


def case_of(ticket: Ticket) -> Case:
    """Return what the rules look at of `ticket`."""
    return Case(ticket.severity, ticket.product_id, ticket.organisation_id, ticket.terms.coverage)


def fits(rule: Rule, case: Case) -> bool:
    """Whether every condition of `rule` holds for `case`. Pure."""
    return (
        (not rule.severities or case.severity in rule.severities)
        and (rule.product_id is None or rule.product_id == case.product_id)
        and (rule.organisation_id is None or rule.organisation_id == case.organisation_id)
        and (not rule.coverage or rule.coverage == case.coverage)
    )


def in_force() -> list[Rule]:
    """Return the rules that are asked, in order. One query, or one for a whole batch of mails (`lib.once`)."""
    return once.look("rules of allocation", _asked)


def _asked() -> list[Rule]:
    return list(Rule.objects.filter(retired_at=None).select_related("team").order_by("position", "pk"))


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Ask the rules where something that they look at has become known. Hears every append, in its transaction."""
    kinds = {event.kind for event in heard}
    if not kinds & {*ASKED_AT, *ASKED_AGAIN_AT} or ticket.assignee_id is not None:
        return
    if ticket.state == State.CLOSED or ticket.merged_into_id is not None or ticket.escalation_level:
        return
    if ticket.kind == Kind.COMPLAINT:
        return  # a manager gives it to somebody: a rule could pick whoever is complained of (R3.10a)
    rules = in_force()
    if rules and not _decided_by_a_person(ticket):
        _ask(rules, ticket, heard[-1].at, recorded_at)


def _decided_by_a_person(ticket: Ticket) -> bool:
    newest = next((event for event in reversed(history(ticket)) if event.kind == events.ASSIGNED), None)
    return newest is not None and newest.actor.startswith("person:")


def _ask(rules: Iterable[Rule], ticket: Ticket, at: datetime, recorded_at: datetime) -> None:
    rule = next((rule for rule in rules if fits(rule, case_of(ticket))), None)
    if rule is None:
        return
    choice = pick(rule, case_of(ticket), keep=True)
    if choice.person is None and ticket.team_id == rule.team_id:
        return
    ticket.team, ticket.assignee = rule.team, choice.person
    data = {
        "assignee": choice.person and choice.person.pk,
        "team": rule.team.key,
        "rule": rule.pk,
        "picking": rule.picking,
    }
    append(
        ticket, [Happening(events.ASSIGNED, at, data)], actor=f"rule:{rule.pk}", recorded_at=recorded_at
    )


def pick(rule: Rule, case: Case, *, keep: bool) -> Choice:
    """Find the person of `rule` for `case`. `keep`: remember whose turn it was; must then run in a transaction.

    The row of the turn is locked first, so that workers pick one after the other and each sees what the one before
    has given away.
    """
    if rule.picking == Picking.NOBODY:
        return Choice(rule, None, "the team decides who")
    with transaction.atomic(savepoint=False):
        turn = _turn(rule) if keep else Turn.objects.filter(rule=rule).first() or Turn(rule=rule)
        people = candidates(rule, case)
        if not people:
            return Choice(rule, None, f"nobody in {rule.team.name} {_asked_for(rule)}, so the team decides")
        if rule.picking == Picking.ROUND_ROBIN:
            person, why = _next(people, turn.last_id), "whose turn it is"
        else:
            loads = open_tickets(people)
            person = min(people, key=lambda one: (loads[one.pk], one.pk))
            why = f"who has the fewest open tickets ({loads[person.pk]})"
        if keep:
            turn.last = person
            turn.save(update_fields=["last"])
    return Choice(rule, person, why)


def candidates(rule: Rule, case: Case) -> list[Person]:
    """Return the active staff of the rule's team who have the skills that it asks for, always in the same order."""
    found = rule.team.members.filter(is_active=True).exclude(staff_role="")
    if rule.knows_product and case.product_id is not None:
        found = found.filter(pk__in=Skill.objects.filter(product=case.product_id).values("person"))
    if rule.skill:
        found = found.filter(pk__in=Skill.objects.filter(word=rule.skill).values("person"))
    return list(found.order_by("pk"))


def open_tickets(people: Iterable[Person]) -> dict[int, int]:
    """Return how many open tickets each has. One query over the index of assignees."""
    ids = [person.pk for person in people]
    found = Ticket.objects.filter(~Q(state=State.CLOSED), assignee__in=ids)
    rows = found.values_list("assignee").annotate(held=Count("pk")).order_by()
    counted: dict[int, int] = dict(rows)
    return {pk: counted.get(pk, 0) for pk in ids}


def attempt(case: Case) -> Choice | None:
    """Say what the rules would do with `case` now; nothing is kept, and nobody loses a turn. None: no rule fits."""
    rule = next((rule for rule in in_force() if fits(rule, case)), None)
    return pick(rule, case, keep=False) if rule else None


def skilled_in(product_id: int | None) -> set[int]:
    """Return who knows a product, by id. One query."""
    if product_id is None:
        return set()
    return set(Skill.objects.filter(product=product_id).values_list("person", flat=True))


def teams_without_people(rules: Iterable[Rule]) -> list[Team]:
    """Return the teams of rules in which nobody of the desk is, so that what goes there waits unseen."""
    staffed = set(
        Person.objects.filter(is_active=True).exclude(staff_role="").values_list("teams", flat=True)
    )
    return list({rule.team_id: rule.team for rule in rules if rule.team_id not in staffed}.values())


def _turn(rule: Rule) -> Turn:
    Turn.objects.get_or_create(rule=rule)
    return sql.lock_rows(Turn.objects.all()).get(rule=rule)


def _next(people: Sequence[Person], last_id: int | None) -> Person:
    """Return who comes after `last_id` in the order of ids, the first again after the last."""
    return next((one for one in people if last_id is not None and one.pk > last_id), people[0])


def _asked_for(rule: Rule) -> str:
    if not (rule.knows_product or rule.skill):
        return "works the desk"
    wanted = (["the product"] if rule.knows_product else []) + ([rule.skill] if rule.skill else [])
    return f"knows {' and '.join(wanted)}"
