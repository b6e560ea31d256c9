"""Drafts: kept while somebody types, found again on another machine, gone once sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mainstay.orgs.models import Person
from mainstay.tickets.content import NUL
from mainstay.tickets.models import Ticket
from mainstay.writing.models import Draft


@transaction.atomic
def save(*, ticket: Ticket, by: Person, pane: str, text: str, seen: int, at: datetime) -> Draft | None:
    """Keep what `by` has typed in `pane`; an empty text ends the draft. May be called again and again.

    `seen` is the newest message that they had before them. It never goes back: who has looked has looked.
    """
    if not text.strip():
        drop(ticket=ticket, by=by, pane=pane)
        return None
    known = Draft.objects.filter(ticket=ticket, person=by, pane=pane).first()
    draft, _ = Draft.objects.update_or_create(
        person=by,
        ticket=ticket,
        pane=pane,
        defaults={
            "text": text.replace(NUL, "\ufffd"),
            "seen": max(seen, known.seen if known else 0),
            "saved_at": at,
        },
        create_defaults={
            "text": text.replace(NUL, "\ufffd"),
            "seen": seen,
            "begun_at": at,
            "saved_at": at,
        },
    )
    return draft


def drop(*, ticket: Ticket, by: Person, pane: str) -> None:
    """Forget the draft, because it was sent or emptied."""
    Draft.objects.filter(ticket=ticket, person=by, pane=pane).delete()


def of_ticket(ticket: Ticket) -> Sequence[Draft]:
    """Return every draft on `ticket`, the oldest first. One query; show the words of one's own only."""
    return list(Draft.objects.filter(ticket=ticket).select_related("person").order_by("begun_at", "id"))
