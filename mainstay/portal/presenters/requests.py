"""Requests as a client's list shows them, and as a file holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.clocks.lines import Line
from mainstay.core.terms import Terms
from mainstay.knowledge.models import Edition
from mainstay.knowledge.queries import Suggestions
from mainstay.portal.environment import url
from mainstay.portal.presenters import words
from mainstay.portal.presenters.promises import next_of

STANDS = {  # the state of a request in a client's words, and how it looks
    "new": (gettext_lazy("We have it"), "circle", "accent"),
    "open": (gettext_lazy("We are working on it"), "clock", "accent"),
    "waiting_client": (gettext_lazy("We need your answer"), "help", "pause"),
    "resolved": (gettext_lazy("Ready for you to try"), "eye", "good"),
    "closed": (gettext_lazy("Closed"), "tick", ""),
}
ANSWERED = gettext_lazy("Answered")  # a complaint is not tried
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands, in words and with a sign."""

    text: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that may help already: a known issue with what helps, or an article with its address."""

    title: str
    helps: str
    href: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request in a list."""

    reference: str
    subject: str
    standing: Standing
    severity: str
    product: str
    organisation: str
    requester: str
    promise: str
    tone: str
    changed: str
    yours: bool


def standing(state: str, kind: str) -> Standing:
    """Return how a request stands."""
    text, icon, tone = STANDS[state]
    return Standing(str(ANSWERED if state == "resolved" and kind == "complaint" else text), icon, tone)


def line(found: Line, zone: ZoneInfo, *, at: datetime) -> RequestLine:
    """Return one request for the list."""
    ticket = found.ticket
    promise, tone = next_of(found, at=at)
    return RequestLine(
        reference=ticket.reference,
        subject=ticket.subject or _("(no subject)"),
        standing=standing(ticket.state, ticket.kind),
        severity=severity_words(found.terms, ticket.severity),
        product=ticket.product or "",
        organisation=ticket.organisation or "",
        requester=ticket.requester_name or ticket.requester_address,
        promise=promise,
        tone=tone,
        changed=words.short(ticket.changed_at, zone, now=at),
        yours=ticket.state in ("waiting_client", "resolved"),
    )


def offered(found: Suggestions) -> list[Offered]:
    """Return what is like something being typed: what is known to be wrong first."""
    issues = [Offered(one.title, one.solution.strip() or one.workaround.strip(), "") for one in found.issues]
    return [*issues, *(Offered(one.title, "", _article(one)) for one in found.articles)]


def _article(edition: Edition) -> str:
    return url("hub:article", edition.article.address)


def severity_words(terms: Terms, severity: int | None) -> str:
    """Return 'Severity 2, Serious'; empty while nobody has judged it."""
    name = next((one.name for one in terms.severities if one.level == severity), "")
    return _("Severity %(level)d, %(name)s") % {"level": severity, "name": name} if name and severity else ""


def sheet(lines: Iterable[Line], zone: ZoneInfo, *, at: datetime) -> Iterator[list[str]]:
    """Yield the rows of a file with its heading: moments in `zone`, and nothing that a spreadsheet would run."""
    yield [
        _("Reference"), _("Subject"), _("State"), _("Severity"), _("Product"), _("Organisation"), _("Asked by"),
        _("Reported"), _("Closed"), _("Next promise"),
    ]  # fmt: skip
    for one in lines:
        ticket, shown = one.ticket, line(one, zone, at=at)
        yield [
            _plain(cell)
            for cell in (
                ticket.reference, ticket.subject, shown.standing.text, shown.severity, shown.product,
                shown.organisation, shown.requester, _stamp(ticket.reported_at, zone),
                _stamp(ticket.closed_at, zone), shown.promise,
            )
        ]  # fmt: skip


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _stamp(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if at else ""
