"""One letter about one ticket: composed, put into the outbox, and written into the thread, in one
transaction.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction

from mainstay.contracts.models import AgreementVersion, TermsSnapshot
from mainstay.lib import rows
from mainstay.mail import addresses, compose, desk, letterhead, wording
from mainstay.mail.models import Suppression, Template
from mainstay.mail.parsed import Address
from mainstay.mail.phrases import greeting
from mainstay.orgs.models import Person
from mainstay.outbox import actions as outbox
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets import complained
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.delivery import TO_OTHERS
from mainstay.tickets.models import Direction, Message, Participant, Ticket

UNDO = timedelta(seconds=10)  # what a person sends is held so long, to be taken back
_FOREIGN = re.compile(r"\[[^\[\]]{0,30}\d{2}[^\[\]]{0,20}\]")  # another desk's reference, as desks write them
_FOREIGN_MOST = 3


class CannotWrite(ValueError):
    """No letter can be written to this requester; the message says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said, and how. `key` names the text (`wording.KINDS`) and the message's purpose.

    `by` is the person who writes, None for a machine: then it is marked as automatic and goes to the
    requester only. `effect` is what the log shall say once the recipient's server has accepted it.
    """

    key: str
    values: Mapping[str, str]
    by: Person | None = None
    effect: Mapping[str, object] = field(default_factory=dict)
    files: Sequence[NewFile] = ()
    answers: bool = False  # a person answers with it, so the client no longer waits for a word
    automatic: compose.Automatic = ""
    to: Sequence[Address] = ()  # in place of the requester
    held_for: timedelta = UNDO
    private: Mapping[str, str] = field(default_factory=dict)  # shown in the thread in place of such values


@dataclass(frozen=True, slots=True)
class Thread:
    """What a letter answers: the Message-IDs so far, the client's newest, and other desks' references in
    its subject.
    """

    references: tuple[str, ...] = ()
    answered: str = ""
    foreign: tuple[str, ...] = ()


def send(ticket: Ticket, draft: Draft, *, at: datetime, thread: Thread | None = None) -> Message:
    """Compose `draft`, put it into the outbox and write it into the thread, all or nothing.

    Where the requester cannot be reached by mail, a person is told so (CannotWrite, nothing is written); what a
    machine had to say is written into the thread as not sent, so that somebody sees it and rings.
    """
    if refusal := complained.why_not(ticket, draft.by):
        raise CannotWrite(refusal)
    problem = ""
    to = list(draft.to)
    if not to:
        try:
            to = [_requester(ticket)]
        except CannotWrite as error:
            if draft.by is not None:
                raise
            problem = str(error)
    # No savepoint: what fails from here on undoes whatever it belongs to.
    with transaction.atomic(savepoint=False):
        ticket = tickets.locked(ticket)
        known = thread_of(ticket) if thread is None else thread
        values = {**_common(ticket, draft.by), **draft.values}
        said, shown = (wording.fill(text_of(draft.key), values | more) for more in ({}, draft.private))
        if problem:
            return _record(ticket, draft, shown, [], known, at, notes=(f"Not sent. {problem}",))
        letter = _posted(ticket, draft, said, to, known, at)
        return _record(ticket, draft, shown, letter.recipients, known, at, letter=letter)


def _posted(
    ticket: Ticket, draft: Draft, said: wording.Text, to: Sequence[Address], thread: Thread, at: datetime
) -> Letter:
    cc = _copies(ticket, to) if draft.by is not None and not draft.to else []
    message_id = desk.signer().make_message_id(f"t{ticket.pk}x{secrets.token_hex(8)}")
    return outbox.post(
        kind=draft.key,
        about=f"ticket:{ticket.pk}",
        sender=settings.SUPPORT_ADDRESS,
        recipients=[one.address for one in (*to, *cc)],
        message_id=message_id,
        body=_body(ticket, draft, said, to, cc, message_id, thread, at),
        at=at,
        not_before=at + draft.held_for if draft.by is not None else None,
    )


def _body(
    ticket: Ticket,
    draft: Draft,
    said: wording.Text,
    to: Sequence[Address],
    cc: Sequence[Address],
    message_id: str,
    thread: Thread,
    at: datetime,
) -> bytes:
    vendor = vendor_of(ticket.terms)
    html = letterhead.page(
        said.body,
        title=one_line(said.subject),
        footer=f"{vendor}, reference {ticket.reference}",
    )
    return compose.build(
        sender=desk.sender(one_line(f"{draft.by.name}, {vendor}" if draft.by else vendor)[:100]),
        to=to,
        cc=cc,
        subject=one_line(said.subject),
        text=said.body,
        html=html,
        message_id=message_id,
        at=at,
        reference=ticket.reference,
        foreign=thread.foreign,
        in_reply_to=thread.answered,
        references=thread.references,
        automatic=draft.automatic,
        loop=desk.signer().make_loop_mark(message_id),
        attachments=[compose.Attachment(file.name, file.content_type, file.data) for file in draft.files],
    )


def _record(
    ticket: Ticket,
    draft: Draft,
    said: wording.Text,
    recipients: Sequence[str],
    thread: Thread,
    at: datetime,
    *,
    letter: Letter | None = None,
    notes: tuple[str, ...] = (),
) -> Message:
    new = NewMessage(
        direction=Direction.OUT,
        channel="mail",
        text=said.body,
        subject=compose.subject_line(
            one_line(said.subject), reference=ticket.reference, foreign=thread.foreign
        ),
        author=draft.by,
        author_name=draft.by.name if draft.by else "",
        author_address=settings.SUPPORT_ADDRESS,
        recipients=tuple(recipients),
        message_id=letter.message_id if letter else "",
        in_reply_to=thread.answered,
        purpose=draft.key,
        automatic=draft.by is None,
        notes=notes,
        files=tuple(draft.files),
        effect=draft.effect,
        letter=letter,
    )
    actor = draft.by.ref if draft.by else "correspondence"
    return tickets.record_outgoing(ticket=ticket, message=new, at=at, actor=actor, answers=draft.answers)


@contextmanager
def in_hand(ticket: Ticket) -> Iterator[None]:
    """Say that this transaction made or locked `ticket` itself, so that it need not be read again within the
    block.
    """
    ticket.in_hand += 1
    try:
        yield
    finally:
        ticket.in_hand -= 1


def thread_of(ticket: Ticket) -> Thread:
    """Return the thread of `ticket` so far. One query."""
    said = (
        Message.objects.filter(ticket=ticket)
        .exclude(message_id="")
        .exclude(purpose__in=TO_OTHERS)
        .order_by("at", "id")
        .values_list("message_id", "direction", "automatic", "subject")
    )
    references, answered, newest_subject = [], "", ""
    for message_id, direction, automatic, subject in said:
        references.append(message_id)
        if direction == Direction.IN and not automatic:
            answered, newest_subject = message_id, subject
    return Thread(
        tuple(references),
        answered or (references[-1] if references else ""),
        foreign_in(newest_subject, ticket),
    )


def foreign_in(subject: str, ticket: Ticket) -> tuple[str, ...]:
    """Return the references of other desks in a subject, so that an answer carries them and is joined
    there.
    """
    found = [one for one in _FOREIGN.findall(subject[:1000]) if ticket.reference not in one]
    return tuple(dict.fromkeys(found))[:_FOREIGN_MOST]


@dataclass(frozen=True, slots=True)
class Known:
    """What a batch of letters needs again and again, looked up once for all of them."""

    texts: Mapping[str, Template]
    addresses: frozenset[str]
    suppressed: Mapping[str, Suppression]


_known: ContextVar[Known | None] = ContextVar("known", default=None)


@contextmanager
def knowing(addresses: Iterable[str]) -> Iterator[None]:
    """Look up our texts, and which of these addresses are written to no more, once for the block. Two queries."""
    asked = frozenset(one.casefold() for one in addresses)
    failing = rows.among(Suppression, "address", asked)
    texts = {row.key: row for row in Template.objects.all()}
    stopped = {row.address: row for row in failing if row.suppressed_at is not None}
    token = _known.set(Known(texts, asked, stopped))
    try:
        yield
    finally:
        _known.reset(token)


def text_of(key: str) -> wording.Text:
    """Return our own wording of a text, or else the shipped one. One query, unless `knowing`."""
    known = _known.get()
    edited = known.texts.get(key) if known else Template.objects.filter(key=key).first()
    return wording.Text(edited.subject, edited.text) if edited else wording.shipped(key)


def vendor_of(snapshot: TermsSnapshot) -> str:
    """Return the vendor's name as the ticket's agreement has it.

    A query the first time for each agreement.
    """
    return _vendor(snapshot.agreement_id)


@lru_cache(maxsize=64)
def _vendor(agreement_id: int) -> str:
    source = AgreementVersion.objects.values_list("source", flat=True).get(pk=agreement_id)
    return str(tomllib.loads(source)["agreement"]["vendor"])


def _requester(ticket: Ticket) -> Address:
    """Return where letters about `ticket` go.

    Raises CannotWrite where there is no way to reach it by mail.
    """
    try:
        address = addresses.check(ticket.requester_address)
    except addresses.BadAddress:
        raise CannotWrite(
            "There is no e-mail address to write to. Ring the requester, and note the call."
        ) from None
    if (stopped := suppressed(address)) is not None:
        raise CannotWrite(
            f"Mail to {address} does not arrive: {stopped.reason or 'it failed three times'}. "
            "Ring the requester, or lift the stop once the address works again."
        )
    return Address(one_line(ticket.requester_name)[:100] if ticket.verified else "", address)


def suppressed(address: str) -> Suppression | None:
    """Return why nothing is sent to `address`, or None. One query, unless `knowing`."""
    known = _known.get()
    if known is not None and address.casefold() in known.suppressed:
        return known.suppressed[address.casefold()]
    if known is not None and address.casefold() in known.addresses:
        return None
    return Suppression.objects.filter(address=address.casefold(), suppressed_at__isnull=False).first()


def recipients_of(ticket: Ticket, participants: Iterable[Participant]) -> tuple[Address | None, list[Address]]:
    """Return exactly who gets what a person sends: the requester, None where no mail reaches them, and the copies.

    One query: whether mail to the requester is stopped.
    """
    try:
        to = _requester(ticket)
    except CannotWrite:
        return None, []
    return to, _sound_copies(((one.address, one.name) for one in participants if one.accepted), [to])


def _copies(ticket: Ticket, to: Sequence[Address]) -> list[Address]:
    accepted = ticket.participants.filter(accepted=True).order_by("id").values_list("address", "name")
    return _sound_copies(accepted, to)


def _sound_copies(accepted: Iterable[tuple[str, str]], to: Sequence[Address]) -> list[Address]:
    known = {one.key for one in to}
    found = [Address(one_line(name)[:100], address) for address, name in accepted if _is_sound(address)]
    return [one for one in found if one.key not in known]


def _is_sound(address: str) -> bool:
    try:
        return addresses.check(address) == address
    except addresses.BadAddress:
        return False


def _common(ticket: Ticket, by: Person | None) -> dict[str, str]:
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "greeting": greeting(ticket.requester_name),
        "agent": by.name if by else "",
        "vendor": vendor_of(ticket.terms),
    }


def one_line(text: str) -> str:
    """Return one line without control characters: names and subjects of others stand in our headers."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())
