"""What an identity provider says of somebody (OpenID Connect Core 1.0, 3.1.3.7), once its signature was checked.

Everything is compared exactly, and what is missing is wrong. Reads no clock: the moment is handed in.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

SKEW = timedelta(minutes=1)  # how far two clocks may be apart
OLDEST = timedelta(minutes=10)  # a token answers a sign-in that has just been begun


class BadClaims(ValueError):
    """The token is not for this sign-in; the message says what is wrong with it, and names nobody."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What this sign-in was begun with."""

    issuer: str
    client_id: str
    nonce: str


def check(claims: Mapping[str, Any], expected: Expected, *, at: datetime) -> str:
    """Return the subject that the token names. Raises BadClaims."""
    if claims.get("iss") != expected.issuer:
        raise BadClaims("it comes from another issuer")
    _check_audience(claims, expected.client_id)
    if not _same(claims.get("nonce"), expected.nonce):
        raise BadClaims("its nonce is not the one of this sign-in")
    _check_times(claims, at)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise BadClaims("it names no subject")
    return subject


def verified_email(claims: Mapping[str, Any]) -> str:
    """Return the address in lower case that the provider has verified. Raises BadClaims where there is none.

    `xms_edov` is how Microsoft Entra says so: the owner of the address's domain has been verified.
    """
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise BadClaims("it names no e-mail address")
    said, owned = claims.get("email_verified"), claims.get("xms_edov")
    if said in (False, "false") or not (_yes(said) or _yes(owned)):
        raise BadClaims("it does not say that the e-mail address is verified")
    return email.strip().lower()


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    if client_id not in meant:
        raise BadClaims("it is meant for another audience")
    party = claims.get("azp")
    if (party is not None or len(meant) > 1) and party != client_id:
        raise BadClaims("it was given to another party")


def _check_times(claims: Mapping[str, Any], at: datetime) -> None:
    now, skew = at.timestamp(), SKEW.total_seconds()
    expires, issued = _number(claims, "exp"), _number(claims, "iat")
    if not expires > now - skew:  # so that what is no number at all (NaN) has expired too
        raise BadClaims("it has expired")
    if not now - OLDEST.total_seconds() - skew <= issued <= now + skew:
        raise BadClaims("it was not issued for this sign-in: look at the clocks of both servers")
    if claims.get("nbf") is not None and not _number(claims, "nbf") <= now + skew:
        raise BadClaims("it is not valid yet")


def _number(claims: Mapping[str, Any], name: str) -> float:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise BadClaims(f"it does not say its {name}")
    return float(found)


def _same(said: object, expected: str) -> bool:
    return isinstance(said, str) and hmac.compare_digest(said.encode("utf-8", "replace"), expected.encode())


def _yes(said: object) -> bool:
    return said in (True, "true", "1")
