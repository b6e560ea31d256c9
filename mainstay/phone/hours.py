"""When the telephone is answered: the agreement's telephone hours (pack, clause 2.1), apart from the service hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstay.contracts import queries as contracts
from mainstay.core.terms import Terms
from mainstay.core.worktime import Calendar

NAME = "telephone"  # what the agreement calls the calendar


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether something is open at a moment, and when that changes next; the calendar says in which zone."""

    open: bool
    turns_at: datetime | None  # None: it never closes
    calendar: Calendar


def of_desk(*, at: datetime) -> Calendar:
    """Return the telephone hours of the standard agreement, for callers of whom nothing is known."""
    return of_terms(contracts.load(contracts.terms_for(organisation=None, product=None, at=at)))


def of_terms(terms: Terms) -> Calendar:
    """Return the telephone hours under `terms`; an agreement that names none is answered when it takes reports."""
    named = terms.calendars.get(NAME, terms.coverage.reports)
    return named.calendar


def opening(calendar: Calendar, *, at: datetime) -> Opening:
    """Return whether `calendar` is open at `at`."""
    is_open = calendar.is_open(at)
    return Opening(is_open, calendar.next_close(at) if is_open else calendar.next_open(at), calendar)
