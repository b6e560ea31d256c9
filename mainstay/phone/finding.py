"""Who is calling, found while somebody types: by name, organisation, telephone number or reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from mainstay.core import reference
from mainstay.lib import telephone
from mainstay.orgs.models import Membership, Organisation, Person
from mainstay.phone.standing import Standing, standings
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import DEFAULT_PREFIX, FIRST_NUMBER, Ticket

MOST_PEOPLE, MOST_ORGANISATIONS, MOST_TICKETS = 8, 4, 5
LONGEST = 100  # characters of what is looked for
SHORTEST_NUMBER = 4  # digits from which part of a number is looked for


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who may be calling, and where they stand."""

    person: Person
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a text."""

    text: str
    number: str = ""  # E.164, where the text is a telephone number
    misheard: bool = False  # the text is a reference with a wrong digit; the tickets are what it may have been
    tickets: tuple[Ticket, ...] = ()
    people: tuple[Known, ...] = ()
    organisations: tuple[Organisation, ...] = ()


def found(text: str, *, by: Person, at: datetime) -> Found:
    """Return who and what `text` may mean, for somebody of the desk. A fixed number of queries."""
    text = text.replace("\x00", "").strip()[:LONGEST]
    if not text:
        return Found("")
    ids, misheard = _references(text)
    tickets = _tickets(ids, by, at)
    if tickets and not misheard:
        requesters = [ticket.requester for ticket in tickets if ticket.requester is not None]
        return Found(text, tickets=tickets, people=known(requesters, at=at))
    number = telephone.found_in(text) if _is_dialled(text) else ""
    return Found(
        text, number, misheard, tickets, known(_people(text, number), at=at), tuple(_organisations(text))
    )


def known(people: list[Person], *, at: datetime) -> tuple[Known, ...]:
    """Return `people` with where they stand."""
    where = standings(people, at=at) if people else {}
    return tuple(Known(person, where[person.pk]) for person in people)


def with_number(number: str) -> list[Person]:
    """Return who rings from a number, as far as is known. Several may: a switchboard is one number."""
    if not number:
        return []
    return list(_callers().filter(phone=number).order_by("name", "pk")[:MOST_PEOPLE])


def _references(text: str) -> tuple[list[int], bool]:
    """Return the keys of the tickets that a reference may mean, and whether it was misheard."""
    if _is_dialled(text) and not 6 <= len(telephone.digits(text)) <= 8:
        return [], False
    try:
        return [reference.parse(text, DEFAULT_PREFIX) - FIRST_NUMBER], False
    except reference.WrongCheckDigit:
        near = reference.near(text, DEFAULT_PREFIX)
        return [reference.parse(one, DEFAULT_PREFIX) - FIRST_NUMBER for one in near], True
    except reference.BadReference:
        return [], False


def _is_dialled(text: str) -> bool:
    """Whether the text is made of what telephone numbers are written with."""
    return any(char.isdecimal() for char in text) and not any(char.isalpha() for char in text)


def _tickets(ids: list[int], by: Person, at: datetime) -> tuple[Ticket, ...]:
    if not ids:
        return ()
    rows = visible_tickets(by, at=at).filter(pk__in=ids).select_related("organisation", "requester")
    return tuple(sorted(rows, key=lambda row: (row.closed_at is not None, -row.pk))[:MOST_TICKETS])


def _people(text: str, number: str) -> list[Person]:
    if _is_dialled(text):
        part = telephone.digits(text)
        if number and (exact := with_number(number)):
            return exact
        if len(part) < SHORTEST_NUMBER:
            return []
        return list(_callers().filter(phone__contains=part).order_by("name", "pk")[:MOST_PEOPLE])
    wanted = Q()
    for word in text.split()[:6]:
        there = Membership.objects.filter(organisation__name__icontains=word).values("person")
        wanted &= Q(name__icontains=word) | Q(email__icontains=word) | Q(pk__in=there)
    return list(_callers().filter(wanted).order_by("name", "pk")[:MOST_PEOPLE])


def _callers() -> QuerySet[Person]:
    return Person.objects.filter(staff_role="")


def _organisations(text: str) -> list[Organisation]:
    if _is_dialled(text):
        return []
    wanted = Q()
    for word in text.split()[:6]:
        wanted &= Q(name__icontains=word)
    return list(Organisation.objects.filter(wanted).order_by("name", "pk")[:MOST_ORGANISATIONS])
