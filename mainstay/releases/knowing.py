"""What a requester knows of the release of a request: what the last letter said that reached them.

A letter that waits in the outbox is nothing that they know. It is taken back before a newer one is written, so that
nobody reads of a day that held only in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from mainstay.mail.telling import Outcome
from mainstay.outbox import actions as outbox
from mainstay.outbox.models import Letter
from mainstay.releases.models import Hearing
from mainstay.tickets.models import Ticket

TAKEN_BACK = "Taken back before it left: what came later says what holds."
UNREAD = (Letter.State.QUEUED, Letter.State.WITHDRAWN, Letter.State.FAILED)
AT_ONCE = 500  # tickets of one query


@dataclass(frozen=True, slots=True)
class Known:
    """A release and its day, as far as somebody knows; neither: none is planned."""

    release: int | None = None
    day: date | None = None


def known_to(tickets: Iterable[Ticket]) -> dict[int, Known]:
    """Return by ticket what its requester was last told; nothing where no letter said anything yet.

    Where no letter has reached them, it is what the first of those that did not said to hold before.
    """
    found: dict[int, Known] = {}
    asked = list(tickets)
    for first in range(0, len(asked), AT_ONCE):
        _read({one.pk: one.requester_address.casefold() for one in asked[first : first + AT_ONCE]}, found)
    return found


def _read(addresses: dict[int, str], found: dict[int, Known]) -> None:
    rows = Hearing.objects.filter(Q(letter__isnull=False) | Q(outcome=Outcome.TOLD), ticket__in=addresses)
    settled = set()
    for row in rows.select_related("letter").order_by("-pk"):
        if row.ticket_id in settled or not _is_about(row, addresses[row.ticket_id]):
            continue
        if row.includes_fix:
            settled.add(row.ticket_id)  # it was solved: what was said before has come true
        elif row.letter is None or row.letter.state not in UNREAD:
            settled.add(row.ticket_id)
            found[row.ticket_id] = Known(row.now_id, row.now_on)
        else:
            found[row.ticket_id] = Known(row.was_id, row.was_on)


def _is_about(row: Hearing, address: str) -> bool:
    """Whether a row says what was told to the requester with that address."""
    said_something = row.includes_fix or row.was_id is not None or row.now_id is not None
    return said_something and (row.letter is None or row.letter.recipients[0].casefold() == address)


def on_its_way(ticket: Ticket) -> Known | None:
    """Return what the newest letter says that still waits in the outbox, None where none does."""
    waiting = Hearing.objects.filter(ticket=ticket, outcome=Outcome.TOLD, letter__state=Letter.State.QUEUED)
    row = waiting.order_by("-pk").first()
    return Known(row.now_id, row.now_on) if row is not None else None


def take_back(ticket: Ticket, *, at: datetime) -> None:
    """Take back what still waits to be told of the release of `ticket`."""
    waiting = Hearing.objects.filter(ticket=ticket, outcome=Outcome.TOLD, letter__state=Letter.State.QUEUED)
    for row in waiting.select_related("letter"):
        if row.letter is None:
            continue
        try:
            outbox.withdraw(row.letter, at)
        except outbox.TooLate:
            continue  # it leaves at this moment: then it is what they know
        row.outcome, row.reason = Outcome.SILENT, TAKEN_BACK
        row.save(update_fields=["outcome", "reason"])
