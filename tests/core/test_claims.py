"""What a token must say: one that is right, and every way of being wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mainstay.core.claims import BadClaims, Expected, check, verified_email

AT = datetime(2026, 1, 12, 9, tzinfo=UTC)
NOW = AT.timestamp()
EXPECTED = Expected("https://idp.example", "mainstay", "nonce")
GOOD = {
    "iss": "https://idp.example", "aud": "mainstay", "nonce": "nonce", "sub": "s", "iat": NOW, "exp": NOW + 300,
    "email": "Ana@Acme.example ", "email_verified": True,
}  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        {}, {"aud": ["mainstay"]}, {"aud": ["mainstay", "other"], "azp": "mainstay"}, {"azp": "mainstay"},
        {"exp": NOW - 59}, {"iat": NOW + 60}, {"iat": NOW - 660}, {"nbf": NOW + 60}, {"iat": int(NOW)},
    ],
    ids=str,
)  # fmt: skip
def test_a_good_token_names_its_subject(said: dict[str, Any]) -> None:
    assert check({**GOOD, **said}, EXPECTED, at=AT) == "s"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"iss": "https://idp.example/"}, "another issuer"),
        ({"iss": None}, "another issuer"),
        ({"aud": "other"}, "another audience"),
        ({"aud": []}, "another audience"),
        ({"aud": None}, "another audience"),
        ({"aud": ["mainstay", "other"]}, "another party"),
        ({"azp": "other"}, "another party"),
        ({"nonce": "other"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": 7}, "nonce"),
        ({"exp": NOW - 60}, "expired"),
        ({"exp": None}, "does not say its exp"),
        ({"exp": "soon"}, "does not say its exp"),
        ({"exp": True}, "does not say its exp"),
        ({"exp": float("nan")}, "expired"),
        ({"iat": float("nan")}, "clocks of both"),
        ({"nbf": float("nan")}, "not valid yet"),
        ({"iat": NOW + 61}, "clocks of both"),
        ({"iat": NOW - 661}, "clocks of both"),
        ({"iat": None}, "does not say its iat"),
        ({"nbf": NOW + 61}, "not valid yet"),
        ({"nbf": "x"}, "does not say its nbf"),
        ({"sub": ""}, "no subject"),
        ({"sub": None}, "no subject"),
        ({"sub": "s" * 256}, "no subject"),
    ],
    ids=str,
)
def test_a_wrong_token_is_refused_with_the_reason(said: dict[str, Any], why: str) -> None:
    with pytest.raises(BadClaims, match=why):
        check({**GOOD, **said}, EXPECTED, at=AT)


def test_the_hour_of_the_token_is_that_of_whoever_asks() -> None:
    with pytest.raises(BadClaims):
        check(GOOD, EXPECTED, at=AT + timedelta(minutes=6))


@pytest.mark.parametrize(
    "said", [{}, {"email_verified": "true"}, {"email_verified": None, "xms_edov": "1"}, {"email_verified": 1}], ids=str
)
def test_an_address_counts_when_the_provider_has_verified_it(said: dict[str, Any]) -> None:
    assert verified_email({**GOOD, **said}) == "ana@acme.example"


@pytest.mark.parametrize(
    "said",
    [
        {"email_verified": False}, {"email_verified": "false"}, {"email_verified": None}, {"email_verified": "yes"},
        {"email_verified": False, "xms_edov": True}, {"email": None}, {"email": "ana"}, {"email": ["a@b.example"]},
        {"email_verified": None, "xms_edov": False},
    ],
    ids=str,
)  # fmt: skip
def test_any_other_address_does_not(said: dict[str, Any]) -> None:
    with pytest.raises(BadClaims):
        verified_email({**GOOD, **said})
