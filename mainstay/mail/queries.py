"""Reads of the mail ledger, the mailboxes' health and our texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from mainstay.mail import known, wording
from mainstay.mail.models import Arrival, Mailbox, Outcome, RawMail, Suppression, Template
from mainstay.orgs.models import Person
from mainstay.tickets.access import hidden_tickets, ticket_id_in
from mainstay.tickets.models import Ticket

MOST_WORDS = 8  # of those that a list is narrowed by
UNWELL_AFTER = timedelta(minutes=10)  # without a good look at a mailbox


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """How a mailbox is. `unwell` says in words what a person should look at, or nothing."""

    mailbox: Mailbox
    unwell: str

    @property
    def checks_senders(self) -> bool:
        """Whether a border server is named whose word on senders is believed; without one, nobody checks them."""
        return bool(self.mailbox.authserv_id)


@dataclass(frozen=True, slots=True)
class Wording:
    """One text as it stands: ours or the shipped one, with what it may use and how it looks filled in."""

    kind: wording.Kind
    text: wording.Text
    edited: Template | None
    preview: wording.Text


def ledger() -> QuerySet[Arrival]:
    """Return every arrival, newest first."""
    return Arrival.objects.select_related("mailbox", "ticket").order_by("-received_at", "-id")


def shown_to(person: Person, arrivals: QuerySet[Arrival], *, at: datetime) -> QuerySet[Arrival, Any]:
    """Say of each arrival whether it is `hidden`: of a ticket that `person` may not see (R3.10a, class C2)."""
    return arrivals.annotate(hidden=Exists(hidden_tickets(person, at=at).filter(pk=OuterRef("ticket_id"))))


def narrowed(person: Person, text: str, *, at: datetime) -> QuerySet[Arrival, Any]:
    """Return the ledger for `person`; with `text` those arrivals of which each word is in sender, subject or reference.

    No word finds what is hidden from them, or finding it would tell what it says.
    """
    found = shown_to(person, ledger(), at=at)
    if text:
        found = found.exclude(ticket__in=hidden_tickets(person, at=at))
    for word in text.split()[:MOST_WORDS]:
        said = Q(sender__icontains=word) | Q(subject__icontains=word) | Q(envelope_from__icontains=word)
        ticket_id = ticket_id_in(word.upper())
        found = found.filter(said if ticket_id is None else said | Q(ticket=ticket_id))
    return found


def arrival_for(person: Person, arrival_id: int, *, at: datetime) -> Arrival | None:
    """Return one arrival, if it belongs to no ticket or to one that `person` may see."""
    return ledger().filter(pk=arrival_id).exclude(ticket__in=hidden_tickets(person, at=at)).first()


def quarantined() -> QuerySet[Arrival]:
    """Return the mail that waits for a person, newest first."""
    waiting = Arrival.objects.filter(outcome=Outcome.QUARANTINED, discarded_at=None)
    return waiting.select_related("mailbox", "ticket").order_by("-id")


def oldest_untaken(at: datetime) -> Arrival | None:
    """Return the mail that has waited longest to be taken in: the backlog, for the health page."""
    return Arrival.objects.filter(due_at__lte=at).order_by("recorded_at").first()


def raw_of(arrival: Arrival) -> bytes:
    """Return a mail as it came, for staff to download; empty where we never had it."""
    raw = RawMail.objects.filter(pk=arrival.raw_id).first() if arrival.raw_id else None
    return bytes(raw.data) if raw else b""


def arrivals_of(ticket: Ticket) -> QuerySet[Arrival]:
    """Return the mails that became part of `ticket`."""
    return ledger().filter(ticket=ticket)


def mailboxes(at: datetime) -> list[MailboxHealth]:
    """Return every mailbox with how it is. One query."""
    return [MailboxHealth(mailbox, _unwell(mailbox, at)) for mailbox in Mailbox.objects.order_by("name")]


def unwell_mailboxes(at: datetime) -> list[MailboxHealth]:
    """Return the mailboxes that have not been read for ten minutes, or that refuse us. One query."""
    return [one for one in mailboxes(at) if one.unwell]


def _unwell(mailbox: Mailbox, at: datetime) -> str:
    if mailbox.paused:
        return ""
    since = mailbox.last_good_fetch_at or mailbox.created_at
    if at - since < UNWELL_AFTER:
        return ""
    why = mailbox.last_error or "no worker reads it"
    never = "" if mailbox.last_good_fetch_at else " It has never been read."
    return f"Not read since {since:%Y-%m-%d %H:%M}Z: {why}.{never}"


def suppressed() -> QuerySet[Suppression]:
    """Return the addresses that are written to no more, newest first."""
    return Suppression.objects.filter(~Q(suppressed_at=None)).order_by("-suppressed_at", "address")


def texts() -> Sequence[Wording]:
    """Return every text that we send, with a preview. One query."""
    edited = {row.key: row for row in Template.objects.select_related("edited_by")}
    return [_wording(key, edited.get(key)) for key in wording.KINDS]


def text(key: str) -> Wording:
    """Return one text, with a preview. Raises KeyError for a key that there is not."""
    return _wording(
        wording.KINDS[key].key, Template.objects.select_related("edited_by").filter(key=key).first()
    )


def _wording(key: str, edited: Template | None) -> Wording:
    said = wording.Text(edited.subject, edited.text) if edited else known.shipped(key)
    return Wording(wording.KINDS[key], said, edited, wording.preview(key, said))
