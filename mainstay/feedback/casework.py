"""Reads of complaints for managers: with their clock, who has them, and what came of them (R3.10a)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from mainstay.clocks.models import Clock
from mainstay.orgs.models import Person
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import ComplaintOutcome, Finding, Kind, State, Ticket

STANDINGS = ("open", "closed", "all")


@dataclass(frozen=True, slots=True)
class Case:
    """One complaint as a list shows it."""

    ticket: Ticket
    clock: Clock | None
    outcome: ComplaintOutcome | None


def complaints(
    person: Person, *, standing: str = "open", finding: str = "", before: int | None = None, at: datetime
) -> QuerySet[Ticket]:
    """Return the complaints that `person` may see, the newest first, below the id `before`."""
    found = visible_tickets(person, at=at).filter(kind=Kind.COMPLAINT)
    if standing == "open":
        found = found.exclude(state=State.CLOSED)
    elif standing == "closed":
        found = found.filter(state=State.CLOSED)
    if finding in Finding.values:
        newest = ComplaintOutcome.objects.filter(ticket=OuterRef("pk")).order_by("-pk").values("finding")
        found = found.annotate(found=Subquery(newest[:1])).filter(found=finding)
    if before is not None:
        found = found.filter(pk__lt=before)
    return found.select_related("organisation", "assignee", "about", "terms__agreement").order_by("-pk")


def cases(tickets: Sequence[Ticket]) -> list[Case]:
    """Return these complaints with their clocks and outcomes. Two queries."""
    keys = [ticket.pk for ticket in tickets]
    clocks = {row.ticket_id: row for row in Clock.objects.filter(ticket__in=keys, name="complaint")}
    outcomes = {row.ticket_id: row for row in ComplaintOutcome.objects.filter(ticket__in=keys).order_by("pk")}
    return [Case(ticket, clocks.get(ticket.pk), outcomes.get(ticket.pk)) for ticket in tickets]
