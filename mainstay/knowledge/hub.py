"""What readers of the Support Hub see: page, search, count, suggestion and download begin with `visible_articles`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, Q, QuerySet

from mainstay.contracts.models import Product
from mainstay.core import asking
from mainstay.core.asking import Term
from mainstay.core.words import Piece, enough, excerpt, fold, holds, marked, stem, telling
from mainstay.knowledge import markdown, mending
from mainstay.knowledge.models import Edition
from mainstay.knowledge.rows.articles import Audience
from mainstay.lib import sql
from mainstay.orgs.access import active_memberships, works_the_desk
from mainstay.orgs.models import Person

PAGE = 20  # articles on one page of a search
CANDIDATES = 300  # that hold the words, among which the best come first
MOST_RELATED = 4
MOST_SUGGESTED = 4
MOST_IN_SITEMAP = 50_000  # what a sitemap may hold by its protocol


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, its words marked."""

    edition: Edition
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `instead` are words as they were typed, with the ones that were taken for them.

    `loose`: nothing holds all the words, so what holds two of them is shown.
    """

    text: str
    hits: Sequence[Hit]
    number: int
    instead: tuple[tuple[str, str], ...] = ()
    loose: bool = False
    words: tuple[str, ...] = ()


def visible_articles(person: Person | None, *, at: datetime) -> QuerySet[Edition]:
    """Return the editions that `person` may read at `at`; nobody signed in is None.

    Everybody reads public ones. Who is signed in for an organisation at that moment reads those for clients, and those
    for some clients only where theirs is among them. Staff read whatever is published. Drafts are in none of these.
    """
    shown = Edition.objects.filter(shown_for__isnull=False)
    if person is not None and works_the_desk(person):
        return shown
    if person is None or not person.is_active:
        return shown.filter(audience=Audience.PUBLIC)
    mine = active_memberships(at).filter(person=person).values("organisation")
    if not mine.exists():
        return shown.filter(audience=Audience.PUBLIC)
    chosen = Edition.organisations.through.objects.filter(organisation__in=mine).values("edition")
    return shown.filter(
        Q(audience__in=(Audience.PUBLIC, Audience.SIGNED_IN)) | Q(audience=Audience.CLIENTS, pk__in=chosen)
    )


def article_at(address: str, person: Person | None, *, at: datetime) -> Edition | None:
    """Return what `person` may read at an address; None where there is nothing for them, which says no more."""
    return _with_all(visible_articles(person, at=at)).filter(shown_for__address=address).first()


def moved_to(address: str, person: Person | None, *, at: datetime) -> str:
    """Return where the article is now that was at `address` before, '' where there is none that `person` may read."""
    former = Q(shown_for__former_addresses__address=address)
    found = visible_articles(person, at=at).filter(former).values_list("shown_for__address", flat=True)
    return found.first() or ""


def page_of(edition: Edition, *, file: str, article: str) -> markdown.Page:
    """Return an edition as a page. In the address `file` stand {address}, {digest} and {name}; in `article`, {}."""
    address = edition.shown_for.address
    places = tuple(
        (name, file.format(address=address, digest=told["digest"][:16], name=name), told["width"], told["height"])
        for name, told in edition.files.items()
    )
    return _rendered(edition.text, places, article)


@lru_cache(maxsize=256)
def _rendered(text: str, places: tuple[tuple[str, str, int, int], ...], article: str) -> markdown.Page:
    """Render once what is read often; an edition never changes."""
    files = {name: markdown.Place(href, width, height) for name, href, width, height in places}
    return markdown.render(text, files=files, article=article)


def products(person: Person | None, *, at: datetime) -> list[tuple[Product, int]]:
    """Return the products that have articles for `person`, with how many. Two queries."""
    counted = visible_articles(person, at=at).exclude(product=None).values("product").annotate(number=Count("pk"))
    numbers = {row["product"]: row["number"] for row in counted.order_by()}
    rows = Product.objects.filter(pk__in=numbers).order_by("name", "pk")
    return [(one, numbers[one.pk]) for one in rows]


def articles_of(person: Person | None, product: Product | None, *, at: datetime) -> list[Edition]:
    """Return the articles about a product; without one, those about any. By kind and title."""
    found = _with_all(visible_articles(person, at=at)).filter(product=product)
    return list(found.order_by("kind", "title", "pk")[:CANDIDATES])


def newest(person: Person | None, *, at: datetime, limit: int = 5) -> list[Edition]:
    """Return what was published last."""
    return list(_with_all(visible_articles(person, at=at)).order_by("-published_at", "-pk")[:limit])


def related(edition: Edition, person: Person | None, *, at: datetime) -> list[Edition]:
    """Return other articles that share telling words with this one's title and summary, those of its product first."""
    words = telling(f"{edition.title} {edition.summary}", most=8)
    if not words:
        return []
    others = _with_all(visible_articles(person, at=at)).exclude(pk=edition.pk)
    rows = sql.matching(others, [Term((word,)) for word in words], least=2)[:CANDIDATES]

    def nearness(one: Edition) -> tuple[bool, int, int]:
        likeness = 3 * holds(one.head, words) + holds(one.body, words)
        return one.product_id == edition.product_id, likeness, one.pk

    near = [one for one in rows if holds(f"{one.head} {one.body}", words) >= min(2, len(words))]
    return sorted(near, key=nearness, reverse=True)[:MOST_RELATED]


def search(
    person: Person | None, text: str, *, at: datetime, product: str = "", page: int = 1, size: int = PAGE
) -> Found:
    """Return the articles for `person` that hold all words of `text`, the best first. `product` is a key.

    A word that none of these articles has is taken for the nearest one that they have, so that neither a count nor a
    word proposed tells of an article that the reader may not see. Where nothing holds all words, two of them do.
    """
    asked = asking.read(text, operators=())
    if not asked.terms:
        return Found(asked.text, (), 0)
    seen = visible_articles(person, at=at)
    if product:
        seen = seen.filter(Q(product__key=product) | Q(product=None))
    terms, loose = asked.terms, False
    instead: tuple[tuple[str, str], ...] = ()
    rows = _matching(seen, terms)
    if not rows:
        terms, instead = _mended(seen, asked.terms)
        rows = _matching(seen, terms) if instead else []
    if not rows and len(terms) > 1:
        rows, loose = _matching(seen, terms, least=2 if len(terms) > 2 else 1), True
    words = tuple(dict.fromkeys(word for term in terms for word in term.words))
    best = sorted(rows, key=lambda one: _worth(one, words), reverse=True)
    cut = best[(page - 1) * size : page * size]
    return Found(asked.text, [_hit(one, words) for one in cut], len(best), instead, loose and bool(best), words)


def like(
    person: Person | None, subject: str, *, at: datetime, product: Product | None = None, limit: int = MOST_SUGGESTED
) -> list[Edition]:
    """Return the articles for `person` that have most of the telling words of a subject being typed."""
    words = telling(subject)
    if not words:
        return []
    seen = _with_all(visible_articles(person, at=at))
    if product is not None:
        seen = seen.filter(Q(product=product) | Q(product=None))
    terms = [Term((word,), prefix=word == words[-1]) for word in words]
    rows = sql.matching(seen, terms, least=2)[:CANDIDATES]
    likely = [one for one in rows if holds(f"{one.head} {one.body}", words) >= enough(words)]
    return sorted(likely, key=lambda one: _worth(one, words), reverse=True)[:limit]


def sitemap(*, at: datetime) -> list[tuple[str, datetime]]:
    """Return the address of every public article with when it was published."""
    found = visible_articles(None, at=at).order_by("shown_for__address")
    return list(found.values_list("shown_for__address", "published_at")[:MOST_IN_SITEMAP])


def _with_all(rows: QuerySet[Edition]) -> QuerySet[Edition]:
    return rows.select_related("shown_for", "product")


def _matching(seen: QuerySet[Edition], terms: Sequence[Term], *, least: int = 0) -> list[Edition]:
    if least == 1:
        keys = {one.pk for term in terms for one in sql.matching(seen, [term])[:CANDIDATES]}
        return list(_with_all(seen).filter(pk__in=keys))
    return list(sql.matching(_with_all(seen), terms, least=least)[:CANDIDATES])


def _mended(
    seen: QuerySet[Edition], terms: Sequence[Term]
) -> tuple[tuple[Term, ...], tuple[tuple[str, str], ...]]:
    """Put the nearest word that the reader's articles have in the place of each that none of them has."""
    return mending.mended(
        terms,
        is_known=lambda term: bool(sql.matching(seen, [term])[:1]),
        neighbours=lambda begins, ends: mending.words_of_editions(seen, begins, ends),
    )


def _worth(one: Edition, words: Sequence[str]) -> tuple[int, datetime, int]:
    title = holds(fold(one.title), words)
    return 4 * title + 2 * holds(one.head, words) + _often(one.body, words), one.published_at, one.pk


def _often(body: str, words: Sequence[str]) -> int:
    """Return 1 for each of the words that the text has, and 1 more where it speaks of it again and again."""
    stems = [stem(word) for word in body.split()]
    return sum(min(2, (stems.count(stem(word)) + 2) // 3) for word in words)


def _hit(one: Edition, words: Sequence[str]) -> Hit:
    shown = excerpt(one.plain, words) if holds(one.plain, words) else (Piece(one.summary, False),)
    return Hit(one, marked(one.title, words), shown)
