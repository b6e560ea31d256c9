"""What a client may see of a ticket. Every page, file, list and count of the portal asks here, and nowhere else.

A client sees what went between them and the desk: never a note, never a warning beside a mail, never a letter to
somebody else, and nothing that can still be taken back. Of what happened they see what concerns them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter
from mainstay.tickets import events as e
from mainstay.tickets import log
from mainstay.tickets.access import spoken_for_by, visible_tickets
from mainstay.tickets.delivery import EVENT_OF, REQUEST_FOR_INFORMATION, SIGN_UP_CODE, TO_OTHERS
from mainstay.tickets.models import (
    Attachment,
    Carried,
    DiagnosticRequest,
    Direction,
    Event,
    Kind,
    Message,
    Participant,
    State,
    Ticket,
)
from mainstay.tickets.queries import by_reference
from mainstay.tickets.rows.diagnostics import Ending

# What is told of the story. What is not here is about the inside of the desk, or is a message and shown as one.
TOLD = frozenset({
    e.REPORTED, e.COMPLAINT_RECEIVED, e.SEVERITY_PROVIDED, e.SEVERITY_CHANGED, e.WAITING_ON_CLIENT,
    e.QUESTION_WITHDRAWN, e.WORKAROUND_PROVIDED, e.SERVICE_LOST, e.FIX_PROVIDED, e.ACCEPTANCE_REJECTED, e.ACCEPTED,
    e.CLOSED, e.REOPENED, e.ESCALATED, e.ESCALATION_REQUESTED, e.COMPLAINT_ANSWERED, e.MERGED, e.CLOSING_WITHDRAWN,
    e.ON_SITE_REQUESTED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One ticket as its client may see it, the oldest first."""

    ticket: Ticket
    messages: Sequence[Message]
    events: Sequence[Event]
    questions: Sequence[DiagnosticRequest]  # those that reached the client, or were answered
    copies: Sequence[Participant]  # accepted ones
    merged_into: str  # the reference where it goes on, empty where it was not merged


@dataclass(frozen=True, slots=True)
class WaitingFix:
    """A request whose solution lies with its client, and the event by which it came there."""

    ticket: Ticket
    given: Sequence[Event]


def ticket_of(reference: str, *, person: Person, at: datetime) -> Ticket:
    """Return the ticket with that reference if `person` may see it. Raises TicketNotFound."""
    return by_reference(reference, person=person, at=at)


def shown(ticket: Ticket, *, at: datetime) -> Shown:
    """Return what the client may see of a ticket that `ticket_of` returned. Six queries, whatever is on it."""
    history = log.history(ticket)
    into = ticket.merged_into
    return Shown(
        ticket=ticket,
        messages=list(_messages(ticket, at=at).prefetch_related("attachments")),
        events=[event for event in history if _is_told(event)],
        questions=[one for one in ticket.diagnostics.order_by("id") if _was_asked(one)],
        copies=list(ticket.participants.filter(accepted=True).order_by("id")),
        merged_into=into.reference if into is not None else "",
    )


def unprovided(found: Shown) -> list[Message]:
    """Return what stands on the page and would give the client a question, news, a workaround, a fix or an answer.

    Only what no letter and no page has given yet, and nothing overtaken: not on a closed request, nothing from before
    the client last wrote, of each sort the newest, and of questions those that still wait.
    """
    if found.ticket.state == State.CLOSED:
        return []
    given = {(event.kind, event.payload.get("message")) for event in log.history(found.ticket)}
    waiting = {one.message_id for one in found.ticket.diagnostics.filter(ended_at=None)}
    since: list[Message] = []
    for message in reversed(found.messages):
        if message.direction == Direction.IN:
            break
        since.insert(0, message)
    newest = {message.purpose: message.pk for message in since}
    return [
        one
        for one in since
        if one.purpose in EVENT_OF
        and (EVENT_OF[one.purpose], one.pk) not in given
        and (one.pk in waiting if one.purpose == REQUEST_FOR_INFORMATION else one.pk == newest[one.purpose])
    ]


def attachment_of(ticket: Ticket, attachment_id: int, *, at: datetime) -> Attachment | None:
    """Return one file of a message that the client may see."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    seen = found is not None and _messages(ticket, at=at).filter(pk=found.message_id).exists()
    return found if seen else None


def message_of(ticket: Ticket, message_id: int, *, at: datetime) -> Message | None:
    """Return one message that the client may see."""
    return _messages(ticket, at=at).filter(pk=message_id).first()


def waiting_questions(person: Person, *, at: datetime) -> list[DiagnosticRequest]:
    """Return the questions that wait for an answer on what `person` may see, the oldest first. One query."""
    found = DiagnosticRequest.objects.filter(
        ended_at=None, reached_at__isnull=False, ticket__in=visible_tickets(person, at=at)
    )
    return list(found.select_related("ticket__terms").order_by("reached_at", "id")[:50])


def fixes_with(person: Person, *, at: datetime) -> list[WaitingFix]:
    """Return the requests of `person` with a solution that waits for their word, the longest first. Two queries."""
    found = visible_tickets(person, at=at).filter(spoken_for_by(person, at=at), state=State.RESOLVED)
    found = found.exclude(kind=Kind.COMPLAINT)
    tickets = {one.pk: one for one in found.select_related("terms").order_by("changed_at", "pk")[:50]}
    speaking = (e.FIX_PROVIDED, e.ACCEPTED)
    newest: dict[int, Event] = {}
    for event in Event.objects.filter(ticket__in=tickets, kind__in=speaking).order_by("number"):
        newest[event.ticket_id] = event
    given = ((ticket, newest.get(pk)) for pk, ticket in tickets.items())
    return [WaitingFix(ticket, (one,)) for ticket, one in given if one is not None and one.kind == e.FIX_PROVIDED]


def _messages(ticket: Ticket, *, at: datetime) -> QuerySet[Message]:
    """Return the messages between client and desk, those that the ticket was split off with among them."""
    carried = list(Carried.objects.filter(ticket=ticket).values_list("message", flat=True))
    theirs = Q(direction=Direction.IN, automatic=False) & ~Q(purpose=SIGN_UP_CODE)
    gone = Q(letter=None) | Q(letter__hold_until=None) | Q(letter__hold_until__lte=at)
    gone |= Q(letter__accepted_at__isnull=False)
    ours = Q(direction=Direction.OUT) & gone & ~Q(purpose__in=TO_OTHERS)
    found = Message.objects.filter(Q(ticket=ticket) | Q(pk__in=carried)).filter(theirs | ours)
    # A letter that was taken back was never said; `exclude` would drop those without a letter too.
    found = found.filter(Q(letter=None) | ~Q(letter__state=Letter.State.WITHDRAWN))
    return found.select_related("letter").order_by("at", "id")


def _is_told(event: Event) -> bool:
    """Whether the client hears of it: of an escalation only where the agreement says so (R3.5c)."""
    return event.kind in TOLD and (event.kind != e.ESCALATED or bool(event.payload.get("tells_client")))


def _was_asked(question: DiagnosticRequest) -> bool:
    """Whether the question reached the client. One that was taken back before it left was never asked."""
    return question.reached_at is not None and question.ending != Ending.NOT_SENT
