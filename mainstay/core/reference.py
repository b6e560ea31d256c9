"""References: the short name of a ticket, fit to be read over the telephone and found in a subject line.

`ABC-104237-6` is a prefix of two to five letters, a number, and a check digit by Damm's method, which catches
every single wrong digit and every two neighbours swapped, the check digit included. A reference says which
ticket is meant and never who may see it. Requirements R3.3a and R3.3b.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, normalize

PREFIX = re.compile(r"[A-Z]{2,5}")

# A totally anti-symmetric quasigroup of order ten (H. M. Damm, 2004). The row is the state, the column the
# next digit.
DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)

# What stands between the parts, once dashes are tidied: a dash with or without spaces, spaces alone, or an
# underscore. Runs are bounded so that a hostile subject costs no more than an ordinary one of its length.
BETWEEN = r"(?:\s{0,4}-\s{0,4}|\s{1,4}|_)"
NUMBER = r"(\d{1,12})"
DASHES_BY_ANOTHER_NAME = "\u00ad\u02d7\u2043\u2212"  # soft hyphen, modifier minus, bullet hyphen, minus


class BadReference(ValueError):
    """The text is not a reference: wrong shape, wrong prefix, or no number."""


class WrongCheckDigit(BadReference):
    """The text has the shape of a reference, but some digit of it was misheard or mistyped."""


def make(prefix: str, number: int) -> str:
    """Return the reference of a number, such as `ABC-104237-6`. Raises BadReference if either cannot be."""
    if number < 1:
        raise BadReference(f"{number} cannot be the number of a reference; numbers begin at 1")
    return f"{_prefix(prefix)}-{number}-{check_digit(number)}"


def check_digit(number: int) -> int:
    """Return the digit that brings the number, written before it, out at zero."""
    return _damm(str(number))


def parse(text: str, prefix: str) -> int:
    """Return the number of one reference as it was typed or read out. The last digit is the check digit.

    Prefix, brackets and what stands between the parts may be left out. Raises WrongCheckDigit where only a
    digit is wrong, else BadReference.
    """
    shape = rf"\W*(?:{_prefix(prefix)}{BETWEEN}?)?{NUMBER}{BETWEEN}?(\d)\W*"
    found = re.fullmatch(shape, _tidied(text), re.IGNORECASE)
    if not found or not int(found[1]):
        raise BadReference(f"{text!r} is not a reference like {make(prefix, 104237)}")
    if _damm(found[1] + found[2]):
        raise WrongCheckDigit(f"{text!r} has a wrong digit; please check it against the message it came from")
    return int(found[1])


def find(text: str, prefix: str) -> tuple[str, ...]:
    """Return every valid reference in a decoded text, in order, each once, written as `make` writes it."""
    found = (
        make(prefix, int(number)) for _, number, check in _look(text, prefix) if not _damm(number + check)
    )
    return tuple(dict.fromkeys(found))


def find_mistaken(text: str, prefix: str) -> tuple[str, ...]:
    """Return what looks like a reference but has a wrong digit, in order, each once, as it was written."""
    return tuple(
        dict.fromkeys(whole for whole, number, check in _look(text, prefix) if _damm(number + check))
    )


def near(text: str, prefix: str) -> tuple[str, ...]:
    """Return what a misheard reference may have been: one digit or two neighbours away, and sound.

    Nothing where the text is no reference at all, or is a sound one.
    """
    try:
        parse(text, prefix)
    except WrongCheckDigit:
        heard = re.sub(r"\D", "", _tidied(text))
    except BadReference:
        return ()
    else:
        return ()
    likely = dict.fromkeys(one for one in _slips(heard) if int(one[:-1]) and not _damm(one))
    return tuple(make(prefix, int(one[:-1])) for one in likely)


def _slips(digits: str) -> Iterator[str]:
    """Yield the digits with two neighbours swapped, and then with one of them another, place by place."""
    for place in range(len(digits) - 1):
        yield digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    for place in range(len(digits)):
        yield from (digits[:place] + other + digits[place + 1 :] for other in "0123456789")


def _look(text: str, prefix: str) -> Iterator[tuple[str, str, str]]:
    """Yield (as written, number, check digit) of everything that has the shape, in any case.

    Not inside a longer word, and not where digits go on after a dash, as they do in a date.
    """
    shape = rf"(?<![^\W_]){_prefix(prefix)}{BETWEEN}?{NUMBER}{BETWEEN}(\d)(?![^\W_]|-\d)"
    for found in re.finditer(shape, _tidied(text), re.IGNORECASE):
        if int(found[1]):
            yield found[0], found[1], found[2]


def _prefix(prefix: str) -> str:
    if not PREFIX.fullmatch(prefix):
        raise BadReference(f"{prefix!r} cannot begin a reference; use two to five capital letters")
    return prefix


def _tidied(text: str) -> str:
    """Return the text with one kind of dash, plain letters and digits, and nothing invisible."""
    return "".join(filter(None, map(_tidied_character, normalize("NFKC", text))))


def _tidied_character(character: str) -> str:
    if category(character) == "Pd" or character in DASHES_BY_ANOTHER_NAME:
        return "-"
    return "" if category(character) == "Cf" else character


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = int(DAMM[state][int(digit)])
    return state
