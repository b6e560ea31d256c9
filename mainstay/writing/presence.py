"""Who else is looking at a ticket, and who is typing. Ephemeral: a page says so again, or is forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from mainstay.lib import live
from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket
from mainstay.writing.models import Presence

EXPIRY = timedelta(seconds=40)  # a page says that it is open every 15 seconds
_KEPT = timedelta(hours=1)

Here = Mapping[int, frozenset[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else at the same ticket. `typing` is the pane they write in, empty where they only look."""

    person: Person
    typing: str


@transaction.atomic
def say(*, ticket: Ticket, by: Person, page: str, typing: str, at: datetime) -> None:
    """Note that a page of `by` is open. Open pages are told only where that changes something to be seen."""
    known = Presence.objects.filter(ticket=ticket, person=by, page=page)
    if known.filter(typing=typing, seen_at__gt=at - EXPIRY).update(seen_at=at):
        return
    Presence.objects.filter(seen_at__lte=at - _KEPT).delete()
    Presence.objects.update_or_create(
        ticket=ticket, person=by, page=page, defaults={"typing": typing, "seen_at": at}
    )
    live.say(f"here:{ticket.pk}")


@transaction.atomic
def leave(*, ticket: Ticket, by: Person, page: str) -> None:
    """Note that the page is closed."""
    if Presence.objects.filter(ticket=ticket, person=by, page=page).delete()[0]:
        live.say(f"here:{ticket.pk}")


def others(ticket: Ticket, *, than: Person, at: datetime) -> Sequence[Other]:
    """Return who else is at `ticket`, once each, those who type first. One query."""
    rows = Presence.objects.filter(ticket=ticket, seen_at__gt=at - EXPIRY, person__is_active=True).exclude(
        person=than
    )
    found: dict[int, Other] = {}
    for row in rows.select_related("person").order_by("person__name", "id"):
        known = found.get(row.person_id)
        found[row.person_id] = Other(row.person, row.typing or (known.typing if known else ""))
    return sorted(found.values(), key=lambda other: (not other.typing, other.person.name))


def here(at: datetime) -> Here:
    """Return who is at which ticket, for the hub to see what changed. One query over pages that are open now."""
    found: dict[int, set[tuple[int, str]]] = {}
    for ticket, person, typing in Presence.objects.filter(seen_at__gt=at - EXPIRY).values_list(
        "ticket_id", "person_id", "typing"
    ):
        found.setdefault(ticket, set()).add((person, typing))
    return {ticket: frozenset(people) for ticket, people in found.items()}


def moved(before: Here, after: Here) -> set[int]:
    """Return the tickets at which somebody came, went, or began or stopped typing."""
    return {
        ticket for ticket in before.keys() | after.keys() if before.get(ticket) != after.get(ticket)
    }
