"""Pure: signed webhooks as the Standard Webhooks specification has them (version 1, symmetric).

The signed content is `id.timestamp.body`, byte for byte as it came; the signature is HMAC-SHA256 in base64, after
`v1,`. Several may be sent, parted by spaces, and several secrets may hold at once, so that one can be changed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"
SHORTEST = 24  # octets of a secret, as the specification asks


class BadSecret(ValueError):
    """The secret of the settings cannot be used; the message says what to write. It never repeats the secret."""


class NotGenuine(ValueError):
    """The message is not signed by somebody who has a secret, or is not of now. The message says no more than that."""


def key_of(secret: str) -> bytes:
    """Return the key that a secret stands for: base64 after `whsec_`. Raises BadSecret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < SHORTEST:
        raise BadSecret(
            "MAINSTAY_TELEPHONE_SECRET: write whsec_ and at least 24 octets in base64; "
            "`openssl rand -base64 32` makes some"
        )
    return key


def sign(key: bytes, *, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message, with its version."""
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def check(
    keys: Sequence[bytes], *, message_id: str, timestamp: str, signatures: str, body: bytes, at: datetime
) -> None:
    """Raise NotGenuine unless one of `signatures` is by one of `keys`, and `timestamp` (Unix seconds) is of about `at`.

    Every signature is compared with every key, each in constant time.
    """
    if not message_id or len(message_id) > 200 or not (timestamp.isascii() and timestamp.isdecimal()):
        raise NotGenuine("The message has no identity or no time.")
    if len(timestamp) > 12 or abs(int(timestamp) - at.timestamp()) > TOLERANCE.total_seconds():
        raise NotGenuine("The message is not of now. Check the clocks of both machines.")
    given = [one.encode() for one in signatures.split(" ")[:10] if one.isascii()]
    right = [sign(key, message_id=message_id, timestamp=timestamp, body=body).encode() for key in keys]
    matches = [hmac.compare_digest(one, known) for one in given for known in right]
    if not any(matches):
        raise NotGenuine("The signature is not right.")
