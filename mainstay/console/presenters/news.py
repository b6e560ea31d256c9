"""News of a known issue as its page shows it, with who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstay.console.presenters.releases import ToldLine, progress_words, told_line
from mainstay.knowledge.models import KnownIssue
from mainstay.mail.telling import progress
from mainstay.screens.moments import Moment, moment
from mainstay.screens.zones import desk_zone

MOST, MOST_READERS = 20, 200


@dataclass(frozen=True, slots=True)
class NewsLine:
    """One piece of news."""

    id: int
    who: str
    at: Moment | None
    text: str
    standing: str
    told: str
    failed: int
    readers: tuple[ToldLine, ...]


def news_of(issue: KnownIssue, *, at: datetime) -> list[NewsLine]:
    """Return the news of an issue, the newest first. Two queries for each."""
    zone, lines = desk_zone(), []
    for one in issue.news.select_related("by").order_by("-at", "-pk")[:MOST]:
        count = progress(one.readers.all())
        readers = one.readers.select_related("ticket__organisation", "letter").order_by("pk")[:MOST_READERS]
        lines.append(
            NewsLine(
                one.pk, one.by.name if one.by else "By itself", moment(one.at, zone, now=at, days=True), one.text,
                one.standing, progress_words(count) if one.tells else "Kept without telling anybody.", count.failed,
                tuple(told_line(row, zone, at=at) for row in readers),
            )
        )  # fmt: skip
    return lines
