"""What rings at this moment, as the telephone system has said, and who that may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from mainstay.lib import live, telephone
from mainstay.orgs.models import Organisation, Person
from mainstay.phone import finding
from mainstay.phone.models import Call, Direction, State
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import State as TicketState

RINGS_FOR = timedelta(minutes=2)  # a system that says no more of a call is not waited for any longer


@dataclass(frozen=True, slots=True)
class Ringing:
    """One call that nobody has answered yet. Several people may have its number; `open` counts the requests of all."""

    call: Call
    number: str
    people: tuple[Person, ...]
    organisations: tuple[Organisation, ...]
    open: int
    seconds_left: int  # after which it is no longer shown


def calls(at: datetime) -> QuerySet[Call]:
    """Return the calls that ring, those that have rung longest first."""
    return calls_since(at - RINGS_FOR)


def calls_since(moment: datetime) -> QuerySet[Call]:
    """Return the calls that ring and began to after `moment`."""
    found = Call.objects.filter(state=State.RINGING, direction=Direction.IN, began_at__gt=moment)
    return found.order_by("began_at", "id")


def now_ringing(at: datetime) -> frozenset[int]:
    """Return the keys of the calls that ring. One query."""
    return frozenset(calls(at).values_list("pk", flat=True))


def changed() -> None:
    """Let open pages know that a telephone has begun to ring, or has stopped. They are told on commit."""
    live.say("ringing")


def for_person(by: Person, *, at: datetime) -> tuple[Ringing, ...]:
    """Return what rings, with who it may be and what of theirs is open and visible to `by`."""
    return tuple(_ringing(call, by, at) for call in calls(at))


def _ringing(call: Call, by: Person, at: datetime) -> Ringing:
    known = finding.known(finding.with_number(call.number), at=at)
    people = tuple(one.person for one in known)
    where = dict.fromkeys(standing.organisation for one in known for standing in one.standings)
    mine = visible_tickets(by, at=at).filter(requester__in=people).exclude(state=TicketState.CLOSED)
    left = int((call.began_at + RINGS_FOR - at).total_seconds())
    return Ringing(call, telephone.shown(call.number), people, tuple(where), mine.count() if people else 0, left)
