"""Pure: mail domains as people type them. A domain is a hint at where a sender may belong, and gives no right."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")


class BadDomain(ValueError):
    """This is no mail domain; the message says what one looks like."""


def split(text: str) -> list[str]:
    """Return the words of a list written with commas, blanks or lines."""
    return [word for word in re.split(r"[\s,;]+", text) if word]


def tidied(written: Iterable[str]) -> list[str]:
    """Return domains in lower case, once each, in their order; 'ana@acme.example' and '@acme.example' mean theirs.

    Raises BadDomain with the first that is none.
    """
    found = [word.strip().rpartition("@")[2].rstrip(".").lower() for word in written]
    for domain in found:
        if not _DOMAIN.fullmatch(domain):
            raise BadDomain(f"{domain!r} is no mail domain. Write what stands after the @: acme.example")
    return list(dict.fromkeys(found))
