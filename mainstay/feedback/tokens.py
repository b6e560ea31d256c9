"""Pure: the signed token by which a product says who writes. A JSON Web Token (RFC 7519), HMAC-SHA256, read by PyJWT.

It names its secret (`kid`), is meant for us (`aud`), is of now (`iat`, `exp`, ten minutes at the most) and has an id
of its own (`jti`), which is used once. It carries `email` and `name`, and `org`, the key of the organisation.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from mainstay.core.saying import Refusal

AUDIENCE = "mainstay-feedback"
ALGORITHM = "HS256"
LONGEST_LIFE = timedelta(minutes=10)
LEEWAY = timedelta(seconds=60)  # between two machines' clocks
LONGEST = 4_096  # characters of a token
_ADDRESS = re.compile(r"[^\s@,;<>\"\x00-\x20]{1,64}@[^\s@,;<>\"\x00-\x20]{1,189}")


class NotGenuine(Refusal, ValueError):
    """The token is not one of ours, or is not of now. The message says what to mend, and nothing of any secret."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who writes, as the product says. `org` is the key of an organisation, or empty."""

    token_id: str
    email: str
    name: str
    org: str


def read(token: str, *, secret_of: Callable[[str], str | None], at: datetime) -> Claims:
    """Return what a token says. `secret_of` gives the secret of a key id that is good at `at`. Raises NotGenuine."""
    if not 0 < len(token) <= LONGEST:
        raise NotGenuine("There is no token. The product has to say who writes.")
    try:
        key_id = str(jwt.get_unverified_header(token).get("kid", ""))
        secret = secret_of(key_id)
        if secret is None:
            raise NotGenuine("The token is signed with a key that is not known, or that has ended.")
        said = jwt.decode(
            token, secret, algorithms=[ALGORITHM], audience=AUDIENCE,
            # The moment is an argument here and a clock of its own there, so the times are checked below.
            options={"require": ["aud", "exp", "iat", "jti"], "verify_exp": False, "verify_iat": False,
                     "verify_nbf": False},
        )  # fmt: skip
    except jwt.InvalidTokenError:
        raise NotGenuine("The token is not signed by one of our products, or is not whole.") from None
    _check_times(said, at)
    return _claims(said)


def sign(claims: Claims, *, key_id: str, secret: str, at: datetime, life: timedelta = timedelta(minutes=5)) -> str:
    """Return a token, as a product makes it."""
    said = {
        "aud": AUDIENCE, "iat": int(at.timestamp()), "exp": int((at + life).timestamp()), "jti": claims.token_id,
        "email": claims.email, "name": claims.name, "org": claims.org,
    }  # fmt: skip
    return jwt.encode(said, secret, algorithm=ALGORITHM, headers={"kid": key_id})


def _check_times(said: dict[str, Any], at: datetime) -> None:
    try:
        issued, expires = (datetime.fromtimestamp(float(said[name]), UTC) for name in ("iat", "exp"))
    except (TypeError, ValueError, OverflowError, OSError):
        raise NotGenuine("The times of the token are no times.") from None
    if expires - issued > LONGEST_LIFE:
        raise NotGenuine("The token lives longer than ten minutes. Make a new one each time.")
    if not issued - LEEWAY <= at < expires + LEEWAY:
        raise NotGenuine("The token is not of now. Ask the product for a new one; perhaps its clock is wrong.")


def _claims(said: dict[str, Any]) -> Claims:
    values = {name: said.get(name, "") for name in ("jti", "email", "name", "org")}
    if not all(isinstance(value, str) and "\x00" not in value for value in values.values()):
        raise NotGenuine("The token's jti, email, name and org have to be text.")
    email = values["email"].strip().lower()
    if not 8 <= len(values["jti"]) <= 200:
        raise NotGenuine("The token's jti has to be 8 to 200 characters that no other token has.")
    if not _ADDRESS.fullmatch(email):
        raise NotGenuine("The token's email is no e-mail address.")
    return Claims(values["jti"], email, " ".join(values["name"].split())[:200], values["org"][:40])
