"""What a desk must see from across the room: the next promises, what is broken, and how today went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from mainstay.clocks import listing, workload
from mainstay.clocks.lines import Line, lines_of
from mainstay.clocks.listing import Wanted
from mainstay.clocks.models import Clock, Firing
from mainstay.orgs.models import Person
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Board:
    """The desk at one moment, as `person` may see it."""

    next: Sequence[Line]
    breached: Sequence[Line]
    breached_in_all: int
    teams: Sequence[workload.TeamLoad]
    open: int
    kept: int  # promises that ended in time since `since`
    missed: int  # promises whose time ran out since `since`, whether or not they were kept later
    oldest_unassigned: Ticket | None


def board(person: Person, *, since: datetime, at: datetime, size: int = 8) -> Board:
    """Return the board. `since` is where today began. A fixed number of queries, whatever is open."""
    seen = visible_tickets(person, at=at)
    ended = Clock.objects.filter(ticket__in=seen, stopped__gte=since, stopped__lte=at)
    missed = Firing.objects.filter(ticket__in=seen, kind="breach", due_at__gte=since, due_at__lte=at)
    return Board(
        next=_lines(person, at, size, promise__state="running", promise__due__gt=at),
        breached=_lines(person, at, size, promise__breached=True),
        breached_in_all=listing.matching(person, Wanted(view="breached"), at=at).count(),
        teams=workload.of_desk(person, at=at).teams,
        open=seen.filter(promise__is_open=True).aggregate(all=Count("pk"))["all"],
        kept=ended.filter(state="met", breached_while_in_force=False).count(),
        missed=missed.values("ticket", "clock", "basis").distinct().count(),
        oldest_unassigned=seen.filter(promise__is_open=True, assignee=None)
        .select_related("organisation")
        .order_by("reported_at", "pk")
        .first(),
    )


def _lines(person: Person, at: datetime, size: int, **narrowed: object) -> list[Line]:
    found = listing.matching(person, Wanted(view="open"), at=at).filter(**narrowed)
    return lines_of(list(found.order_by("promise__sort_at", "pk").values_list("pk", flat=True)[:size]), at=at)
