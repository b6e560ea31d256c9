"""Where the clues of a mail lead: the tickets that its tokens, references and Message-IDs belong to."""

from __future__ import annotations

from mainstay.core import reference
from mainstay.mail import evidence
from mainstay.mail.classify import Own
from mainstay.mail.parsed import ParsedMail
from mainstay.tickets import delivery
from mainstay.tickets.models import DEFAULT_PREFIX, FIRST_NUMBER, Message, Ticket


def follow(mail: ParsedMail, own: Own) -> tuple[evidence.Clues, evidence.Found[int]]:
    """Look up every clue of a mail. A mail that answers nothing costs no query."""
    clues = evidence.clues(mail, signer=own.signer, find=lambda text: reference.find(text, DEFAULT_PREFIX))
    by_token = {token: key for token in clues.tokens if (key := _ticket_of_token(token)) is not None}
    by_reference = {one: reference.parse(one, DEFAULT_PREFIX) - FIRST_NUMBER for one in clues.references}
    by_message_id: dict[str, int] = {}
    if clues.message_ids:
        seen = Message.objects.filter(message_id__in=clues.message_ids).exclude(
            purpose=delivery.BREACH_NOTICE
        )
        by_message_id = dict(seen.order_by("-id").values_list("message_id", "ticket_id"))
    standing = _where_they_stand({*by_token.values(), *by_reference.values(), *by_message_id.values()})
    return clues, evidence.Found(
        *(
            {key: standing[ticket] for key, ticket in found.items() if ticket in standing}
            for found in (by_token, by_message_id, by_reference)
        )
    )


def _ticket_of_token(token: str) -> int | None:
    """Return the ticket that an outgoing mail of ours was about; the signature has been checked."""
    number = token[1:].partition("x")[0]
    return int(number) if token.startswith("t") and number.isdigit() else None


def _where_they_stand(keys: set[int]) -> dict[int, int]:
    """Return, for each ticket that exists, where it goes on: itself, or what it was merged into."""
    standing: dict[int, int] = {}
    looking = {key: key for key in keys}
    while looking:
        rows = dict(Ticket.objects.filter(pk__in=looking.values()).values_list("pk", "merged_into_id"))
        standing |= {key: now for key, now in looking.items() if now in rows and rows[now] is None}
        looking = {key: rows[now] for key, now in looking.items() if rows.get(now) is not None}
    return standing
