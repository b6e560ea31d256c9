"""What was found, as the search page shows it: where, in whose words, and what else to try where nothing was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.console.presenters.tickets import Severity, StateWord, severity_of, state_of
from mainstay.contracts import queries as contracts
from mainstay.core.asking import Asked
from mainstay.core.words import Piece
from mainstay.screens.moments import Moment, moment
from mainstay.tickets.models import Cause, Passage
from mainstay.tickets.search import Hit, Similar

WHERE = {
    Passage.Source.ABOUT: ("Subject or person", "file"),
    Passage.Source.IN: ("Client's message", "mail"),
    Passage.Source.OUT: ("Our letter", "out"),
    Passage.Source.NOTE: ("Internal note", "note"),
}


@dataclass(frozen=True, slots=True)
class HitLine:
    """One result. `subject`, `excerpt` and `who` are pieces of raw text with what was looked for marked."""

    id: int
    reference: str
    href: str
    subject: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]
    who: tuple[Piece, ...]
    organisation: str
    severity: Severity
    state: StateWord
    where: str
    icon: str
    note: bool
    when: Moment | None


@dataclass(frozen=True, slots=True)
class Try:
    """Another question that may find something."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A ticket that is like what is being typed, with how it ended."""

    reference: str
    subject: tuple[Piece, ...]
    organisation: str
    state: StateWord
    cause: str
    solution: str  # address of the letter that ended it


def hit_line(hit: Hit, zone: ZoneInfo, *, at: datetime) -> HitLine:
    """Return one result. No query: everything was loaded with the page, and terms are read once per process."""
    ticket = hit.ticket
    label, icon = WHERE[Passage.Source(hit.source)]
    place = f"#message-{hit.message.pk}" if hit.message is not None else ""
    return HitLine(
        id=ticket.pk,
        reference=ticket.reference,
        href=reverse("console:ticket", args=[ticket.reference]) + place,
        subject=hit.subject or (Piece("(no subject)", False),),
        excerpt=hit.excerpt,
        who=hit.people,
        organisation=ticket.organisation.name if ticket.organisation else "Not known yet",
        severity=severity_of(ticket, contracts.load(ticket.terms)),
        state=state_of(ticket),
        where=label,
        icon=icon,
        note=hit.source == Passage.Source.NOTE,
        when=moment(hit.at, zone, now=at),
    )


def others(asked: Asked) -> tuple[Try, ...]:
    """Return what else to ask where nothing was found: without the operators, or each word by itself."""
    words = [" ".join(term.words) for term in asked.terms if term.where == ""]
    if not words:
        return ()
    tries = [" ".join(words)] if asked.narrowings or asked.without else []
    tries += words if len(words) > 1 else []
    return tuple(Try(text, address(text)) for text in dict.fromkeys(tries) if text != asked.text)[:5]


def address(text: str, **more: object) -> str:
    """Return where the results of a question are shown."""
    return reverse("console:search") + "?" + urlencode({"q": text, **more})


def alike(one: Similar) -> Alike:
    """Return one similar ticket."""
    ticket = one.ticket
    place = reverse("console:ticket", args=[ticket.reference])
    return Alike(
        ticket.reference,
        one.subject,
        ticket.organisation.name if ticket.organisation else "Not known yet",
        state_of(ticket),
        Cause(ticket.cause).label if ticket.cause else "",
        f"{place}#message-{one.solved_by}" if one.solved_by else "",
    )
