"""Words that were mistyped: which of those that there are is meant.

Two words are near when one becomes the other by few slips of the hand: a letter too many, too few, wrong, or two that
changed places. A short word allows one slip, a long one two; the shortest allow none, for they become anything.
"""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 4  # letters of a word that is looked for among its neighbours
LONG = 8  # letters from which two slips are forgiven
LONGEST = 40  # letters; nobody mistypes a longer one, and to compare them costs its square


def slips(word: str) -> int:
    """Return how many slips are forgiven in `word`, 0 where none is."""
    if not SHORTEST <= len(word) <= LONGEST or any(letter.isdigit() for letter in word):
        return 0  # a version or a code that is nearly right is another one
    return 2 if len(word) >= LONG else 1


def ends_of(word: str) -> tuple[str, str]:
    """Return what a word begins and ends with. Of two words that are near, mostly one of both is the same."""
    return word[:2], word[-2:]


def nearest(word: str, among: Iterable[str]) -> str:
    """Return the word that `word` most likely stands for, '' where none is near enough.

    Fewest slips first; then the one that begins alike; then by the alphabet, so that the answer is always the same.
    """
    allowed = slips(word)
    near = [
        (distance, one[:1] != word[:1], one)
        for one in among
        if (distance := distance_within(word, one, allowed)) is not None and one != word
    ]
    return min(near)[2] if near else ""


def distance_within(one: str, other: str, most: int) -> int | None:
    """Return by how many slips `one` differs from `other`, None where that is more than `most`.

    Slips that overlap are not put together (optimal string alignment); that tells words apart well enough.
    """
    if abs(len(one) - len(other)) > most or len(one) > LONGEST or len(other) > LONGEST:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [place]
        for across, facing in enumerate(other, start=1):
            cost = min(before[across] + 1, row[-1] + 1, before[across - 1] + (letter != facing))
            if place > 1 and across > 1 and letter == other[across - 2] and one[place - 2] == facing:
                cost = min(cost, earlier[across - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
