"""What stands around every page beside the views: what waits for somebody, and the call that somebody is in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Model, Q, QuerySet, Value
from django.db.models.expressions import Subquery
from django.db.models.functions import Coalesce

from mainstay.escalation import queries as notices
from mainstay.lib import telephone
from mainstay.mail import queries as mail
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter
from mainstay.phone import queries as phone
from mainstay.phone.actions import calls_running_of

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
    """How much waits, by the rail's lines, and the running call, if there is one."""

    waiting: dict[str, int]
    call: Running | None


def around(person: Person, *, at: datetime) -> Around:
    """Return what stands around the pages of `person`. One query: it is asked with every page.

    Call-backs are those that `person` keeps and those that are anybody's.
    """
    spoken = calls_running_of(person)
    mine = phone.open_call_backs().filter(Q(keeper=person) | Q(keeper=None))
    found = (
        Person.objects.filter(pk=person.pk)
        .values(
            n_notices=_number(notices.unseen(person)),
            n_quarantine=_number(mail.quarantined()),
            n_failed=_number(Letter.objects.filter(failed_at__gt=at - RECENT)),
            n_call_backs=_number(mine),
            running=Subquery(spoken.values("pk")[:1]),
            since=Subquery(spoken.values("started_at")[:1]),
            named=Subquery(spoken.values("person__name")[:1]),
            said=Subquery(spoken.values("caller_name")[:1]),
            dialled=Subquery(spoken.values("number")[:1]),
        )
        .first()
    )
    row: dict[str, Any] = dict(found) if found else {}
    call = None
    if row.get("running"):
        who = row["named"] or row["said"] or telephone.shown(row["dialled"]) or "Unknown caller"
        call = Running(row["running"], who, row["since"])
    return Around({key: row.get(f"n_{key}", 0) for key in WAITING}, call)


def _number(rows: QuerySet[Model]) -> Coalesce:
    """Return how many rows there are, as a part of a larger query."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)
