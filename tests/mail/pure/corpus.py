"""The mails of `tests/mail/corpus`, and what the desk of these tests knows of itself."""

from __future__ import annotations

from pathlib import Path

from mainstay.mail.classify import Own
from mainstay.mail.evidence import Signer
from mainstay.mail.parse import ParsedMail, Trust, read

CORPUS = Path(__file__).parent.parent / "corpus"
SIGNER = Signer((b"a key of these tests only",), "desk.example")
OWN = Own(frozenset({"support@desk.example", "billing@desk.example"}), SIGNER)
OWN_ID = SIGNER.make_message_id("k7")
TRUST = Trust("mx.desk.example")


def raw(name: str) -> bytes:
    """Return a mail of the corpus; where it quotes an id of ours, with one that these tests signed."""
    return (CORPUS / f"{name}.eml").read_bytes().replace(b"@@OWN_ID@@", OWN_ID.encode())


def mail(name: str) -> ParsedMail:
    return read(raw(name), trust=TRUST)


def written(
    *headers: str, body: str | bytes = "Hello", sender: str = "Ana Smith <ana@acme.example>"
) -> bytes:
    """Return a mail with a From, a To, the given header lines and a body."""
    head = [f"From: {sender}"] if sender else []
    head += ["To: support@desk.example", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + (body.encode() if isinstance(body, str) else body)
