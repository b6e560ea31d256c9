"""Settling complaints: who is complained of, and what came of it (R3.10a, pack clause 3.10). For managers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.orgs import access
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets import complained, events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import ComplainedOf, ComplaintOutcome, Finding, Kind, State, Ticket


@transaction.atomic
def name(*, ticket: Ticket, person: Person, by: Person, at: datetime) -> None:
    """Say that `person` is complained of. They lose the complaint, if they had it. Twice says nothing."""
    ticket = _complaint(ticket, by)
    if not person.is_staff:
        raise CannotDo("%(person)s does not work the desk.", person=person.name)
    happenings = complained.put_down(ticket, [person], at=at, by=by)
    if happenings and ticket.assignee_id == person.pk:
        ticket.assignee = None
        data = {"assignee": None, "team": ticket.team and ticket.team.key}
        happenings.append(Happening(events.ASSIGNED, at, data))
    if happenings:
        append(ticket, happenings, actor=by.ref, recorded_at=at)


@transaction.atomic
def clear(*, ticket: Ticket, person: Person, by: Person, at: datetime) -> None:
    """Say that `person` is not complained of after all. Nobody says so of themselves."""
    ticket = _complaint(ticket, by)
    named = ComplainedOf.objects.filter(ticket=ticket, person=person, ended_at=None)
    if named.update(ended_at=at, ended_by=by):
        happening = Happening(events.COMPLAINED_OF_CLEARED, at, {"person": person.pk})
        append(ticket, [happening], actor=by.ref, recorded_at=at)


@transaction.atomic
def set_about(*, ticket: Ticket, about: Ticket, by: Person, at: datetime) -> None:
    """Say which request the complaint is about; whoever had that in hand is complained of then."""
    ticket = _complaint(ticket, by)
    if about.pk == ticket.pk:
        raise CannotDo("A complaint cannot be about itself.")
    if about.organisation_id != ticket.organisation_id:
        raise CannotDo("That request is another client's. A complaint is about one of the complainant's own.")
    ticket.about = about
    happenings = [Happening(events.COMPLAINT_ABOUT_SET, at, {"about": about.reference})]
    happenings += complained.put_down(ticket, complained.handlers_of(about), at=at, by=by)
    append(ticket, happenings, actor=by.ref, recorded_at=at)


@transaction.atomic
def record_outcome(
    *, ticket: Ticket, finding: str, reason: str, lesson: str, by: Person, at: datetime
) -> ComplaintOutcome:
    """Keep what was found, why, and what is learnt from it. An earlier outcome stays on record."""
    ticket = _complaint(ticket, by)
    if ticket.state == State.CLOSED:
        raise CannotDo("The complaint is closed. Reopen it first.")
    if not reason.strip() or not lesson.strip():
        raise CannotDo("Say why it was found so, and what is learnt from it, even if that is: nothing, and why.")
    outcome = ComplaintOutcome.objects.create(
        ticket=ticket, finding=Finding(finding), reason=reason.strip(), lesson=lesson.strip(), by=by, at=at
    )
    data = {"outcome": outcome.pk, "finding": outcome.finding}
    append(ticket, [Happening(events.OUTCOME_RECORDED, at, data)], actor=by.ref, recorded_at=at)
    return outcome


def outcome_of(ticket: Ticket) -> ComplaintOutcome | None:
    """Return what came of a complaint, as last recorded."""
    return ComplaintOutcome.objects.filter(ticket=ticket).select_related("by").order_by("-pk").first()


def _complaint(ticket: Ticket, by: Person) -> Ticket:
    """Return the locked complaint if `by` may settle it: a manager who is not complained of."""
    access.require(by, StaffRole.MANAGER)
    ticket = locked(ticket)
    if ticket.kind != Kind.COMPLAINT:
        raise CannotDo("This is no complaint.")
    if refusal := complained.why_not(ticket, by):
        raise CannotDo(refusal)
    return ticket
