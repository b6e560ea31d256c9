"""Which addresses may stand in an envelope. They go out exactly as they are, so they are checked first."""

from __future__ import annotations

import re

# RFC 5321 dot-string, with the letters of RFC 6531. Quoted local parts are refused: no person has one, and
# they hide separators. `$`, the backtick and `|` are legal, mean something to a shell behind a careless
# server, and are refused.
_LOCAL = re.compile(r"(?!-)(?!\.)(?:[\w!#%&'*+/=?^{}~-]|\.(?![.@]|$))+")
_DOMAIN = re.compile(
    r"(?=.{1,255}$)[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*|\[[0-9A-Fa-f.:IPv]+\]"
)


class BadAddress(ValueError):
    """This cannot stand in an envelope; the message says what and why."""


def check(address: str) -> str:
    """Return `address` unchanged if it is a plain addr-spec. Raises BadAddress."""
    local, at_sign, domain = address.rpartition("@")
    if not at_sign:
        raise BadAddress(f"{address!r} has no @")
    if len(address) > 254 or len(local) > 64:
        raise BadAddress(f"{address[:80]!r}… is longer than an address may be")
    if not _LOCAL.fullmatch(local):
        raise BadAddress(f"{address!r}: {local!r} is no plain local part")
    if not _DOMAIN.fullmatch(domain):
        raise BadAddress(f"{address!r}: {domain!r} is no domain")
    return address


def check_sender(address: str) -> str:
    """Return the sender unchanged; "" is the null sender `<>` of automatic mail. Raises BadAddress."""
    return address if address == "" else check(address)
