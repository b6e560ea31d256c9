"""What needs a client, and when somebody is there for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from mainstay.contracts import queries as contracts
from mainstay.lib import telephone
from mainstay.orgs.models import Person
from mainstay.phone.hours import Opening
from mainstay.phone.standing import Service
from mainstay.portal.presenters import words
from mainstay.portal.presenters.request import closes
from mainstay.screens.promises import zone_of
from mainstay.tickets.models import DiagnosticRequest, Ticket
from mainstay.tickets.shown import WaitingFix


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for the client. `who` is set where somebody else made the request."""

    reference: str
    subject: str
    what: str
    detail: str
    who: str
    icon: str


@dataclass(frozen=True, slots=True)
class Open:
    """Whether something is open, in a sentence."""

    is_open: bool
    text: str
    week: str


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """When one organisation is served. `number` is its own out-of-hours number, told to nobody else."""

    organisation: str
    telephone: Open
    reports: Open
    counting: str  # when the time of what they write begins to count
    number: str
    dial: str
    number_words: str


def needs(
    questions: Iterable[DiagnosticRequest], fixes: Iterable[WaitingFix], person: Person, *, at: datetime
) -> list[Need]:
    """Return what waits for the client, questions first."""
    return [*(_question(one, person, at) for one in questions), *(_fix(one, person, at) for one in fixes)]


def _question(question: DiagnosticRequest, person: Person, at: datetime) -> Need:
    ticket, zone = question.ticket, zone_of(contracts.load(question.ticket.terms))
    detail = (
        _("We asked for your answer by %(by)s. Our time rests until you answer.")
        % {"by": words.by(question.answer_by, zone, now=at)}
        if question.answer_by
        else _("Our time rests until you answer.")
    )
    return Need(
        ticket.reference, _subject(ticket), _("Please answer a question"), detail, _who(ticket, person), "help"
    )


def _fix(found: WaitingFix, person: Person, at: datetime) -> Need:
    ticket = found.ticket
    by = closes(ticket, found.given, contracts.load(ticket.terms), at=at)
    detail = _("If we hear nothing from you, we close it %(by)s.") % {"by": by} if by else ""
    return Need(
        ticket.reference, _subject(ticket), _("Please try our solution"), detail, _who(ticket, person), "eye"
    )


def _subject(ticket: Ticket) -> str:
    return ticket.subject or _("(no subject)")


def _who(ticket: Ticket, person: Person) -> str:
    return "" if ticket.requester_id == person.pk else ticket.requester_name or ticket.requester_address


def service(found: Service, organisation: str, *, at: datetime) -> ServiceLine:
    """Return when `organisation` is served."""
    number = found.out_of_hours
    return ServiceLine(
        organisation,
        _opening(found.telephone, _("Somebody answers the telephone"), _("The telephone is not answered"), at),
        _opening(found.reports, _("Our service hours are open"), _("Our service hours are closed"), at),
        _("You can write to us at any time, here or by e-mail.")
        if found.reports.turns_at is None
        else _("You can write to us at any time, here or by e-mail. Our time begins to count when our hours open."),
        telephone.shown(number.number) if number else "",
        number.number if number else "",
        number.words if number else "",
    )


def _opening(found: Opening, opened: str, closed: str, at: datetime) -> Open:
    zone, week = found.calendar.zone, words.week(found.calendar)
    if found.turns_at is None:
        return Open(True, _("Your contract takes reports at any time, day and night."), "")
    turns = words.by(found.turns_at, zone, now=at)
    if found.open:
        return Open(True, _("%(open)s until %(turns)s.") % {"open": opened, "turns": turns}, week)
    return Open(False, _("%(closed)s until %(turns)s.") % {"closed": closed, "turns": turns}, week)
