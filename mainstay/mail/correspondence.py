"""Everything Mainstay writes about a ticket. Each letter is composed, posted and recorded in one transaction.

What a letter does to clocks happens when the recipient's server has accepted it (`tickets.delivery`). What
a person sends waits ten seconds, so that it can be taken back. Automatic letters go to the requester only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from mainstay.contracts import out_of_hours
from mainstay.contracts import queries as contracts
from mainstay.core.saying import marked
from mainstay.core.terms import Terms
from mainstay.lib import telephone
from mainstay.lib.language import in_ours as _
from mainstay.lib.language import ours
from mainstay.mail import enclosures, letters, notices, phrases
from mainstay.mail.letters import CannotWrite, Draft, Thread
from mainstay.orgs.models import Person
from mainstay.outbox import actions as outbox
from mainstay.tickets import actions as tickets
from mainstay.tickets import delivery, diagnostics, events, required, resolution
from mainstay.tickets.content import NewFile
from mainstay.tickets.models import Cause, Event, Kind, Message, Ticket

__all__ = [
    "CannotWrite", "acknowledge", "answer_complaint", "ask_client", "ask_for_missing", "close",
    "confirm_severity", "hear", "mail_notices", "neutral_acknowledgement",
    "notify_coordinator", "offer_fix", "offer_workaround", "reply", "take_back", "tell_client_escalated",
    "update_progress",
]  # fmt: skip

CAUSES = {
    Cause.KNOWN_ISSUE: marked("known issue"),
    Cause.USE: marked("installation or use"),
    Cause.SOFTWARE: marked("software or service"),
    Cause.THIRD_PARTY: marked("third party"),
    Cause.NO_FAULT: marked("no fault found"),
}
NEUTRAL = "neutral_acknowledgement"
mail_notices = notices.mail_notices
notify_coordinator = notices.notify_coordinator


@ours
def acknowledge(ticket: Ticket, at: datetime, *, thread: Thread | None = None) -> Message:
    """Send the reference of a verified request, and in the same mail ask for what is missing (R3.2a,
    R3.3a).
    """
    terms = contracts.load(ticket.terms)
    values = {
        "kind": _("complaint") if ticket.kind == Kind.COMPLAINT else _("request"),
        "asked": phrases.asked(_missing(ticket)),
        "hours": _out_of_hours(ticket, terms),
    }
    draft = Draft(delivery.ACKNOWLEDGEMENT, values, automatic="auto-replied")
    return letters.send(ticket, draft, at=at, thread=thread)


def _out_of_hours(ticket: Ticket, terms: Terms) -> str:
    """Return what to say outside hours, with the client's own number where its requester may be told it (R2.3b)."""
    said = phrases.out_of_hours(terms, ticket.reported_at)
    if not said or ticket.requester is None or ticket.organisation is None:
        return said
    found = out_of_hours.number_for(
        ticket.requester, organisation=ticket.organisation, contract=ticket.terms.contract, at=ticket.reported_at
    )
    number = phrases.out_of_hours_number(telephone.shown(found.number), found.words) if found else ""
    return f"{said} {number}".strip()


@ours
def neutral_acknowledgement(ticket: Ticket, at: datetime, *, thread: Thread | None = None) -> Message:
    """Send the reference of a request that is held, with nothing of any organisation and no word of the
    sender's.

    Organisation, role and description are asked for in the same mail where they are missing.
    """
    missing = [name for name in _missing(ticket) if name != phrases.ASSESSMENT or ticket.missing]
    values = {"asked": phrases.asked(missing)}
    draft = Draft(NEUTRAL, values, automatic="auto-replied")
    return letters.send(ticket, draft, at=at, thread=thread)


@ours
def ask_for_missing(ticket: Ticket, at: datetime) -> Message | None:
    """Ask once more for what is still missing; None, and no mail, where nothing is."""
    if not ticket.missing:
        return None
    values = {"asked": phrases.asked(_missing(ticket))}
    draft = Draft(delivery.MISSING_DETAILS, values, automatic="auto-generated")
    return letters.send(ticket, draft, at=at)


def reply(*, ticket: Ticket, by: Person, text: str, at: datetime, files: Sequence[NewFile] = ()) -> Message:
    """Send what `by` writes to the requester and the accepted participants. Raises CannotWrite."""
    draft = Draft(delivery.REPLY, {"text": _said(text)}, by, files=files, answers=True)
    return letters.send(ticket, draft, at=at)


@transaction.atomic
@ours
def confirm_severity(
    *,
    ticket: Ticket,
    by: Person,
    severity: int,
    urgency: str = "",
    impact: str = "",
    reason: str = "",
    text: str = "",
    at: datetime,
) -> Message:
    """Grade the request and send the severity with its reference (R3.3c): what ends the response clock on
    acceptance.
    """
    tickets.grade(
        ticket=ticket, severity=severity, by=by, reason=reason, at=at, urgency=urgency, impact=impact
    )
    ticket = tickets.locked(ticket)
    terms = contracts.load(ticket.terms)
    level = next(level for level in terms.severities if level.level == severity)
    values = {
        "text": text.strip(),
        "severity": str(severity),
        "severity_name": f"{level.name}. {level.impact}".rstrip("."),
        "target": _target(terms, "resolution", severity),
    }
    draft = Draft(delivery.SEVERITY_CONFIRMATION, values, by, {"severity": severity}, answers=True)
    return letters.send(ticket, draft, at=at)


@transaction.atomic
@ours
def ask_client(
    *,
    ticket: Ticket,
    by: Person,
    text: str,
    at: datetime,
    answer_by: datetime | None = None,
    files: Sequence[NewFile] = (),
) -> Message:
    """Send a question; once it is accepted the resolution clock waits for the answer (R3.4a).

    `answer_by`: when the answer is wanted; without it the agreement's usual time holds, where it names one.
    """
    terms = contracts.load(ticket.terms)
    wanted = answer_by or diagnostics.answer_by(terms, at)
    if wanted is not None and wanted <= at:
        raise CannotWrite("The answer is wanted by a time that is past. Choose a later one.")
    values = {"text": _said(text), "answer_by": wanted_by(wanted, terms)}
    draft = Draft(delivery.REQUEST_FOR_INFORMATION, values, by, files=files, answers=True)
    message = letters.send(ticket, draft, at=at)
    diagnostics.record(
        ticket=ticket, message=message, question=values["text"], by=by, answer_by=wanted, at=at
    )
    return message


def wanted_by(wanted: datetime | None, terms: Terms) -> str:
    """Return by when an answer is wanted, as a sentence; nothing where no time was named."""
    if wanted is None:
        return ""
    when = phrases.moment(wanted, phrases.zone_of(terms))
    return _("We ask for your answer by %(when)s.") % {"when": when}


@ours
def update_progress(
    *,
    ticket: Ticket,
    by: Person,
    text: str,
    eta: datetime | None,
    at: datetime,
    files: Sequence[NewFile] = (),
) -> Message:
    """Send where things stand and, where there is one, the estimated time of the resolution (R3.6a)."""
    if eta is not None and eta <= at:
        raise CannotWrite("The solution is expected at a time that is past. Choose a later one.")
    zone = phrases.zone_of(contracts.load(ticket.terms))
    expected = _("We expect it to be solved by %(when)s.")
    words = expected % {"when": phrases.moment(eta, zone)} if eta else ""
    effect = {"eta": eta.isoformat() if eta else None}
    values = {"text": _said(text), "eta": words}
    draft = Draft(delivery.PROGRESS_UPDATE, values, by, effect, files=files, answers=True)
    return letters.send(ticket, draft, at=at)


@ours
def offer_workaround(
    *, ticket: Ticket, by: Person, text: str, service_available: bool, at: datetime
) -> Message:
    """Send a way to go on.

    With the service available again it ends the resolution clock (pack, section 5).
    """
    back = _("With it the service is available again.")
    words = back if service_available else _("The service is not available yet.")
    draft = Draft(
        delivery.WORKAROUND,
        {"text": _said(text), "service": words},
        by,
        {"service_available": service_available},
        answers=True,
    )
    return letters.send(ticket, draft, at=at)


@transaction.atomic
@ours
def offer_fix(*, ticket: Ticket, by: Person, text: str, cause: str = "", at: datetime) -> Message:
    """Send a fix for acceptance testing, and record the cause that was found (R3.4b)."""
    if needed := required.complaint(ticket):
        raise CannotWrite(needed)
    if not (cause or ticket.cause):
        raise CannotWrite("Say what the cause was; every resolved ticket has one.")
    if cause:
        tickets.record_cause(ticket=ticket, cause=cause, by=by, at=at)
    closing = contracts.load(ticket.terms).closing
    silence = phrases.span(closing.silence, day=closing.calendar.day)
    values = {
        "text": _said(text),
        "cause": _cause(cause),
        "closing": phrases.closing(silence),
    }
    draft = Draft(delivery.FIX, values, by, {"cause": cause}, answers=True)
    return letters.send(ticket, draft, at=at)


@transaction.atomic
@ours
def answer_on_site(*, ticket: Ticket, by: Person, text: str, words: str, at: datetime) -> Message | None:
    """Record that the client asks for support on site; where the contract does not include it, answer so (R3.8).

    `text` is what they asked, kept as a note; `words` go into the letter. None where it is included: a person
    arranges it.
    """
    if resolution.ask_on_site(ticket=ticket, text=text, by=by, at=at):
        return None
    found = resolution.on_site(ticket)
    values = {"text": words.strip(), "clause": found.clause if found else "4"}
    return letters.send(ticket, Draft(delivery.ON_SITE, values, by, answers=True), at=at)


def answer_complaint(*, ticket: Ticket, by: Person, text: str, at: datetime) -> Message:
    """Send the answer to a complaint (R3.10a); once accepted it ends the complaint's clock."""
    if ticket.kind != Kind.COMPLAINT:
        raise CannotWrite("This is no complaint. Send a reply instead.")
    draft = Draft(delivery.COMPLAINT_ANSWER, {"text": _said(text)}, by, answers=True)
    return letters.send(ticket, draft, at=at)


@transaction.atomic
@ours
def close(
    *, ticket: Ticket, by: Person, text: str, cause: str = "", held_for: timedelta = letters.UNDO, at: datetime
) -> Message:
    """Close the ticket and tell the client, with the cause and how to open it again (R3.9).

    The letter waits `held_for`; until then reopening takes it back.
    """
    survey = enclosures.of("survey", ticket, at)
    values = {
        "text": text.strip(), "cause": _cause(cause or ticket.cause), "reopening": reopening(ticket),
        "survey": survey.text,
    }  # fmt: skip
    draft = Draft(
        delivery.CLOSURE, values, by, {"cause": cause or ticket.cause}, answers=True, held_for=held_for,
        private={"survey": survey.shown},
    )  # fmt: skip
    message = letters.send(ticket, draft, at=at)
    tickets.close(ticket=ticket, by=by, cause=cause, at=at)
    return message


@transaction.atomic
def take_back(*, message: Message, by: Person, at: datetime) -> None:
    """Withdraw a letter that has not left yet. Raises outbox.TooLate.

    That it was withdrawn stays on the ticket.
    """
    if message.letter is None:
        raise CannotWrite("This message was not sent by mail.")
    outbox.withdraw(message.letter, at)
    diagnostics.taken_back(message, at)
    tickets.add_note(ticket=message.ticket, by=by, text="Taken back before it was sent.", at=at)


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Tell the client of an escalation, and whoever is outside of a breach, in the same transaction."""
    for event in heard:
        if event.kind != events.ESCALATED:
            continue
        if event.payload.get("tells_client"):
            tell_client_escalated(ticket, event, recorded_at)
        if event.payload.get("evidence"):
            notices.notify_coordinator(ticket, event, recorded_at)


@ours
def tell_client_escalated(ticket: Ticket, event: Event, at: datetime) -> Message | None:
    """Tell the client to whom their request went (R3.5c).

    A held request discloses nothing, so nothing is sent.
    """
    if not ticket.verified:
        return None
    clock = str(event.payload.get("clock", ""))
    values = {
        "whom": str(event.payload["whom"]),
        "why": _("This is because of the time that the %(clock)s takes.") % {"clock": clock} if clock else "",
    }
    draft = Draft(delivery.ESCALATION_NOTICE, values, automatic="auto-generated")
    return letters.send(ticket, draft, at=at)


def _missing(ticket: Ticket) -> list[str]:
    """Return what the request lacks, the requester's own assessment included."""
    assessed = ticket.claimed_severity is not None or (ticket.claimed_urgency and ticket.claimed_impact)
    unasked = assessed or ticket.kind == Kind.COMPLAINT
    return [*ticket.missing, *([] if unasked else [phrases.ASSESSMENT])]


def _target(terms: Terms, commitment: str, severity: int) -> str:
    found = next((one for one in terms.commitments if one.name == commitment), None)
    return phrases.target(found.rules.get(severity)) if found else ""


def _cause(cause: str) -> str:
    return _("The cause: %(cause)s.") % {"cause": _(CAUSES[Cause(cause)])} if cause else ""


def reopening(ticket: Ticket) -> str:
    """Return for how long a closed request can be opened again, as a sentence."""
    closing = contracts.load(ticket.terms).closing
    span = phrases.span(closing.reopening, day=closing.calendar.day)
    return _("If it is not solved, answer this mail within %(span)s and it is opened again.") % {"span": span}


def _said(text: str) -> str:
    if not text.strip():
        raise CannotWrite("There is nothing in it yet. Write something first.")
    return text.strip()
