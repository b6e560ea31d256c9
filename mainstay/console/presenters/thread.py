"""The thread of a ticket: what was written, what happened, and what became of our letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.console.presenters.happenings import CHANNELS, Happened, happened
from mainstay.mail import quotes
from mainstay.outbox.models import Letter
from mainstay.screens.moments import Moment, moment, size
from mainstay.screens.people import initials
from mainstay.tickets import events as e
from mainstay.tickets.models import Attachment, Direction, Message, Ticket
from mainstay.tickets.queries import File
from mainstay.writing.mentions import Place

PURPOSES = {
    "acknowledgement": "Acknowledgement",
    "neutral_acknowledgement": "Acknowledgement",
    "sign_up_code": "Sign-up code",
    "missing_details": "Asked for missing details",
    "severity_confirmation": "Severity confirmed",
    "severity_reason": "Reason for the severity",
    "request_for_information": "Question to the client",
    "progress_update": "Progress update",
    "workaround": "Workaround",
    "fix": "Fix for acceptance testing",
    "complaint_answer": "Answer to the complaint",
    "closure": "Closure",
    "escalation_notice": "Escalation notice",
    "escalation_reason": "Reason for escalating",
    "escalation_request": "Asks for escalation",
    "accepted": "Accepts the fix",
    "acceptance_rejected": "Says the fix does not work",
    "no_longer_needed": "No longer needed",
    "breach_notice": "Breach notice to the coordinator",
    "refusal": "Why it was refused",
    "ring_back": "Rang back",
    "disowned": "Not one of theirs",
    "telephone_answer": "Answer on the telephone",
    "method_agreed": "Method of resolution",
    "on_site_request": "Asks for support on site",
    "on_site": "Support on site is not included",
    "release_planned": "Planned for a release",
    "release_moved": "Its release has another day",
    "release_changed": "It is in another release",
    "release_shipped": "Its release is out",
    "known_issue_update": "News of the known issue",
}


NOBODY: Mapping[int, Sequence[Place]] = MappingProxyType({})
LONG, LONG_LINES = 3_500, 40  # characters and lines of a stretch that is shown whole


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a note: plain, the mention of somebody, or 'me', of whoever reads it."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a message: new, quoted or signature. A long one is clipped until somebody asks for all."""

    kind: str
    text: str
    pieces: tuple[Piece, ...] = ()  # the same text, where somebody is mentioned in it

    @property
    def long(self) -> bool:
        """Whether it would push the rest of the thread out of sight."""
        return len(self.text) > LONG or self.text.count("\n") > LONG_LINES


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to be downloaded; it is never shown in place."""

    name: str
    href: str
    size: str
    kind: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a letter of ours. `undo` is where it can be taken back, while it can."""

    tone: str
    icon: str
    text: str
    detail: str
    href: str
    undo: str
    undo_seconds: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the thread."""

    kind: str  # entry
    id: int
    key: str
    at: datetime
    shape: str  # in, out, note, machine
    face: str
    icon: str
    sender: str
    address: str
    to: str
    label: str
    when: Moment | None
    blocks: tuple[Block, ...]
    frame: str  # address of the HTML form, empty where there is none
    pictured: bool  # pictures came inside it, so that its text alone says too little
    warnings: tuple[str, ...]
    files: tuple[Attached, ...]
    elsewhere: str  # reference of the other ticket that shows the message too
    elsewhere_words: str
    split_href: str  # where it can be split off into a ticket of its own; empty where it cannot
    delivery: Delivery | None
    folded: bool  # written by a machine of ours: one line until somebody asks
    version: str


def thread(
    file: File, zone: ZoneInfo, *, at: datetime, mentioned: Mapping[int, Sequence[Place]] = NOBODY
) -> list[Entry | Happened]:
    """Return what was written and what happened, oldest first. No query. `mentioned` is where notes mention whom."""
    withdrawn = {event.payload["message"] for event in file.events if event.kind == e.NOTE_WITHDRAWN}
    entries: list[Entry | Happened] = [
        entry(
            message, file.ticket, zone, at=at, split_into=file.split_into.get(message.pk, ""),
            withdrawn=message.pk in withdrawn, mentioned=mentioned.get(message.pk, ()),
        )
        for message in file.messages
    ]  # fmt: skip
    lines: list[Entry | Happened] = [
        happened(event, file.people, zone, at=at, names=file.names)
        for event in file.events
        if event.kind not in SHOWN_AS_MESSAGES
    ]
    return sorted(entries + lines, key=lambda item: (item.at, isinstance(item, Happened)))


SHOWN_AS_MESSAGES = {e.MESSAGE_RECEIVED, e.MESSAGE_WRITTEN, e.NOTE_ADDED, e.AUTOMATIC_REPLY_RECORDED}


def entry(
    message: Message,
    ticket: Ticket,
    zone: ZoneInfo,
    *,
    at: datetime,
    split_into: str = "",
    withdrawn: bool = False,
    mentioned: Sequence[Place] = (),
) -> Entry:
    """Return one message. What it quotes, and a note that was withdrawn, is folded, never cut."""
    name = message.author_name or message.author_address or ("Mainstay" if message.automatic else "Somebody")
    delivery = delivery_of(message.letter, zone, at=at) if message.letter else None
    ours_by_machine = message.direction == Direction.OUT and message.automatic
    return Entry(
        kind="entry",
        id=message.pk,
        key=f"message-{message.pk}",
        at=message.at,
        shape="note"
        if message.direction == Direction.NOTE
        else "machine"
        if message.automatic
        else message.direction,
        face="" if ours_by_machine else initials(name),
        icon="machine" if ours_by_machine else "",
        sender="Mainstay" if ours_by_machine else name,
        address=message.author_address if message.direction == Direction.IN else "",
        to=", ".join(message.recipients) if message.direction == Direction.OUT else "",
        label="Withdrawn note" if withdrawn else _label(message),
        when=moment(message.at, zone, now=at),
        blocks=blocks(message, mentioned),
        frame=reverse("console:message_html", args=[ticket.reference, message.pk]) if message.html else "",
        pictured="cid:" in message.html and any(file.content_id for file in message.attachments.all()),
        warnings=tuple(str(note) for note in message.notes),
        files=tuple(_attached(file, ticket) for file in message.attachments.all()),
        elsewhere=message.ticket.reference if message.ticket_id != ticket.pk else split_into,
        elsewhere_words="From" if message.ticket_id != ticket.pk else "Also in",
        split_href=_split_href(message, ticket),
        delivery=delivery,
        folded=withdrawn or (ours_by_machine and not (delivery is not None and delivery.tone in ("grave", "warn"))),
        version=_version(delivery, withdrawn=withdrawn),
    )


def _version(delivery: Delivery | None, *, withdrawn: bool) -> str:
    """Return what changes when the entry must be drawn anew."""
    if withdrawn:
        return "withdrawn"
    return f"{delivery.tone}{delivery.text}{bool(delivery.undo)}" if delivery else ""


def _split_href(message: Message, ticket: Ticket) -> str:
    """Return where a client's message is split off; what came first is what the ticket is about."""
    if message.direction != Direction.IN or message.automatic or message.ticket_id != ticket.pk:
        return ""
    if not ticket.verified or ticket.merged_into_id is not None:
        return ""
    return reverse("console:act_split", args=[ticket.reference]) + f"?messages={message.pk}"


def delivery_of(letter: Letter, zone: ZoneInfo, *, at: datetime) -> Delivery:
    """Return what became of a letter, in words, with the other server's own where they matter."""
    held = letter.state == Letter.State.QUEUED and letter.hold_until is not None and letter.hold_until > at
    undo = reverse("console:undo", args=[letter.pk]) if held else ""
    seconds = int((letter.hold_until - at).total_seconds()) + 1 if held and letter.hold_until else 0
    tone, icon, text, detail = _delivery_words(letter, zone, at, held=held)
    href = reverse("console:letter", args=[letter.pk])
    return Delivery(tone, icon, text, detail, href, undo, seconds)


def _delivery_words(letter: Letter, zone: ZoneInfo, at: datetime, *, held: bool) -> tuple[str, str, str, str]:
    if letter.state == Letter.State.WITHDRAWN:
        return "", "cross", "Taken back; nobody received it", ""
    if letter.state == Letter.State.FAILED:
        return "grave", "over", "Could not be delivered", letter.last_error
    refused = [
        f"{name}: {result.get('answer', '')}"
        for name, result in letter.results.items()
        if result.get("state") == "failed"
    ]
    if letter.state == Letter.State.ACCEPTED:
        taken = moment(letter.accepted_at, zone, now=at)
        when = f" {taken.text}" if taken else ""
        if refused:
            return "warn", "over", f"Accepted{when}, but not for everybody", "; ".join(refused)
        return "good", "tick", f"Accepted by the recipient's mail server{when}", ""
    if held:
        return "", "clock", "About to be sent", ""
    if letter.attempts:
        again = moment(letter.next_attempt_at, zone, now=at)
        return (
            "warn",
            "clock",
            f"Not delivered yet; tried {letter.attempts} times, again {again.text if again else 'soon'}",
            letter.last_error,
        )
    return "", "out", "On its way", ""


def blocks(message: Message, mentioned: Sequence[Place] = ()) -> tuple[Block, ...]:
    """Return the text in stretches; what a client's mail repeats is folded, never cut."""
    if message.direction != Direction.IN:
        text = message.text.strip("\n")
        return (Block("new", text, _pieces(message.text, mentioned)),) if text.strip() else ()
    stretches = quotes.split(message.text)
    return tuple(
        Block(stretch.kind, stretch.text.strip("\n")) for stretch in stretches if stretch.text.strip()
    )


def _pieces(text: str, mentioned: Sequence[Place]) -> tuple[Piece, ...]:
    """Return a note in pieces, without the empty lines around it; nothing where it mentions nobody."""
    pieces, end = [], len(text) - len(text.lstrip("\n"))
    for place in mentioned:
        named = Piece("me" if place.me else "other", text[place.start : place.end])
        pieces += [Piece("", text[end : place.start]), named]
        end = place.end
    return (*pieces, Piece("", text[end:].rstrip("\n"))) if pieces else ()


def _label(message: Message) -> str:
    if message.purpose in PURPOSES:
        return PURPOSES[message.purpose]
    if message.direction == Direction.NOTE:
        return "Phone note" if message.channel == "phone" else "Internal note"
    if message.automatic:
        return "Automatic reply" if message.direction == Direction.IN else "Automatic"
    return CHANNELS.get(message.channel, "")


def _attached(file: Attachment, ticket: Ticket) -> Attached:
    href = reverse("console:file", args=[ticket.reference, file.pk])
    return Attached(file.name, href, size(file.size), file.content_type)
