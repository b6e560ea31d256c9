"""Known issues as their pages, the ticket's card and the suggestions show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.console.presenters.tickets import StateWord, state_of
from mainstay.knowledge import linking, queries
from mainstay.knowledge.linking import Opening
from mainstay.knowledge.models import Edition, IssueChange, IssueLink, KnownIssue, Status
from mainstay.knowledge.rows.articles import Audience
from mainstay.screens.moments import Moment, moment

TONES = {
    Status.INVESTIGATING: ("warn", "search"),
    Status.WORKAROUND: ("accent", "link"),
    Status.PLANNED: ("pause", "clock"),
    Status.FIXED: ("good", "tick"),
}
NAMES = {
    "title": "title",
    "symptoms": "symptoms",
    "status": "status",
    "release": "release",
    "workaround": "workaround",
    "solution": "solution",
    "products": "products",
    "versions": "affected versions",
    "fixed_in": "the release that fixes it",
    "published": "whether clients see it",
}


@dataclass(frozen=True, slots=True)
class StatusWord:
    """A status with its release, a shape and a colour."""

    tone: str
    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One issue in a list or among suggestions. `helps` is what can be done, in a line; `reply` goes to the client."""

    id: int
    name: str
    title: str
    status: StatusWord
    helps: str
    reply: str
    tickets: int
    changed: Moment | None


@dataclass(frozen=True, slots=True)
class ArticleOffer:
    """One article while a subject is typed; `only`: who may read it, where not everybody may."""

    title: str
    href: str
    summary: str
    only: str


@dataclass(frozen=True, slots=True)
class ArticlePut:
    """One article whose link can go into a reply, as `put`.

    `closed`: why the requester cannot open it; `warns`: what they need before they can.
    """

    id: int
    title: str
    href: str
    summary: str
    only: str
    hint: str
    link: str
    put: str
    closed: str
    warns: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of an issue's history."""

    who: str
    what: str
    at: Moment | None


@dataclass(frozen=True, slots=True)
class AboutLine:
    """One ticket that is about an issue."""

    reference: str
    subject: str
    organisation: str
    state: StateWord
    linked: Moment | None
    by: str


def issue_line(issue: KnownIssue, zone: ZoneInfo, *, at: datetime) -> IssueLine:
    """Return one issue."""
    helps = issue.solution.strip() or issue.workaround.strip()
    return IssueLine(
        id=issue.pk,
        name=issue.name,
        title=issue.title,
        status=status_of(issue),
        helps=" ".join(helps.split()),
        reply=queries.ready_reply(issue),
        tickets=getattr(issue, "tickets", 0),
        changed=moment(issue.changed_at, zone, now=at, days=True),
    )


def article_offer(edition: Edition) -> ArticleOffer:
    """Return one article as it is offered beside a request."""
    href = f"/hub/articles/{edition.shown_for.address}/"
    return ArticleOffer(edition.title, href, edition.summary, _only(edition))


def article_put(opening: Opening) -> ArticlePut:
    """Return one article as its link is offered for a reply. No query."""
    article, shown = opening.article, opening.article.shown
    said = shown or article
    return ArticlePut(
        id=article.pk,
        title=said.title,
        href=f"/hub/articles/{article.address}/" if shown else reverse("console:article", args=[article.pk]),
        summary=said.summary,
        only=_only(shown) if shown else "",
        hint=str(Audience(shown.audience).label) if shown else article.get_state_display(),
        link=linking.link_to(article),
        put=f"{said.title}: {linking.link_to(article)}",
        closed="" if opening.may else opening.words,
        warns=opening.words if opening.may else "",
    )


def _only(edition: Edition) -> str:
    return "" if edition.audience == Audience.PUBLIC else str(Audience(edition.audience).label)


def status_of(issue: KnownIssue) -> StatusWord:
    """Return how far an issue has come, in words."""
    status = Status(issue.status)
    tone, icon = TONES[status]
    words = {
        Status.PLANNED: f"Fix planned for {issue.release}" if issue.release else status.label,
        Status.FIXED: f"Fixed in {issue.release}",
    }
    return StatusWord(tone, icon, words.get(status, str(status.label)))


def history(changes: Sequence[IssueChange], zone: ZoneInfo, *, at: datetime) -> list[ChangeLine]:
    """Return who changed what, the newest first."""
    return [
        ChangeLine(one.by.name if one.by else "Somebody", _what(one), moment(one.at, zone, now=at, days=True))
        for one in changes
    ]


def _what(change: IssueChange) -> str:
    if not change.fields:
        return "added it"
    said = []
    for name, (before, after) in change.fields.items():
        if name == "status":
            said.append(f"status from {Status(before).label.lower()} to {Status(after).label.lower()}")
        else:
            said.append(NAMES[name])
    return "changed " + ", ".join(said)


def about_line(link: IssueLink, zone: ZoneInfo, *, at: datetime) -> AboutLine:
    """Return one ticket of an issue's page."""
    ticket = link.ticket
    return AboutLine(
        reference=ticket.reference,
        subject=ticket.subject or "(no subject)",
        organisation=ticket.organisation.name if ticket.organisation else "Not known yet",
        state=state_of(ticket),
        linked=moment(link.at, zone, now=at, days=True),
        by=link.by.name if link.by else "",
    )
