"""How well what is typed fits the name of a thing: by its beginning, word by word, inside, or letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

from mainstay.core.words import Piece

BEGINS, BY_WORDS, INSIDE, BY_INITIALS, BY_LETTERS = range(5)
FEWEST_LETTERS = 3  # spread over a name: with fewer, nearly everything fits
WIDEST = 2  # times as many letters of the name as were typed, and two more, may lie between the first and the last
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fit:
    """How something fits: the smaller the better. `pieces` are the raw name with what was typed marked."""

    rank: int
    first: int  # where in the name it begins
    length: int  # of the name: the shorter says more
    pieces: tuple[Piece, ...]

    @property
    def order(self) -> tuple[int, int, int]:
        """What to sort by, the best first."""
        return self.rank, self.first, self.length


def fit(asked: str, name: str) -> Fit | None:
    """Return how `asked` fits `name`, None where it does not. Case and accents make no difference."""
    plain, typed = _plain(name), _plain(asked).split()
    if not typed:
        return Fit(BEGINS, 0, len(name), (Piece(name, False),))
    for rank, way in enumerate((_begins, _by_words, _inside, _by_initials, _by_letters)):
        spans = way(typed, plain)
        if spans:
            return Fit(rank, spans[0][0], len(name), tuple(_pieces(name, spans)))
    return None


def _plain(text: str) -> str:
    """Return `text` without case and accents, letter for letter, so that places in it are places in the text."""
    return "".join(_letter(one) for one in text)


def _letter(one: str) -> str:
    base = "".join(part for part in normalize("NFKD", one) if not combining(part)).casefold()
    return base if len(base) == 1 else one.lower() if len(one.lower()) == 1 else one


def _begins(typed: Sequence[str], plain: str) -> list[Span]:
    whole = " ".join(typed)
    return [(0, len(whole))] if plain.startswith(whole) else []


def _by_words(typed: Sequence[str], plain: str) -> list[Span]:
    """Each word that was typed begins a word of the name, in any order."""
    left, spans = [found.span() for found in re.finditer(r"[^\W_]+", plain)], []
    for word in typed:
        place = next((span for span in left if plain.startswith(word, span[0])), None)
        if place is None:
            return []
        left.remove(place)
        spans.append((place[0], place[0] + len(word)))
    return _merged(spans)  # what is no letter may stand in a typed word, which then reaches over the next one


def _inside(typed: Sequence[str], plain: str) -> list[Span]:
    spans = [(plain.find(word), plain.find(word) + len(word)) for word in typed]
    return _merged(spans) if all(first >= 0 for first, _ in spans) else []


def _by_initials(typed: Sequence[str], plain: str) -> list[Span]:
    """Each letter begins a word, or follows the one before: `nti` is New ticket."""
    letters, starts = "".join(typed), _starts(plain)
    ways: list[list[int]] = [[at] for at in sorted(starts) if plain[at] == letters[0]]
    for letter in letters[1:]:
        ways = [
            [*way, at]
            for way in ways
            for at in (way[-1] + 1, *sorted(one for one in starts if one > way[-1] + 1))
            if at < len(plain) and plain[at] == letter
        ][:50]
    return _merged([(at, at + 1) for at in ways[0]]) if ways and len(letters) > 1 else []


def _by_letters(typed: Sequence[str], plain: str) -> list[Span]:
    """The letters stand in the name in their order, the first of them at the beginning of a word."""
    letters = "".join(typed)
    if len(letters) < FEWEST_LETTERS:
        return []
    for start in sorted(_starts(plain)):
        places, at = [], start - 1
        for letter in letters:
            at = plain.find(letter, at + 1)
            places.append(at)
            if at < 0 or places[0] != start:
                break
        else:
            if at - start < WIDEST * len(letters) + 2:
                return _merged([(at, at + 1) for at in places])
    return []


def _starts(plain: str) -> set[int]:
    return {found.start() for found in re.finditer(r"[^\W_]+", plain)}


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _pieces(name: str, spans: Sequence[Span]) -> Iterator[Piece]:
    at = 0
    for first, last in spans:
        if first > at:
            yield Piece(name[at:first], False)
        yield Piece(name[first:last], True)
        at = last
    if at < len(name):
        yield Piece(name[at:], False)
