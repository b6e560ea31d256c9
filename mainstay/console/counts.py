"""What stands around every page beside the views: what waits for somebody, and the call that somebody is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Model, Q, QuerySet, Value
from django.db.models.expressions import Subquery
from django.db.models.functions import Coalesce

from mainstay.escalation import queries as notices
from mainstay.lib import telephone
from mainstay.lib.prepared import Prepared
from mainstay.mail import queries as mail
from mainstay.orgs.access import any_staff
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter
from mainstay.phone import queries as phone
from mainstay.phone import ringing
from mainstay.phone.actions import calls_running_of
from mainstay.tickets.models import Event

RECENT = timedelta(days=7)
WAITING = ("notices", "quarantine", "failed", "call_backs")


@dataclass(frozen=True, slots=True)
class Running:
    """The call that somebody is in, for the bar on every page."""

    id: int
    who: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Around:
    """How much waits, by the rail's lines, the running call, if there is one, and whether a telephone rings."""

    waiting: dict[str, int]
    call: Running | None
    ringing: bool
    newest: int  # event: what comes after it, the page has not seen


def around(person: Person, *, at: datetime) -> Around:
    """Return what stands around the pages of `person`. One query: it is asked with every page.

    Call-backs are those that `person` keeps and those that are anybody's.
    """
    values = person.pk, at - RECENT, at - ringing.RINGS_FOR
    *numbers, rings, newest, call_id, since, named, said, dialled = _AROUND.rows(*values)[0]
    call = None
    if call_id:
        call = Running(call_id, named or said or telephone.shown(dialled) or "Unknown caller", since)
    return Around(dict(zip(WAITING, numbers, strict=True)), call, bool(rings), newest or 0)


def _around(person_id: int, recent: datetime, rung: datetime) -> QuerySet[Person, Any]:
    person = any_staff(person_id)
    spoken = calls_running_of(person)
    mine = phone.open_call_backs().filter(Q(keeper=person) | Q(keeper=None))
    return Person.objects.filter(pk=person_id).values_list(
        _number(notices.unseen(person)),
        _number(mail.quarantined()),
        _number(Letter.objects.filter(failed_at__gt=recent)),
        _number(mine),
        Exists(ringing.calls_since(rung)),
        Subquery(Event.objects.order_by("-pk").values("pk")[:1]),
        *(Subquery(spoken.values(what)[:1]) for what in ("pk", "started_at", "person__name", "caller_name", "number")),
    )


_AROUND = Prepared(_around, int, datetime, datetime)


def _number(rows: QuerySet[Model]) -> Coalesce:
    """Return how many rows there are, as a part of a larger query."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)
