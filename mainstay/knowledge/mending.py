"""Words that were mistyped, taken for the nearest ones that there are among what whoever asks may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db.models import Q, QuerySet

from mainstay.core import spelling
from mainstay.core.asking import Term
from mainstay.knowledge.models import Edition, EditionWord

NEIGHBOURS = 500  # words that a mistyped one is compared with

Neighbours = Callable[[str, str], Iterable[str]]  # by what a word begins and ends with


def mended(
    terms: Sequence[Term], *, is_known: Callable[[Term], bool], neighbours: Neighbours
) -> tuple[tuple[Term, ...], tuple[tuple[str, str], ...]]:
    """Put the nearest word in the place of each that is not known; return the terms, and what was taken for what."""
    kept, instead = [], []
    for term in terms:
        word = term.words[0]
        may_be_mistyped = len(term.words) == 1 and spelling.slips(word) > 0 and not is_known(term)
        nearest = _nearest(word, neighbours) if may_be_mistyped else ""
        kept.append(Term((nearest,)) if nearest else term)
        instead += [(word, nearest)] if nearest else []
    return tuple(kept), tuple(instead)


def words_of_editions(seen: QuerySet[Edition], begins: str, ends: str) -> Iterable[str]:
    """Return words of the editions `seen` that begin or end alike. One query."""
    alike = EditionWord.objects.filter(Q(begins=begins) | Q(ends=ends), edition__in=seen.values("pk"))
    return alike.values_list("word", flat=True).distinct().order_by("word")[:NEIGHBOURS]


def _nearest(word: str, neighbours: Neighbours) -> str:
    slips = spelling.slips(word)
    begins, ends = spelling.ends_of(word)
    return spelling.nearest(word, (one for one in neighbours(begins, ends) if abs(len(one) - len(word)) <= slips))
