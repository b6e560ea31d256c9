"""Clocks and letters in the words of the stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from mainstay.core import clock as core
from mainstay.outbox.models import Letter
from tests.core.telling import shown
from tests.post import NAMES


@dataclass(frozen=True, slots=True)
class Told:
    """One clock as a story tells it: moments of the told week, spans in words, the ledger in lines."""

    name: str
    clause: str
    state: str
    why: str
    severity: int | None
    target: str
    start: str | None
    due: str | None
    stopped: str | None
    used: str
    paused: str
    left: str | None
    breached: bool | None
    broke: tuple[int, ...]  # severities whose target was overrun while they were in force
    cycle: int
    calendar: str
    ledger: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter that has left, as its recipient reads it."""

    at: str | None
    kind: str
    to: tuple[str, ...]
    subject: str
    text: str
    files: dict[str, str]
    headers: EmailMessage


def told(clock: core.Clock) -> Told:
    """Return a clock in the words of the stories."""
    return Told(
        name=clock.name,
        clause=clock.clause,
        state=clock.state,
        why=clock.why,
        severity=clock.severity,
        target=clock.target_text,
        start=shown(clock.start),
        due=shown(clock.due),
        stopped=shown(clock.stopped),
        used=span(clock.elapsed),
        paused=span(clock.paused),
        left=None if clock.remaining is None else span(clock.remaining),
        breached=clock.breached,
        broke=clock.breached_while_in_force,
        cycle=clock.cycle,
        calendar=clock.calendar,
        ledger=tuple(
            f"{shown(part.start)} to {shown(part.end)} {part.kind}, {span(part.counted)}"
            for part in clock.ledger
        ),
    )


def span(time: timedelta) -> str:
    """Return a span in words: '2 h 5 min', '40 min', '10 s', 'none'; overrun as '-5 min'."""
    seconds = int(abs(time).total_seconds())
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    words = " ".join(f"{count} {unit}" for count, unit in parts if count) or "none"
    return f"-{words}" if time < timedelta() else words


def sent(letter: Letter) -> Sent:
    """Return a letter as its recipient reads it."""
    message = message_from_bytes(letter.body, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    accepted_at = letter.accepted_at
    return Sent(
        at=shown(accepted_at.replace(microsecond=0)) if accepted_at else None,
        kind=letter.kind,
        to=tuple(NAMES.get(address, address) for address in letter.recipients),
        subject=str(message["Subject"]),
        text=str(body.get_content()) if body else "",
        files={
            str(part.get_filename()): part.get_payload(decode=True).decode("utf-8-sig")  # type: ignore[union-attr]  # an attachment of ours is bytes
            for part in message.iter_attachments()
        },
        headers=message,
    )
