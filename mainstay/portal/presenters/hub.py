"""Articles as the Support Hub's pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from markupsafe import Markup

from mainstay.contracts.models import Product
from mainstay.core.words import Piece
from mainstay.knowledge import hub
from mainstay.knowledge.markdown import Heading
from mainstay.knowledge.models import Edition
from mainstay.knowledge.rows.articles import Audience, Kind
from mainstay.portal.environment import url
from mainstay.screens.zones import desk_zone

FILE = "/hub/articles/{address}/files/{digest}/{name}"
ARTICLE = "/hub/articles/{}/"
SHORT = 160  # characters of what search engines show of a page
FEWEST_HEADINGS = 3  # for which a table of contents is worth its room


@dataclass(frozen=True, slots=True)
class Day:
    """A day for `<time>`."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class Line:
    """One article in a list."""

    title: tuple[Piece, ...]
    summary: tuple[Piece, ...]
    href: str
    kind: str
    product: str
    version: str
    only: str  # for whom it is, where it is not for everybody
    changed: Day


@dataclass(frozen=True, slots=True)
class Reading:
    """An article on its page."""

    id: int
    title: str
    summary: str
    html: Markup
    contents: tuple[Heading, ...]
    line: Line
    product_href: str
    edition: int
    description: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some articles below a heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product on the first page, with how many articles and how many issues that are not fixed."""

    name: str
    href: str
    number: int
    issues: int = 0


def line(edition: Edition) -> Line:
    """Return one article as a list shows it."""
    return _line(edition, _plain(edition.title), _plain(edition.summary))


def hit(found: hub.Hit) -> Line:
    """Return one article that was found, its words marked."""
    return _line(found.edition, found.title, found.excerpt)


def reading(edition: Edition) -> Reading:
    """Return an article as its page shows it. What the sanitiser returned is not touched again."""
    page = hub.page_of(edition, file=FILE, article=ARTICLE)
    contents = tuple(one for one in page.headings if one.level <= 3)
    return Reading(
        id=edition.article_id,
        title=edition.title,
        summary=edition.summary,
        html=Markup(page.html),
        contents=contents if len(contents) >= FEWEST_HEADINGS else (),
        line=line(edition),
        product_href=url("hub:product", edition.product.key if edition.product else "any"),
        edition=edition.number,
        description=_short(edition.summary or edition.plain),
    )


def parts(editions: Sequence[Edition]) -> list[Part]:
    """Return articles by their kind: guides first."""
    titles = {Kind.GUIDE: _("Guides"), Kind.TECHNICAL: _("Technical documents")}
    found = [Part(title, tuple(line(one) for one in editions if one.kind == kind)) for kind, title in titles.items()]
    return [one for one in found if one.lines]


def shelves(articles: Sequence[tuple[Product, int]], issues: Sequence[tuple[Product, int]]) -> list[Shelf]:
    """Return the products that there is anything about, by their names."""
    written, wrong = ({one.pk: number for one, number in counted} for counted in (articles, issues))
    products = {one.pk: one for one, _number in (*articles, *issues)}
    return [
        Shelf(one.name, url("hub:product", one.key), written.get(one.pk, 0), wrong.get(one.pk, 0))
        for one in sorted(products.values(), key=lambda one: (one.name, one.pk))
    ]


def day(at: datetime) -> Day:
    """Return the day of a moment at the desk."""
    local = at.astimezone(desk_zone())
    return Day(date_format(local, "j F Y"), local.date().isoformat())


def _line(edition: Edition, title: tuple[Piece, ...], summary: tuple[Piece, ...]) -> Line:
    kinds = {Kind.GUIDE: _("Guide"), Kind.TECHNICAL: _("Technical document")}
    only = {Audience.SIGNED_IN: _("For clients"), Audience.CLIENTS: _("For your organisation")}
    return Line(
        title=title,
        summary=summary,
        href=url("hub:article", edition.shown_for.address),
        kind=kinds[Kind(edition.kind)],
        product=edition.product.name if edition.product else "",
        version=edition.product_version,
        only=only.get(Audience(edition.audience), ""),
        changed=day(edition.published_at),
    )


def _plain(text: str) -> tuple[Piece, ...]:
    return (Piece(text, False),) if text else ()


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SHORT else words[:SHORT].rpartition(" ")[0] + " …"
