"""What the desk finds in its own knowledge: articles in every state and known issues, slips of the hand forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Q, QuerySet

from mainstay.core import asking
from mainstay.core.asking import Term
from mainstay.core.words import holds
from mainstay.knowledge import mending, queries, shelf
from mainstay.knowledge.models import Article, Edition, KnownIssue
from mainstay.lib import sql
from mainstay.orgs.models import Person

Row = TypeVar("Row", Article, KnownIssue)

CANDIDATES = 60  # that hold the words, among which the best come first


@dataclass(frozen=True, slots=True)
class Known:
    """What was found, the best first. `instead`: words as they were typed, with the ones taken for them."""

    articles: Sequence[Article]
    issues: Sequence[KnownIssue]
    instead: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words that it was found by."""
        return " ".join(self.words)


def known(person: Person, text: str, *, at: datetime, limit: int, mend: bool = True) -> Known:
    """Return at most `limit` articles and issues of the desk that hold all words of `text`, whose last may be begun.

    Where neither has them, with `mend` each word that neither has is taken for the nearest one of an article that
    readers see, or of the title or summary of what only the desk sees. Two queries, more only where a word is mended.
    """
    terms = asking.read(text, operators=(), typing=True).terms
    if not terms:
        return Known((), ())
    articles = shelf.kept_articles(person).select_related("product", "shown")
    issues = queries.visible_issues(person, at=at)
    found = _holding(articles, issues, terms, limit)
    if found.articles or found.issues or not mend:
        return found
    better, instead = mending.mended(
        terms,
        is_known=lambda term: bool(sql.matching(articles, [term])[:1]) or bool(sql.matching(issues, [term])[:1]),
        neighbours=lambda begins, ends: _neighbours(articles, issues, begins, ends),
    )
    if not instead:
        return found
    found = _holding(articles, issues, better, limit)
    return Known(found.articles, found.issues, instead if found.articles or found.issues else (), found.words)


def _holding(
    articles: QuerySet[Article], issues: QuerySet[KnownIssue], terms: Sequence[Term], limit: int
) -> Known:
    words = tuple(dict.fromkeys(word for term in terms for word in term.words))
    return Known(
        sorted(_newest(articles, terms), key=lambda one: _worth(one, words), reverse=True)[:limit],
        sorted(_newest(issues, terms), key=lambda one: _worth(one, words), reverse=True)[:limit],
        words=words,
    )


def _newest(rows: QuerySet[Row], terms: Sequence[Term]) -> list[Row]:
    return list(sql.matching(rows, terms).order_by("-changed_at", "-pk")[:CANDIDATES])


def _worth(one: Article | KnownIssue, words: Sequence[str]) -> tuple[int, datetime, int]:
    return 3 * holds(one.head, words) + holds(one.body, words), one.changed_at, one.pk


def _neighbours(
    articles: QuerySet[Article], issues: QuerySet[KnownIssue], begins: str, ends: str
) -> Iterable[str]:
    """Return words that begin or end alike: of what readers see by the index of words, of the rest by its heading."""
    yield from mending.words_of_editions(Edition.objects.filter(shown_for__in=articles.values("pk")), begins, ends)
    for rows in (articles.filter(shown=None), issues):
        for head in _heads(rows, begins, ends):
            yield from (word for word in head.split() if word.startswith(begins) or word.endswith(ends))


def _heads(rows: QuerySet[Article] | QuerySet[KnownIssue], begins: str, ends: str) -> Iterable[str]:
    alike = Q(head__startswith=begins) | Q(head__contains=f" {begins}")
    alike |= Q(head__endswith=ends) | Q(head__contains=f"{ends} ")
    return rows.filter(alike).order_by("-changed_at", "-pk").values_list("head", flat=True)[: mending.NEIGHBOURS]
