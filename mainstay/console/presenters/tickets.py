"""Tickets as the list and the palette show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstay.clocks.listing import Line
from mainstay.console.presenters.moments import Moment, moment
from mainstay.console.presenters.promises import DueLine, due_line, zone_of
from mainstay.core.terms import Terms
from mainstay.tickets.models import Kind, State, Ticket, Verification

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


@dataclass(frozen=True, slots=True)
class Flag:
    """What else must be seen at a glance. `said` goes before the word for somebody who hears it."""

    tone: str
    icon: str
    word: str
    said: str = ""


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
    reported: Moment | None
    version: str  # changes whenever anything shown may have changed


def ticket_line(line: Line, *, at: datetime) -> TicketLine:
    """Return one row. No query: everything was loaded with the page."""
    ticket, zone = line.ticket, zone_of(line.terms)
    return TicketLine(
        id=ticket.pk,
        reference=ticket.reference,
        subject=ticket.subject or "(no subject)",
        organisation=ticket.organisation.name if ticket.organisation else "",
        requester=ticket.requester_name or ticket.requester_address,
        severity=severity_of(ticket, line.terms),
        state=state_of(ticket),
        assignee=ticket.assignee.name if ticket.assignee else "",
        team=ticket.team.name if ticket.team else "",
        flags=flags_of(ticket),
        due=due_line(line, at=at),
        reported=moment(ticket.reported_at, zone, now=at),
        version=f"{ticket.last_number}-{line.clock.state if line.clock else ''}-{int(line.ticking)}",
    )


def severity_of(ticket: Ticket, terms: Terms) -> Severity:
    """Return the confirmed severity with its name in the agreement."""
    if ticket.severity is None:
        return Severity(None, "?", "Not graded")
    names = {level.level: level.name for level in terms.severities}
    return Severity(
        ticket.severity, str(ticket.severity), names.get(ticket.severity, f"Severity {ticket.severity}")
    )


def state_of(ticket: Ticket) -> StateWord:
    """Return the state in words; a request that is not verified says so first."""
    if ticket.verification == Verification.HELD:
        return StateWord("held", "shield", "Held")
    if ticket.verification == Verification.REFUSED:
        return StateWord("refused", "cross", "Refused")
    return StateWord(ticket.state, STATE_ICONS.get(ticket.state, "dot"), State(ticket.state).label)


def flags_of(ticket: Ticket) -> tuple[Flag, ...]:
    """Return what else must be seen at a glance: a breach, a complaint, an escalation, what is missing."""
    flags = []
    if hasattr(ticket, "promise") and ticket.promise.breached:
        flags.append(Flag("grave", "over", "Breached"))
    if ticket.kind == Kind.COMPLAINT:
        flags.append(Flag("warn", "flag", "Complaint"))
    if ticket.escalation_level:
        flags.append(Flag("accent", "up", ticket.escalation_level, "Escalated to "))
    if ticket.missing:
        flags.append(Flag("", "help", "Details missing"))
    return tuple(flags)
