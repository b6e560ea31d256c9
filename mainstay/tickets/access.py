"""Who may see and write which ticket: one scoping function, asked by every door."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet

from mainstay.core import reference
from mainstay.orgs import access
from mainstay.orgs.models import Person
from mainstay.tickets.models import DEFAULT_PREFIX, FIRST_NUMBER, Kind, Participant, Ticket, Verification


class TicketNotFound(LookupError):
    """There is no such ticket for this person. Whether it exists for somebody else is not said."""

    def __init__(self) -> None:
        super().__init__("There is no such ticket.")


def visible_tickets(person: Person, *, at: datetime) -> QuerySet[Ticket]:
    """Return the tickets that `person` may see at `at`.

    Staff see all but complaints, which are for managers and for whom a manager gave one (R3.10a). A client sees
    verified tickets that they requested, and all verified ones of an organisation where they may see all, apart from
    the complaints of others; and those of their organisation that somebody entitled copied them in on (ADR 30). Held
    tickets are seen by staff only: nothing about an organisation is disclosed before.
    """
    if access.manages(person):
        return Ticket.objects.all()
    if access.works_the_desk(person):
        return Ticket.objects.filter(~Q(kind=Kind.COMPLAINT) | Q(assignee=person))
    if not person.is_active:
        return Ticket.objects.none()
    theirs = access.active_memberships(at).filter(person=person).values("organisation")
    return Ticket.objects.filter(
        spoken_for_by(person, at=at) | Q(pk__in=_shown_copies(person).values("ticket"), organisation__in=theirs),
        verification=Verification.VERIFIED,
    )


def hidden_tickets(person: Person, *, at: datetime) -> QuerySet[Ticket]:
    """Return the tickets that there are and `person` may not see: what lists of other things must not betray.

    For who works the desk these are few, and asked for as such.
    """
    if access.manages(person):
        return Ticket.objects.none()
    if access.works_the_desk(person):
        return Ticket.objects.filter(kind=Kind.COMPLAINT).exclude(assignee=person)
    return Ticket.objects.exclude(pk__in=visible_tickets(person, at=at).values("pk"))


def spoken_for_by(person: Person, *, at: datetime) -> Q:
    """Return the tickets on which a client's `person` speaks for the client: their own, and all where they see all."""
    organisations = access.active_memberships(at).filter(person=person)
    wide = organisations.filter(Q(sees_all=True) | Q(administrates=True)).values("organisation")
    return Q(requester=person, organisation__in=organisations.values("organisation")) | (
        Q(organisation__in=wide) & ~Q(kind=Kind.COMPLAINT)
    )


def speaks_for(ticket: Ticket, person: Person, *, at: datetime) -> bool:
    """Whether `person` may say for the client whether a solution works, and who else hears of `ticket`.

    The requester may, and whoever sees all requests of the organisation. Nobody else has a say in a complaint.
    """
    if ticket.requester_id == person.pk:
        return person.is_active
    if ticket.kind == Kind.COMPLAINT:
        return False
    return access.may_see_requests_of(person, ticket.organisation_id, at=at)


def copied_in(person: Person) -> Q:
    """Return the tickets that `person` takes part in without having asked; of these they see `visible_tickets`."""
    return Q(pk__in=_copies(person).values("ticket"))


def _copies(person: Person) -> QuerySet[Participant]:
    first = Person.objects.filter(pk=person.pk).values("email")
    addresses = first.union(person.addresses.values("email"), all=True)  # no OR: PostgreSQL would read all copies
    return Participant.objects.filter(address__in=addresses, accepted=True)


def _shown_copies(person: Person) -> QuerySet[Participant]:
    """Return where `person` takes part by a word that opens the page too: of a complaint, only its complainant's."""
    by_the_complainant = Q(decided_by=F("ticket__requester"))
    return _copies(person).filter(~Q(ticket__kind=Kind.COMPLAINT) | by_the_complainant, decided_by__isnull=False)


def access_ticket(ticket_id: int, *, person: Person, at: datetime) -> Ticket:
    """Return the ticket if `person` may see it. Raises TicketNotFound."""
    ticket = visible_tickets(person, at=at).filter(pk=ticket_id).first()
    if ticket is None:
        raise TicketNotFound
    return ticket


def ticket_id_in(text: str) -> int | None:
    """Return the key that a reference in `text` stands for, if its check digit holds. A hint, not a right."""
    found = reference.find(text, DEFAULT_PREFIX)
    return reference.parse(found[0], DEFAULT_PREFIX) - FIRST_NUMBER if found else None


def may_write_by_mail(ticket: Ticket, *, address: str, person: Person | None, at: datetime) -> bool:
    """Whether mail from `address` (already authenticated as far as it can be) may join `ticket`.

    It may from the requester, an accepted participant, or an authorised person of the ticket's organisation. A
    complaint is between its complainant and the managers: there a colleague's word makes a case of its own.
    """
    if person is not None and not person.is_active:
        return False
    if not address:
        return False  # who rang without one has none either, and an empty sender is nobody's
    if address.lower() == ticket.requester_address.lower():
        return True
    if ticket.participants.filter(address=address.lower(), accepted=True).exists():
        return True
    if person is None or ticket.organisation_id is None or not ticket.verified or ticket.kind == Kind.COMPLAINT:
        return False
    return any(m.organisation_id == ticket.organisation_id for m in access.authority_of(person, at=at))
