"""Lists of clients: what is open for each, who may ask, which contract is in force and when it ends.

Pages are cut by key, as those of tickets are. Open tickets are counted among those that the caller may see.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower

from mainstay.contracts.models import Contract, Coverage
from mainstay.lib.keyset import beyond
from mainstay.orgs.access import active_memberships
from mainstay.orgs.models import Organisation
from mainstay.tickets.models import Ticket

PAGE = 50
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LONG_PAST = datetime(1, 1, 2, tzinfo=UTC)  # sorts first: a client without any contract wants to be seen
SORTS: dict[str, tuple[tuple[str, int], ...]] = {
    "name": (("sort_name", 1), ("pk", 1)),
    "open": (("open_tickets", -1), ("sort_name", 1), ("pk", 1)),
    "users": (("users", -1), ("sort_name", 1), ("pk", 1)),
    "ends": (("ends_at", 1), ("sort_name", 1), ("pk", 1)),
}
COVERAGES = (*Coverage.values, "none")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to see; empty filters do not narrow. `text` is looked for in names, hints and users."""

    sort: str = "name"
    text: str = ""
    coverage: str = ""  # of COVERAGES
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One client. `contract` is the newest in force, `contracts` how many are."""

    organisation: Organisation
    open: int
    users: int
    contracts: int
    contract: Contract | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of clients. `after` and `before` are where the neighbouring pages begin, empty at the ends."""

    lines: Sequence[Line]
    after: str
    before: str


def checked(wanted: Wanted) -> Wanted:
    """Return `wanted` without what nobody can mean."""
    return Wanted(
        sort=wanted.sort if wanted.sort in SORTS else "name",
        text=wanted.text.replace("\x00", "")[:200],
        coverage=wanted.coverage if wanted.coverage in COVERAGES else "",
        after=wanted.after,
        before=wanted.before,
    )


def page(tickets: QuerySet[Ticket], wanted: Wanted, *, at: datetime, size: int = PAGE) -> Page:
    """Return one page. `tickets` are those that the caller may see. Two queries, whatever is on it."""
    order = SORTS[wanted.sort]
    backwards = bool(wanted.before) and not wanted.after
    cursor = _read(wanted.before if backwards else wanted.after, order)
    found = matching(tickets, wanted, at=at)
    if backwards:
        order = tuple((field, -way) for field, way in order)
    if cursor is not None:
        found = found.filter(beyond(order, cursor))
    rows = list(_sorted(found, order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_after, has_before = (True, more) if backwards else (more, cursor is not None)
    return Page(
        lines=_lines(rows),
        after=_cursor(rows[-1], SORTS[wanted.sort]) if rows and has_after else "",
        before=_cursor(rows[0], SORTS[wanted.sort]) if rows and has_before else "",
    )


def everything(tickets: QuerySet[Ticket], *, at: datetime) -> list[Line]:
    """Return all clients by name. Two queries."""
    return _lines(list(_sorted(matching(tickets, Wanted(), at=at), SORTS["name"])))


def one(tickets: QuerySet[Ticket], key: str, *, at: datetime) -> Line | None:
    """Return the client of that key, None where there is none."""
    return next(iter(_lines(list(matching(tickets, Wanted(), at=at).filter(key=key)))), None)


def matching(tickets: QuerySet[Ticket], wanted: Wanted, *, at: datetime) -> QuerySet[Any]:
    """Return the clients asked for with their figures, in no order."""
    in_force = Contract.objects.filter(
        Q(active_to=None) | Q(active_to__gt=at), organisation=OuterRef("pk"), active_from__lte=at
    ).order_by("-active_from", "-id")
    found = Organisation.objects.annotate(
        sort_name=Lower("name"),
        open_tickets=_count(tickets.filter(organisation=OuterRef("pk"), promise__is_open=True)),
        users=_count(active_memberships(at).filter(organisation=OuterRef("pk"))),
        contracts_in_force=_count(in_force.order_by()),
        contract_id=Subquery(in_force.values("pk")[:1]),
        coverage=Coalesce(Subquery(in_force.values("coverage")[:1]), Value("none"), output_field=CharField()),
    ).annotate(
        ends_at=Case(
            When(contract_id=None, then=Value(LONG_PAST)),
            default=Coalesce(Subquery(in_force.values("active_to")[:1]), Value(NEVER)),
            output_field=DateTimeField(),
        )
    )
    if wanted.coverage:
        found = found.filter(coverage=wanted.coverage)
    for word in wanted.text.split()[:8]:
        found = found.filter(_saying(word, at))
    return found


def _saying(word: str, at: datetime) -> Q:
    people = active_memberships(at).filter(
        Q(person__name__icontains=word)
        | Q(person__email__icontains=word)
        | Q(person__addresses__email__icontains=word),
        organisation=OuterRef("pk"),
    )
    return Q(name__icontains=word) | Q(key__icontains=word) | Q(Exists(people))


def _count(found: QuerySet[Any]) -> Coalesce:
    """Return how many rows of `found` belong to the outer row, as one subquery."""
    counted = found.order_by().values("organisation").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())


def _sorted(found: QuerySet[Any], order: Sequence[tuple[str, int]]) -> QuerySet[Any]:
    return found.order_by(*(F(field).desc() if way < 0 else F(field).asc() for field, way in order))


def _lines(rows: Sequence[Any]) -> list[Line]:
    contracts = Contract.objects.select_related("agreement").in_bulk(
        [row.contract_id for row in rows if row.contract_id]
    )
    return [
        Line(row, row.open_tickets, row.users, row.contracts_in_force, contracts.get(row.contract_id))
        for row in rows
    ]


def _cursor(row: Any, order: Sequence[tuple[str, int]]) -> str:
    values = [getattr(row, field) for field, _ in order]
    told = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def _read(text: str, order: Sequence[tuple[str, int]]) -> list[Any] | None:
    """Return the key values in a cursor; None for an empty, foreign or broken one, which means the first page."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode()))
        if not text or len(values) != len(order):
            return None
        return [_value(field, value) for (field, _), value in zip(order, values, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        return None


def _value(field: str, value: Any) -> Any:
    if field == "sort_name":
        return str(value)
    if field == "ends_at":
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        return moment
    return int(value)
