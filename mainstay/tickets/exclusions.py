"""What is in the way of a ticket and no fault of ours: a third party's failure, force majeure (clauses 3.4, 10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.orgs import access
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets import events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Exclusion, Ticket


@transaction.atomic
def begin_third_party(*, ticket: Ticket, by: Person, reason: str, evidence: str, at: datetime) -> Exclusion:
    """Record that a third party's failure is in the way, with evidence. No clock stops (reading 6); work goes on."""
    if not evidence.strip():
        raise CannotDo(
            "Give the evidence: whose failure, and where it can be seen. Without it nothing is excluded."
        )
    return _begin_exclusion(ticket, "third_party", by, reason, evidence, at)


@transaction.atomic
def end_third_party(*, ticket: Ticket, by: Person, at: datetime) -> None:
    """Record that the third party has answered."""
    _end_exclusion(ticket, "third_party", by, at)


@transaction.atomic
def begin_force_majeure(*, ticket: Ticket, by: Person, reason: str, at: datetime) -> Exclusion:
    """Suspend the clocks by a manager's recorded decision (R5.10, clause 10). Raises NotAllowed for anybody else."""
    access.require(by, StaffRole.MANAGER)
    return _begin_exclusion(ticket, "force_majeure", by, reason, "", at)


@transaction.atomic
def end_force_majeure(*, ticket: Ticket, by: Person, at: datetime) -> None:
    """End the suspension; the clocks go on from where they stood."""
    access.require(by, StaffRole.MANAGER)
    _end_exclusion(ticket, "force_majeure", by, at)


_EXCLUSION_EVENTS = {
    "third_party": (events.WAITING_ON_THIRD_PARTY, events.THIRD_PARTY_REPLIED),
    "force_majeure": (events.FORCE_MAJEURE_BEGAN, events.FORCE_MAJEURE_ENDED),
}


def _begin_exclusion(
    ticket: Ticket, kind: str, by: Person, reason: str, evidence: str, at: datetime
) -> Exclusion:
    if not reason.strip():
        raise CannotDo("Say why: the reason is part of the evidence.")
    ticket = locked(ticket)
    if ticket.exclusions.filter(kind=kind, ended_at=None).exists():
        raise CannotDo("That is recorded already and still runs. End it before another begins.")
    exclusion = Exclusion.objects.create(
        ticket=ticket, kind=kind, reason=reason, evidence=evidence, began_at=at, recorded_by=by
    )
    began, _ = _EXCLUSION_EVENTS[kind]
    append(ticket, [Happening(began, at, {"exclusion": exclusion.pk})], actor=by.ref, recorded_at=at)
    return exclusion


def _end_exclusion(ticket: Ticket, kind: str, by: Person, at: datetime) -> None:
    ticket = locked(ticket)
    exclusion = ticket.exclusions.filter(kind=kind, ended_at=None).first()
    if exclusion is None:
        raise CannotDo("Nothing of that kind is running.")
    exclusion.ended_at = at
    exclusion.save(update_fields=["ended_at"])
    _, ended = _EXCLUSION_EVENTS[kind]
    append(ticket, [Happening(ended, at, {"exclusion": exclusion.pk})], actor=by.ref, recorded_at=at)
