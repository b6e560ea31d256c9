"""References: `MST-104237-6`, short enough for the telephone, with a check digit that catches what is misheard.

The check digit is Damm's: it catches every single wrong digit and every two neighbours swapped.
Source: pack, clause 3.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Damm's quasigroup of order ten: totally anti-symmetric, with zeros on the diagonal.
_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_PREFIX = re.compile(r"[A-Z]{2,5}")
_DASH = r"\s?[-\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]\s?"
# ASCII digits only: an Arabic-Indic digit in a subject is no reference of ours.
_REFERENCE = re.compile(rf"(?<![A-Z0-9-])([A-Z]{{2,5}}){_DASH}([0-9]{{1,12}}){_DASH}([0-9])(?![A-Z0-9-])", re.IGNORECASE)


class BadReference(ValueError):
    """The prefix or the number cannot make a reference; the message says what can."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference as found in a text. `valid` is whether its check digit is right."""

    prefix: str
    number: int
    valid: bool = True

    def __str__(self) -> str:
        return make(self.prefix, self.number)


def make(prefix: str, number: int) -> str:
    """Return the reference of `number`, such as `MST-104237-6`. Raises BadReference."""
    if not _PREFIX.fullmatch(prefix):
        raise BadReference(f"{prefix!r}: a prefix is two to five capital letters")
    if number < 0:
        raise BadReference(f"{number}: a number is not below zero")
    return f"{prefix}-{number}-{check_digit(number)}"


def check_digit(number: int) -> int:
    """Return the digit that makes `number` checkable."""
    interim = 0
    for digit in str(number):
        interim = _TABLE[interim][int(digit)]
    return interim


def find(text: str, prefix: str = "") -> list[Reference]:
    """Return the valid references in a decoded text, in order: any case, with or without brackets, any dash.

    With `prefix` only those that carry it.
    """
    return [reference for reference in look_alikes(text, prefix) if reference.valid]


def look_alikes(text: str, prefix: str = "") -> list[Reference]:
    """Return all that looks like a reference, the misheard ones (`valid` False) too: worth a question back."""
    found = [
        Reference(letters.upper(), int(number), valid=check_digit(int(number)) == int(check))
        for letters, number, check in _REFERENCE.findall(text)
    ]
    return [reference for reference in found if not prefix or reference.prefix == prefix]
