"""When somebody may be disturbed: in their working hours, or at any hour while on call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.contracts import queries as contracts
from mainstay.escalation.models import Attention, Notice
from mainstay.escalation.queries import KINDS
from mainstay.orgs.models import Person

MOST = 50  # notices that one burst counts


@dataclass(frozen=True, slots=True)
class Burst:
    """What to tell now in one desktop notification. `last` is where the next burst begins."""

    notices: Sequence[Notice]
    last: int
    quiet: bool  # outside of the person's hours: nothing is told, and nothing is passed over


def of(person: Person) -> Attention:
    """Return what `person` chose, or the defaults, which are not kept."""
    found = Attention.objects.filter(person=person).first()
    return found or Attention(person=person, kinds=list(KINDS))


def may_disturb(attention: Attention, *, at: datetime) -> bool:
    """Whether `at` lies within the hours in which somebody wants to be told."""
    if attention.on_call or not attention.in_hours_only:
        return True
    if not attention.days or attention.opens is None or attention.closes is None:
        terms = contracts.load(contracts.terms_for(organisation=None, product=None, at=at))
        return terms.closing.calendar.calendar.is_open(at)
    local = at.astimezone(ZoneInfo(attention.zone or "UTC"))
    return local.weekday() in attention.days and attention.opens <= local.time() < attention.closes


def burst(person: Person, *, after: int, at: datetime) -> Burst:
    """Return what came after the notice numbered `after` and was not looked at yet. At most three queries."""
    attention = of(person)
    found = Notice.objects.filter(person=person, pk__gt=after).order_by("pk")
    if not may_disturb(attention, at=at):
        return Burst((), after, quiet=True)
    rows = list(found.select_related("ticket")[:MOST])
    wanted = [one for one in rows if one.kind in attention.kinds and one.seen_at is None]
    return Burst(wanted, rows[-1].pk if rows else after, quiet=False)
