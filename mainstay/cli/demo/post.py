"""Mails as their bytes would lie in a mailbox, border server's lines included. Pure."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

BORDER = "mx.vendor.example"  # our mail server in the story; it checks senders and says so
SUPPORT = "support@vendor.example"
GENUINE = "spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
FORGED = "spf=fail smtp.mailfrom={domain}; dkim=none; dmarc=fail header.from={domain}"


@dataclass(frozen=True, slots=True)
class File:
    """Something attached."""

    name: str
    content_type: str  # such as image/png
    data: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail before it is written out. `checks` is what the border found, with `{domain}` for the sender's."""

    name: str
    address: str
    subject: str
    text: str
    html: str = ""
    files: tuple[File, ...] = ()
    copies: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()  # Message-IDs of the thread, the newest last
    headers: Mapping[str, str] = field(default_factory=dict)
    checks: str = GENUINE

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def written(mail: Mail, *, at: datetime) -> bytes:
    """Return the bytes of `mail`, sent at `at`. The same mail at the same moment gives the same bytes."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((mail.name, mail.address))
    message["To"] = SUPPORT
    if mail.copies:
        message["Cc"] = ", ".join(mail.copies)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{_token(mail, at)}@{mail.domain}>"
    if mail.answers:
        message["In-Reply-To"] = mail.answers[-1]
        message["References"] = " ".join(mail.answers)
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    for file in mail.files:
        kind, _, subtype = file.content_type.partition("/")
        message.add_attachment(file.data, maintype=kind, subtype=subtype, filename=file.name)
    if message.is_multipart():
        message.set_boundary(f"=_{_token(mail, at)}")
    return _border_lines(mail, at) + message.as_bytes()


def bounced(*, address: str, message_id: str, why: str, at: datetime) -> bytes:
    """Return a delivery report (RFC 3464) on our mail `message_id` to `address`."""
    domain = address.rpartition("@")[2]
    boundary = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    lines = [
        f"Received: from mail.{domain} by {BORDER} with ESMTPS; {format_datetime(at)}",
        "Return-Path: <>",
        f"From: Mail Delivery System <mailer-daemon@{domain}>",
        f"To: {SUPPORT}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{boundary}@{domain}>",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"Your message could not be delivered to {address}:",
        why,
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; mail.{domain}",
        "",
        f"Final-Recipient: rfc822; {address}",
        "Action: failed",
        f"Status: {why.split()[1]}",
        f"Diagnostic-Code: smtp; {why}",
        "",
        f"--{boundary}",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {message_id}",
        f"To: {address}",
        "",
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode()


def _border_lines(mail: Mail, at: datetime) -> bytes:
    """Return what our own border server writes on top of a mail that it took."""
    checks = mail.checks.format(domain=mail.domain)
    return (
        f"Return-Path: <{mail.address}>\r\n"
        f"Authentication-Results: {BORDER}; {checks}\r\n"
        f"Received: from mail.{mail.domain} by {BORDER} with ESMTPS; {format_datetime(at)}\r\n"
    ).encode()


def _token(mail: Mail, at: datetime) -> str:
    said = f"{mail.address}\n{mail.subject}\n{mail.text}\n{at.isoformat()}"
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def picture(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """Return a PNG of one colour with a lighter band, so that an attachment has something to show."""
    rows = []
    for row in range(height):
        band = height // 3 < row < height // 2
        rows.append(b"\x00" + bytes(min(255, part + 60 * band) for part in colour) * width)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
