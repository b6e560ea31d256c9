"""Keys in links: unguessable, told once, and kept only as a digest, so that a copied database opens nothing."""

from __future__ import annotations

import hashlib
import secrets


def new() -> str:
    """Return a new key of 256 random bits, of characters that stand in an address as they are."""
    return secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    """Return what is kept of a key, 64 characters. Whatever somebody puts into an address has a digest."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
