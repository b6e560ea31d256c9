"""Tickets as a list shows them, each with the promise that is next due: one query for a page, and no models.

Fifty tickets with all that hangs on them are three hundred models, and to make those takes longer than to read them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from mainstay.contracts import queries as contracts
from mainstay.contracts.models import TermsSnapshot
from mainstay.core import reference
from mainstay.core.terms import NamedCalendar, Terms
from mainstay.lib.prepared import Prepared
from mainstay.tickets.models import FIRST_NUMBER, FieldValue, Tagging, Ticket


class Listed(NamedTuple):
    """What is stored of a ticket in a list. Names are empty where there is nobody and nothing."""

    pk: int
    prefix: str
    subject: str
    state: str
    kind: str
    channel: str
    severity: int | None
    verification: str
    verification_reason: str
    cause: str
    escalation_level: str
    missing: list[str]
    requester_name: str
    requester_address: str
    organisation_id: int | None
    organisation: str | None
    assignee: str | None
    team: str | None
    product: str | None
    reported_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    last_number: int
    breached: bool | None
    terms_id: int
    terms_digest: str

    @property
    def reference(self) -> str:
        """The reference with its check digit (pack, clause 3.3)."""
        return reference.make(self.prefix, FIRST_NUMBER + self.pk)


class NextClock(NamedTuple):
    """What is stored of the clock that is next due."""

    name: str
    state: str
    clause: str
    why: str
    calendar: str
    target_seconds: int | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket as the list shows it. `left` is working time to the next promise, below zero once overrun."""

    ticket: Listed
    clock: NextClock | None
    terms: Terms
    left: timedelta | None
    ticking: bool  # the clock runs and its calendar is open at the moment asked about
    turns_at: datetime | None  # when the calendar opens or closes next, while the clock runs
    tags: tuple[str, ...] = ()
    held: Mapping[int, str] | None = None  # by field of the desk's own, in words; where it was asked for


OTHERWISE = {  # where a field of `Listed` is not found by its own name
    "organisation": "organisation__name",
    "assignee": "assignee__name",
    "team": "team__name",
    "product": "product__name",
    "breached": "promise__breached",
}
FIELDS = (
    *(OTHERWISE.get(field, field) for field in Listed._fields),
    *(f"next_clock__{field}" for field in NextClock._fields),
)


def lines_of(keys: Sequence[int], *, at: datetime) -> list[Line]:
    """Return the lines of tickets that somebody was found to see, in the order of `keys`. One query."""
    if not keys:
        return []
    rows = {row[0]: row for row in _reading(len(keys)).rows(*keys)}
    return lines_from([rows[key] for key in keys if key in rows], at=at)


@lru_cache(maxsize=64)
def _reading(size: int) -> Prepared:
    def build(*keys: int) -> QuerySet[Ticket, Any]:
        return with_fields(Ticket.objects.filter(pk__in=keys)).values_list(*FIELDS)

    return Prepared(build, *[int] * size)


def with_fields(found: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return `found` so that it has FIELDS.

    The terms are not joined: every ticket has some, so a planner may begin with the few that there are and sort all.
    """
    terms = Subquery(TermsSnapshot.objects.filter(pk=OuterRef("terms")).values("digest")[:1])
    named = FilteredRelation("clocks", condition=Q(clocks__name=F("promise__clock")))
    return found.annotate(terms_digest=terms, next_clock=named)


def lines_from(
    rows: Sequence[tuple[Any, ...]], *, at: datetime, tags: bool = False, fields: Sequence[int] = ()
) -> list[Line]:
    """Return the lines of rows that begin with FIELDS.

    No query, and one each for their tags and for what `fields` of the desk's own hold.
    """
    keys = [row[0] for row in rows]
    named = _tags_of(keys) if tags else {}
    lines = [_line(row, named.get(row[0], ()), at) for row in rows]
    held = _held_by(keys, fields) if fields else {}
    return [replace(line, held=held.get(line.ticket.pk)) for line in lines] if fields else lines


def _tags_of(keys: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    tagged = Tagging.objects.filter(ticket__in=keys).order_by("tag__name")
    for key, name in tagged.values_list("ticket_id", "tag__name"):
        found[key] = (*found.get(key, ()), name)
    return found


def _held_by(keys: Sequence[int], fields: Sequence[int]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    values = FieldValue.objects.filter(ticket__in=keys, field__in=fields)
    for key, field, words in values.values_list("ticket_id", "field_id", "words"):
        found.setdefault(key, {})[field] = words
    return found


def _line(row: tuple[Any, ...], tags: tuple[str, ...], at: datetime) -> Line:
    ticket = Listed._make(row[: len(Listed._fields)])
    clock = NextClock._make(row[len(Listed._fields) : len(FIELDS)])
    terms = contracts.known(ticket.terms_digest, ticket.terms_id)
    if clock.name is None:
        return Line(ticket, None, terms, None, False, None, tags)
    if clock.state != "running" or clock.due is None:
        return Line(ticket, clock, terms, None, False, None, tags)
    calendar = calendar_of(terms, clock.calendar).calendar
    ticking = calendar.is_open(at)
    left = calendar.between(at, clock.due) if clock.due > at else -calendar.between(clock.due, at)
    turns_at = calendar.next_close(at) if ticking else calendar.next_open(at)
    return Line(ticket, clock, terms, left, ticking, turns_at, tags)


def calendar_of(terms: Terms, label: str) -> NamedCalendar:
    """Return the calendar that a clock's `name@version` means under `terms`."""
    return terms.calendars[label.partition("@")[0]]
