"""Questions to the client, as tracked requests with a due date and reminders (R3.4a).

The question itself is a letter; here is what becomes of it: when it reached the client, when they are reminded, and
what ended the wait. Clocks do not look here: they hear the same events as this does (`wiring`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from mainstay.contracts import queries as contracts
from mainstay.core.terms import Terms
from mainstay.orgs.models import Person
from mainstay.tickets import events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Event, Message, Ticket
from mainstay.tickets.rows.diagnostics import DiagnosticRequest, Ending

PAUSE = "waiting_on_client"  # the pause of the agreement that a question begins
LATE = timedelta(minutes=15)  # a reminder that is due for longer than this is a fault


def answer_by(terms: Terms, at: datetime) -> datetime | None:
    """Return by when an answer to a question asked `at` is wanted, None where the agreement names no time."""
    asked = terms.diagnostics
    return asked.calendar.calendar.add(at, asked.answer_within) if asked else None


def record(
    *, ticket: Ticket, message: Message, question: str, by: Person, answer_by: datetime | None, at: datetime
) -> DiagnosticRequest:
    """Write down that `by` asked the client with `message`, in the transaction that wrote it."""
    return DiagnosticRequest.objects.create(
        ticket=ticket, message=message, question=question, asked_by=by, asked_at=at, answer_by=answer_by
    )


@transaction.atomic
def withdraw(*, request: DiagnosticRequest, by: Person, at: datetime) -> None:
    """Say that the answer is no longer needed: nobody is reminded, and a clock that waits for it goes on.

    Raises CannotDo where nobody waits for it any more.
    """
    ticket = locked(request.ticket_id)
    request.refresh_from_db()
    if request.ended_at is not None:
        raise CannotDo("Nobody waits for this answer any more.")
    if events.QUESTION_WITHDRAWN not in _endings(ticket):
        raise CannotDo("Under this agreement only an answer or a fix ends the wait. Note the answer that you have.")
    _end(request, Ending.WITHDRAWN, at)
    data = {"request": request.pk, "last": not open_requests(ticket).exclude(reached_at=None).exists()}
    append(ticket, [Happening(events.QUESTION_WITHDRAWN, at, data)], actor=by.ref, recorded_at=at)


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Follow what happens to the questions of `ticket`. Runs in the transaction that wrote the events."""
    for event in heard:
        if event.kind == events.WAITING_ON_CLIENT:
            _reached(ticket, event)
        elif event.kind == events.DELIVERY_FAILED:
            _not_sent(ticket, event)
        elif event.kind != events.QUESTION_WITHDRAWN and event.kind in _endings(ticket):
            _all_end(ticket, event)


def _endings(ticket: Ticket) -> Sequence[str]:
    """Return the kinds of event that end a wait for the client under the ticket's agreement."""
    pauses = contracts.load(ticket.terms).pauses
    return (*(kind for pause in pauses if pause.name == PAUSE for kind in pause.ends), events.MERGED)


def _reached(ticket: Ticket, event: Event) -> None:
    request = ticket.diagnostics.filter(message_id=event.payload.get("message"), ended_at=None).first()
    if request is None:
        return
    request.reached_at = event.at
    request.remind_at = _next_reminder(contracts.load(ticket.terms), request)
    request.save(update_fields=["reached_at", "remind_at"])


def _next_reminder(terms: Terms, request: DiagnosticRequest) -> datetime | None:
    """Return when the next reminder is due, counted from when the question reached the client."""
    asked = terms.diagnostics
    if asked is None or request.reached_at is None or request.reminders >= len(asked.reminders):
        return None
    return asked.calendar.calendar.add(request.reached_at, asked.reminders[request.reminders])


def _not_sent(ticket: Ticket, event: Event) -> None:
    if "copies" in event.payload:
        return  # some in copy did not get it; the requester did
    for request in ticket.diagnostics.filter(message_id=event.payload.get("message"), ended_at=None):
        _end(request, Ending.NOT_SENT, event.at)


def _all_end(ticket: Ticket, event: Event) -> None:
    if event.kind == events.MERGED and "into" not in event.payload:
        return  # this is the ticket that goes on
    answered = event.kind == events.CLIENT_REPLIED
    for request in open_requests(ticket):
        if answered and request.reached_at is None:
            continue  # written before they can have read the question
        message = event.payload.get("message") if answered else None
        _end(request, Ending.ANSWERED if answered else Ending.OVERTAKEN, event.at, answer=message)


def _end(request: DiagnosticRequest, ending: Ending, at: datetime, *, answer: object = None) -> None:
    request.ended_at, request.ending, request.remind_at = at, ending, None
    request.answer_id = int(str(answer)) if answer else None
    request.save(update_fields=["ended_at", "ending", "remind_at", "answer"])


def taken_back(message: Message, at: datetime) -> None:
    """Say that the letter with the question was taken back before it left."""
    for request in DiagnosticRequest.objects.filter(message=message, ended_at=None):
        _end(request, Ending.WITHDRAWN, at)


def wait_on(ticket: Ticket, *, ended_at: datetime) -> None:
    """Let the questions wait again that were overtaken at `ended_at`, by a closing that is taken back."""
    terms = contracts.load(ticket.terms)
    for request in ticket.diagnostics.filter(ending=Ending.OVERTAKEN, ended_at=ended_at):
        request.ended_at, request.ending = None, ""
        request.remind_at = _next_reminder(terms, request)
        request.save(update_fields=["ended_at", "ending", "remind_at"])


def reminded(request: DiagnosticRequest, *, at: datetime) -> None:
    """Note that the client has been reminded, and when to remind next, if at all."""
    request.reminders += 1
    request.reminded_at = at
    request.remind_at = _next_reminder(contracts.load(request.ticket.terms), request)
    request.save(update_fields=["reminders", "reminded_at", "remind_at"])


def open_requests(ticket: Ticket) -> QuerySet[DiagnosticRequest]:
    """Return the questions of `ticket` that still wait, the oldest first."""
    return ticket.diagnostics.filter(ended_at=None).order_by("id")


def due_reminders(at: datetime, *, limit: int) -> list[tuple[int, int]]:
    """Return (request, ticket) of the reminders due by `at`, the longest overdue first. Rides an index of its own."""
    due = DiagnosticRequest.objects.filter(remind_at__lte=at).order_by("remind_at", "id")
    return list(due.values_list("pk", "ticket_id")[:limit])


def faults(at: datetime) -> Iterator[str]:
    """Say in words which reminders should have gone out and have not."""
    late = DiagnosticRequest.objects.filter(remind_at__lt=at - LATE).select_related("ticket")
    for request in late.order_by("remind_at", "id"):
        yield (
            f"{request.ticket.reference}: a reminder of a question was due "
            f"{request.remind_at:%Y-%m-%d %H:%M}Z; is a worker running?"
        )
