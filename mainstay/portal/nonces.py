"""What makes one showing of a form different from every other, so that sending it twice is done once (class C17)."""

from __future__ import annotations

import hashlib
import secrets

from django.http import HttpRequest

LONGEST = 64


def shown(request: HttpRequest) -> str:
    """Return what the form carries; one that comes back keeps what it had."""
    return request.POST.get("nonce", "")[:LONGEST] or secrets.token_urlsafe(16)


def kept(request: HttpRequest, *, path: str = "") -> str:
    """Return what is remembered of it: the nonce of this form at this address, so that no other form is taken for it.

    `path` is where the form goes, if not here. The row that remembers it is the sender's own, so nobody's nonce opens
    anything of somebody else's.
    """
    return hashlib.sha256(f"{path or request.path} {shown(request)}".encode()).hexdigest()
