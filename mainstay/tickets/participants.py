"""Who takes part in a ticket beside its requester. An outsider in copy gets nothing until a person accepts them.

What may be written to an address is asked in `mail.copies`; here it is decided, with who and when.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from mainstay.orgs.models import Person
from mainstay.tickets import events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Participant, Ticket

MOST = 50  # accepted participants of one ticket: a letter to more is a circular
_ONE_ADDRESS = re.compile(r"[^\s@,;:<>\"()\[\]\\\x00-\x1f\x7f\u2028\u2029]+@[a-z0-9.-]+")


@transaction.atomic
def add(*, ticket: Ticket, address: str, name: str, by: Person, at: datetime) -> Participant:
    """Have `address` take part from now on: it gets what people write to the client, and may answer."""
    if not _ONE_ADDRESS.fullmatch(address):
        raise CannotDo("This is no single e-mail address.")  # no header may ever hold anything else (class C9)
    ticket = _open_for(ticket)
    one, made = Participant.objects.get_or_create(
        ticket=ticket, address=address, defaults={"name": _one_line(name), "added_at": at}
    )
    return _decide(ticket, one, events.PARTICIPANT_ADDED if made else events.PARTICIPANT_ACCEPTED, by, at)


@transaction.atomic
def accept(*, ticket: Ticket, participant: int, by: Person, at: datetime) -> Participant:
    """Let somebody who was in copy take part. Says nothing where they do already."""
    ticket = _open_for(ticket)
    return _decide(ticket, _of(ticket, participant), events.PARTICIPANT_ACCEPTED, by, at)


@transaction.atomic
def decline(*, ticket: Ticket, participant: int, by: Person, at: datetime) -> Participant:
    """Refuse somebody in copy, or end the part of somebody accepted. They get nothing more, and stay on record."""
    ticket = locked(ticket)
    one = _of(ticket, participant)
    return _decide(
        ticket, one, events.PARTICIPANT_REMOVED if one.accepted else events.PARTICIPANT_REFUSED, by, at
    )


def _decide(ticket: Ticket, one: Participant, kind: str, by: Person, at: datetime) -> Participant:
    accepted = kind in (events.PARTICIPANT_ADDED, events.PARTICIPANT_ACCEPTED)
    if one.accepted == accepted and (accepted or one.decided_at is not None):
        return one
    if accepted and ticket.participants.filter(accepted=True).count() >= MOST:
        raise CannotDo("At most %(most)s people take part in one ticket. Remove somebody first.", most=MOST)
    one.accepted, one.decided_by, one.decided_at = accepted, by, at
    one.save(update_fields=["accepted", "decided_by", "decided_at"])
    append(ticket, [Happening(kind, at, {"participant": one.pk})], actor=by.ref, recorded_at=at)
    return one


def _open_for(ticket: Ticket) -> Ticket:
    ticket = locked(ticket)
    if not ticket.verified:
        raise CannotDo("The request is held. Verify its sender first; nobody else takes part before that.")
    return ticket


def _of(ticket: Ticket, participant: int) -> Participant:
    found = ticket.participants.filter(pk=participant).first()
    if found is None:
        raise CannotDo("That person is in no copy of this ticket.")
    return found


def _one_line(name: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())[:200]
