"""Tickets as the list and the palette show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mainstay.clocks.filters import CHANNELS
from mainstay.clocks.lines import Line, Listed
from mainstay.console.columns import Column, field_in
from mainstay.contracts import names
from mainstay.core.terms import Terms
from mainstay.screens.moments import Moment, moment
from mainstay.screens.promises import DueLine, due_line, zone_of
from mainstay.tickets.models import Cause, Kind, State, Ticket, Verification

STATE_ICONS = {
    "new": "circle",
    "open": "half",
    "waiting_client": "pause",
    "resolved": "tick",
    "closed": "tick",
}


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity as a figure in a square and its name beside it; `level` is None for an ungraded request."""

    level: int | None
    mark: str
    name: str


@dataclass(frozen=True, slots=True)
class StateWord:
    """A state with its icon."""

    key: str
    icon: str
    name: str


NOT_GRADED = Severity(None, "?", "Not graded")
STATES = {state.value: StateWord(state.value, STATE_ICONS.get(state.value, "dot"), state.label) for state in State}
UNVERIFIED = {
    Verification.HELD.value: StateWord("held", "shield", "Held"),
    Verification.REFUSED.value: StateWord("refused", "cross", "Refused"),
}


@dataclass(frozen=True, slots=True)
class Flag:
    """What else must be seen at a glance. `said` goes before the word for somebody who hears it."""

    tone: str
    icon: str
    word: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column beside the usual ones: words or a moment, or neither."""

    words: str = ""
    moment: Moment | None = None


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One row of the list."""

    id: int
    reference: str
    subject: str
    organisation: str
    requester: str
    severity: Severity
    state: StateWord
    assignee: str
    team: str
    flags: tuple[Flag, ...]
    due: DueLine | None
    version: str  # changes whenever anything shown may have changed
    more: dict[str, Cell] = field(default_factory=dict)  # by column


def ticket_line(line: Line, *, at: datetime, columns: Sequence[Column] = ()) -> TicketLine:
    """Return one row, with what `columns` beside the usual ones hold. No query: all was loaded with the page."""
    ticket = line.ticket
    return TicketLine(
        id=ticket.pk,
        reference=ticket.reference,
        subject=ticket.subject or "(no subject)",
        organisation=ticket.organisation or "",
        requester=ticket.requester_name or ticket.requester_address,
        severity=severity_of(ticket, line.terms),
        state=state_of(ticket),
        assignee=ticket.assignee or "",
        team=ticket.team or "",
        flags=_flags(ticket, line.terms, breached=bool(ticket.breached)),
        due=due_line(line, at=at),
        version=f"{ticket.last_number}-{line.clock.state if line.clock else ''}-{int(line.ticking)}",
        more={one.key: cell_of(one, line, at=at) for one in columns if one.cell in ("words", "moment")},
    )


def cell_of(column: Column, line: Line, *, at: datetime) -> Cell:
    """Return what stands in a column beside the usual ones."""
    ticket = line.ticket
    if column.cell == "moment":
        return Cell(moment=moment(getattr(ticket, f"{column.key}_at"), zone_of(line.terms), now=at))
    if field := field_in(column.key):
        return Cell(words=(line.held or {}).get(field, ""))
    said = {
        "requester": ticket.requester_address,
        "tags": ", ".join(line.tags),
        "team": ticket.team or "",
        "product": ticket.product or "",
        "kind": Kind(ticket.kind).label,
        "channel": CHANNELS.get(ticket.channel, ticket.channel),
        "level": names.level(line.terms, ticket.escalation_level),
        "verification": Verification(ticket.verification).label,
        "cause": Cause(ticket.cause).label if ticket.cause else "",
    }
    return Cell(words=str(said[column.key]))


def severity_of(ticket: Ticket | Listed, terms: Terms) -> Severity:
    """Return the confirmed severity with its name in the agreement."""
    if ticket.severity is None:
        return NOT_GRADED
    names = {level.level: level.name for level in terms.severities}
    return Severity(
        ticket.severity, str(ticket.severity), names.get(ticket.severity, f"Severity {ticket.severity}")
    )


def state_of(ticket: Ticket | Listed) -> StateWord:
    """Return the state in words; a request that is not verified says so first."""
    return UNVERIFIED.get(ticket.verification) or STATES[ticket.state]


def flags_of(ticket: Ticket, terms: Terms) -> tuple[Flag, ...]:
    """Return what else must be seen at a glance: a breach, a complaint, an escalation, what is missing."""
    return _flags(ticket, terms, breached=hasattr(ticket, "promise") and ticket.promise.breached)


def _flags(ticket: Ticket | Listed, terms: Terms, *, breached: bool) -> tuple[Flag, ...]:
    flags = []
    if breached:
        flags.append(Flag("grave", "over", "Breached"))
    if ticket.kind == Kind.COMPLAINT:
        flags.append(Flag("warn", "flag", "Complaint"))
    if ticket.escalation_level:
        flags.append(Flag("accent", "up", names.level(terms, ticket.escalation_level), "Escalated to "))
    if ticket.missing:
        flags.append(Flag("", "help", "Details missing"))
    return tuple(flags)
