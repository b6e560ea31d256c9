"""Reads one mail from its raw bytes. Never raises, whatever the bytes; what could not be read is said in the
notes.

Nothing here is lost either: a body that is too long, a further version of a body, a part nested too deep or
too far down the list become files, and the caller keeps the raw mail in every case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from mainstay.mail import content, envelope, faces, mime
from mainstay.mail.parsed import Address, Auth, File, Limits, Note, ParsedMail, Trust

__all__ = ["Address", "Auth", "File", "Limits", "Note", "ParsedMail", "Trust", "read"]

_LIMITS = Limits()
_NOBODY = Trust()


def read(raw: bytes, *, limits: Limits = _LIMITS, trust: Trust = _NOBODY) -> ParsedMail:
    """Read a mail from its raw bytes, as the mail server handed them over.

    Only results stamped by `trust` are believed about the sender. Never raises: should a step fail on bytes
    that nobody foresaw, the mail still comes back with what the other steps read, and the note "not fully
    parsed". Only a lack of memory gets through, which is for the guard to tell.
    """
    notes: list[Note] = []
    truncated: list[str] = []
    found: dict[str, Any] = {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    try:
        _read(raw, limits, trust, found, notes, truncated)
    except MemoryError:
        raise
    except Exception as problem:
        _failed("the mail", problem, notes)
    found.setdefault("sender_problem", "the sender could not be read")
    return ParsedMail(**found, notes=tuple(dict.fromkeys(notes)), truncated=tuple(truncated))


def _read(
    raw: bytes, limits: Limits, trust: Trust, found: dict[str, Any], notes: list[Note], truncated: list[str]
) -> None:
    if b"\n" not in raw[:2_000] and b"\r" in raw[:2_000]:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # line ends of the last century
    end = min(len(raw), limits.mail_bytes)
    if end < len(raw):
        truncated.append("mail")
        notes.append(Note("not fully parsed", f"the mail is larger than {limits.mail_bytes} bytes"))
    head, body = mime.read_head(raw, 0, end, limits)
    if head.problem:
        truncated.append("headers")
        notes.append(Note("not fully parsed", head.problem))

    def step(what: str, reads: Callable[[], dict[str, Any]]) -> None:
        try:
            found.update(reads())
        except MemoryError:
            raise
        except (
            Exception
        ) as problem:  # bytes from strangers: one odd header must not cost the rest of the mail
            _failed(what, problem, notes)

    step("the sender", lambda: envelope.identity(head, limits, notes))
    step("the subject", lambda: envelope.subject(head, limits, notes))
    step("the thread", lambda: envelope.threading(head, limits))
    step("the dates", lambda: envelope.dates(head))
    step("the headers", lambda: envelope.kept_headers(head))
    step("the authentication results", lambda: {"auth": envelope.auth(head, trust)})
    step("the content", lambda: _content(raw, head, min(body, end), end, limits, notes, truncated))


def _content(
    raw: bytes, head: mime.Head, body: int, end: int, limits: Limits, notes: list[Note], truncated: list[str]
) -> dict[str, Any]:
    got = content.read(raw, head, body, end, limits)
    notes += got.notes
    truncated += got.truncated
    if (
        got.body_html
        and not got.text_from_html
        and (difference := faces.difference(got.body_text, got.body_html))
    ):
        notes.append(Note("two faces", difference))
    return {
        "content_type": got.content_type,
        "report_type": got.report_type,
        "body_text": got.body_text,
        "body_html": got.body_html,
        "text_from_html": got.text_from_html,
        "files": tuple(got.files),
    }


def _failed(what: str, problem: Exception, notes: list[Note]) -> None:
    notes.append(Note("not fully parsed", f"{what} could not be read ({type(problem).__name__})"))
