"""Links to articles in letters: which the requester of a ticket can open, and in words why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from mainstay.knowledge import hub
from mainstay.knowledge.models import Article
from mainstay.knowledge.rows.articles import Audience, State
from mainstay.orgs.access import has_account
from mainstay.tickets.models import Ticket

MOST = 20  # links of one letter that are looked at


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether the requester can open an article. `words`: why not, or else what they need first; '' for nothing."""

    article: Article
    may: bool
    words: str = ""


def link_to(article: Article) -> str:
    """Return the address that goes into a letter: the same one for everybody, whoever may open it."""
    return f"{settings.BASE_URL}/hub/articles/{article.address}/"


def openings(ticket: Ticket, articles: Sequence[Article], *, at: datetime) -> list[Opening]:
    """Return for each article whether the requester of `ticket`, which the caller may see, can open it at `at`.

    At most four queries, however many articles.
    """
    reader = ticket.requester
    shown = [one.shown_id for one in articles if one.shown_id]
    seen = set(hub.visible_articles(reader, at=at).filter(pk__in=shown).values_list("pk", flat=True) if shown else ())
    can_sign_in = bool(seen) and reader is not None and has_account(reader)
    return [_opening(one, ticket, may=one.shown_id in seen, can_sign_in=can_sign_in) for one in articles]


def closed_to(ticket: Ticket, text: str, *, at: datetime) -> list[Opening]:
    """Return those links in a text to be sent that the requester of `ticket` cannot open. None named: no query."""
    addresses = list(dict.fromkeys(re.findall(re.escape(link_to(Article(address=""))[:-1]) + r"([\w-]+)", text)))
    if not addresses:
        return []
    found = Article.objects.filter(
        Q(address__in=addresses[:MOST]) | Q(former_addresses__address__in=addresses[:MOST])
    ).select_related("shown")
    return [one for one in openings(ticket, list(found.distinct()), at=at) if not one.may]


def said_of(closed: Iterable[Opening]) -> str:
    """Return why these links cannot be sent, as sentences."""
    return " ".join(
        f"The requester cannot open '{one.article.title}'. {one.words} Take its link out, or mend that first."
        for one in closed
    )


def _opening(article: Article, ticket: Ticket, *, may: bool, can_sign_in: bool) -> Opening:
    if article.shown is None:
        gone = article.state == State.WITHDRAWN
        return Opening(article, False, f"It is {'withdrawn' if gone else 'a draft'}: no reader sees it.")
    audience = Audience(article.shown.audience)
    if may and audience != Audience.PUBLIC and not can_sign_in:
        return Opening(article, True, f"{ticket.requester_name} has no account to sign in with. Invite them first.")
    if may:
        return Opening(article, True)
    whom = ticket.organisation.name if ticket.organisation else ""
    if audience == Audience.CLIENTS:
        others = f" {whom} is not among them." if whom else ""
        return Opening(article, False, f"It is for some clients only.{others}")
    return Opening(article, False, "It is for clients' people who are signed in, and the requester is none of them.")
