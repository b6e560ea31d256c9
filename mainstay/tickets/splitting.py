"""Splitting: what a client wrote about a second thing becomes a ticket of its own.

Its clocks start when that message was received, on the terms that were in force then. The messages stay where they
are and are shown in both; nothing leaves the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from mainstay.orgs.models import Person
from mainstay.tickets import actions, content, events, links
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Direction, Event, Kind, Message, Ticket
from mainstay.tickets.rows.links import Carried, LinkKind


@transaction.atomic
def split(*, ticket: Ticket, messages: Sequence[Message], subject: str, by: Person, at: datetime) -> Ticket:
    """Open a ticket for `messages` of `ticket`: same requester and client, reported when the first was received."""
    ticket = locked(ticket)
    if not ticket.verified:
        raise CannotDo("Find out whose request this is before splitting it.")
    if ticket.merged_into_id is not None:
        raise CannotDo("This ticket was merged into another; split there.")
    if any(message.ticket_id != ticket.pk for message in messages):
        raise CannotDo("Only messages of this ticket can be split off.")
    received = [one for one in messages if one.direction == Direction.IN and not one.automatic]
    if not received:
        raise CannotDo("Choose at least one message of the client: the clocks start when it was received.")
    if not subject.strip():
        raise CannotDo("Give the new ticket a subject.")
    first = min(received, key=lambda one: (one.at, one.pk))
    new = actions.open_ticket(
        at=first.at, recorded_at=at, channel=first.channel, subject=subject.strip(), verified=True,
        requester=ticket.requester, requester_name=ticket.requester_name, requester_role=ticket.requester_role,
        requester_address=ticket.requester_address, organisation=ticket.organisation, product=ticket.product,
        kind=ticket.kind if ticket.kind != Kind.COMPLAINT else Kind.INCIDENT,
    )  # fmt: skip
    Carried.objects.bulk_create(Carried(ticket=new, message=one, at=at, by=by) for one in messages)
    told = [content.told_by(one) for one in sorted(messages, key=lambda one: (one.at, one.pk))]
    data = {"from": ticket.reference, "messages": told}
    append(new, [Happening(events.SPLIT, at, data)], actor=by.ref, recorded_at=at)
    data = {"into": new.reference, "messages": told}
    append(ticket, [Happening(events.SPLIT, at, data)], actor=by.ref, recorded_at=at)
    links.link(ticket=new, other=ticket, kind=LinkKind.SPLIT, by=by, at=at)
    return new


def faults(ticket: Ticket, history: Iterable[Event]) -> Iterator[str]:
    """Say where what a ticket shows of another is not what its log tells of."""
    told = {
        (one["message"], one["digest"])
        for event in history
        if event.kind == events.SPLIT and "from" in event.payload
        for one in event.payload["messages"]
    }
    shown = set(Carried.objects.filter(ticket=ticket).values_list("message_id", "message__digest"))
    if told != shown:
        yield f"{ticket.reference}: the messages it shows of another ticket are not those that it was split off with"
