"""What is done in a call. Each action locks the call, checks, and writes rows and events in one transaction.

`at` is the present moment of whoever works. What was said in the call counts from when the call was answered: a request
made on the telephone was reported when the telephone was picked up, however long it takes to write it down.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from mainstay.lib import live, sql, telephone
from mainstay.orgs import access
from mainstay.orgs.models import Organisation, Person
from mainstay.phone.access import require_may_be_told
from mainstay.phone.models import Act, Call, CallBack, Did, Direction, State
from mainstay.tickets import actions as tickets
from mainstay.tickets import telephone as on_tickets
from mainstay.tickets.content import NewMessage
from mainstay.tickets.models import Direction as Way
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.telephone import Evidence

RANK = {did: place for place, did in enumerate(Did.values)}


class CannotDo(ValueError):
    """The call is in no state for this; the message says why and what to do instead."""


def locked(call: Call | int) -> Call:
    """Return the call as it now stands, locked until the transaction ends. Raises Call.DoesNotExist."""
    key = call.pk if isinstance(call, Call) else call
    return sql.lock_rows(Call.objects.select_related("person", "organisation")).get(pk=key)


def calls_running_of(person: Person) -> QuerySet[Call]:
    """Return the calls that `person` is in, the newest first: one, unless the telephone system says otherwise."""
    return Call.objects.filter(answered_by=person, state=State.RUNNING).order_by("-began_at", "-id")


def running_of(person: Person) -> Call | None:
    """Return the call that `person` is in, or None."""
    return calls_running_of(person).select_related("person").first()


@transaction.atomic
def start(*, by: Person, at: datetime, number: str = "", external_id: str = "") -> Call:
    """Answer a call, from now on; whoever is in a call already goes on with that one.

    `external_id` is the telephone system's name for it: the call that it has reported is answered. Raises BadNumber.
    """
    sql.lock_rows(Person.objects.all()).get(pk=by.pk)  # so that a key pressed twice answers once
    running = running_of(by)
    if running is not None:
        return running
    known = Call.objects.filter(external_id=external_id).first() if external_id else None
    if known is not None:
        return _answered(locked(known), by, at)
    return Call.objects.create(
        state=State.RUNNING, number=telephone.e164(number), answered_by=by, began_at=at, started_at=at,
        recorded_at=at, external_id=external_id[:200],
    )  # fmt: skip


def _answered(call: Call, by: Person, at: datetime) -> Call:
    """Take a call that the telephone system has reported: its own moments stand."""
    if call.answered_by_id not in (None, by.pk):
        raise CannotDo("A colleague has answered this call.")
    call.answered_by = by
    if call.state == State.RINGING:
        call.state, call.started_at = State.RUNNING, at
    call.save(update_fields=["answered_by", "state", "started_at"])
    live.say("ringing")
    return call


@transaction.atomic
def ring(*, call_back: CallBack, by: Person, at: datetime) -> Call:
    """Ring somebody back: a call of ours, with what is known of them. Whoever is in a call goes on with that one."""
    sql.lock_rows(Person.objects.all()).get(pk=by.pk)
    running = running_of(by)
    if running is not None:
        return running
    before = call_back.call
    return Call.objects.create(
        direction=Direction.OUT, state=State.RUNNING, number=call_back.number, caller_name=before.caller_name,
        person=before.person, organisation=before.organisation, ticket=call_back.ticket, answered_by=by,
        began_at=at, started_at=at, recorded_at=at,
    )  # fmt: skip


@transaction.atomic
def name_caller(
    *,
    call: Call,
    person: Person | None,
    at: datetime,
    name: str = "",
    organisation: Organisation | None = None,
) -> Call:
    """Say who is calling: a person whom we know, or a name as it was said. The newest word counts.

    `organisation` is the one they speak for, of several that they are authorised for; without it, the only one.
    """
    call = locked(call)
    call.person, call.caller_name = person, "" if person else name.strip()[:200]
    if person is None and not call.caller_name:
        raise CannotDo("Write who is calling, as they say it.")
    authorised = [one.organisation for one in access.authority_of(person, at=at)] if person else []
    if organisation is not None and organisation not in authorised:
        raise CannotDo(f"{call.who} is not authorised for {organisation.name}.")
    call.organisation = organisation or (authorised[0] if len(authorised) == 1 else None)
    call.ticket = None
    call.save(update_fields=["person", "caller_name", "organisation", "ticket"])
    return call


@transaction.atomic
def take_in_hand(*, call: Call, ticket: Ticket) -> None:
    """Say which ticket the call is about."""
    call = locked(call)
    call.ticket = ticket
    call.save(update_fields=["ticket"])


@transaction.atomic
def open_ticket(
    *, call: Call, subject: str, text: str, by: Person, at: datetime, urgency: str = "", impact: str = ""
) -> Ticket:
    """Open a ticket for an authorised caller, reported when the call was answered. Raises CannotDo."""
    call = locked(call)
    authorised = access.authority_of(call.person, at=at) if call.person else []
    membership = next((one for one in authorised if one.organisation_id == call.organisation_id), None)
    if call.person is None or membership is None:
        raise CannotDo(
            "Nobody knows yet that this caller may raise requests for one organisation. Choose the caller and the "
            "organisation, or hold the request for verification."
        )
    said = NewMessage(
        Way.IN, on_tickets.CHANNEL, text, author=call.person, author_name=call.person.name,
        author_address=call.person.email, notes=(f"Taken down on the telephone by {by.name}.",),
    )  # fmt: skip
    ticket = tickets.open_ticket(
        at=_spoken_at(call), recorded_at=at, channel=on_tickets.CHANNEL, subject=subject, message=said,
        requester=call.person, requester_name=call.person.name, requester_address=call.person.email,
        requester_role=membership.role, organisation=membership.organisation, verified=True,
        urgency=urgency, impact=impact,
    )  # fmt: skip
    write_act(call, Did.NEW_TICKET, ticket, by=by, at=at)
    return ticket


@transaction.atomic
def hold(
    *,
    call: Call,
    subject: str,
    text: str,
    by: Person,
    at: datetime,
    name: str = "",
    address: str = "",
    said_organisation: str = "",
    urgency: str = "",
    impact: str = "",
) -> Ticket:
    """Hold the request of a caller who is not known to be authorised; it loses no time (R3.2b). Raises CannotDo."""
    call = locked(call)
    known = call.person
    called = (known.name if known else name.strip()) or call.caller_name
    if not called:
        raise CannotDo("Write who is calling, as they say it, so that they can be rung back.")
    if known is None and called != call.caller_name:
        call.caller_name = called[:200]
        call.save(update_fields=["caller_name"])
    says = f", for {said_organisation.strip()}" if said_organisation.strip() else ""
    number = telephone.shown(call.number)
    said = NewMessage(
        Way.IN, on_tickets.CHANNEL, text, author_name=called, author_address=known.email if known else address,
        notes=(f"Taken down on the telephone by {by.name}{says}{f'; rang from {number}' if number else ''}.",),
    )  # fmt: skip
    ticket = tickets.open_ticket(
        at=_spoken_at(call), recorded_at=at, channel=on_tickets.CHANNEL, subject=subject, message=said,
        requester_name=called, requester_address=known.email if known else address, verified=False,
        reason=f"Rang{says}; not known to be authorised.", urgency=urgency, impact=impact,
    )  # fmt: skip
    write_act(call, Did.NOT_AUTHORISED, ticket, by=by, at=at)
    return ticket


@transaction.atomic
def note(*, call: Call, ticket: Ticket, text: str, by: Person, at: datetime) -> Message:
    """Note on a ticket what was said in the call, for the desk only."""
    call = locked(call)
    kept = tickets.add_note(ticket=ticket, by=by, text=text, at=at, channel=on_tickets.CHANNEL)
    write_act(call, Did.NOTE, ticket, by=by, at=at)
    return kept


@transaction.atomic
def take_answer(*, call: Call, ticket: Ticket, text: str, by: Person, at: datetime) -> Message:
    """Write down the client's answer: a wait for it ends when the call was answered. Raises NotForThisCaller."""
    call = locked(call)
    require_may_be_told(call, ticket, at=at)
    act = write_act(call, Did.ANSWER, ticket, by=by, at=at)
    return on_tickets.client_answered(
        ticket=ticket, text=text, evidence=evidence_of(act), caller=call.person, caller_name=call.who,
        by=by, at=_spoken_at(call), recorded_at=at,
    )  # fmt: skip


@transaction.atomic
def read_out(
    *,
    call: Call,
    ticket: Ticket,
    by: Person,
    at: datetime,
    severity: int | None = None,
    reason: str = "",
    urgency: str = "",
    impact: str = "",
) -> Act:
    """Record that the reference, and with `severity` that severity too, was read out just now.

    A severity that nobody has assessed so, or another one than before, is assessed with it. Raises CannotDo,
    NotForThisCaller.
    """
    call = locked(call)
    if call.state != State.RUNNING:
        raise CannotDo("The call is over: nothing can be read out any more.")
    require_may_be_told(call, ticket, at=at)
    ticket = tickets.locked(ticket)
    if severity is not None and severity != ticket.severity:
        tickets.grade(
            ticket=ticket, severity=severity, by=by, reason=reason, at=at, urgency=urgency, impact=impact
        )
        ticket = tickets.locked(ticket)
    did = Did.READ_REFERENCE if severity is None else Did.READ_SEVERITY
    act = write_act(call, did, ticket, by=by, at=at, severity=severity, tell=False)
    on_tickets.read_out(
        ticket=ticket, evidence=evidence_of(act), by=by, at=at, severity=severity is not None
    )
    return act


@transaction.atomic
def end(*, call: Call, at: datetime) -> Call:
    """End a call now. Ending one that is over says nothing."""
    call = locked(call)
    if call.state == State.RUNNING:
        call.state, call.ended_at = State.ENDED, at
        call.save(update_fields=["state", "ended_at"])
    return call


def _spoken_at(call: Call) -> datetime:
    return call.started_at or call.began_at


def write_act(
    call: Call,
    did: Did,
    ticket: Ticket | None,
    *,
    by: Person,
    at: datetime,
    severity: int | None = None,
    tell: bool = True,
) -> Act:
    """Write an act of the call, and tell the ticket's story of it; the newest ticket is the one in hand."""
    act = Act.objects.create(call=call, did=did, ticket=ticket, severity=severity, by=by, at=at)
    if call.outcome == "" or RANK[did] < RANK[call.outcome]:
        call.outcome = did
    call.ticket = ticket or call.ticket
    call.save(update_fields=["outcome", "ticket"])
    if tell and ticket is not None:
        on_tickets.record(ticket=ticket, evidence=evidence_of(act), by=by, at=at)
    return act


def evidence_of(act: Act) -> Evidence:
    """Return how the log of a ticket refers to an act."""
    return Evidence(call=act.call_id, act=act.pk, did=act.did)
