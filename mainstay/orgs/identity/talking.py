"""Asking an organisation's identity provider: where it does what, which keys it signs with, what a code stands for.

Nothing is kept between sign-ins, so a key that was changed or taken back counts at once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from mainstay.lib import fetch
from mainstay.lib.fetch import FetchFailed

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a provider does what."""

    authorise: str
    token: str
    keys: str
    userinfo: str
    takes_basic: bool  # whether the token place takes the client's secret in a header


def discover(issuer: str) -> Places:
    """Return where the provider does what. Raises FetchFailed."""
    said = fetch.get_json(issuer.rstrip("/") + WELL_KNOWN)
    if said.get("issuer") != issuer:
        raise FetchFailed("it says that its issuer has another name than the one entered")
    found = {name: said.get(name, "") for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    for name, url in found.items():
        if not isinstance(url, str) or not url:
            raise FetchFailed(f"it does not say its {name}")
        fetch.check_url(url)
    userinfo, ways = said.get("userinfo_endpoint"), said.get("token_endpoint_auth_methods_supported")
    return Places(
        authorise=found["authorization_endpoint"],
        token=found["token_endpoint"],
        keys=found["jwks_uri"],
        userinfo=userinfo if isinstance(userinfo, str) else "",
        takes_basic=not isinstance(ways, list) or "client_secret_basic" in ways,
    )


def keys(places: Places) -> Sequence[Mapping[str, Any]]:
    """Return the keys that the provider signs with now. Raises FetchFailed."""
    found = fetch.get_json(places.keys).get("keys")
    if not isinstance(found, list):
        raise FetchFailed("it publishes no keys")
    return [one for one in found if isinstance(one, dict)]


def exchange(
    places: Places, *, client_id: str, secret: str, code: str, verifier: str, back: str
) -> Mapping[str, Any]:
    """Return what the provider gives for a code, unchecked. Raises FetchFailed."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    if places.takes_basic:
        pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    else:
        form, headers = {**form, "client_id": client_id, "client_secret": secret}, {}
    return fetch.post_form(places.token, form, headers=headers)


def userinfo(places: Places, access_token: object) -> Mapping[str, Any]:
    """Return what the provider says of whoever the token is for, unchecked. Raises FetchFailed."""
    if not places.userinfo or not isinstance(access_token, str) or not access_token.isascii():
        raise FetchFailed("its token names no e-mail address, and there is nowhere else to ask")
    return fetch.get_json(places.userinfo, headers={"Authorization": f"Bearer {access_token}"})
