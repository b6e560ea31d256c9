"""One letter about one ticket: composed, put into the outbox, and written into the thread, in one
transaction.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction

from mainstay.contracts.models import AgreementVersion, TermsSnapshot
from mainstay.core.saying import Refusal
from mainstay.lib.language import in_ours as _
from mainstay.lib.language import ours
from mainstay.mail import addresses, compose, copies, desk, known, paper, promised, secure, wanted, wording
from mainstay.mail.letterhead import Sheet
from mainstay.mail.parsed import Address
from mainstay.mail.phrases import greeting
from mainstay.orgs.models import Person
from mainstay.outbox import actions as outbox
from mainstay.outbox.models import Letter
from mainstay.tickets import actions as tickets
from mainstay.tickets import complained, delivery
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.models import Direction, Message, Participant, Ticket

UNDO = timedelta(seconds=10)  # what a person sends is held so long, to be taken back
_FOREIGN = re.compile(r"\[[^\[\]]{0,30}\d{2}[^\[\]]{0,20}\]")  # another desk's reference, as desks write them
_FOREIGN_MOST = 3
LINK_ONLY_NOTE = "Sent as a link, without its words: {name} takes no content by mail. They read it in the portal."


brand, knowing, suppressed, text_of = known.brand, known.knowing, known.suppressed, known.text_of


class CannotWrite(Refusal, ValueError):
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


@dataclass(frozen=True, slots=True)
class Going:
    """A letter as it leaves: what stands in it, who gets it, what goes along."""

    sheet: Sheet
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    files: Sequence[NewFile]
    thread: Thread


@ours
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
    problem = problem or ("" if draft.to else wanted.why_not(ticket, draft.key))
    # No savepoint: what fails from here on undoes whatever it belongs to.
    with transaction.atomic(savepoint=False):
        ticket = tickets.locked(ticket)
        answered = thread_of(ticket) if thread is None else thread
        vendor = vendor_name(ticket)
        values = {**_common(ticket, draft.by, vendor), **draft.values}
        said, shown = (wording.fill(text_of(draft.key), {**values, **more}) for more in ({}, draft.private))
        if problem:
            return _record(ticket, draft, shown, [], answered, at, notes=(f"Not sent. {problem}",))
        going, rule = _going(ticket, draft, said, to, answered, vendor, at)
        letter = _posted(ticket, draft, going, paper.of(brand(), vendor), at)
        notes = (LINK_ONLY_NOTE.format(name=rule.name),) if rule else ()
        return _record(ticket, draft, shown, letter.recipients, answered, at, letter=letter, notes=notes)


def _going(
    ticket: Ticket,
    draft: Draft,
    said: wording.Text,
    to: Sequence[Address],
    thread: Thread,
    vendor: str,
    at: datetime,
) -> tuple[Going, secure.Rule | None]:
    """Return the letter as it leaves, and the rule that took its words out where one did."""
    cc = _copies(ticket, to, draft.key) if draft.by is not None and not draft.to else []
    told = promised.sentence(ticket, draft.effect, at=at) if wording.KINDS[draft.key].promise else ""
    sheet = paper.laid_out(
        wording.KINDS[draft.key], one_line(said.subject), said.body, told=told, reference=ticket.reference,
        verified=ticket.verified, link=paper.link_to(ticket),
        all_see=copies.all_see(ticket, [one.address for one in cc], at=at),
    )  # fmt: skip
    going = Going(sheet, tuple(to), tuple(cc), draft.files, thread)
    everybody = [one.address for one in (*to, *cc)]
    rule = secure.binding(
        known.rules(), draft.key, organisation_id=ticket.organisation_id, addresses=everybody, at=at
    )
    return (without_words(going, ticket, draft, told, vendor), rule) if rule else (going, None)


def without_words(going: Going, ticket: Ticket, draft: Draft, told: str, vendor: str) -> Going:
    """Return what leaves instead to a client who takes links only: nothing of theirs, no file, not even a name.

    Reference and severity are ours and name nobody, so they stay: with both in it the letter is the evidence that the
    severity was provided (R3.3c).
    """
    values = {
        "reference": ticket.reference,
        "news": _(wording.KINDS[draft.key].news),
        "graded": _graded(draft),
        "survey": draft.values.get("survey", ""),
        "vendor": vendor,
    }
    said = wording.fill(text_of("link_only"), values)
    sheet = Sheet(
        one_line(said.subject), said.body, told, ticket.reference, _(paper.ONLINE), paper.link_to(ticket)
    )
    to, cc = (tuple(Address("", one.address) for one in several) for several in (going.to, going.cc))
    return Going(sheet, to, cc, (), replace(going.thread, foreign=()))


def _graded(draft: Draft) -> str:
    severity, name = draft.effect.get("severity"), draft.values.get("severity_name", "")
    return _("It is severity %(severity)s: %(name)s.") % {"severity": severity, "name": name} if severity else ""


def _posted(ticket: Ticket, draft: Draft, going: Going, used: paper.Paper, at: datetime) -> Letter:
    message_id = desk.signer().make_message_id(f"t{ticket.pk}x{secrets.token_hex(8)}")
    return outbox.post(
        kind=draft.key,
        about=f"ticket:{ticket.pk}",
        sender=settings.SUPPORT_ADDRESS,
        recipients=[one.address for one in (*going.to, *going.cc)],
        message_id=message_id,
        body=_body(ticket, draft, going, used, message_id, at),
        at=at,
        not_before=at + draft.held_for if draft.by is not None else None,
    )


def _body(
    ticket: Ticket, draft: Draft, going: Going, used: paper.Paper, message_id: str, at: datetime
) -> bytes:
    text, html, pictures = used.written(going.sheet)
    name = used.head.name
    return compose.build(
        sender=desk.sender(one_line(f"{draft.by.name}, {name}" if draft.by else name)[:100]),
        to=going.to,
        cc=going.cc,
        subject=going.sheet.title,
        text=text,
        html=html,
        message_id=message_id,
        at=at,
        reference=ticket.reference,
        foreign=going.thread.foreign,
        in_reply_to=going.thread.answered,
        references=going.thread.references,
        automatic=draft.automatic,
        loop=desk.signer().make_loop_mark(message_id),
        attachments=[compose.Attachment(file.name, file.content_type, file.data) for file in going.files],
        pictures=pictures,
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
        .exclude(purpose__in=delivery.TO_OTHERS)
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


def vendor_name(ticket: Ticket) -> str:
    """Return our name as clients know it: the brand's, or else the one in the ticket's agreement."""
    return brand().name or vendor_of(ticket.terms)


def vendor_of(snapshot: TermsSnapshot) -> str:
    """Return the vendor's name as the ticket's agreement has it.

    A query the first time for each agreement.
    """
    return vendor_in(snapshot.agreement_id)


def vendor_in(agreement_id: int) -> str:
    """Return the vendor's name as that agreement has it. A query the first time."""
    return _vendor(agreement_id)


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
            "Mail to %(address)s does not arrive: %(reason)s. Ring the requester, or lift the stop "
            "once the address works again.",
            address=address,
            reason=stopped.reason or "it failed three times",
        )
    return Address(one_line(ticket.requester_name)[:100] if ticket.verified else "", address)


def recipients_of(ticket: Ticket, participants: Iterable[Participant]) -> tuple[Address | None, list[Address]]:
    """Return exactly who gets what a person replies: the requester, None where no mail reaches them, and the copies.

    One query: whether mail to the requester is stopped. One more where somebody is in copy.
    """
    try:
        to = _requester(ticket)
    except CannotWrite:
        return None, []
    accepted = [(one.address, one.name) for one in participants if one.accepted]
    return to, _sound_copies(wanted.copies(accepted, delivery.REPLY), [to])


def _copies(ticket: Ticket, to: Sequence[Address], key: str) -> list[Address]:
    accepted = ticket.participants.filter(accepted=True).order_by("id").values_list("address", "name")
    return _sound_copies(wanted.copies(accepted, key), to)


def _sound_copies(accepted: Iterable[tuple[str, str]], to: Sequence[Address]) -> list[Address]:
    known = {one.key for one in to}
    found = [Address(one_line(name)[:100], address) for address, name in accepted if _is_sound(address)]
    return [one for one in found if one.key not in known]


def _is_sound(address: str) -> bool:
    try:
        return addresses.check(address) == address
    except addresses.BadAddress:
        return False


def _common(ticket: Ticket, by: Person | None, vendor: str) -> dict[str, str]:
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "greeting": greeting(ticket.requester_name),
        "agent": by.name if by else "",
        "vendor": vendor,
    }


def one_line(text: str) -> str:
    """Return one line without control characters: names and subjects of others stand in our headers."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())
