"""Who is complained of: whoever had a hand in what a complaint is about, so that somebody else judges it (R3.10a)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from mainstay.core.saying import marked
from mainstay.orgs.models import Person
from mainstay.tickets import events
from mainstay.tickets.events import Happening
from mainstay.tickets.models import ComplainedOf, Direction, Kind, Ticket


def handlers_of(ticket: Ticket) -> QuerySet[Person]:
    """Return the staff who had a request in hand: whoever it is assigned to, and who wrote to the client about it."""
    wrote = ticket.messages.filter(direction=Direction.OUT).exclude(author=None).values("author")
    found = Person.objects.filter(Q(pk=ticket.assignee_id) | Q(pk__in=wrote)).exclude(staff_role="")
    return found.order_by("pk")


def put_down(
    ticket: Ticket, people: Iterable[Person], *, at: datetime, by: Person | None = None
) -> list[Happening]:
    """Write down that `people` are complained of. Returns what is then to be said in the log."""
    happenings = []
    for person in people:
        _, made = ComplainedOf.objects.get_or_create(
            ticket=ticket, person=person, ended_at=None, defaults={"at": at, "by": by}
        )
        if made:
            happenings.append(Happening(events.COMPLAINED_OF_NAMED, at, {"person": person.pk}))
    return happenings


def people_in(ticket: Ticket) -> list[Person]:
    """Return who is complained of in `ticket` now."""
    named = ComplainedOf.objects.filter(ticket=ticket, ended_at=None).select_related("person")
    return [row.person for row in named.order_by("pk")]


def concerns(ticket: Ticket, person: Person | None) -> bool:
    """Whether `ticket` is a complaint of `person`. No query where it is none."""
    if person is None or ticket.kind != Kind.COMPLAINT:
        return False
    return ComplainedOf.objects.filter(ticket=ticket, person=person, ended_at=None).exists()


def why_not(ticket: Ticket, person: Person | None) -> str:
    """Say why `person` neither writes about, answers nor closes this complaint; "" where they may."""
    if not concerns(ticket, person):
        return ""
    return marked(
        "This complaint is about something that you had a hand in, so somebody else answers and closes it. "
        "Ask another manager to take it."
    )
