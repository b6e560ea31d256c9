"""Words as they are searched for: folded, so that case, accents and punctuation make no difference.

What is kept to be searched and what is asked for go through the same `fold`; the databases then see letters, digits and
spaces only. That is why nothing a person types can be read as a command by either of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

LONGEST_WORD = 64  # PostgreSQL refuses words beyond 2 kB, and nobody looks for one beyond this
LONGEST_TEXT = 100_000  # folded characters kept of one text: a log of a megabyte is no help to anybody
SHORTEST_STEM = 4

_ACCENTS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = re.compile(r"(?:ations?|ings?|ments?|edly|ed|ers?|ies|es|ly|s|y|e)$")

# Words that say nothing about what a request is about.
_COMMON = """
a about after all also am an and any are as at be because been but by can cannot could dear did do does for
from fw fwd get had has have hello help hi how i if in into is issue it its just me my new no not of on or
our out over please problem question re request since so still support thanks that the their them then
there they this to up urgent us was we were what when where which while who why will with would you your
"""
COMMON = frozenset(_COMMON.split())


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `marked` where it is one of the words that were looked for."""

    text: str
    marked: bool


def fold(text: str) -> str:
    """Return the words of `text`, plain and in lower case, with one space between them."""
    return " ".join(words_of(text))[:LONGEST_TEXT]


def words_of(text: str) -> list[str]:
    """Return the folded words of `text` in order. An underscore parts words, as every other sign does."""
    plain = _ACCENTS.sub("", normalize("NFKD", text[: 2 * LONGEST_TEXT].casefold()))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]


def telling(text: str, *, most: int = 6) -> list[str]:
    """Return the words of `text` that say what it is about, each once, at most so many; the first ones count."""
    return list(dict.fromkeys(word for word in words_of(text) if len(word) > 2 and word not in COMMON))[:most]


def enough(words: Sequence[str]) -> int:
    """Return how many of the telling words something must hold to be like them: half, but two where there are two."""
    return max(min(2, len(words)), (len(words) + 1) // 2)


@lru_cache(maxsize=16_384)  # a page of results asks for those of some thousand words, mostly the same ones
def stem(word: str) -> str:
    """Return `word` without its ending: near enough to tell 'printers' from 'paper' when words are marked."""
    cut = _ENDINGS.sub("", word)
    return cut if len(cut) >= SHORTEST_STEM else word


def holds(text: str, words: Iterable[str]) -> int:
    """Return how many of `words`, folded, stand in `text` in some form."""
    there = {stem(word) for word in words_of(text)}
    return sum(stem(word) in there for word in words)


def excerpt(text: str, words: Sequence[str], *, prefix: str = "", around: int = 110) -> tuple[Piece, ...]:
    """Return the stretch of `text` around the first of `words` (folded) with each of them marked; its start if none is.

    `prefix` marks whatever begins with it. White space is drawn together. The pieces are raw text: whoever shows them
    escapes them.
    """
    line = " ".join(text.split())
    places = list(_places(line, words, prefix))
    begin = max(0, places[0][0] - around) if places else 0
    end = min(len(line), (places[0][1] if places else 0) + 2 * around)
    begin, end = _whole(line, begin, end)
    return tuple(_pieces(line, places, begin, end))


def marked(text: str, words: Sequence[str], *, prefix: str = "") -> tuple[Piece, ...]:
    """Return all of `text` with each of `words` marked."""
    return tuple(_pieces(text, list(_places(text, words, prefix)), 0, len(text)))


def _places(text: str, words: Sequence[str], prefix: str) -> Iterator[tuple[int, int]]:
    stems = {stem(word) for word in words}
    for found in _WORD.finditer(text):
        folded = words_of(found[0])
        if any(stem(one) in stems or (prefix and one.startswith(prefix)) for one in folded):
            yield found.span()


def _whole(line: str, begin: int, end: int) -> tuple[int, int]:
    """Move both ends to where words end, not further than a word is long."""
    if begin:
        space = line.find(" ", begin, begin + LONGEST_WORD)
        begin = space + 1 if space >= 0 else begin
    if end < len(line):
        space = line.rfind(" ", max(begin, end - LONGEST_WORD), end)
        end = space if space > begin else end
    return begin, end


def _pieces(line: str, places: list[tuple[int, int]], begin: int, end: int) -> Iterator[Piece]:
    at = begin
    if begin:
        yield Piece("… ", False)
    for first, last in places:
        if first < at or last > end:
            continue
        if first > at:
            yield Piece(line[at:first], False)
        yield Piece(line[first:last], True)
        at = last
    if at < end:
        yield Piece(line[at:end], False)
    if end < len(line):
        yield Piece(" …", False)


def address_of(title: str, *, most: int = 80) -> str:
    """Return the words of `title` as the last part of a web address: `print-a-label`; '' where there are none.

    Letters of other scripts stay: a browser shows them, and a title in them has no others.
    """
    kept = ""
    for word in words_of(title):
        longer = f"{kept}-{word}" if kept else word
        if len(longer) > most:
            break
        kept = longer
    return kept
