"""The cast's addresses, and a mail of theirs as it lies in our mailbox."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

SUPPORT = "support@vendor.example"
BORDER = "mx.vendor.example"  # our mail server, which says of every sender whether it is genuine
ADDRESSES = {
    "ana": "ana@acme.example",
    "bo": "bo@acme.example",
    "cleo": "cleo@carrow.example",
    "ida": "ida@vendor.example",
    "jon": "jon@vendor.example",
    "mara": "mara@vendor.example",
    "nia": "nia@coordinator.example",
}
NAMES = {address: key for key, address in ADDRESSES.items()}
_numbers = itertools.count(1)


def written(
    address: str,
    subject: str,
    text: str,
    *,
    answers: Sequence[str],
    genuine: bool,
    headers: Sequence[str],
    copies: Sequence[str],
) -> bytes:
    """Return a mail to support as it lies in our mailbox, with what our border server wrote on top of it.

    Its Date is years off, as a client's clock may be: nothing may rely on it.
    """
    number, domain = next(_numbers), address.rpartition("@")[2]
    checks = "dmarc=pass" if genuine else "dmarc=fail"
    lines = [
        f"Authentication-Results: {BORDER}; {checks} header.from={domain}",
        f"Received: from mail.{domain} by {BORDER} with ESMTPS; Mon, 12 Jan 2026 08:00:00 +0000",
        f"From: {address}",
        f"To: {SUPPORT}",
        *([f"Cc: {', '.join(ADDRESSES.get(one, one) for one in copies)}"] if copies else []),
        f"Subject: {subject}",
        "Date: Fri, 13 Nov 2020 10:00:00 +0000",
        f"Message-ID: <{number}.{address.partition('@')[0]}@{domain}>",
        *([f"In-Reply-To: {answers[-1]}", f"References: {' '.join(answers)}"] if answers else []),
        *headers,
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + "\r\n".join(text.splitlines()) + "\r\n").encode()
