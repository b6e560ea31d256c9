"""The thread of a ticket: what was written, what happened, and what became of our letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.contracts.names import promise as name_of
from mainstay.escalation.words import used
from mainstay.mail import quotes
from mainstay.outbox.models import Letter
from mainstay.phone.models import Did
from mainstay.screens.moments import Moment, moment, size
from mainstay.screens.people import initials
from mainstay.tickets import events as e
from mainstay.tickets.links import BACKWARDS
from mainstay.tickets.models import Attachment, Cause, Direction, Event, Finding, Message, Ticket
from mainstay.tickets.queries import File
from mainstay.tickets.rows.links import LinkKind
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
CHANNELS = {
    "mail": "by e-mail", "phone": "by telephone", "portal": "in the portal", "api": "by the API",
    "survey": "in the survey", "product": "from the product",
}  # fmt: skip
# What the thread tells in one line; everything else is there for whoever asks for all activity.
TOLD = {
    e.SEVERITY_PROVIDED, e.SEVERITY_CHANGED, e.WAITING_ON_CLIENT, e.CLIENT_REPLIED, e.WAITING_ON_THIRD_PARTY,
    e.THIRD_PARTY_REPLIED, e.WORKAROUND_PROVIDED, e.SERVICE_LOST, e.FIX_PROVIDED, e.ACCEPTANCE_REJECTED, e.ACCEPTED,
    e.CLOSED, e.REOPENED, e.COMPLAINT_ANSWERED, e.MERGED, e.FORCE_MAJEURE_BEGAN, e.FORCE_MAJEURE_ENDED,
    e.ESCALATED, e.CALENDAR_CHANGED, e.DELIVERY_FAILED, e.ASSIGNED, e.REQUESTER_AUTHORISED, e.REQUESTER_REFUSED,
    e.DETAILS_COMPLETED, e.PROGRESS_UPDATED, e.SPLIT, e.PARTICIPANT_ADDED, e.PARTICIPANT_ACCEPTED,
    e.PARTICIPANT_REFUSED, e.PARTICIPANT_REMOVED, e.CALL_RECORDED, e.KNOWN_ISSUE_LINKED, e.ARTICLE_BEGUN,
    e.METHOD_AGREED,
    e.ON_SITE_REQUESTED, e.ESCALATION_REQUESTED, e.CLOSING_WITHDRAWN, e.NOTE_WITHDRAWN,
    e.RELEASE_SCHEDULED, e.RELEASED, e.OUTCOME_RECORDED, e.COMPLAINED_OF_NAMED, e.COMPLAINED_OF_CLEARED,
    e.COMPLAINT_ABOUT_SET, e.SURVEY_ANSWERED,
}  # fmt: skip
GRAVE = {e.DELIVERY_FAILED, e.SERVICE_LOST, e.ACCEPTANCE_REJECTED}
GOOD = {e.ACCEPTED, e.FIX_PROVIDED, e.WORKAROUND_PROVIDED, e.CLOSED, e.COMPLAINT_ANSWERED}


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


@dataclass(frozen=True, slots=True)
class Happened:
    """One line between the messages: something that happened."""

    kind: str  # happened
    key: str
    at: datetime
    text: str
    detail: str
    who: str
    when: Moment | None
    tone: str
    icon: str
    minor: bool
    version: str
    href: str = ""


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


def happened(
    event: Event,
    people: Mapping[int, str],
    zone: ZoneInfo,
    *,
    at: datetime,
    names: Mapping[str, str] = MappingProxyType({}),
) -> Happened:
    """Return one line about an event."""
    tone = "grave" if event.kind in GRAVE or _is_breach(event) else "good" if event.kind in GOOD else ""
    return Happened(
        kind="happened",
        key=f"event-{event.number}",
        at=event.at,
        text=_text(event),
        detail=_detail(event, people, names) or _expected(event, zone, at),
        who=_who(event.actor, people, names),
        when=moment(event.at, zone, now=at),
        tone=tone,
        icon={"grave": "over", "good": "tick"}.get(
            tone, "phone" if event.kind == e.CALL_RECORDED else "dot"
        ),
        minor=event.kind not in TOLD and not _is_breach(event),
        version="",
        href=reverse("console:call", args=[event.payload["call"]]) if event.payload.get("call") else "",
    )


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


def _is_breach(event: Event) -> bool:
    return event.kind == e.STEP_FIRED and event.payload.get("kind") == "breach"


def _text(event: Event) -> str:
    said = event.payload
    if event.kind == e.STEP_FIRED:
        clock = name_of(str(said.get("clock", "")))
        return {"breach": f"{clock} missed", "warning": f"{clock}: {used(str(said.get('name')))}"}.get(
            str(said.get("kind")), f"{clock} is due"
        )
    if event.kind == e.SEVERITY_PROVIDED:
        return f"Severity {said.get('severity')} confirmed to the client"
    if event.kind == e.SEVERITY_CHANGED:
        return f"Severity changed to {said.get('severity')}"
    if event.kind == e.CALL_RECORDED and said.get("did") in Did.values:
        return f"On the telephone: {Did(said['did']).label[:1].lower()}{Did(said['did']).label[1:]}"
    if event.kind in (e.RELEASE_SCHEDULED, e.RELEASED):
        return _release(event)
    if event.kind == e.ESCALATED:
        return f"Escalated to {said.get('whom')}"
    return e.WORDS.get(event.kind, event.kind.replace("_", " ").capitalize())


def _release(event: Event) -> str:
    """Return what the log says of a release, by its name where it has one."""
    said = event.payload
    name = str(said.get("name") or "The release")
    if event.kind == e.RELEASED:
        return f"{name} is out with the solution" if said.get("includes_fix") else f"{name} came out without it"
    return f"Planned for {name}" if said.get("release_at") else f"{name} is no longer planned"


def _detail(event: Event, people: Mapping[int, str], names: Mapping[str, str]) -> str:
    said = event.payload
    if event.kind in (e.TAGGED, e.UNTAGGED):
        return names.get(f"tag:{said['tag']}", "")
    if event.kind == e.FIELD_SET:
        return names.get(f"field:{said['field']}", "") + (" emptied" if said["empty"] else "")
    if "participant" in said:
        return names.get(f"participant:{said['participant']}", "")
    if event.kind == e.ASSIGNED:
        person = people.get(int(said["assignee"])) if said.get("assignee") else ""
        return (
            " · ".join(
                filter(
                    None,
                    [f"to {person}" if person else "", names.get(f"team:{said.get('team')}", "")],
                )
            )
            or "to nobody"
        )
    if event.kind == e.CLOSED and said.get("cause"):
        return f"cause: {Cause(said['cause']).label.lower()}" if said["cause"] in Cause.values else ""
    if event.kind in (e.KNOWN_ISSUE_LINKED, e.KNOWN_ISSUE_UNLINKED):
        return f"KI-{said['issue']}"
    if event.kind == e.MERGED:
        return f"into {said['into']}" if said.get("into") else str(said.get("reference", ""))
    if event.kind in (e.LINKED, e.UNLINKED):
        return f"{how_of(said)} {said['other']}"
    if event.kind in (e.COMPLAINED_OF_NAMED, e.COMPLAINED_OF_CLEARED):
        return people.get(int(said["person"]), "")
    if event.kind == e.OUTCOME_RECORDED:
        return Finding(said["finding"]).label.lower()
    if event.kind == e.COMPLAINT_ABOUT_SET:
        return str(said["about"])
    if event.kind == e.SPLIT:
        return f"into {said['into']}" if said.get("into") else f"off from {said.get('from')}"
    if event.kind == e.METHOD_AGREED:
        return CHANNELS.get(str(said["way"]), "")
    if event.kind == e.ON_SITE_REQUESTED:
        return f"{'included' if said['included'] else 'not included'}, clause {said['clause'] or '4'}"
    if event.kind in (e.ESCALATED, e.STEP_FIRED) and said.get("clause"):
        return f"clause {said['clause']}"
    return ""


def _expected(event: Event, zone: ZoneInfo, at: datetime) -> str:
    """Return when a progress update said that the solution is expected, or for when its release is planned."""
    if event.kind == e.RELEASE_SCHEDULED and event.payload.get("release_at"):
        due = moment(datetime.fromisoformat(str(event.payload["release_at"])), zone, now=at)
        return f"due {due.text}" if due else ""
    if event.kind != e.PROGRESS_UPDATED or not event.payload.get("eta"):
        return ""
    eta = moment(datetime.fromisoformat(str(event.payload["eta"])), zone, now=at)
    return f"solution expected {eta.text}" if eta else ""


def how_of(said: Mapping[str, Any]) -> str:
    """Return how this ticket stands to the other of a link, in small letters."""
    kind = LinkKind(said["how"])
    return (kind.label if said["way"] == "to" else BACKWARDS[kind]).lower()


def _who(actor: str, people: Mapping[int, str], names: Mapping[str, str]) -> str:
    kind, _, number = actor.partition(":")
    if kind == "person" and number.isdecimal():
        return people.get(int(number), "")
    return f"the rule '{names[actor]}'" if actor in names else ""
