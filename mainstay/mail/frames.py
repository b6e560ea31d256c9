"""How a mail and its reading travel between the desk and the process that reads: a length, JSON, and file
bytes.

Nothing here can run code in the reader of a frame, whatever the writer of it has become.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from mainstay.mail.parsed import Address, Auth, File, Limits, Note, ParsedMail, Trust

_LENGTHS = struct.Struct(">cII")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ADDRESS_LISTS = ("reply_to", "to", "cc")
_TEXT_LISTS = ("in_reply_to", "references", "truncated")
_PLAIN = (
    "size", "sha256", "message_id", "in_reply_to", "references", "subject", "sender_problem", "sender_text",
    "return_path", "body_text", "body_html", "text_from_html", "content_type", "report_type", "headers",
    "truncated",
)  # fmt: skip


class Hangup(Exception):
    """The other end is gone."""


def send(connection: socket.socket, kind: bytes, head: bytes, data: bytes = b"") -> None:
    """Write one frame. A kind is one byte."""
    lengths = _LENGTHS.pack(kind, len(head), len(data))
    if len(data) <= 60_000:
        connection.sendall(lengths + head + data)
    else:
        connection.sendall(lengths + head)
        connection.sendall(data)


def receive(connection: socket.socket) -> tuple[bytes, bytes, bytearray]:
    """Read one frame: its kind, its head and its data. Raises Hangup when the other end is gone."""
    got = bytearray(connection.recv(65_536))
    if not got:
        raise Hangup
    while len(got) < _LENGTHS.size:
        got += _more(connection, 65_536)
    kind, head_size, data_size = _LENGTHS.unpack_from(got)
    at = _LENGTHS.size + head_size
    missing = at + data_size - len(got)
    if missing > 0:
        rest = bytearray(missing)
        view = memoryview(rest)
        while view:
            count = connection.recv_into(view)
            if not count:
                raise Hangup
            view = view[count:]
        got += rest
    return kind, bytes(got[_LENGTHS.size : at]), got[at:]


def _more(connection: socket.socket, most: int) -> bytes:
    got = connection.recv(most)
    if not got:
        raise Hangup
    return got


def question(limits: Limits, trust: Trust) -> bytes:
    """Write down how a mail is to be read."""
    return json.dumps({"limits": asdict(limits), "trust": asdict(trust)}).encode()


def read_question(head: bytes) -> tuple[Limits, Trust]:
    asked = json.loads(head)
    trust = asked["trust"]
    trust["received_by"] = tuple(trust["received_by"])
    return Limits(**asked["limits"]), Trust(**trust)


def answer(mail: ParsedMail) -> tuple[bytes, bytes]:
    """Write down a mail that has been read: JSON, and the bytes of its files one after the other."""
    said: dict[str, Any] = {name: getattr(mail, name) for name in _PLAIN}
    for name in _ADDRESS_LISTS:
        said[name] = [(one.name, one.address) for one in getattr(mail, name)]
    said["sender"] = mail.sender and (mail.sender.name, mail.sender.address)
    said["date"], said["received"] = _seconds(mail.date), _seconds(mail.received)
    said["notes"] = [(note.kind, note.words) for note in mail.notes]
    auth = mail.auth
    said["auth"] = (
        (auth.spf, auth.dkim, auth.dmarc, auth.by, auth.spf_domain, auth.dkim_domains) if auth.by else None
    )
    said["files"] = [
        (
            file.name,
            file.content_type,
            file.declared_type,
            len(file.data),
            file.sha256,
            file.content_id,
            file.inline,
        )
        for file in mail.files
    ]
    head = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
    return head, b"".join(file.data for file in mail.files)


def read_answer(head: bytes, data: bytes | bytearray) -> ParsedMail:
    """Rebuild the mail. Raises ValueError, KeyError or TypeError where the frame does not hold one."""
    said: dict[str, Any] = json.loads(head)
    for name in _TEXT_LISTS:
        said[name] = tuple(said[name])
    said["headers"] = tuple((key, value) for key, value in said["headers"])
    for name in _ADDRESS_LISTS:
        said[name] = tuple(Address(*one) for one in said[name])
    said["sender"] = Address(*said["sender"]) if said["sender"] else None
    said["date"], said["received"] = _moment(said["date"]), _moment(said["received"])
    said["notes"] = tuple(Note(*one) for one in said["notes"])
    said["auth"] = _auth(*said["auth"]) if said["auth"] else Auth()
    files, at = [], 0
    for name, served, declared, size, sha256, content_id, inline in said["files"]:
        files.append(File(name, served, declared, bytes(data[at : at + size]), sha256, content_id, inline))
        at += size
    if at != len(data):
        raise ValueError("the files do not fill their frame")
    said["files"] = tuple(files)
    return ParsedMail(**said)


def _auth(spf: str, dkim: str, dmarc: str, by: str, spf_domain: str, signers: list[str]) -> Auth:
    return Auth(spf, dkim, dmarc, by, spf_domain, tuple(signers))


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - _EPOCH).total_seconds()


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)
