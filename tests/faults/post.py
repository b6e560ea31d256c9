"""Mails with a nonce, and the ways they are put before the product."""

from __future__ import annotations

import base64
import hashlib
import itertools
import random
import smtplib
import time
from dataclasses import dataclass

from .desk import GUARD, SUPPORT

_count = itertools.count(1)


@dataclass(frozen=True)
class Mail:
    """A mail as sent: what must come out of it again."""

    nonce: str
    sender: str
    raw: bytes
    files: tuple[str, ...]  # SHA-256 of its attachments


def mail(*, sender: str = "", files: int = 0, headers: str = "", seed: int = 1) -> Mail:
    """Return a new mail whose sender nobody else uses, so that every mail is owed an acknowledgement."""
    number = next(_count)
    nonce = f"n{seed}x{number}y"
    sender = sender or f"person-{nonce}@acme.example"
    dice = random.Random(nonce)
    contents = [f"{nonce} file {place} ".encode() + dice.randbytes(3_000) for place in range(files)]
    parts = [
        "--limit\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"The smartcards of ward {nonce} are not read since nine.\r\n"
    ]
    parts += [
        f'--limit\r\nContent-Type: application/octet-stream; name="f{place}.bin"\r\n'
        f'Content-Disposition: attachment; filename="f{place}.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(content).decode().replace("\n", "\r\n")
        for place, content in enumerate(contents)
    ]
    head = (
        f"From: Person <{sender}>\r\nTo: {SUPPORT}\r\nSubject: Cards {nonce}\r\n"
        f"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{nonce}@client.example>\r\n{headers}"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="limit"\r\n\r\n'
    )
    raw = (head + "".join(parts) + "--limit--\r\n").encode()
    return Mail(nonce, sender, raw, tuple(hashlib.sha256(content).hexdigest() for content in contents))


def deliver(port: int, sent: Mail, *, seconds: float = GUARD) -> int:
    """Hand a mail to the product's own mail server as any mail server does: until it says 250. Returns the tries."""
    end = time.monotonic() + seconds
    for tries in itertools.count(1):
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=60) as peer:
                peer.sendmail(sent.sender, [SUPPORT], sent.raw)
            return tries
        except (OSError, smtplib.SMTPException):
            assert time.monotonic() < end, f"{sent.nonce} could not be delivered in {seconds} s"
            time.sleep(0.2)
    raise AssertionError("not reached")
