"""How a request is to be resolved: the method agreed with the client, and support on site where it was bought."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.contracts import queries as contracts
from mainstay.core.promises import Entitlement
from mainstay.orgs.models import Person
from mainstay.tickets import content, events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.content import NewMessage
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Direction, Message, Ticket

METHOD, ON_SITE = "method_agreed", "on_site_request"
WAYS = {"phone": "by telephone", "mail": "by e-mail"}
ENTITLEMENT = "on-site"  # its name in agreements


@transaction.atomic
def agree_method(
    *, ticket: Ticket, text: str, agreed_with: str, way: str, by: Person, at: datetime
) -> Message:
    """Record how the request will be resolved, with whom that was agreed and how (R4a, clause 4).

    A later agreement takes the place of the one before; both stay in the thread.
    """
    if not text.strip():
        raise CannotDo("Say how it will be resolved.")
    if not agreed_with.strip():
        raise CannotDo("Say with whom at the client that was agreed.")
    if way not in WAYS:
        raise CannotDo("Say whether it was agreed by telephone or by e-mail.")
    ticket = locked(ticket)
    if not ticket.verified:
        raise CannotDo("Find out whose request this is before agreeing on anything.")
    words = f"Agreed with {' '.join(agreed_with.split())} {WAYS[way]}"
    note = NewMessage(
        Direction.NOTE, way, text.strip(), subject=words, author=by, author_name=by.name, purpose=METHOD
    )
    kept = content.keep(ticket, note, at=at)
    data = {**content.told_by(kept), "way": way}
    append(ticket, [Happening(events.METHOD_AGREED, at, data)], actor=by.ref, recorded_at=at)
    return kept


def on_site(ticket: Ticket) -> Entitlement | None:
    """Return what the ticket's terms say of support on site; None where they say nothing, which is no entitlement."""
    return contracts.load(ticket.terms).entitlement(ENTITLEMENT)


@transaction.atomic
def ask_on_site(*, ticket: Ticket, text: str, by: Person, at: datetime) -> bool:
    """Record that the client asks for somebody to come (R3.8). Returns whether their contract includes it."""
    ticket = locked(ticket)
    found = on_site(ticket)
    included = found is not None and found.included
    note = NewMessage(
        Direction.NOTE, "console", text.strip() or "The client asks for support on site.", author=by,
        author_name=by.name, purpose=ON_SITE,
    )  # fmt: skip
    kept = content.keep(ticket, note, at=at)
    data = {**content.told_by(kept), "included": included, "clause": found.clause if found else ""}
    append(ticket, [Happening(events.ON_SITE_REQUESTED, at, data)], actor=by.ref, recorded_at=at)
    return included
