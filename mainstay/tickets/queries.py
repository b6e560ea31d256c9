"""Reads of one ticket: its thread, its story, and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Q, QuerySet

from mainstay.lib.prepared import Prepared
from mainstay.orgs.models import Person
from mainstay.tickets import events as kinds
from mainstay.tickets import fields, links, log, naming
from mainstay.tickets.access import TicketNotFound, ticket_id_in, visible_tickets
from mainstay.tickets.links import Seen
from mainstay.tickets.models import (
    Attachment,
    Carried,
    ComplainedOf,
    ComplaintOutcome,
    DiagnosticRequest,
    Event,
    Exclusion,
    FieldValue,
    Follow,
    Kind,
    Message,
    Participant,
    Snooze,
    Tag,
    Ticket,
)


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
    links: Sequence[Seen]
    fields: Sequence[FieldValue]
    follows: Sequence[Follow]
    snoozes: Sequence[Snooze]
    split_into: dict[int, str]  # references of the tickets that messages were split into, by message
    questions: Sequence[DiagnosticRequest]
    complained_of: Sequence[ComplainedOf]
    outcomes: Sequence[ComplaintOutcome]  # the newest first
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


def file_of(ticket: Ticket, *, person: Person, at: datetime) -> File:
    """Return the whole file of a ticket that `person` may see. One query more for each sort of thing beside it.

    Of the complaints beside it only those are in it that `person` may see.
    """
    events, beside = log.history(ticket), _beside(ticket)
    names = naming.names_in(events)
    linked = links.seen_from(ticket, beside.pop("links"))
    beside["complaints"] = _seen(beside["complaints"], person, at)
    shown = {one.pk for one in _seen([one.other for one in linked], person, at)}
    return File(
        ticket=ticket,
        messages=_messages(ticket, events),
        events=events,
        links=[one for one in linked if one.other.pk in shown],
        split_into=_split_into(events),
        people=naming.people_of(names),
        names=names,
        **beside,
    )


def _seen(tickets: Sequence[Ticket], person: Person, at: datetime) -> list[Ticket]:
    """Return those of `tickets` that `person` may see. A query only where a complaint is among them."""
    if not any(one.kind == Kind.COMPLAINT for one in tickets):
        return list(tickets)
    allowed = visible_tickets(person, at=at).filter(pk__in=[one.pk for one in tickets])
    keys = set(allowed.values_list("pk", flat=True))
    return [one for one in tickets if one.pk in keys]


BESIDE: dict[str, Callable[[int], QuerySet[Any]]] = {  # what may hang on a ticket, by its name in `File`
    "exclusions": lambda key: Exclusion.objects.filter(ticket=key)
    .select_related("recorded_by")
    .order_by("began_at", "id"),
    "participants": lambda key: Participant.objects.filter(ticket=key).select_related("decided_by").order_by("id"),
    "complaints": lambda key: Ticket.objects.filter(about=key).order_by("reported_at", "id"),
    "merged": lambda key: Ticket.objects.filter(merged_into=key).order_by("reported_at", "id"),
    "links": links.rows_of,
    "fields": fields.rows_of,
    "follows": lambda key: Follow.objects.filter(ticket=key).select_related("person").order_by("at", "pk"),
    "snoozes": lambda key: Snooze.objects.filter(ticket=key, ended_at=None).select_related("person").order_by("pk"),
    "tags": lambda key: Tag.objects.filter(taggings__ticket=key).order_by("name", "pk"),
    "complained_of": lambda key: ComplainedOf.objects.filter(ticket=key, ended_at=None)
    .select_related("person")
    .order_by("pk"),
    "outcomes": lambda key: ComplaintOutcome.objects.filter(ticket=key).select_related("by").order_by("-pk"),
    "questions": lambda key: DiagnosticRequest.objects.filter(ticket=key).select_related("asked_by").order_by("-id"),
}


def _beside(ticket: Ticket) -> dict[str, list[Any]]:
    """Return what hangs on a ticket. Most have little of it, so one query asks which of it there is at all."""
    [there] = _THERE.rows(ticket.pk)
    return {
        name: list(rows(ticket.pk)) if is_there else []
        for (name, rows), is_there in zip(BESIDE.items(), there, strict=True)
    }


def _there(key: int) -> QuerySet[Ticket, Any]:
    return Ticket.objects.filter(pk=key).values_list(*(Exists(rows(key)) for rows in BESIDE.values()))


_THERE = Prepared(_there, int)


def _messages(ticket: Ticket, events: Sequence[Event]) -> list[Message]:
    carried = [
        one["message"]
        for event in events
        if event.kind == kinds.SPLIT and "from" in event.payload
        for one in event.payload["messages"]
    ]
    shown = Q(ticket=ticket) | Q(pk__in=carried) if carried else Q(ticket=ticket)
    found = Message.objects.filter(shown).select_related("author", "letter", "ticket")
    return list(found.prefetch_related("attachments").order_by("at", "id"))


def _shown(ticket: Ticket) -> QuerySet[Message]:
    """Return the messages that `ticket` shows: its own, and those that it was split off with.

    Their ids are asked for first: an OR over a subquery would have the database read every message there is.
    """
    carried = list(Carried.objects.filter(ticket=ticket).values_list("message", flat=True))
    return Message.objects.filter(Q(ticket=ticket) | Q(pk__in=carried))


def message_of(ticket: Ticket, message_id: int) -> Message | None:
    """Return one message that `ticket` shows; a message of another ticket is none of it."""
    return _shown(ticket).filter(pk=message_id).first()


def attachment_of(ticket: Ticket, attachment_id: int) -> Attachment | None:
    """Return one attachment of a message that `ticket` shows."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    return found if found and _shown(ticket).filter(pk=found.message_id).exists() else None


def newest_event_id() -> int:
    """Return the id of the newest event of all tickets, 0 before the first: where a live stream begins."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def events_since(event_id: int, *, limit: int = 500) -> list[tuple[int, int]]:
    """Return (event id, ticket id) of the events after `event_id`, oldest first."""
    return list(Event.objects.filter(pk__gt=event_id).order_by("pk").values_list("pk", "ticket_id")[:limit])


def _split_into(events: Sequence[Event]) -> dict[int, str]:
    return {
        one["message"]: event.payload["into"]
        for event in events
        if event.kind == kinds.SPLIT and "into" in event.payload
        for one in event.payload["messages"]
    }
