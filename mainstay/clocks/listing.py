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
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from mainstay.clocks.filters import FIELDS, Asked, condition
from mainstay.clocks.models import Clock
from mainstay.contracts import queries as contracts
from mainstay.contracts.models import TermsSnapshot
from mainstay.core.terms import NamedCalendar, Terms
from mainstay.lib import sql
from mainstay.orgs.models import Person
from mainstay.tickets import search
from mainstay.tickets.access import ticket_id_in, visible_tickets
from mainstay.tickets.attention import hidden_from
from mainstay.tickets.models import OPEN_STATES, Exclusion, Kind, State, Tagging, Ticket, Verification

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
SORTS: dict[str, tuple[tuple[str, int], ...]] = {  # (field, 1 rising or -1 falling), the key last and unique
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
class Line:
    """One ticket as the list shows it. `left` is working time to the next promise, below zero once overrun."""

    ticket: Ticket
    clock: Clock | None
    terms: Terms
    left: timedelta | None
    ticking: bool  # the clock runs and its calendar is open at the moment asked about
    turns_at: datetime | None  # when the calendar opens or closes next, while the clock runs


@dataclass(frozen=True, slots=True)
class Page:
    """One page of lines. `after` and `before` are where the neighbouring pages begin, empty at the ends."""

    lines: Sequence[Line]
    after: str
    before: str


def page(person: Person, wanted: Wanted, *, at: datetime, size: int = PAGE, tags: bool = False) -> Page:
    """Return one page of the tickets that `person` may see, with their tags if they are wanted.

    A fixed number of queries, whatever is on it.
    """
    order = order_of(wanted.sort)
    found = matching(person, wanted, at=at)
    backwards = bool(wanted.before) and not wanted.after
    cursor = read_cursor(wanted.before if backwards else wanted.after, order)
    if backwards:
        order = tuple((field, -way) for field, way in order)
    if cursor is not None:
        found = found.filter(beyond(order, cursor))
    found = with_everything(found.order_by(*_ordering(order)), tags=tags)
    tickets = list(found[: size + 1])
    more, tickets = len(tickets) > size, tickets[:size]
    if backwards:
        tickets.reverse()
    has_after, has_before = (True, more) if backwards else (more, cursor is not None)
    return Page(
        lines=[line_of(ticket, at=at) for ticket in tickets],
        after=_cursor(tickets[-1], order_of(wanted.sort)) if tickets and has_after else "",
        before=_cursor(tickets[0], order_of(wanted.sort)) if tickets and has_before else "",
    )


def order_of(sort: str) -> tuple[tuple[str, int], ...]:
    """Return the keys of a sort; '-reported' is 'reported' the other way round."""
    turn = -1 if sort.startswith("-") else 1
    return tuple((field, way * turn) for field, way in SORTS[sort.removeprefix("-")])


def first(person: Person, wanted: Wanted, *, at: datetime, most: int) -> list[int]:
    """Return the ids of the first `most` tickets that `wanted` matches, in its order, wherever its page begins."""
    order = order_of(wanted.sort)
    found = matching(person, wanted, at=at).order_by(*_ordering(order))
    return list(found.values_list("pk", flat=True)[:most])


def _ordering(order: Sequence[tuple[str, int]]) -> list[str]:
    return [("-" if way < 0 else "") + field for field, way in order]


def matching(person: Person, wanted: Wanted, *, at: datetime) -> QuerySet[Ticket]:
    """Return the tickets of a view with its filters, in no order."""
    found = visible_tickets(person, at=at)
    if wanted.sort.endswith("severity"):
        found = found.annotate(graveness=Coalesce("severity", Value(UNGRADED_LAST)))
    found = found.filter(in_view(wanted.view, person, at=at))
    for asked in wanted.filters:
        found = found.filter(condition(asked, person, at=at, zone=wanted.zone))
    if wanted.view not in UNCOUNTED and any(_leads(asked) for asked in wanted.filters):
        found = found.filter(state__in=OPEN_STATES)  # so that the index on that field need not touch closed ones
    if wanted.text:
        found = found.filter(_saying(person, wanted.text))
    return found


def _leads(asked: Asked) -> bool:
    return FIELDS[asked.key].indexed and not asked.negated


def in_view(view: str, person: Person, *, at: datetime) -> Q:
    """Return what belongs to a view, judged by the promise that is next due.

    'Breached' is what was noticed or settled, never a comparison of wall clocks. What somebody snoozed is missing from
    the views that they work through, and only there: what is due soon or was missed is always shown.
    """
    is_open = Q(promise__is_open=True)
    asleep = hidden_from(person)
    views: dict[str, Q] = {
        "open": is_open & ~asleep,
        "mine": is_open & Q(assignee=person) & ~asleep,
        "team": is_open & Q(team__in=person.teams.values("pk")) & ~asleep,
        "unassigned": is_open & Q(assignee=None) & ~asleep,
        "soon": is_open & Q(promise__state="running", promise__sort_at__gt=at, promise__sort_at__lte=at + SOON),
        "breached": is_open & Q(promise__breached=True),
        "client": is_open & Q(state=State.WAITING_CLIENT),
        "third_party": is_open & Q(Exists(running_exclusions("third_party"))),
        "held": is_open & Q(verification=Verification.HELD),
        "complaints": is_open & Q(kind=Kind.COMPLAINT),
        "snoozed": is_open & asleep,
        # Not by the state: a value that is bound proves to SQLite no condition of an index, and nine in ten have it.
        "closed": Q(closed_at__isnull=False),
        "all": Q(),
    }
    return views[view]


def running_exclusions(kind: str) -> QuerySet[Exclusion]:
    """Return the exclusions of the outer ticket that still run."""
    return Exclusion.objects.filter(ticket=OuterRef("pk"), kind=kind, ended_at=None)


def counts(person: Person, *, at: datetime) -> dict[str, int]:
    """Return how many tickets each view holds, none beyond MOST_COUNTED, but for those that only grow. One query.

    Each is counted over an index of its own and stops at the most, so it costs the same however many are open.
    """
    found, views = visible_tickets(person, at=at), [view for view in VIEWS if view not in UNCOUNTED]
    numbers = sql.counts_up_to(MOST_COUNTED, [found.filter(_counted(view, person, at=at)) for view in views])
    return dict(zip(views, numbers, strict=True))


def _counted(view: str, person: Person, *, at: datetime) -> Q:
    """Return what is in a view, said by the columns of the index that leads to it: by the state what is open."""
    is_open = Q(state__in=OPEN_STATES)
    if view == "mine":
        return is_open & Q(assignee=person) & ~hidden_from(person)
    if view == "team":
        return is_open & Q(team__in=person.teams.values("pk")) & ~hidden_from(person)
    if view == "unassigned":
        return is_open & Q(assignee=None) & ~hidden_from(person)
    if view == "client":
        return Q(state=State.WAITING_CLIENT)
    if view == "third_party":
        return is_open & Q(pk__in=Exclusion.objects.filter(kind=view, ended_at=None).values("ticket"))
    if view == "held":
        return is_open & Q(verification=Verification.HELD)
    if view == "complaints":
        return is_open & Q(kind=Kind.COMPLAINT)
    return in_view(view, person, at=at)


def line_of(ticket: Ticket, *, at: datetime) -> Line:
    """Return how the list shows `ticket`, whose promise and clocks are loaded."""
    digest: str = ticket.terms_digest  # type: ignore[attr-defined]  # `with_everything` adds it
    terms = contracts.known(digest, ticket.terms_id)
    clock = next((clock for clock in ticket.clocks.all() if clock.name == ticket.promise.clock), None)
    if clock is None or clock.state != "running" or clock.due is None:
        return Line(ticket, clock, terms, None, False, None)
    calendar = calendar_of(terms, clock.calendar).calendar
    ticking = calendar.is_open(at)
    left = calendar.between(at, clock.due) if clock.due > at else -calendar.between(clock.due, at)
    return Line(
        ticket, clock, terms, left, ticking, calendar.next_close(at) if ticking else calendar.next_open(at)
    )


def calendar_of(terms: Terms, label: str) -> NamedCalendar:
    """Return the calendar that a clock's `name@version` means under `terms`."""
    return terms.calendars[label.partition("@")[0]]


def _saying(person: Person, text: str) -> Q:
    """Return what words find: the one ticket of a reference, else wherever they begin a word."""
    ticket_id = ticket_id_in(text.upper())
    return Q(pk=ticket_id) if ticket_id is not None else search.saying(person, text)


def with_everything(found: QuerySet[Ticket], *, tags: bool) -> QuerySet[Ticket]:
    """Load what a line shows, and no more: of the clocks the one that is next due, and no agreement's whole text.

    The terms are not joined: every ticket has some, so a planner may begin with the few that there are and sort all.
    """
    related = ("organisation", "assignee", "team", "product", "promise")
    shown = Prefetch("clocks", Clock.objects.filter(name=F("ticket__promise__clock")))
    terms = Subquery(TermsSnapshot.objects.filter(pk=OuterRef("terms")).values("digest")[:1])
    further = [Prefetch("taggings", Tagging.objects.select_related("tag").order_by("tag__name"))] if tags else []
    return found.annotate(terms_digest=terms).select_related(*related).prefetch_related(shown, *further)


def beyond(order: Sequence[tuple[str, int]], cursor: Sequence[Any]) -> Q:
    """Return the rows after `cursor` in `order`: (a > x) or (a = x and b > y) ..., led by a >= x for the index."""
    alternatives = Q()
    for place, ((field, way), value) in enumerate(zip(order, cursor, strict=True)):
        same = {name: cursor[before] for before, (name, _) in enumerate(order[:place])}
        alternatives |= Q(**same, **{f"{field}__{'gt' if way > 0 else 'lt'}": value})
    first, way = order[0]
    return Q(**{f"{first}__{'gte' if way > 0 else 'lte'}": cursor[0]}) & alternatives


def read_cursor(text: str, order: Sequence[tuple[str, int]]) -> list[Any] | None:
    """Return the key values in a cursor; None, so the start of the list, for an empty, foreign or broken one."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode()))
        if not text or len(values) != len(order):
            return None
        return [_key_value(field, value) for (field, _), value in zip(order, values, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        return None


def _key_value(field: str, value: Any) -> Any:
    if field.endswith("_at"):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a moment without its zone")
        return moment
    return int(value)


def _cursor(ticket: Ticket, order: Sequence[tuple[str, int]]) -> str:
    values = []
    for field, _ in order:
        value: Any = ticket
        for part in field.split("__"):
            value = getattr(value, part)
        values.append(value.isoformat() if isinstance(value, datetime) else value)
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
