"""Secrets at rest.

Text sealed with the installation's secret, so that a copied database gives no password away.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(ValueError):
    """A sealed secret cannot be opened: it was sealed with another installation secret. Enter it again."""


def seal(text: str, *, purpose: str) -> str:
    """Return `text` so that only this installation can read it, and only for the same `purpose`."""
    return _box(purpose).encrypt(text.encode("utf-8")).decode("ascii")


def unseal(sealed: str, *, purpose: str) -> str:
    """Return the text that `seal` was given. Raises Unreadable."""
    try:
        return _box(purpose).decrypt(sealed.encode("ascii")).decode("utf-8")
    except (InvalidToken, UnicodeError):
        raise Unreadable("this secret was sealed with another MAINSTAY_SECRET_KEY: enter it again") from None


def _box(purpose: str) -> Fernet:
    key = HKDF(hashes.SHA256(), length=32, salt=None, info=f"mainstay sealed {purpose}".encode()).derive(
        settings.SECRET_KEY.encode("utf-8")
    )
    return Fernet(base64.urlsafe_b64encode(key))
