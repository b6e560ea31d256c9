"""Mail that came and letters that leave, as screens show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from mainstay.clocks.lines import Line
from mainstay.console.acts import ACTS, HOLDING
from mainstay.console.hidden import A_COMPLAINT, COLLEAGUES
from mainstay.console.presenters.thread import PURPOSES, delivery_of
from mainstay.console.presenters.ticket import Button, button
from mainstay.console.presenters.tickets import TicketLine
from mainstay.mail.models import Arrival, Outcome
from mainstay.outbox.models import Letter
from mainstay.outbox.queries import WayOut
from mainstay.screens.moments import Moment, moment, real_span, size
from mainstay.screens.promises import zone_of
from mainstay.tickets.models import Direction, Message

KEY = re.compile(r"(/survey/)[\w-]{20,}")  # whoever has the link of a survey answers it (R3.9)
SEALED = "It carries a key that is its recipient's alone, so what it says is shown to nobody else."
SHOWN_RAW = 200_000  # octets of a mail shown on the page; the download has all
TONES = {
    "ticket": "good",
    "reply": "good",
    "held": "warn",
    "quarantined": "grave",
    "refused": "grave",
    "bounce": "warn",
}
SHORT = {
    "ticket": "New ticket", "reply": "Reply", "held": "Held", "auto_reply": "Automatic", "bounce": "Bounce",
    "refused": "Refused", "quarantined": "Quarantined", "": "Being taken in",
}  # fmt: skip


@dataclass(slots=True)
class HeldLine:
    """A request that waits to be verified."""

    ticket: TicketLine
    address: str
    reported: Moment | None
    reason: str
    words: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class ArrivalLine:
    """One mail of the ledger."""

    id: int
    received: Moment | None
    kept: Moment | None
    sender: str
    subject: str
    outcome: str
    tone: str
    reason: str
    where: str
    size: str
    ticket: str
    tries: int
    duplicate: int | None
    waits: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter of the outbox."""

    id: str
    made: Moment | None
    kind: str
    to: str
    more: int
    tone: str
    icon: str
    text: str
    detail: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """What one recipient's server said."""

    address: str
    tone: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One letter in full."""

    id: str
    line: LetterLine
    subject: str
    sender: str
    message_id: str
    recipients: tuple[Reached, ...]
    text: str
    frame: str
    attempts: int
    may_retry: bool
    undo: str
    whole: bool  # whether its bytes may be read as they left


@dataclass(frozen=True, slots=True)
class Way:
    """Whether letters can leave."""

    tone: str
    text: str
    detail: str


def held_line(line: Line, shown: TicketLine, *, at: datetime) -> HeldLine:
    """Return a held request with what can be done about it."""
    acts = {act.key: act for act in ACTS}
    buttons = tuple(button(acts[key], line.ticket.reference) for key in HOLDING)
    reported = moment(line.ticket.reported_at, zone_of(line.terms), now=at)
    return HeldLine(
        shown, line.ticket.requester_address, reported, line.ticket.verification_reason, "", buttons
    )


def with_first_words(lines: Sequence[HeldLine]) -> None:
    """Fill in the beginning of what each of them wrote. One query."""
    found: dict[int, str] = {}
    wanted = [line.ticket.id for line in lines]
    messages = Message.objects.filter(ticket_id__in=wanted, direction=Direction.IN).order_by("-at", "-id")
    for ticket_id, text in messages.values_list("ticket_id", "text"):
        found[ticket_id] = text
    for line in lines:
        line.words = found.get(line.ticket.id, "")[:600]


def arrival_line(arrival: Arrival, zone: ZoneInfo, *, at: datetime, hidden: bool = False) -> ArrivalLine:
    """Return one mail of the ledger. Of what whoever asks may not see it says that it came, and no more."""
    line = ArrivalLine(
        id=arrival.pk,
        received=moment(arrival.received_at, zone, now=at),
        kept=moment(arrival.recorded_at, zone, now=at),
        sender=arrival.sender or arrival.envelope_from or "(nobody)",
        subject=arrival.subject or "(no subject)",
        outcome=SHORT.get(arrival.outcome, arrival.outcome),
        tone=TONES.get(arrival.outcome, ""),
        reason=arrival.reason or arrival.last_error,
        where=arrival.mailbox.name
        if arrival.mailbox
        else f"delivered by {arrival.peer}"
        if arrival.peer
        else "delivered to us",
        size=size(arrival.size),
        ticket=arrival.ticket.reference if arrival.ticket else "",
        tries=arrival.tries,
        duplicate=arrival.duplicate_of_id,
        waits=arrival.outcome == Outcome.QUARANTINED and arrival.discarded_at is None,
        hidden=hidden,
    )
    return replace(line, **_UNSAID_OF_A_MAIL) if hidden else line


_UNSAID_OF_A_MAIL: dict[str, Any] = {
    "sender": "", "subject": A_COMPLAINT, "outcome": "Taken in", "tone": "", "reason": "", "ticket": "",
    "duplicate": None,
}  # fmt: skip


_UNSAID_OF_A_LETTER: dict[str, Any] = {"kind": A_COMPLAINT, "to": "", "more": 0}


def outcomes(chosen: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the outcomes a ledger can be narrowed to: (value, words, chosen)."""
    return tuple((str(value), str(label), value == chosen) for value, label in Outcome.choices)


def raw_text(raw: bytes) -> str:
    """Return a mail's bytes as text that shows what it cannot say: control characters become pictures of themselves."""
    text = raw[:SHOWN_RAW].decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(_visible(sign) for sign in text)


def _visible(sign: str) -> str:
    code = ord(sign)
    if sign in "\n\t" or 0x20 <= code < 0x7F:
        return sign
    if code < 0x20:
        return chr(0x2400 + code)
    if (
        0x7F <= code < 0xA0
        or 0x200B <= code <= 0x200F
        or 0x202A <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or code == 0xFEFF
    ):
        return f"\\u{code:04x}"
    return sign


def letter_line(letter: Letter, zone: ZoneInfo, *, at: datetime, hidden: bool = False) -> LetterLine:
    """Return one letter of the list. Of what whoever asks may not read it says what became of it, and no more."""
    delivery = delivery_of(letter, zone, at=at)
    line = LetterLine(
        id=str(letter.pk),
        made=moment(letter.created_at, zone, now=at),
        kind=PURPOSES.get(letter.kind, letter.kind.replace("_", " ").capitalize()),
        to=letter.recipients[0] if letter.recipients else "",
        more=len(letter.recipients) - 1,
        tone=delivery.tone,
        icon=delivery.icon,
        text=delivery.text,
        detail=delivery.detail,
        hidden=hidden,
    )
    if not hidden:
        return line
    said = {"kind": line.kind, "to": line.to, "more": line.more} if letter.kind in COLLEAGUES else _UNSAID_OF_A_LETTER
    return replace(line, **said, detail="")


def letter_page(letter: Letter, zone: ZoneInfo, *, at: datetime) -> LetterPage:
    """Return one letter in full. Causes a query for its text."""
    mail = message_from_bytes(letter.body, policy=policy.default)
    delivery, sealed = delivery_of(letter, zone, at=at), is_sealed(letter)
    failed = letter.state == Letter.State.FAILED or any(
        r.get("state") == "failed" for r in letter.results.values()
    )
    return LetterPage(
        id=str(letter.pk),
        line=letter_line(letter, zone, at=at),
        subject=str(mail.get("Subject", "")),
        sender=str(mail.get("From", "")),
        message_id=letter.message_id,
        recipients=tuple(_reached(name, letter) for name in letter.recipients),
        text=SEALED if sealed else _text_of(mail),
        frame="" if sealed or _part(mail, "html") is None else reverse("console:letter_html", args=[letter.pk]),
        whole=not sealed and not holds_key(letter),
        attempts=letter.attempts,
        may_retry=failed or (letter.state == Letter.State.QUEUED and letter.attempts > 0),
        undo=delivery.undo,
    )


def is_sealed(letter: Letter) -> bool:
    """Whether staff are not shown what it says. In a demonstration, where nothing is sent, everybody reads along."""
    return letter.sealed and not settings.DEMO


def holds_key(letter: Letter) -> bool:
    """Whether a letter that may be read holds a link that only its recipient may use. Not in a demonstration."""
    mail = message_from_bytes(letter.body, policy=policy.default)
    return not settings.DEMO and any(KEY.search(_content(mail, form)) for form in ("plain", "html"))


def html_of(body: bytes) -> str:
    """Return the HTML form of a letter, without its recipient's keys; empty where it has none."""
    return _without_keys(_content(message_from_bytes(body, policy=policy.default), "html"))


def _part(mail: EmailMessage, form: str) -> EmailMessage | None:
    found = mail.get_body(preferencelist=(form,))
    return found if isinstance(found, EmailMessage) else None


def _text_of(mail: EmailMessage) -> str:
    return _without_keys(_content(mail, "plain")).strip()


def _content(mail: EmailMessage, form: str) -> str:
    part = _part(mail, form)
    return str(part.get_content()) if part is not None else ""


def _without_keys(text: str) -> str:
    return text if settings.DEMO else KEY.sub(r"\1…", text)


def _reached(address: str, letter: Letter) -> Reached:
    result = letter.results.get(address, {})
    tone, text = {"accepted": ("good", "Accepted"), "failed": ("grave", "Failed")}.get(
        str(result.get("state", "")),
        ("", "Taken back" if letter.state == Letter.State.WITHDRAWN else "Not yet"),
    )
    answer = " ".join(str(part) for part in (result.get("code"), result.get("answer")) if part)
    return Reached(address, tone, text, answer)


def letter_cursor(letter: Letter) -> str:
    """Return where the next page of letters begins."""
    return f"{letter.created_at.isoformat()}_{letter.pk}"


def letter_states(chosen: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the states letters can be narrowed to: (value, words, chosen)."""
    words = {
        "queued": "Waiting",
        "leased": "Being sent",
        "accepted": "Accepted",
        "failed": "Failed",
        "withdrawn": "Taken back",
    }
    return tuple((value, words[value], value == chosen) for value in words)


def way_out(way: WayOut, zone: ZoneInfo, *, at: datetime) -> Way:
    """Return whether letters can leave, in words."""
    if way.open:
        behind = at - way.oldest_due_at if way.oldest_due_at else None
        detail = (
            f"{way.waiting} due, the oldest for {real_span(behind)}"
            if behind and behind.total_seconds() > 60
            else ""
        )
        return Way("good", f"Letters leave by {way.where}", detail)
    since, again = moment(way.failing_since, zone, now=at), moment(way.next_try_at, zone, now=at)
    parts = [
        f"since {since.text}" if since else "",
        f"next try {again.text}" if again else "",
        f"{way.waiting} waiting" if way.waiting else "",
    ]
    return Way("grave", f"Letters cannot leave: {way.reason}", ", ".join(part for part in parts if part))
