"""A letter made a text for everybody: without greeting, signature, and what we know to be somebody's own. Pure.

It takes out the names that it is given, addresses and long numbers. A person reads it before anybody else does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST_NAME = 3  # letters; a shorter part of a name is part of many words
SOMEBODY, SOMEWHERE, NUMBER = "[name]", "[address]", "[number]"

_GREETING = re.compile(r"(?:dear|hello|hi|good (?:morning|afternoon|evening))\b[^\n]{0,80}[,!.]?\s*", re.I)
_FAREWELL = re.compile(
    r"(?:kind regards|best regards|with kind regards|regards|many thanks|yours (?:sincerely|faithfully)|best wishes|--)"
    r"[ ,.!]*",
    re.I,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NUMBER = re.compile(r"(?<![\w.])\+?\d(?:[ ()/-]?\d){6,}(?![\w.]*\w)")


def impersonal(text: str, *, names: Iterable[str], organisations: Iterable[str] = ()) -> str:
    """Return `text` without what is somebody's own. `names` and `organisations` are taken out wherever they stand."""
    body = _ADDRESS.sub(SOMEWHERE, "\n".join(_body(text.splitlines())).strip())
    body = _NUMBER.sub(NUMBER, body)
    for words, instead in ((organisations, "your organisation"), (_parts(names), SOMEBODY)):
        for word in sorted(set(words), key=len, reverse=True):
            body = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", instead, body, flags=re.I)
    return re.sub(r"\[name\](?: \[name\])+", SOMEBODY, body)


def _body(lines: list[str]) -> Iterable[str]:
    """Walk the lines between the greeting and the farewell; what others wrote before is left out."""
    began = False
    for line in lines:
        if not began and (not line.strip() or _GREETING.fullmatch(line.strip())):
            continue
        if began and _FAREWELL.fullmatch(line.strip()):
            return
        began = True
        if not line.startswith(">"):
            yield line.rstrip()


def _parts(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if len(name) >= SHORTEST_NAME:
            yield name
        yield from (part for part in re.split(r"[\s,]+", name) if len(part) >= SHORTEST_NAME)
