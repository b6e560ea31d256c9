"""When and how support is reached, for one organisation under its own contract (clauses 2.1 to 2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from mainstay.contracts import out_of_hours
from mainstay.contracts import queries as contracts
from mainstay.core.worktime import Calendar
from mainstay.lib import telephone
from mainstay.orgs.models import Organisation, Person
from mainstay.phone import hours
from mainstay.screens.moments import Moment, moment

DAYS = 7


@dataclass(frozen=True, slots=True)
class Day:
    """One of the coming days: its name, and when it is open in local time."""

    name: str
    open: str
    today: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """One kind of hours: whether they are open now, when that changes, and the coming week."""

    open: bool
    words: str
    turns: Moment | None
    zone: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """The organisation's own number outside hours."""

    dialled: str
    shown: str
    words: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How one organisation reaches support."""

    organisation: str
    coverage: str
    telephone: Hours
    service: Hours
    number: Number | None


def contact_of(organisation: Organisation, person: Person, *, at: datetime) -> Contact:
    """Return how `person` of `organisation` reaches support at `at`. Another organisation's number is never in it."""
    terms = contracts.load(contracts.terms_for(organisation=organisation, product=None, at=at))
    number = None
    for contract in contracts.in_force(organisation, at=at):
        found = out_of_hours.number_for(person, organisation=organisation, contract=contract, at=at)
        if found is not None and number is None:
            number = Number(found.number, telephone.shown(found.number), found.words)
    reports = terms.coverage.reports.calendar
    return Contact(
        organisation.name,
        _("Your contract takes reports at any time, day and night.")
        if reports.next_close(at) is None
        else _("What you report outside these hours counts from the next opening."),
        _hours(hours.of_terms(terms), at),
        _hours(terms.commitments[0].rules[None].calendar.calendar if terms.commitments else reports, at),
        number,
    )


def _hours(calendar: Calendar, at: datetime) -> Hours:
    found, zone = hours.opening(calendar, at=at), calendar.zone
    words = _("Open now") if found.open else _("Closed now")
    return Hours(
        found.open, words, moment(found.turns_at, zone, now=at), zone.key, tuple(_week(calendar, zone, at))
    )


def _week(calendar: Calendar, zone: ZoneInfo, at: datetime) -> Iterator[Day]:
    today = at.astimezone(zone).date()
    for ahead in range(DAYS):
        day = today + timedelta(days=ahead)
        start, end = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
        parts = list(calendar.segments(start, end))
        spans = [
            f"{a.astimezone(zone):%H:%M} – {'24:00' if b == end else format(b.astimezone(zone), '%H:%M')}"
            for a, b, kind in parts
            if kind == "open"
        ]
        shut = _("Closed, a public holiday") if any(kind == "holiday" for _a, _b, kind in parts) else _("Closed")
        yield Day(formats.date_format(day, "l j F"), ", ".join(spans) or shut, ahead == 0)
