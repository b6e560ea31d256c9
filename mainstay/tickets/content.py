"""Personal content on its way into a thread, and the digest by which the log refers to it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mainstay.lib import files, rows
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter
from mainstay.tickets import passages
from mainstay.tickets.models import Attachment, Direction, Message, Ticket

NUL = "\x00"  # PostgreSQL's text cannot hold it


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be kept with a message. `name` is already made safe for showing and downloading."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be written into a thread; `html` is already sanitised."""

    direction: Direction
    channel: str
    text: str
    html: str = ""
    subject: str = ""
    author: Person | None = None
    author_name: str = ""
    author_address: str = ""
    recipients: tuple[str, ...] = ()
    message_id: str = ""
    in_reply_to: str = ""
    purpose: str = ""
    automatic: bool = False
    notes: tuple[str, ...] = ()
    files: tuple[NewFile, ...] = ()
    effect: Mapping[str, object] = field(default_factory=dict)
    letter: Letter | None = None


def keep(ticket: Ticket, new: NewMessage, *, at: datetime) -> Message:
    """Write `new` into the thread of `ticket` and the index of search.

    Its files come first: a row never points at a file that is not there.
    """
    stored = [(file, files.put(file.data)) for file in new.files]
    message = Message(
        ticket=ticket,
        direction=new.direction,
        channel=new.channel,
        purpose=new.purpose,
        automatic=new.automatic,
        author=new.author,
        author_name=new.author_name[:200].replace(NUL, "\ufffd"),
        author_address=new.author_address[:254].replace(NUL, "\ufffd"),
        recipients=list(new.recipients),
        subject=new.subject[:1000].replace(NUL, "\ufffd"),
        text=new.text.replace(NUL, "\ufffd"),
        html=new.html.replace(NUL, "\ufffd"),
        notes=list(new.notes),
        at=at,
        message_id=new.message_id[:998],
        in_reply_to=new.in_reply_to[:998],
        letter=new.letter,
        effect=dict(new.effect),
        salt=secrets.token_hex(16),
    )
    message.digest = digest_of(message, [digest for _, digest in stored])
    rows.insert([message])
    if stored:
        rows.add(
            Attachment(
                message=message,
                name=file.name[:255].replace(NUL, "\ufffd"),
                content_type=file.content_type[:100],
                size=len(file.data),
                digest=digest,
                content_id=file.content_id[:250],
                inline=file.inline,
            )
            for file, digest in stored
        )
    passages.keep(ticket, message)
    return message


def digest_of(message: Message, files_by_digest: list[str]) -> str:
    """Return the salted SHA-256 of a message's content.

    The salt lies beside the content, so that once both are erased nobody can guess the words from the digest.
    """
    content = (
        message.salt,
        message.subject,
        message.text,
        message.html,
        message.author_address,
        *files_by_digest,
    )
    return hashlib.sha256("\x1f".join(content).encode("utf-8", "surrogatepass")).hexdigest()


def told_by(message: Message) -> dict[str, object]:
    """Return how the log refers to `message`."""
    return {"message": message.pk, "digest": message.digest}
