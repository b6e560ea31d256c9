"""What `mainstay verify` asks of the tickets: chains hold, content is what the log refers to, files are there."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from mainstay.lib import files, sql
from mainstay.tickets import content, fields, log, passages, splitting, tags
from mainstay.tickets.models import Attachment, Ticket


def faults(ticket_id: int) -> Iterator[str]:
    """Say in words what is wrong with one ticket, read as it stands at one moment."""
    with transaction.atomic():
        ticket = sql.lock_rows(Ticket.objects.all()).get(pk=ticket_id)
        yield from log.breaks(ticket, log.history(ticket))
        yield from _content(ticket)
        yield from fields.faults(ticket, log.history(ticket))
        yield from tags.faults(ticket, log.history(ticket))
        yield from splitting.faults(ticket, log.history(ticket))
        yield from passages.faults(ticket)


def _content(ticket: Ticket) -> Iterator[str]:
    told = {
        event.payload["message"]: event.payload["digest"] for event in log.history(ticket) if _tells(event)
    }
    for message in ticket.messages.prefetch_related("attachments"):
        digests = [
            attachment.digest for attachment in sorted(message.attachments.all(), key=lambda row: row.pk)
        ]
        if content.digest_of(message, digests) != message.digest:
            yield f"{ticket.reference}: message {message.pk} was changed after it was written"
        if message.pk not in told:
            yield f"{ticket.reference}: message {message.pk} is in no event"
        elif told[message.pk] != message.digest:
            yield f"{ticket.reference}: message {message.pk} is not the one that the log tells of"


def _tells(event: object) -> bool:
    return "message" in getattr(event, "payload", {})


def missing_files() -> Iterator[str]:
    """Say which attachments have no file, or another one than was taken in."""
    for digest, name in Attachment.objects.order_by("digest").values_list("digest", "name").distinct():
        try:
            files.read(digest)
        except (LookupError, OSError, ValueError) as error:
            yield f"attachment {name!r} ({digest[:12]}…): {error}"
