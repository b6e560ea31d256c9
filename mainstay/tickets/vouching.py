"""Held requests whose sender an organisation's own administrator may vouch for (R3.2b).

Nothing of other people may leak, so this reads the clause narrowly (docs/adr/0025): the sender is unknown and nothing
else is wrong with the mail, its domain is one that a manager has entered for that organisation and for no other, and
the administrator is shown who wrote and when, never what.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mainstay.orgs import access, people
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets import content, events, verification
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.content import NewMessage
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Direction, Ticket, Verification

DISOWNED = "disowned"
MOST = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who wrote, and whose they may be."""

    ticket: Ticket
    organisation: Organisation


def waiting(person: Person, *, at: datetime) -> list[Asked]:
    """Return the held requests that `person` may vouch for as an administrator, the oldest first. Three queries."""
    domains = _domains_of(person, at)
    if not domains:
        return []
    written = Q()
    for domain in domains:
        written |= Q(requester_address__iendswith=f"@{domain}")
    found = (
        Ticket.objects.filter(
            written, verification=Verification.HELD, verification_reason__startswith=verification.UNKNOWN
        )
        .exclude(messages__purpose=DISOWNED)
        .order_by("reported_at", "pk")[:MOST]
    )
    return [Asked(ticket, domains[ticket.requester_address.rpartition("@")[2].lower()]) for ticket in found]


def _domains_of(person: Person, at: datetime) -> dict[str, Organisation]:
    """Return the domains that hint at an organisation of this administrator and at no other."""
    kept = {one.pk: one for one in people.kept_by(person, at=at)}
    if not kept:
        return {}
    listed = [
        (pk, domain) for pk, domains in Organisation.objects.values_list("pk", "domains") for domain in domains
    ]
    shared = Counter(domain for _, domain in listed)
    return {domain: kept[pk] for pk, domain in listed if pk in kept and shared[domain] == 1}


@transaction.atomic
def vouch(*, ticket_id: int, role: str, by: Person, at: datetime) -> Ticket:
    """Authorise the sender as one who may raise requests, and release the request. Raises CannotDo.

    They get no other right with it; the administrator gives more where that is wanted.
    """
    asked = _asked(ticket_id, by, at)
    known = access.person_with_address(asked.ticket.requester_address)
    if known is not None and (known.staff_role or not known.is_active):
        raise CannotDo("Support looks at this request itself. Write to support if it is urgent.")
    return verification.authorise(
        ticket=asked.ticket, organisation=asked.organisation, person_name=asked.ticket.requester_name, role=role,
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def disown(*, ticket_id: int, by: Person, at: datetime) -> Ticket:
    """Note that the sender is none of theirs; the request stays held for support to decide. Raises CannotDo."""
    asked = _asked(ticket_id, by, at)
    ticket = locked(asked.ticket)
    words = f"Says for {asked.organisation.name}: whoever wrote this is not one of ours."
    note = NewMessage(Direction.NOTE, "portal", words, author=by, author_name=by.name, purpose=DISOWNED)
    kept = content.keep(ticket, note, at=at)
    append(ticket, [Happening(events.NOTE_ADDED, at, content.told_by(kept))], actor=by.ref, recorded_at=at)
    return ticket


def _asked(ticket_id: int, by: Person, at: datetime) -> Asked:
    found = next((one for one in waiting(by, at=at) if one.ticket.pk == ticket_id), None)
    if found is None:
        raise CannotDo("This request has been settled already, or it is not for you to settle.")
    return found
