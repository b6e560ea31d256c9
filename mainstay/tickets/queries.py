"""Reads of one ticket: its thread, its story, and what hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mainstay.orgs.models import Person
from mainstay.tickets import log, naming
from mainstay.tickets.access import TicketNotFound, ticket_id_in, visible_tickets
from mainstay.tickets.models import Attachment, Event, Exclusion, Message, Participant, Tag, Ticket


@dataclass(frozen=True, slots=True)
class File:
    """Everything about a ticket that its page shows, apart from the clocks."""

    ticket: Ticket
    messages: Sequence[Message]
    events: Sequence[Event]
    exclusions: Sequence[Exclusion]
    participants: Sequence[Participant]
    complaints: Sequence[Ticket]
    merged: Sequence[Ticket]
    tags: Sequence[Tag]
    people: dict[int, str]  # names of the staff that events speak of, by id
    names: dict[str, str]  # of what else they speak of, as `naming` has it


def by_reference(reference: str, *, person: Person, at: datetime) -> Ticket:
    """Return the ticket with that reference if `person` may see it. Raises TicketNotFound, for a wrong digit too."""
    ticket_id = ticket_id_in(reference.upper())
    related = ("organisation", "requester", "assignee", "team", "product", "about", "merged_into", "promise")
    found = visible_tickets(person, at=at).select_related(*related, "terms__agreement", "terms__contract")
    ticket = found.filter(pk=ticket_id).first() if ticket_id is not None else None
    if ticket is None or ticket.reference != reference.upper():
        raise TicketNotFound
    return ticket


def file_of(ticket: Ticket) -> File:
    """Return the whole file of a ticket that the caller may see. A fixed number of queries."""
    events = log.history(ticket)
    return File(
        ticket=ticket,
        messages=list(
            ticket.messages.select_related("author", "letter")
            .prefetch_related("attachments")
            .order_by("at", "id")
        ),
        events=events,
        exclusions=list(ticket.exclusions.select_related("recorded_by").order_by("began_at", "id")),
        participants=list(ticket.participants.order_by("address")),
        complaints=list(ticket.complaints.order_by("reported_at", "id")),
        merged=list(ticket.merged.order_by("reported_at", "id")),
        tags=list(Tag.objects.filter(taggings__ticket=ticket).order_by("name", "pk")),
        people=_people_in(events),
        names=naming.names_in(events),
    )


def message_of(ticket: Ticket, message_id: int) -> Message | None:
    """Return one message of `ticket`; a message of another ticket is none of it."""
    return ticket.messages.filter(pk=message_id).first()


def attachment_of(ticket: Ticket, attachment_id: int) -> Attachment | None:
    """Return one attachment of a message of `ticket`."""
    return Attachment.objects.filter(message__ticket=ticket, pk=attachment_id).first()


def newest_event_id() -> int:
    """Return the id of the newest event of all tickets, 0 before the first: where a live stream begins."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def events_since(event_id: int, *, limit: int = 500) -> list[tuple[int, int]]:
    """Return (event id, ticket id) of the events after `event_id`, oldest first."""
    return list(Event.objects.filter(pk__gt=event_id).order_by("pk").values_list("pk", "ticket_id")[:limit])


def _people_in(events: Sequence[Event]) -> dict[int, str]:
    ids = {int(event.actor.partition(":")[2]) for event in events if event.actor.startswith("person:")}
    ids |= {int(event.payload["assignee"]) for event in events if event.payload.get("assignee")}
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))
