"""Requests as their clients list them: one's own, or all that one may see, by what they are waiting for.

Pages are cut by key, as the desk's are. Everything goes through `visible_tickets`: nobody counts what they cannot see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from mainstay.clocks.lines import FIELDS, Line, lines_from, with_fields
from mainstay.clocks.listing import UTC, Order, Page, cursor_of, read_cursor
from mainstay.contracts.models import Product
from mainstay.lib import sql
from mainstay.lib.keyset import beyond
from mainstay.orgs.models import Organisation, Person
from mainstay.tickets import search
from mainstay.tickets.access import copied_in, ticket_id_in, visible_tickets
from mainstay.tickets.models import OPEN_STATES, State, Ticket

PAGE = 25
MOST_COUNTED = 1_000
MOST_EXPORTED = 5_000
STANDINGS: dict[str, Q] = {  # by what the client waits for, or what waits for them
    "open": Q(state__in=OPEN_STATES),
    "yours": Q(state__in=(State.WAITING_CLIENT, State.RESOLVED)),
    "closed": Q(state=State.CLOSED),
    "all": Q(),
}
MINE, COPIED, EVERYBODY = "mine", "copied", "all"
SORTS: dict[str, Order] = {
    "changed": (("changed_at", -1), ("pk", -1)),
    "reported": (("reported_at", -1), ("pk", -1)),
    "oldest": (("reported_at", 1), ("pk", 1)),
    "due": (("promise__sort_at", 1), ("pk", 1)),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to see. Days are whole days of `zone`, both ends among them; empty does not narrow."""

    standing: str = "open"
    whose: str = EVERYBODY
    sort: str = "changed"
    severity: int | None = None
    product: str = ""  # a key
    organisation: str = ""  # a key
    requester: int | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None
    zone: ZoneInfo = UTC
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a list can be narrowed to: only what is on some request that the person may see."""

    products: Sequence[Product]
    organisations: Sequence[Organisation]
    requesters: Sequence[Person]


def page(person: Person, wanted: Wanted, *, at: datetime, size: int = PAGE) -> Page:
    """Return one page of the requests that `person` may see and asks for. One query."""
    order = SORTS[wanted.sort]
    backwards = bool(wanted.before) and not wanted.after
    if backwards:
        order = tuple((field, -way) for field, way in order)
    cursor = read_cursor(wanted.before if backwards else wanted.after, order)
    found = _rows(matching(person, wanted, at=at), order, cursor, size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_after, has_before = (True, more) if backwards else (more, cursor is not None)
    return Page(
        lines=lines_from(found, at=at),
        after=cursor_of(found[-1], order) if found and has_after else "",
        before=cursor_of(found[0], order) if found and has_before else "",
    )


def everything(person: Person, wanted: Wanted, *, at: datetime) -> list[Line]:
    """Return all that `wanted` asks for in its order, at most MOST_EXPORTED: for a file. One query."""
    return lines_from(_rows(matching(person, wanted, at=at), SORTS[wanted.sort], None, MOST_EXPORTED), at=at)


def _rows(
    found: QuerySet[Ticket], order: Order, cursor: Sequence[Any] | None, most: int
) -> list[tuple[Any, ...]]:
    found = with_fields(found)
    if cursor is not None:
        found = found.filter(beyond(order, cursor))
    columns = [*FIELDS, *(field for field, _ in order if field not in FIELDS)]
    ordering = [F(field).asc() if way > 0 else F(field).desc() for field, way in order]
    return list(found.order_by(*ordering).values_list(*columns)[:most])


def counts(person: Person, wanted: Wanted, *, at: datetime) -> dict[str, int]:
    """Return how many of what `wanted` asks for stand how, and, as COPIED, of all that they are copied in on.

    None beyond MOST_COUNTED. One query.
    """
    narrowed = _narrowed(person, wanted, at=at)
    asked = [narrowed.filter(standing) for standing in STANDINGS.values()]
    numbers = sql.counts_up_to(MOST_COUNTED, [*asked, visible_tickets(person, at=at).filter(copied_in(person))])
    return dict(zip((*STANDINGS, COPIED), numbers, strict=True))


def matching(person: Person, wanted: Wanted, *, at: datetime) -> QuerySet[Ticket]:
    """Return the requests asked for, in no order."""
    return _narrowed(person, wanted, at=at).filter(STANDINGS[wanted.standing])


def choices(person: Person, *, at: datetime) -> Choices:
    """Return what the list of `person` can be narrowed to. Three queries."""
    seen = visible_tickets(person, at=at)
    return Choices(
        products=list(Product.objects.filter(pk__in=seen.values("product")).order_by("name", "pk")),
        organisations=list(Organisation.objects.filter(pk__in=seen.values("organisation")).order_by("name", "pk")),
        requesters=list(Person.objects.filter(pk__in=seen.values("requester")).order_by("name", "pk")[:200]),
    )


def _narrowed(person: Person, wanted: Wanted, *, at: datetime) -> QuerySet[Ticket]:
    found = visible_tickets(person, at=at)
    if wanted.whose == MINE:
        found = found.filter(requester=person)
    if wanted.whose == COPIED:
        found = found.filter(copied_in(person))
    exact = {
        "severity": wanted.severity,
        "product__key": wanted.product or None,
        "organisation__key": wanted.organisation or None,
        "requester": wanted.requester,
        "reported_at__gte": wanted.since and _begins(wanted.since, wanted.zone),
        "reported_at__lt": wanted.until and _begins(wanted.until + timedelta(days=1), wanted.zone),
    }
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.text:
        ticket_id = ticket_id_in(wanted.text.upper())
        found = found.filter(Q(pk=ticket_id) if ticket_id is not None else search.saying(person, wanted.text))
    return found


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
