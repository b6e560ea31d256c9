"""Articles as the desk's pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from mainstay.console.environment import url
from mainstay.console.presenters.knowledge import ChangeLine, StatusWord
from mainstay.core.words import Piece, excerpt, holds, marked
from mainstay.knowledge import markdown
from mainstay.knowledge.models import Article, ArticleFile, ArticleStep, Edition, Vote
from mainstay.knowledge.rows.articles import Audience, State, Step
from mainstay.knowledge.rows.readers import Reason
from mainstay.screens.moments import Moment, moment

TONES = {
    State.DRAFT: ("", "note"),
    State.REVIEW: ("warn", "eye"),
    State.PUBLISHED: ("good", "tick"),
    State.WITHDRAWN: ("grave", "cross"),
}
AUDIENCES = {Audience.PUBLIC: "globe", Audience.SIGNED_IN: "person", Audience.CLIENTS: "shield"}
PUBLIC = "/hub/articles/{}/"  # where readers find it


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One article in a list or on its page. `shown`: readers see an edition of it."""

    id: int
    title: str
    summary: str
    state: StatusWord
    audience: StatusWord
    kind: str
    product: str
    shown: bool
    href: str
    writer: str
    changed: Moment | None


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One article among what was found. `title` and `excerpt` are pieces of raw text."""

    id: int
    title: tuple[Piece, ...]
    state: StatusWord
    audience: StatusWord
    product: str
    excerpt: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class VoteLine:
    """What one reader told."""

    id: int
    article: int
    title: str
    reason: str
    comment: str
    at: Moment | None


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file, and how the text refers to it."""

    id: int
    name: str
    snippet: str
    size: str


def article_line(article: Article, zone: ZoneInfo, *, at: datetime) -> ArticleLine:
    """Return one article."""
    return ArticleLine(
        id=article.pk,
        title=article.title,
        summary=article.summary,
        state=state_of(article),
        audience=audience_of(article),
        kind=article.get_kind_display(),
        product=f"{article.product or 'Any product'} {article.product_version}".rstrip(),
        shown=article.shown_id is not None,
        href=PUBLIC.format(article.address),
        writer=article.writer.name if article.writer else "",
        changed=moment(article.changed_at, zone, now=at, days=True),
    )


def found_line(article: Article, words: Sequence[str]) -> FoundLine:
    """Return one article among what was found, with the words marked that it was found by. No query."""
    inside = holds(article.body, words)
    said = excerpt(markdown.plain(article.text), words) if inside else (Piece(article.summary, False),)
    return FoundLine(
        id=article.pk,
        title=marked(article.title, words, prefix=words[-1]),
        state=state_of(article),
        audience=audience_of(article),
        product=f"{article.product or 'Any product'} {article.product_version}".rstrip(),
        excerpt=said,
    )


def state_of(article: Article) -> StatusWord:
    """Return how far the text has come; of a draft, whether readers see an edition meanwhile."""
    state = State(article.state)
    tone, icon = TONES[state]
    word = str(state.label)
    if article.shown_id and state in (State.DRAFT, State.REVIEW):
        word = f"Published, next edition {'is a draft' if state == State.DRAFT else 'in review'}"
    return StatusWord(tone, icon, word)


def audience_of(one: Article | Edition) -> StatusWord:
    """Return who may read it."""
    audience = Audience(one.audience)
    return StatusWord("", AUDIENCES[audience], str(audience.label))


def history(steps: Sequence[ArticleStep], zone: ZoneInfo, *, at: datetime) -> list[ChangeLine]:
    """Return who did what, the newest first."""
    return [
        ChangeLine(one.by.name if one.by else "A command", _what(one), moment(one.at, zone, now=at, days=True))
        for one in steps
    ]


def _what(step: ArticleStep) -> str:
    words = [step.get_step_display()]
    if step.step == Step.PUBLISHED and step.edition:
        words.append(f"as edition {step.edition.number}{', alone' if step.edition.alone else ''}")
    return " ".join(words) + (f": {step.note}" if step.note else "")


def preview(text: str, article: Article | None) -> markdown.Page:
    """Return a text as readers would see it, with the files that the article has."""
    found = article.files.order_by("name") if article else ()
    files = {one.name: markdown.Place(url("article_file", one.pk), one.width, one.height) for one in found}
    return markdown.render(text, files=files, article=PUBLIC)


def shown(page: markdown.Page) -> Markup:
    """Return a page's HTML. What the sanitiser returned is not touched again."""
    return Markup(page.html)


def vote_line(vote: Vote, zone: ZoneInfo, *, at: datetime) -> VoteLine:
    """Return what one reader told."""
    article = vote.edition.article
    reason = Reason(vote.reason).label if vote.reason else "No reason given"
    return VoteLine(
        vote.pk, article.pk, article.title, str(reason), vote.comment, moment(vote.at, zone, now=at, days=True)
    )


def file_line(file: ArticleFile) -> FileLine:
    """Return one file."""
    place = f"<{file.name}>" if " " in file.name else file.name
    snippet = f"![What it shows]({place})" if file.width else f"[{file.name}]({place})"
    return FileLine(file.pk, file.name, snippet, f"{max(1, file.size // 1000):,} kB")
