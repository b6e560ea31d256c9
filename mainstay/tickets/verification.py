"""The verification queue: who wrote, for whom, and may they? (R3.2b, pack clause 3.2)"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.contracts import queries as contracts
from mainstay.orgs import access
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets import complained, content, events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.content import NewMessage
from mainstay.tickets.delivery import SIGN_UP_CODE
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Direction, Ticket, Verification

UNKNOWN = "The sender is not known"  # how the reason begins where that is all that is in the way


@transaction.atomic
def authorise(
    *, ticket: Ticket, organisation: Organisation, person_name: str, role: str, by: Person, at: datetime
) -> Ticket:
    """Make the sender an authorised user of `organisation` and release this ticket to it."""
    ticket = _held(ticket)
    if not role.strip():
        raise CannotDo("Write the sender's role at the organisation; it is part of who they are to us.")
    if not ticket.requester_address:
        raise CannotDo(
            "Nobody is authorised without an e-mail address. Take this one request only, or authorise the person "
            "under Clients first."
        )
    person = access.person_with_address(ticket.requester_address) or orgs.add_person(
        name=person_name.strip() or ticket.requester_name or ticket.requester_address,
        email=ticket.requester_address,
        at=at,
    )
    orgs.authorise(person=person, organisation=organisation, role=role.strip(), at=at, by=by)
    _release(ticket, organisation, person, role.strip(), by, at)
    return ticket


@transaction.atomic
def attach(*, ticket: Ticket, organisation: Organisation, by: Person, at: datetime) -> Ticket:
    """Take this one request for `organisation` (rung back, say) without authorising its sender for more."""
    ticket = _held(ticket)
    sender = access.person_with_address(ticket.requester_address) if ticket.requester_address else None
    _release(ticket, organisation, sender, "", by, at)
    return ticket


@transaction.atomic
def refuse(*, ticket: Ticket, by: Person, reason: str, at: datetime) -> Ticket:
    """Refuse the request. It stays, with who refused it and why; nothing is deleted."""
    ticket = _held(ticket)
    if not reason.strip():
        raise CannotDo("Say why it is refused; whoever asks later will want to know.")
    if refusal := complained.why_not(ticket, by):
        raise CannotDo(refusal)
    ticket.verification, ticket.verification_reason = Verification.REFUSED, reason[:300]
    ticket.closed_at = at
    note = NewMessage(Direction.NOTE, "console", reason, author=by, author_name=by.name, purpose="refusal")
    kept = content.keep(ticket, note, at=at)
    append(
        ticket, [Happening(events.REQUESTER_REFUSED, at, content.told_by(kept))], actor=by.ref, recorded_at=at
    )
    return ticket


@transaction.atomic
def ring_back(*, ticket: Ticket, by: Person, text: str, at: datetime) -> Ticket:
    """Note a call to the organisation's known number to ask whether the request is theirs; it stays held."""
    ticket = _held(ticket)
    if not text.strip():
        raise CannotDo("Write whom you rang, on which number, and what they said.")
    note = NewMessage(Direction.NOTE, "phone", text, author=by, author_name=by.name, purpose="ring_back")
    kept = content.keep(ticket, note, at=at)
    append(ticket, [Happening(events.NOTE_ADDED, at, content.told_by(kept))], actor=by.ref, recorded_at=at)
    return ticket


def _held(ticket: Ticket) -> Ticket:
    ticket = locked(ticket)
    if ticket.verification != Verification.HELD:
        raise CannotDo("Somebody has settled this request already. Reload to see how.")
    return ticket


def _release(
    ticket: Ticket, organisation: Organisation, person: Person | None, role: str, by: Person, at: datetime
) -> None:
    """Give the ticket to its organisation. The terms are those that were in force when it was reported (R5.S5)."""
    if ticket.messages.filter(purpose=SIGN_UP_CODE).exists():
        raise CannotDo(
            "It holds a sign-up code or link, which is for the desk alone, and a client would read it. Refuse it; if a "
            "client needs something, make a request for them."
        )
    snapshot = contracts.terms_for(organisation=organisation, product=ticket.product, at=ticket.reported_at)
    ticket.organisation, ticket.requester, ticket.terms = organisation, person, snapshot
    ticket.verification, ticket.verification_reason = Verification.VERIFIED, ""
    ticket.requester_role = role or ticket.requester_role
    ticket.missing = [name for name in ticket.missing if name not in ("organisation", "role")]
    happenings = [
        Happening(events.REQUESTER_AUTHORISED, at, {"organisation": organisation.pk}),
        Happening(events.TERMS_APPLIED, at, {"terms": snapshot.digest}),
    ]
    append(ticket, happenings, actor=by.ref, recorded_at=at)
