"""What the desk hangs on a ticket to keep it in order, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import File


@dataclass(frozen=True, slots=True)
class TagChip:
    """A tag, and where it is taken off."""

    name: str
    off_href: str


@dataclass(frozen=True, slots=True)
class Order:
    """Everything of that kind on one ticket."""

    tags: tuple[TagChip, ...]
    tags_href: str


def order_of(file: File) -> Order:
    """Return what hangs on the ticket of `file`. No query."""
    return Order(
        tags=tuple(
            TagChip(tag.name, reverse("console:untag", args=[file.ticket.reference, tag.pk]))
            for tag in file.tags
        ),
        tags_href=_href("tags", file.ticket),
    )


def _href(key: str, ticket: Ticket) -> str:
    return reverse(f"console:act_{key}", args=[ticket.reference])
