"""What the log says once a letter has been accepted by the recipient's mail server, or never will be.

An automatic acknowledgement gives the number; only a person's confirmation gives the severity (pack, section 5,
'Response Time'). The message that carried it is the evidence. `wiring` hears the outbox and calls these.
"""

from __future__ import annotations

from datetime import datetime

from mainstay.outbox.models import Letter
from mainstay.tickets import content, events
from mainstay.tickets.actions import locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Message, Ticket

ACKNOWLEDGEMENT = "acknowledgement"
MISSING_DETAILS = "missing_details"
SEVERITY_CONFIRMATION = "severity_confirmation"
REQUEST_FOR_INFORMATION = "request_for_information"
REMINDER = "reminder"
ON_SITE = "on_site"
PROGRESS_UPDATE = "progress_update"
WORKAROUND = "workaround"
FIX = "fix"
COMPLAINT_ANSWER = "complaint_answer"
CLOSURE = "closure"
ESCALATION_NOTICE = "escalation_notice"
BREACH_NOTICE = "breach_notice"
REPLY = "reply"

SIGN_UP_CODE = "sign_up_code"  # of a mail that proves our address to somebody else's service: for the desk alone
TO_OTHERS = {BREACH_NOTICE}  # not to the client: gives the reporter nothing

EVENT_OF = {
    REQUEST_FOR_INFORMATION: events.WAITING_ON_CLIENT,
    PROGRESS_UPDATE: events.PROGRESS_UPDATED,
    WORKAROUND: events.WORKAROUND_PROVIDED,
    FIX: events.FIX_PROVIDED,
    COMPLAINT_ANSWER: events.COMPLAINT_ANSWERED,
}


def letter_accepted(letter: Letter, at: datetime) -> None:
    """Record what the accepted letter did. Runs in the outbox's transaction; other people's letters say nothing."""
    message = _message_of(letter)
    if message is None:
        return
    ticket = locked(message.ticket_id)
    accepted_at = letter.accepted_at or at
    evidence = {**content.told_by(message), "letter": str(letter.pk), "purpose": message.purpose}
    happenings = [Happening(events.MESSAGE_DELIVERED, accepted_at, evidence)]
    if message.purpose not in TO_OTHERS:
        happenings += _given(ticket, message, evidence, accepted_at)
    append(ticket, happenings, actor="outbox", recorded_at=at)


def letter_failed(letter: Letter, at: datetime) -> None:
    """Record that the letter will not arrive, so that its ticket shows it."""
    message = _message_of(letter)
    if message is None:
        return
    ticket = locked(message.ticket_id)
    data = {**content.told_by(message), "letter": str(letter.pk), "purpose": message.purpose}
    append(ticket, [Happening(events.DELIVERY_FAILED, at, data)], actor="outbox", recorded_at=at)


def copies_refused(letter: Letter, addresses: tuple[str, ...], at: datetime) -> None:
    """Record that some in copy will not get the letter. Who they are stands on the letter, outside the chain."""
    message = _message_of(letter)
    if message is None:
        return
    ticket = locked(message.ticket_id)
    data = {**content.told_by(message), "letter": str(letter.pk), "copies": len(addresses)}
    append(ticket, [Happening(events.DELIVERY_FAILED, at, data)], actor="outbox", recorded_at=at)


def _message_of(letter: Letter) -> Message | None:
    return Message.objects.filter(letter=letter).first()


def _given(ticket: Ticket, message: Message, evidence: dict[str, object], at: datetime) -> list[Happening]:
    """Return what the reporter has been given with this message: number, severity, question, fix."""
    told = told_so_far(ticket)
    happenings = []
    if events.NUMBER_PROVIDED not in told:
        happenings.append(Happening(events.NUMBER_PROVIDED, at, evidence))
    if message.purpose == SEVERITY_CONFIRMATION:
        happenings += severity_given(told, message.effect.get("severity"), evidence, at)
    elif message.purpose in EVENT_OF and not _shown_before(ticket, message):
        happenings.append(Happening(EVENT_OF[message.purpose], at, {**evidence, **message.effect}))
    return happenings


def _shown_before(ticket: Ticket, message: Message) -> bool:
    """Whether the portal gave the reporter this message before its letter was accepted."""
    return ticket.events.filter(kind=EVENT_OF[message.purpose], payload__message=message.pk).exists()


def told_so_far(ticket: Ticket) -> dict[str, dict[str, object]]:
    """Return what the newest event of each kind says of the reference and the severity that the reporter has."""
    kinds = (events.NUMBER_PROVIDED, events.SEVERITY_PROVIDED, events.SEVERITY_CHANGED)
    return dict(ticket.events.filter(kind__in=kinds).order_by("number").values_list("kind", "payload"))


def severity_given(
    told: dict[str, dict[str, object]], severity: object, evidence: dict[str, object], at: datetime
) -> list[Happening]:
    """Return what happens when the reporter is given a severity: the first one is provided, another one changes it."""
    data = {**evidence, "severity": severity}
    if events.SEVERITY_PROVIDED not in told:
        return [Happening(events.SEVERITY_PROVIDED, at, data)]
    in_force = told.get(events.SEVERITY_CHANGED) or told[events.SEVERITY_PROVIDED]
    if in_force.get("severity") != severity:
        # Two confirmations were under way at once: the one that arrived last is what the client now believes.
        return [Happening(events.SEVERITY_CHANGED, at, data)]
    return []
