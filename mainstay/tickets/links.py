"""Links between tickets: related, duplicate of, caused by, blocks. Each stands on both, and in the log of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from mainstay.orgs.models import Person
from mainstay.tickets import events
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Ticket
from mainstay.tickets.rows.links import Link, LinkKind

BACKWARDS = {
    LinkKind.RELATED: "Related to",
    LinkKind.DUPLICATE: "Duplicated by",
    LinkKind.CAUSED: "Cause of",
    LinkKind.BLOCKS: "Blocked by",
    LinkKind.SPLIT: "Split into",
}
BY_HAND = (LinkKind.RELATED, LinkKind.DUPLICATE, LinkKind.CAUSED, LinkKind.BLOCKS)


@dataclass(frozen=True, slots=True)
class Seen:
    """A link as one of its two tickets shows it."""

    link: Link
    how: str
    other: Ticket


@transaction.atomic
def link(*, ticket: Ticket, other: Ticket, kind: str, by: Person, at: datetime) -> Link:
    """Say how `ticket` stands to `other`. Whether `by` may see the other one is asked by `queries.by_reference`."""
    if ticket.pk == other.pk:
        raise CannotDo("A ticket cannot be linked to itself.")
    rows = _both(ticket, other)
    source, target = rows[ticket.pk], rows[other.pk]
    if kind == LinkKind.RELATED and source.pk > target.pk:
        source, target = target, source
    if Link.objects.filter(source=source, target=target, kind=kind).exists():
        raise CannotDo("These two are linked like that already.")
    made = Link.objects.create(source=source, target=target, kind=kind, at=at, by=by)
    _tell(events.LINKED, source, target, kind, by, at)
    return made


@transaction.atomic
def unlink(*, link: Link, by: Person, at: datetime) -> None:
    """Take a link away. What a split left behind stays: it says where messages came from."""
    if link.kind == LinkKind.SPLIT:
        raise CannotDo("One was split off from the other; that stays on record.")
    rows = _both(link.source, link.target)
    if Link.objects.filter(pk=link.pk).delete()[0]:
        _tell(events.UNLINKED, rows[link.source_id], rows[link.target_id], link.kind, by, at)


def of(ticket: Ticket, *, person: Person | None = None, at: datetime | None = None) -> list[Seen]:
    """Return the links of `ticket`, oldest first; to tickets that `person` may see only, where given. One query."""
    found = rows_of(ticket.pk)
    if person is not None and at is not None:
        among = visible_tickets(person, at=at).values("pk")
        found = found.filter(source__in=among, target__in=among)
    return seen_from(ticket, found)


def rows_of(ticket_id: int) -> QuerySet[Link]:
    """Return the rows of the links of a ticket, either way, oldest first."""
    found = Link.objects.filter(Q(source=ticket_id) | Q(target=ticket_id))
    return found.select_related("source__terms", "target__terms").order_by("at", "pk")


def seen_from(ticket: Ticket, rows: Iterable[Link]) -> list[Seen]:
    """Return links as they look from one of their ends."""
    return [
        Seen(one, LinkKind(one.kind).label, one.target)
        if one.source_id == ticket.pk
        else Seen(one, BACKWARDS[LinkKind(one.kind)], one.source)
        for one in rows
    ]


def faults() -> Iterator[str]:
    """Say which links the logs of their tickets know nothing of."""
    for one in Link.objects.select_related("source", "target").order_by("pk").iterator():
        for here, there in ((one.source, one.target), (one.target, one.source)):
            told = here.events.filter(kind__in=(events.LINKED, events.UNLINKED)).order_by("-number")
            about = [e for e in told if (e.payload["other"], e.payload["how"]) == (there.reference, one.kind)]
            if not about or about[0].kind != events.LINKED:
                yield f"{here.reference}: no event tells of its link to {there.reference}"


def _both(one: Ticket, other: Ticket) -> dict[int, Ticket]:
    """Lock both, always in the same order, so that two people who link the same two cannot deadlock."""
    by_id = {row.pk: row for row in (one, other)}
    return {pk: locked(by_id[pk]) for pk in sorted(by_id)}


def _tell(kind: str, source: Ticket, target: Ticket, how: str, by: Person, at: datetime) -> None:
    for here, there, way in ((source, target, "to"), (target, source, "from")):
        data = {"other": there.reference, "how": how, "way": way}
        append(here, [Happening(kind, at, data)], actor=by.ref, recorded_at=at)
