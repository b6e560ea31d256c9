"""Lists of tickets by their promises: the views of the desk, their counts, filters and pages.

Pages are cut by key, not by number, so that page one thousand costs what page one does and nothing is shown twice when
tickets move meanwhile. Everything goes through `visible_tickets`: who may not see a ticket cannot count it either.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from mainstay.clocks.filters import Asked, condition, known
from mainstay.clocks.lines import FIELDS, Line, lines_from, with_fields
from mainstay.lib import sql
from mainstay.lib.keyset import beyond
from mainstay.lib.prepared import Prepared, Statement
from mainstay.orgs.access import any_staff, manages, works_the_desk
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets import search
from mainstay.tickets.access import ticket_id_in, visible_tickets
from mainstay.tickets.attention import hidden_from, snoozed_by
from mainstay.tickets.models import OPEN_STATES, Exclusion, Kind, State, Ticket, Verification

PAGE = 50
UTC = ZoneInfo("UTC")
UNGRADED_LAST = 99  # sorts after every severity there is
SOON = timedelta(hours=1)
VIEWS = (
    "open", "mine", "team", "unassigned", "soon", "breached", "client", "third_party", "held", "complaints",
    "snoozed", "closed", "all",
)  # fmt: skip
MOST_COUNTED = 1_000  # the rail says '999+' beyond
UNCOUNTED = ("closed", "all")  # they only grow, so nobody counts them
OF_SOMEBODY = ("mine", "team", "unassigned")
COUNTED = tuple(view for view in VIEWS if view not in UNCOUNTED)
Order = tuple[tuple[str, int], ...]
SORTS: dict[str, Order] = {  # (field, 1 rising or -1 falling), the key last and unique
    "due": (("promise__sort_at", 1), ("pk", 1)),
    "severity": (("graveness", 1), ("promise__sort_at", 1), ("pk", 1)),
    "reported": (("reported_at", -1), ("pk", -1)),
    "changed": (("changed_at", -1), ("pk", -1)),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to see. `view` is one of VIEWS, `sort` of SORTS, with a '-' before it the other way round."""

    view: str = "open"
    sort: str = "due"
    filters: tuple[Asked, ...] = ()
    text: str = ""
    zone: ZoneInfo = UTC  # whose days a filter means
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of lines. `after` and `before` are where the neighbouring pages begin, empty at the ends."""

    lines: Sequence[Line]
    after: str
    before: str


def page(
    person: Person,
    wanted: Wanted,
    *,
    at: datetime,
    size: int = PAGE,
    tags: bool = False,
    fields: Sequence[int] = (),
) -> Page:
    """Return one page of the tickets that `person` may see, with their tags and what `fields` hold, if wanted.

    One query, and one each for the tags and for the fields, whatever is on it.
    """
    order = order_of(wanted.sort)
    backwards = bool(wanted.before) and not wanted.after
    if backwards:
        order = tuple((field, -way) for field, way in order)
    cursor = read_cursor(wanted.before if backwards else wanted.after, order)
    found = _first_rows(person, wanted, order, cursor, at=at, most=size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_after, has_before = (True, more) if backwards else (more, cursor is not None)
    return Page(
        lines=lines_from(found, at=at, tags=tags, fields=fields),
        after=cursor_of(found[-1], order) if found and has_after else "",
        before=cursor_of(found[0], order) if found and has_before else "",
    )


def _first_rows(
    person: Person, wanted: Wanted, order: Order, cursor: Sequence[Any] | None, *, at: datetime, most: int
) -> list[tuple[Any, ...]]:
    """Return the first rows after `cursor` in `order`, each of `_columns`.

    Whole views as staff see them are asked for all day long. What narrows a list makes another question of it.
    """
    if works_the_desk(person) and not wanted.filters and not wanted.text:
        asking = _rows_for_staff(wanted.view, order, cursor is not None, most, _role(person))
        return asking.rows(person.pk, at, at + SOON, *(cursor or ()))
    return list(_rows(matching(person, wanted, at=at), order, cursor, most))


@lru_cache(maxsize=256)
def _rows_for_staff(view: str, order: Order, begins: bool, most: int, role: str) -> Prepared:
    """Return the question for a page of a whole view, `begins` where it begins after a cursor."""

    def build(person_id: int, at: datetime, soon: datetime, *cursor: Any) -> QuerySet[Ticket, Any]:
        person = any_staff(person_id, role)
        found = visible_tickets(person, at=at).filter(_in_view(view, person, at, soon))
        return _rows(found, order, cursor if begins else None, most)

    kinds = [datetime if field.endswith("_at") else int for field, _ in order] if begins else []
    return Prepared(build, int, datetime, datetime, *kinds)


def _rows(
    found: QuerySet[Ticket], order: Order, cursor: Sequence[Any] | None, most: int
) -> QuerySet[Ticket, Any]:
    return _beginning(with_fields(found), order, cursor).values_list(*_columns(order))[:most]


def _columns(order: Order) -> list[str]:
    """Return what is read of each ticket: what a line shows, and what else `order` goes by."""
    return [*FIELDS, *(field for field, _ in order if field not in FIELDS)]


def _beginning(found: QuerySet[Ticket], order: Order, cursor: Sequence[Any] | None) -> QuerySet[Ticket]:
    if any(field == "graveness" for field, _ in order):
        found = found.annotate(graveness=Coalesce("severity", Value(UNGRADED_LAST)))
    if cursor is not None:
        found = found.filter(beyond(order, cursor))
    return found.order_by(*_ordering(order))


def order_of(sort: str) -> Order:
    """Return the keys of a sort; '-reported' is 'reported' the other way round."""
    turn = -1 if sort.startswith("-") else 1
    return tuple((field, way * turn) for field, way in SORTS[sort.removeprefix("-")])


def first(person: Person, wanted: Wanted, *, at: datetime, most: int) -> list[int]:
    """Return the ids of the first `most` tickets that `wanted` matches, in its order, wherever its page begins."""
    order = order_of(wanted.sort)
    found = _beginning(matching(person, wanted, at=at), order, None)
    return list(found.values_list("pk", flat=True)[:most])


def _ordering(order: Sequence[tuple[str, int]]) -> list[str]:
    return [("-" if way < 0 else "") + field for field, way in order]


def matching(person: Person, wanted: Wanted, *, at: datetime) -> QuerySet[Ticket]:
    """Return the tickets of a view with its filters, in no order."""
    found = visible_tickets(person, at=at)
    found = found.filter(in_view(wanted.view, person, at=at))
    for asked in wanted.filters:
        found = found.filter(condition(asked, person, at=at, zone=wanted.zone))
    if wanted.view not in UNCOUNTED and any(_leads(asked) for asked in wanted.filters):
        found = found.filter(state__in=OPEN_STATES)  # so that the index on that field need not touch closed ones
    if wanted.text:
        found = found.filter(_saying(person, wanted.text))
    return found


def _leads(asked: Asked) -> bool:
    return known(asked.key).indexed and not asked.negated


def in_view(view: str, person: Person, *, at: datetime) -> Q:
    """Return what belongs to a view, judged by the promise that is next due."""
    return _in_view(view, person, at, at + SOON)


def _in_view(view: str, person: Person, at: datetime, soon: datetime) -> Q:
    """Return what belongs to a view at a moment, and 'soon' after it.

    'Breached' is what was noticed or settled, never a comparison of wall clocks. What somebody snoozed is missing from
    the views that they work through, and only there: what is due soon or was missed is always shown.
    """
    is_open = Q(promise__is_open=True)
    if view == "open":
        return is_open & ~hidden_from(person)
    if view in OF_SOMEBODY:
        return is_open & _whose(view, person) & ~hidden_from(person)
    if view == "third_party":
        return is_open & Q(Exists(running_exclusions(view)))
    if view == "snoozed":
        return is_open & snoozed_by(person)
    views: dict[str, Q] = {
        "soon": is_open & Q(promise__state="running", promise__sort_at__gt=at, promise__sort_at__lte=soon),
        "breached": is_open & Q(promise__breached=True),
        "client": is_open & Q(state=State.WAITING_CLIENT),
        "held": is_open & Q(verification=Verification.HELD),
        "complaints": is_open & Q(kind=Kind.COMPLAINT),
        # Not by the state: a value that is bound proves to SQLite no condition of an index, and nine in ten have it.
        "closed": Q(closed_at__isnull=False),
        "all": Q(),
    }
    return views[view]


def _whose(view: str, person: Person) -> Q:
    """Return whose the tickets of a view of OF_SOMEBODY are."""
    return {
        "mine": Q(assignee=person),
        "team": Q(team__in=person.teams.values("pk")),
        "unassigned": Q(assignee=None),
    }[view]


def running_exclusions(kind: str) -> QuerySet[Exclusion]:
    """Return the exclusions of the outer ticket that still run."""
    return Exclusion.objects.filter(ticket=OuterRef("pk"), kind=kind, ended_at=None)


def counts(person: Person, *, at: datetime) -> dict[str, int]:
    """Return how many tickets each view holds, none beyond MOST_COUNTED, but for those that only grow. One query.

    Each is counted over an index of its own and stops at the most, so it costs the same however many are open.
    """
    numbers: Sequence[int]
    if works_the_desk(person):
        [numbers] = _COUNTS_FOR_STAFF[_role(person)].rows(person.pk, at, at + SOON)
    else:
        numbers = sql.counts_up_to(MOST_COUNTED, _counted_views(person, at, at + SOON))
    return dict(zip(COUNTED, numbers, strict=True))


def _role(person: Person) -> str:
    """Return the role that decides what a member of staff sees: who manages sees complaints too (R3.10a)."""
    return StaffRole.MANAGER if manages(person) else StaffRole.SUPPORT


def _counts_for(role: str) -> Prepared:
    def build(person_id: int, at: datetime, soon: datetime) -> Statement:
        return sql.counting(MOST_COUNTED, _counted_views(any_staff(person_id, role), at, soon))

    return Prepared(build, int, datetime, datetime)


_COUNTS_FOR_STAFF: dict[str, Prepared] = {  # asked with every page
    role: _counts_for(role) for role in (StaffRole.SUPPORT, StaffRole.MANAGER)
}


def _counted_views(person: Person, at: datetime, soon: datetime) -> list[QuerySet[Ticket]]:
    found = visible_tickets(person, at=at)
    return [found.filter(_counted(view, person, at, soon)) for view in COUNTED]


def _counted(view: str, person: Person, at: datetime, soon: datetime) -> Q:
    """Return what is in a view, said by the columns of the index that leads to it: by the state what is open."""
    is_open = Q(state__in=OPEN_STATES)
    if view in OF_SOMEBODY:
        return is_open & _whose(view, person) & ~hidden_from(person)
    if view == "snoozed":
        return is_open & snoozed_by(person)
    if view == "client":
        return Q(state=State.WAITING_CLIENT)
    if view == "third_party":
        return is_open & Q(pk__in=Exclusion.objects.filter(kind=view, ended_at=None).values("ticket"))
    if view == "held":
        return is_open & Q(verification=Verification.HELD)
    if view == "complaints":
        return is_open & Q(kind=Kind.COMPLAINT)
    return _in_view(view, person, at, soon)


def _saying(person: Person, text: str) -> Q:
    """Return what words find: the one ticket of a reference, else wherever they begin a word."""
    ticket_id = ticket_id_in(text.upper())
    return Q(pk=ticket_id) if ticket_id is not None else search.saying(person, text)


def read_cursor(text: str, order: Sequence[tuple[str, int]]) -> list[Any] | None:
    """Return the key values in a cursor; None, so the start of the list, for an empty, foreign or broken one."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode()))
        if not text or len(values) != len(order):
            return None
        return [_key_value(field, value) for (field, _), value in zip(order, values, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error):
        return None


def _key_value(field: str, value: Any) -> Any:
    """Return a value of a cursor as its column holds such values. Raises ValueError for one that no column can hold."""
    if field.endswith("_at"):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        return moment.astimezone(UTC)
    number = int(value)
    if not 0 <= number < (2**63 if field == "pk" else 2**15):
        raise ValueError("a number that no column holds")
    return number


def cursor_of(row: Sequence[Any], order: Order) -> str:
    """Return where the page after `row`, a row of FIELDS and what else `order` goes by, begins."""
    columns = _columns(order)
    place = [row[columns.index(field)] for field, _ in order]
    values = [value.isoformat() if isinstance(value, datetime) else value for value in place]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def checked(wanted: Wanted) -> Wanted:
    """Return `wanted` with what nobody can mean taken out: an unknown view, a sort that the view has not."""
    view = wanted.view if wanted.view in VIEWS else "open"
    return replace(
        wanted,
        view=view,
        sort=wanted.sort if wanted.sort.removeprefix("-") in sorts_of(view) else usual_sort(view),
        text=wanted.text.replace("\x00", "")[:200],
    )


def sorts_of(view: str) -> tuple[str, ...]:
    """Return the sorts that a view has. Where closed tickets are, the next promise orders nothing."""
    return ("reported", "changed") if view in UNCOUNTED else tuple(SORTS)


def usual_sort(view: str) -> str:
    """Return how a view is sorted while nobody says otherwise."""
    return "changed" if view in UNCOUNTED else "due"
