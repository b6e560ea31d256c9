"""What is done where a client says nothing: reminders of questions, and closing what was offered as solved (R3.9)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.contracts import queries as contracts
from mainstay.escalation import actions as escalation
from mainstay.lib.language import ours
from mainstay.mail import enclosures, letters
from mainstay.mail.correspondence import reopening, wanted_by
from mainstay.mail.letters import Draft
from mainstay.tickets import actions as tickets
from mainstay.tickets import delivery, diagnostics, events, required
from mainstay.tickets.models import Cause, State, Ticket

SILENCE = "closure_after_silence"


def remind(at: datetime) -> int:
    """Remind clients of the questions whose reminder is due by `at`. Returns how many were reminded."""
    return sum(_remind(*due, at) for due in diagnostics.due_reminders(at, limit=500))


@transaction.atomic
@ours
def _remind(request_id: int, ticket_id: int, at: datetime) -> bool:
    """Write one reminder, unless an answer came meanwhile. Its row changes with it, so it is written once."""
    ticket = tickets.locked(ticket_id)
    request = diagnostics.open_requests(ticket).filter(pk=request_id).first()
    if request is None or request.remind_at is None or request.remind_at > at:
        return False
    request.ticket = ticket
    values = {
        "text": request.question,
        "answer_by": wanted_by(request.answer_by, contracts.load(ticket.terms)),
    }
    letters.send(ticket, Draft(delivery.REMINDER, values, automatic="auto-generated"), at=at)
    diagnostics.reminded(request, at=at)
    if request.remind_at is None:
        words = f"{ticket.reference}: reminded for the last time; the question is still without an answer"
        escalation.tell(ticket, "unanswered", words, at=at)
    return True


def close_after_silence(at: datetime) -> int:
    """Close what was offered as fixed and has been met with silence for the agreement's time (R3.9).

    Looks at resolved tickets only, those that lie still longest first. Returns how many were closed.
    """
    still = Ticket.objects.filter(state=State.RESOLVED, changed_at__lt=at).order_by("changed_at", "id")
    return sum(_close_if_silent(pk, at) for pk in still.values_list("pk", flat=True)[:1000])


@transaction.atomic
@ours
def _close_if_silent(ticket_id: int, at: datetime) -> bool:
    ticket = tickets.locked(ticket_id)
    if ticket.state != State.RESOLVED:
        return False
    resolving = (events.FIX_PROVIDED, events.RELEASED, events.ACCEPTED, events.COMPLAINT_ANSWERED)
    speaking = (*resolving, events.CLIENT_REPLIED)
    if required.lacks_outcome(ticket):
        return False  # managers see it among the complaints: a complaint ends with what is learnt from it
    last = ticket.events.filter(kind__in=speaking).order_by("-number").first()
    closing = contracts.load(ticket.terms).closing
    if last is None or last.kind not in resolving:
        return False  # the client has spoken since: a person reads that
    if closing.calendar.calendar.between(last.at, at) < closing.silence:
        return False
    survey = enclosures.of("survey", ticket, at)
    values = {"reopening": reopening(ticket), "survey": survey.text}
    draft = Draft(SILENCE, values, automatic="auto-generated", private={"survey": survey.shown})
    letters.send(ticket, draft, at=at)
    tickets.close(ticket=ticket, cause=ticket.cause or Cause.NO_FAULT, at=at)
    return True
