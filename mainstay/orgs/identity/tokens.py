"""The signature of an ID token: by a key that its provider publishes, and by no method that needs none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jwt

# Public keys only. `none` needs no key, and with HS256 the published key itself would be the secret.
METHODS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LONGEST = 16_384  # characters


class BadToken(ValueError):
    """The token cannot be believed; the message says why, and names nobody."""


def claims_of(token: object, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a signed token says, which is not checked yet. `keys` are the provider's. Raises BadToken."""
    if not isinstance(token, str) or len(token) > LONGEST:
        raise BadToken("there is no ID token in the answer")
    try:
        header = jwt.get_unverified_header(token)
        method = header.get("alg")
        if method not in METHODS:
            raise BadToken(f"its signature is of a kind that is not taken: {str(method)[:20]}")
        key = jwt.PyJWK(dict(_key_for(header, keys)), algorithm=method)
        # What it says is compared in `core.claims`, by the moment that is handed in there.
        return dict(jwt.decode(token, key, algorithms=[method], options=_SIGNATURE_ALONE))
    except jwt.PyJWTError:
        raise BadToken("its signature is not good") from None


_SIGNATURE_ALONE: Any = {
    "verify_signature": True, "verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False,
    "verify_iss": False, "verify_sub": False, "verify_jti": False,
}  # fmt: skip


def _key_for(header: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the key that a token names; one that names none is taken where there is one key only."""
    named = header.get("kid")
    usable = [
        one
        for one in keys
        if one.get("use", "sig") == "sig" and one.get("alg", header["alg"]) == header["alg"] and one.get("kty") != "oct"
    ]
    found = [one for one in usable if one.get("kid") == named] if named is not None else usable
    if len(found) != 1:
        raise BadToken("it is signed with a key that the provider does not publish")
    return found[0]
