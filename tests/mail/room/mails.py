"""Mails as programs write them, for tests to send."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

SUPPORT = "support@vendor.example"
ANA, BO, CLEO, STRANGER = (
    "ana@acme.example",
    "bo@acme.example",
    "cleo@other.example",
    "stranger@elsewhere.example",
)
IDA, JON = "ida@vendor.example", "jon@vendor.example"
BORDER = "mx.vendor.example"
_count = itertools.count(1)


def mail(
    *,
    sender: str = ANA,
    subject: str = "Cards are not read",
    text: str = "Since nine o'clock none of our smartcards are read at the front desk.",
    message_id: str | None = None,
    headers: Sequence[str] = (),
    checked: str = "",
    body: str | None = None,
    content_type: str = "text/plain; charset=utf-8",
) -> bytes:
    """Return one mail to support. `checked`: what our border server wrote of it, such as `dmarc=pass`."""
    if message_id is None:
        message_id = f"<{next(_count)}@client.example>"
    lines = [
        *([f"Authentication-Results: {BORDER}; {checked}"] if checked else []),
        *([f"Received: from client.example by {BORDER}; Mon, 23 Nov 2026 10:00:00 +0000"] if checked else []),
        f"From: {sender}",
        f"To: {SUPPORT}",
        f"Subject: {subject}",
        "Date: Fri, 13 Nov 2020 10:00:00 +0000",
        *([f"Message-ID: {message_id}"] if message_id else []),
        *headers,
        "MIME-Version: 1.0",
        f"Content-Type: {content_type}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + (text if body is None else body) + "\r\n").encode()


def with_file(name: str = "log.txt", content: str = "one two three", **named: object) -> bytes:
    """Return a mail with one attachment."""
    body = (
        "--limit\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe log of this morning is attached, as asked.\r\n"
        f'--limit\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n{content}\r\n'
        "--limit--"
    )
    return mail(body=body, content_type='multipart/mixed; boundary="limit"', **named)  # type: ignore[arg-type]


def bounce(of: str, recipient: str = ANA, *, status: str = "5.1.1", words: str = "no such user") -> bytes:
    """Return the report of a mail server that it could not deliver our mail `of` (a Message-ID)."""
    body = (
        "--report\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        "--report\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.acme.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {words}\r\n"
        f"--report\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {of}\r\nSubject: x\r\n--report--"
    )
    return mail(
        sender="MAILER-DAEMON@mx.acme.example",
        subject="Undelivered mail returned to sender",
        headers=["Return-Path: <>", "Auto-Submitted: auto-replied"],
        body=body,
        content_type='multipart/report; report-type=delivery-status; boundary="report"',
    )
