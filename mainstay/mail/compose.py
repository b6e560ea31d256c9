"""Builds the bytes of a mail that leaves. What could smuggle a header or a recipient is refused, not mended
(class C9).

The same arguments give the same bytes, so that a second attempt at sending is the same mail.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import quote

from mainstay.mail import addresses
from mainstay.mail.intent import subject_without_prefixes
from mainstay.mail.parsed import Address

Automatic = Literal["", "auto-replied", "auto-generated"]

LOOP_HEADER = "X-Mainstay-Loop"

_BREAKING = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}>")
_TAGGED = re.compile(r"\s{0,3}\[\s{0,2}([A-Za-z0-9#-]{1,40})\s{0,2}\]\s{0,3}")
_REFERENCE = re.compile(r"[A-Za-z0-9#-]{1,40}")
_SPECIALS = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]")
_UNQUOTABLE = re.compile(r"[\"\\%]")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = 76
_REFERENCES_MOST = 50


class ComposeRefused(ValueError):
    """This mail must not be built. The message says which part of it is at fault, for people."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send along. `name` is shown to the recipient."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the HTML shows as `cid:` and its Content-ID, such as a logo. It travels inside the mail."""

    content_id: str
    content_type: str
    data: bytes


def subject_line(subject: str, *, reference: str = "", foreign: Sequence[str] = ()) -> str:
    """Return the subject of a mail about a ticket: our reference on the left, then the client's own subject.

    Reply marks and a copy of our reference are taken out, so that nothing doubles as mails go back and forth.
    References of the client's own desk stay where they are; those of `foreign` that are missing are added.
    """
    kept = subject
    if reference:
        ours = reference.casefold()
        kept = _TAGGED.sub(lambda found: " " if found[1].casefold() == ours else found[0], kept)
    kept = re.sub(" {2,}", " ", subject_without_prefixes(kept.strip(" ")).strip(" "))
    added = [one for one in foreign if one.casefold() not in kept.casefold()]
    return " ".join(piece for piece in ((f"[{reference}]" if reference else ""), kept, *added) if piece)


def build(
    *,
    sender: Address,
    to: Sequence[Address],
    subject: str,
    text: str,
    message_id: str,
    at: datetime,
    html: str = "",
    cc: Sequence[Address] = (),
    reply_to: Address | None = None,
    reference: str = "",
    foreign: Sequence[str] = (),
    in_reply_to: str = "",
    references: Sequence[str] = (),
    automatic: Automatic = "",
    loop: str = "",
    attachments: Sequence[Attachment] = (),
    pictures: Sequence[Picture] = (),
) -> bytes:
    """Return the mail as bytes with CRLF line ends, ready for the mail server.

    `to` and `cc` are written exactly as given; who else gets it is the envelope's business. `at` is the
    Date, aware. `references` is the thread so far, oldest first; `in_reply_to` is added to it. `automatic`
    is "" for what a person wrote, "auto-replied" for an answer by a program, "auto-generated" for its other
    mails (RFC 3834).

    Raises ComposeRefused when a line break, control character or unsound address is found in any part of it.
    """
    if not (to or cc):
        raise ComposeRefused("there is no recipient")
    lines = [
        _addresses("From", (sender,)),
        _addresses("To", to) if to else "To: undisclosed-recipients:;",
        *([_addresses("Cc", cc)] if cc else []),
        *([_addresses("Reply-To", (reply_to,))] if reply_to else []),
        _text(
            "Subject", subject_line(_one_line(subject, "subject"), reference=_tag(reference), foreign=foreign)
        ),
        f"Date: {_date(at)}",
        f"Message-ID: {_id(message_id)}",
        *_thread(in_reply_to, references),
        *_automatic(automatic, loop),
        "MIME-Version: 1.0",
    ]
    seed = message_id.encode()
    body = _part("text/plain", text)
    if html:
        rich = _part("text/html", html)
        if pictures:
            rich = _multipart("related", [rich, *(_picture(one) for one in pictures)], seed + b"r")
        body = _multipart("alternative", [body, rich], seed + b"a")
    if attachments:
        body = _multipart("mixed", [body, *(_file(one) for one in attachments)], seed + b"m")
    return "\r\n".join(lines).encode() + b"\r\n" + body


def _one_line(text: str, what: str) -> str:
    if _BREAKING.search(text):
        raise ComposeRefused(f"the {what} holds a line break or a control character")
    return text


def _tag(reference: str) -> str:
    if reference and not _REFERENCE.fullmatch(reference):
        raise ComposeRefused("the reference is not one")
    return reference


def _id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ComposeRefused("a Message-ID is not one")
    return message_id


def _date(at: datetime) -> str:
    if at.tzinfo is None:
        raise ComposeRefused("the date has no zone")
    utc = at.astimezone(UTC)
    day, month = _DAYS[utc.weekday()], _MONTHS[utc.month - 1]
    return f"{day}, {utc.day:02} {month} {utc.year:04} {utc:%H:%M:%S} +0000"


def _thread(in_reply_to: str, references: Sequence[str]) -> list[str]:
    """Write the thread as other programs expect it.

    Ids of strangers that would break the head are left out.
    """
    lines = []
    chain = [one for one in dict.fromkeys((*references, in_reply_to)) if _MESSAGE_ID.fullmatch(one)]
    if _MESSAGE_ID.fullmatch(in_reply_to):
        lines.append(f"In-Reply-To: {in_reply_to}")
    if len(chain) > _REFERENCES_MOST:
        chain = [chain[0], *chain[-_REFERENCES_MOST + 1 :]]
    if chain:
        lines.append("References: " + "\r\n ".join(chain))
    return lines


def _automatic(automatic: Automatic, loop: str) -> list[str]:
    lines = []
    if automatic:
        lines += [f"Auto-Submitted: {automatic}", "X-Auto-Response-Suppress: All"]
    if loop:
        lines.append(f"{LOOP_HEADER}: {_one_line(loop, 'loop mark')}")
    return lines


def _addresses(header: str, several: Sequence[Address]) -> str:
    return f"{header}: " + ",\r\n ".join(_address(one) for one in several)


def _address(one: Address) -> str:
    try:
        sound = addresses.check(one.address)
    except addresses.BadAddress as problem:
        raise ComposeRefused(f"an address cannot be used: {problem}") from None
    if sound != one.address:
        raise ComposeRefused("an address is not in the form in which addresses are stored")
    name = _one_line(one.name, "name of a person").strip()
    if not name:
        return one.address
    if not name.isascii() or "=?" in name or len(name) > 60:
        return f"{_encoded_words(name)} <{one.address}>"
    if _SPECIALS.search(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{one.address}>'
    return f"{name} <{one.address}>"


def _text(header: str, value: str) -> str:
    _one_line(value, header.lower())
    if not value.isascii() or "=?" in value:
        return f"{header}: {_encoded_words(value)}"
    return f"{header}: {_folded(value, _LINE - len(header) - 2)}"


def _folded(value: str, room: int) -> str:
    """Break a long line at spaces; a single word that is too long for any line is sent as encoded words."""
    if len(value) <= room:
        return value
    if max(map(len, value.split(" "))) > _LINE:
        return _encoded_words(value)
    lines, line = [], ""
    for word in value.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, _LINE - 1
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])


def _encoded_words(text: str) -> str:
    """Write text as RFC 2047 words in UTF-8, none longer than 75 characters, no character cut in two."""
    words, piece = [], b""
    for char in text:
        encoded = char.encode()
        if len(piece) + len(encoded) > 42:
            words.append(piece)
            piece = b""
        piece += encoded
    words.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{binascii.b2a_base64(word, newline=False).decode()}?=" for word in words)


def _part(content_type: str, text: str) -> bytes:
    """Write a body in the plainest transfer encoding that carries it."""
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    data = data.replace(b"\0", b"").replace(b"\n", b"\r\n")
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    if data.isascii() and max(map(len, data.split(b"\r\n"))) <= 900:
        encoding, encoded = "7bit", data
    else:
        encoding, encoded = "quoted-printable", binascii.b2a_qp(data, istext=True)
        if len(encoded) > len(data) * 1.4 + 100:
            encoding, encoded = "base64", _base64_lines(data)
    head = f'Content-Type: {content_type}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + encoded


def _base64_lines(data: bytes) -> bytes:
    encoded = binascii.b2a_base64(data, newline=False)
    return b"\r\n".join(encoded[at : at + 76] for at in range(0, len(encoded), 76)) + b"\r\n"


def _file(one: Attachment) -> bytes:
    name = _one_line(one.name, "name of a file").replace("/", "_").replace("\\", "_") or "attachment"
    kind = one.content_type if _TYPE.fullmatch(one.content_type) else "application/octet-stream"
    # A message inside a message may not be encoded (RFC 2046), so it travels as plain bytes.
    kind = "application/octet-stream" if kind.startswith(("message/", "multipart/")) else kind
    disposition = f"Content-Disposition: attachment; {file_name(name)}"
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{disposition}\r\n\r\n"
    return head.encode() + _base64_lines(one.data)


def _picture(one: Picture) -> bytes:
    if not _TYPE.fullmatch(one.content_type) or not _MESSAGE_ID.fullmatch(f"<{one.content_id}>"):
        raise ComposeRefused("a picture has no sound type or Content-ID")
    head = f"Content-Type: {one.content_type}\r\nContent-ID: <{one.content_id}>\r\nContent-Disposition: inline\r\n"
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + _base64_lines(one.data)


def file_name(name: str) -> str:
    """Return the `filename` parameter of a Content-Disposition: quoted if that is enough, else RFC 2231."""
    if name.isascii() and not _UNQUOTABLE.search(name) and len(name) <= 60:
        return f'filename="{name}"'
    pieces = [""]
    for char in name:
        encoded = quote(char, safe="")
        if len(pieces[-1]) + len(encoded) > 60:
            pieces.append("")
        pieces[-1] += encoded
    if len(pieces) == 1:
        return f"filename*=utf-8''{pieces[0]}"
    first, *rest = pieces
    continued = "".join(f";\r\n filename*{place}*={piece}" for place, piece in enumerate(rest, 1))
    return f"filename*0*=utf-8''{first}{continued}"


def _multipart(kind: str, parts: list[bytes], seed: bytes) -> bytes:
    boundary = _boundary(parts, seed)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary.decode()}"\r\n\r\n'.encode()
    opened = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return head + opened + b"--" + boundary + b"--\r\n"


def _boundary(parts: list[bytes], seed: bytes) -> bytes:
    """Return a line that stands in none of the parts, the same one for the same mail."""
    while True:
        seed = hashlib.sha256(seed).digest()
        boundary = b"=_" + seed[:12].hex().encode()
        if not any(boundary in part for part in parts):
            return boundary
