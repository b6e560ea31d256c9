"""What makes two arrivals the same mail. Pure, linear, and safe on any bytes: it runs before anything is
parsed.

Two deliveries of one mail differ in what servers wrote (Received, Return-Path, authentication results), not
in what the sender wrote. The Message-ID alone proves nothing: anybody can send one they have seen or guessed
(class A13).
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

WRITTEN = frozenset(
    b"from sender reply-to to cc subject date message-id in-reply-to references mime-version content-type "
    b"content-transfer-encoding content-disposition auto-submitted".split()
)
_LONGEST_HEAD = 1024 * 1024
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(rb"^([!-9;-~]{1,100})[ \t]*:((?:[^\n]*\n[ \t])*[^\n]*)", re.M)


def identity(raw: bytes, *, received_at: datetime) -> str:
    """Return a digest that two arrivals share exactly when they are the same mail.

    With a Message-ID: of the headers and the body as their author wrote them. Without one: of all bytes,
    because two equal alarms are two mails; and where no server left a trace in them, of the moment of receipt
    as well.
    """
    end = _END_OF_HEAD.search(raw, 0, _LONGEST_HEAD)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw[:_LONGEST_HEAD], raw[_LONGEST_HEAD:])
    lines = [(name.lower(), b" ".join(value.split())) for name, value in _LINE.findall(head)]
    names = {name for name, _ in lines}
    if b"message-id" not in names:
        moment = b"" if b"received" in names else received_at.isoformat().encode()
        return _digest(b"bytes", raw, moment)
    written = sorted(name + b":" + value for name, value in lines if name in WRITTEN)
    return _digest(b"written", *written, body.replace(b"\r\n", b"\n").rstrip())


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.hexdigest()
