"""What the desk hangs on a ticket to keep it in order, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.orgs.models import Person
from mainstay.screens.moments import moment
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import File


@dataclass(frozen=True, slots=True)
class TagChip:
    """A tag, and where it is taken off."""

    name: str
    off_href: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Whether who asks follows the ticket, and who else does."""

    mine: bool
    href: str
    others: str


@dataclass(frozen=True, slots=True)
class Snooze:
    """Whether who asks has snoozed the ticket, and who else has. `until` is in words."""

    mine: bool
    until: str
    href: str
    others: str


@dataclass(frozen=True, slots=True)
class Order:
    """Everything of that kind on one ticket."""

    tags: tuple[TagChip, ...]
    tags_href: str
    follow: Follow
    snooze: Snooze


def order_of(file: File, person: Person, zone: ZoneInfo, *, at: datetime) -> Order:
    """Return what hangs on the ticket of `file`. No query."""
    return Order(
        tags=tuple(
            TagChip(tag.name, reverse("console:untag", args=[file.ticket.reference, tag.pk]))
            for tag in file.tags
        ),
        tags_href=_href("tags", file.ticket),
        follow=_follow(file, person),
        snooze=_snooze(file, person, zone, at),
    )


def _follow(file: File, person: Person) -> Follow:
    mine = any(one.person_id == person.pk for one in file.follows)
    route = "console:unfollow" if mine else "console:follow"
    others = ", ".join(one.person.name for one in file.follows if one.person_id != person.pk)
    return Follow(mine, reverse(route, args=[file.ticket.reference]), others)


def _snooze(file: File, person: Person, zone: ZoneInfo, at: datetime) -> Snooze:
    mine = next((one for one in file.snoozes if one.person_id == person.pk), None)
    due = moment(mine.until, zone, now=at) if mine else None
    until = (due.text if due else "the client writes") if mine else ""
    others = ", ".join(one.person.name for one in file.snoozes if one.person_id != person.pk)
    reference = file.ticket.reference
    href = reverse("console:unsnooze", args=[reference]) if mine else _href("snooze", file.ticket)
    return Snooze(mine is not None, until, href, others)


def _href(key: str, ticket: Ticket) -> str:
    return reverse(f"console:act_{key}", args=[ticket.reference])
