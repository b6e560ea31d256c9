"""One sign-in through an organisation's provider: the authorisation code flow with PKCE, state and nonce (RFC 9700)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from mainstay.core import claims
from mainstay.core.claims import BadClaims, Expected
from mainstay.core.saying import Refusal
from mainstay.lib.fetch import FetchFailed
from mainstay.lib.sealed import Unreadable
from mainstay.orgs.identity import providers, talking, tokens
from mainstay.orgs.identity.tokens import BadToken
from mainstay.orgs.models import IdentityProvider, Person

LASTS = timedelta(minutes=10)  # to type a password and a second factor at the provider's


class SignInFailed(Refusal):
    """Nobody is signed in; the message says what to do, and nothing of what we know of anybody."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser that began must bring back, or what is compared. It lies in that browser's session."""

    provider_id: int
    state: str
    nonce: str
    verifier: str
    goal: str
    at: float  # seconds since 1970

    def is_over(self, at: datetime) -> bool:
        """Whether it was begun too long ago."""
        return not self.at <= at.timestamp() < self.at + LASTS.total_seconds()


def begin(provider: IdentityProvider, *, back: str, email: str, goal: str, at: datetime) -> tuple[str, Begun]:
    """Return where to send the browser, and what to keep until it comes back to the address `back`. Asks the provider.

    `email` is what was typed, for the provider's own form. Raises SignInFailed.
    """
    try:
        places = talking.discover(provider.issuer)
    except FetchFailed as error:
        providers.note_trouble(provider, str(error), at=at)
        raise _unreachable() from None
    begun = Begun(provider.pk, _random(), _random(), _random(), goal, at.timestamp())
    challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": back, "scope": "openid email",
        "state": begun.state, "nonce": begun.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        "login_hint": email,
    }  # fmt: skip
    joint = "&" if "?" in places.authorise else "?"
    return f"{places.authorise}{joint}{urlencode(asked)}", begun


def finish(
    provider: IdentityProvider, begun: Begun, said: Mapping[str, str], *, back: str, at: datetime
) -> Person:
    """Return whom the provider has signed in, `said` being what it sent the browser back with. Asks the provider.

    Raises SignInFailed, NotOurs.
    """
    if said.get("error") or not said.get("code"):
        raise SignInFailed("Your organisation did not sign you in. Try again, or ask its IT department.")
    try:
        if said.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
            raise BadClaims("the answer comes from another issuer")
        subject, email = _vouched_for(provider, begun, said["code"], back=back, at=at)
    except (FetchFailed, Unreadable) as error:
        providers.note_trouble(provider, str(error), at=at)
        raise _unreachable() from None
    except (BadToken, BadClaims) as error:
        providers.note_trouble(provider, f"what it sent was not believed: {error}", at=at)
        raise SignInFailed(
            "What your organisation's sign-in sent cannot be believed, so nobody is signed in. Tell its IT department."
        ) from None
    try:
        return providers.recognise(provider=provider, subject=subject, email=email, at=at)
    except providers.NotOurs:
        providers.note_trouble(provider, "it signed somebody in who is not, or not only, one of its people here", at=at)
        raise


def _vouched_for(
    provider: IdentityProvider, begun: Begun, code: str, *, back: str, at: datetime
) -> tuple[str, str]:
    """Return subject and verified address. Raises FetchFailed, Unreadable, BadToken, BadClaims."""
    places = talking.discover(provider.issuer)
    given = talking.exchange(
        places, client_id=provider.client_id, secret=providers.secret_of(provider), code=code, verifier=begun.verifier,
        back=back,
    )  # fmt: skip
    said: Mapping[str, Any] = tokens.claims_of(given.get("id_token"), talking.keys(places))
    subject = claims.check(said, Expected(provider.issuer, provider.client_id, begun.nonce), at=at)
    if "email" not in said:
        said = talking.userinfo(places, given.get("access_token"))
        if said.get("sub") != subject:
            raise BadClaims("its answers are about two people")
    return subject, claims.verified_email(said)


def _unreachable() -> SignInFailed:
    return SignInFailed("Your organisation's sign-in cannot be reached at the moment. Try again in some minutes.")


def _random() -> str:
    return secrets.token_urlsafe(32)
