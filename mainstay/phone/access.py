"""What a caller may be told. A number, a name or a reference is a hint; only authority is a key (pack, clause 3.2)."""

from __future__ import annotations

from datetime import datetime

from mainstay.orgs import access
from mainstay.orgs.models import Person
from mainstay.phone.models import Call, Did
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import Ticket


class NotForThisCaller(PermissionError):
    """The caller may not be told of this, or speak for it; the message says what can be done instead."""


def may_be_told(call: Call, ticket: Ticket, *, at: datetime) -> bool:
    """Whether the caller may be told something of `ticket`.

    They may of what they reported in this very call, and of what their authority lets them see.
    """
    opened = call.acts.filter(ticket=ticket, did__in=(Did.NEW_TICKET, Did.NOT_AUTHORISED))
    return opened.exists() or _sees(call.person, ticket, at=at)


def _sees(caller: Person | None, ticket: Ticket, *, at: datetime) -> bool:
    if caller is None or ticket.organisation_id is None:
        return False
    authorised = {one.organisation_id for one in access.authority_of(caller, at=at)}
    seen = visible_tickets(caller, at=at).filter(pk=ticket.pk)
    return ticket.organisation_id in authorised and seen.exists()


def require_may_be_told(call: Call, ticket: Ticket, *, at: datetime) -> None:
    """Raise NotForThisCaller unless the caller may be told of `ticket`."""
    if not may_be_told(call, ticket, at=at):
        raise NotForThisCaller(
            f"{call.who} may not be told of {ticket.reference}. Note the call on it, and say nothing of it."
        )
