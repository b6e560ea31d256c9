"""The index of search: what stands in it, how it is kept while the desk works, and how it is written anew.

A message costs one statement more when it is written; a new ticket's own row goes with its first message. Whose a
ticket is stands in the index as a word made of the organisation's key, so that renaming a client rewrites nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from mainstay.core.words import fold
from mainstay.lib import rows, sql
from mainstay.tickets import events
from mainstay.tickets.models import Event, Message, Passage, Ticket

AT_ONCE = 50  # tickets written anew in one transaction, so that nobody waits long for it
AT_MOST = 2_000  # tickets that the duty takes in at one time
REWRITTEN_BY = {events.REQUESTER_AUTHORISED, events.DETAILS_SET, events.MERGED}
COMPARED = ("source", "at", "head", "people", "body")

Progress = Callable[[int, int], None]


def keep(ticket: Ticket, message: Message) -> None:
    """Index a message that was just written; the first one of a ticket that is being opened brings the ticket's row."""
    opens = ticket.last_number == 0
    rows.add([*([own(ticket)] if opens else []), of_message(ticket, message)])


def keep_own(ticket: Ticket) -> None:
    """Index a ticket that is opened without a message."""
    rows.add([own(ticket)])


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Write the ticket's rows anew where its subject or whose it is may have changed."""
    if any(event.kind in REWRITTEN_BY for event in heard):
        refresh(ticket)


def own(ticket: Ticket) -> Passage:
    """Return the row of the ticket itself, unsaved."""
    return Passage(
        ticket=ticket,
        message=None,
        source=Passage.Source.ABOUT,
        at=ticket.reported_at,
        head=_head(ticket),
        people=fold(f"{ticket.requester_name} {ticket.requester_address} {ticket.requester_role}"),
        body="",
    )


def of_message(ticket: Ticket, message: Message) -> Passage:
    """Return the row of a message, unsaved. Its own subject counts where it says something else than the ticket's."""
    ours = settings.SUPPORT_ADDRESS.casefold()
    people = [
        ticket.requester_name,
        ticket.requester_address,
        message.author_name,
        message.author_address,
        *(address for address in message.recipients if address.casefold() != ours),
    ]
    head, subject = _head(ticket), fold(message.subject)
    body = fold(message.text)
    return Passage(
        ticket=ticket,
        message=message,
        source=message.direction,
        at=message.at,
        head=head,
        people=" ".join(dict.fromkeys(fold(" ".join(people)).split())),
        body=body if subject in head else f"{subject} {body}",
    )


def _head(ticket: Ticket) -> str:
    whose = f" {whose_word(ticket.organisation_id)}" if ticket.organisation_id else ""
    return f"{fold(ticket.reference)} {fold(ticket.subject)}{whose}"


def whose_word(organisation_id: int) -> str:
    """Return the word by which the index says whose a ticket is; nobody types it by chance."""
    return f"whose{organisation_id}x"


def refresh(ticket: Ticket) -> bool:
    """Bring the rows of a locked ticket to what they should be; say whether any of them was not."""
    wanted = {row.message_id: row for row in _wanted(ticket)}
    stored = {row.message_id: row for row in ticket.passages.all()}
    missing = [row for key, row in wanted.items() if key not in stored]
    stale = [stored[key] for key in stored if key in wanted and differs(stored[key], wanted[key])]
    for row in stale:
        for name in COMPARED:
            setattr(row, name, getattr(wanted[row.message_id], name))
    Passage.objects.bulk_create(missing)
    Passage.objects.bulk_update(stale, COMPARED, batch_size=50)
    return bool(missing or stale)


def _wanted(ticket: Ticket) -> Iterator[Passage]:
    yield own(ticket)
    for message in ticket.messages.order_by("pk"):
        yield of_message(ticket, message)


def differs(stored: Passage, wanted: Passage) -> bool:
    """Say whether a stored row is not what it should be."""
    return any(getattr(stored, name) != getattr(wanted, name) for name in COMPARED)


def rebuild(*, progress: Progress = lambda done, total: None) -> tuple[int, int]:
    """Write every ticket's rows anew; return how many tickets were looked at, and at how many something was amiss.

    Safe while the desk works: a few tickets are locked at a time; those that come meanwhile are indexed as they come.
    """
    keys = list(Ticket.objects.order_by("-pk").values_list("pk", flat=True))
    mended = 0
    for begin in range(0, len(keys), AT_ONCE):
        mended += _refresh(keys[begin : begin + AT_ONCE])
        progress(min(begin + AT_ONCE, len(keys)), len(keys))
    return len(keys), mended


def take_in_missing(at: datetime) -> None:
    """Index tickets that have no row of their own: those from before there was an index. The duty of every hour."""
    there = Passage.objects.filter(ticket=OuterRef("pk"), message=None)
    missing = Ticket.objects.filter(~Exists(there))
    keys = list(missing.order_by("-pk").values_list("pk", flat=True)[:AT_MOST])
    for begin in range(0, len(keys), AT_ONCE):
        _refresh(keys[begin : begin + AT_ONCE])


@transaction.atomic
def _refresh(keys: Sequence[int]) -> int:
    tickets = sql.lock_rows(Ticket.objects.filter(pk__in=keys).order_by("pk"))
    return sum(refresh(ticket) for ticket in tickets)


def faults(ticket: Ticket) -> Iterator[str]:
    """Say in words what of a ticket, read as it stands, search would not find, or find wrongly."""
    stored = {row.message_id: row for row in ticket.passages.all()}
    for row in _wanted(ticket):
        there = stored.get(row.message_id)
        what = f"message {row.message_id}" if row.message_id else "the ticket"
        if there is None:
            yield f"{ticket.reference}: search does not know {what}; run `mainstay search rebuild`"
        elif differs(there, row):
            yield f"{ticket.reference}: what search knows of {what} is old; run `mainstay search rebuild`"
