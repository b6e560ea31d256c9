"""The ticket page: masthead, cards, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.clocks.queries import reading_of
from mainstay.console.act import Act, situation_of
from mainstay.console.acts import ACTS, FOLLOW_CLOCKS, HOLDING, MASTHEAD
from mainstay.console.environment import url
from mainstay.console.presenters.copies import Recipients, recipients
from mainstay.console.presenters.happenings import Happened
from mainstay.console.presenters.order import Order, order_of
from mainstay.console.presenters.questions import Question, question
from mainstay.console.presenters.thread import Entry, thread
from mainstay.console.presenters.tickets import Flag, Severity, StateWord, flags_of, severity_of, state_of
from mainstay.contracts import names
from mainstay.contracts import queries as contracts
from mainstay.contracts.models import Coverage
from mainstay.core.terms import Terms
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Person
from mainstay.screens.moments import Moment, moment
from mainstay.screens.promises import ClockLine, clock_line, zone_of
from mainstay.tickets.links import Seen
from mainstay.tickets.models import Cause, Finding, Kind, Participant, Ticket
from mainstay.tickets.models import Exclusion as ExclusionRow
from mainstay.tickets.queries import File
from mainstay.tickets.resolution import METHOD
from mainstay.tickets.rows.links import LinkKind
from mainstay.writing import mentions

CHANNEL_WORDS = {
    "mail": "E-mail",
    "phone": "Telephone",
    "portal": "Portal",
    "api": "API",
    "survey": "Survey",
    "product": "Product",
    "console": "Console",
}
MISSING_WORDS = {
    "organisation": "organisation",
    "role": "role",
    "description": "description",
    "severity": "their own assessment",
}
HIDDEN_STATES = ("pending", "cancelled")


@dataclass(frozen=True, slots=True)
class Button:
    """An act as a button."""

    key: str
    label: str
    icon: str
    href: str
    grave: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a card: what, and how it is. `href` makes a link of it."""

    label: str
    value: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A third party's failure or force majeure, with its evidence."""

    kind: str
    reason: str
    evidence: str
    began: Moment | None
    ended: Moment | None
    by: str


@dataclass(frozen=True, slots=True)
class Linked:
    """Another ticket that hangs on this one."""

    how: str
    reference: str
    subject: str
    state: StateWord
    severity: Severity | None = None
    off_href: str = ""
    merge_href: str = ""


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Everything the page shows."""

    id: int
    reference: str
    subject: str
    state: StateWord
    severity: Severity
    flags: tuple[Flag, ...]
    opened: Moment | None
    whose: str
    held_reason: str
    is_held: bool
    can_write: bool
    thread: list[Entry | Happened]
    minor: int
    last_event: int
    clocks: tuple[ClockLine, ...]
    quiet_clocks: tuple[ClockLine, ...]
    properties: tuple[Pair, ...]
    fields_href: str
    requester: tuple[Pair, ...]
    contract: tuple[Pair, ...]
    exclusions: tuple[Exclusion, ...]
    links: tuple[Linked, ...]
    questions: tuple[Question, ...]
    withdraw_href: str
    order: Order
    copied: tuple[Pair, ...]
    recipients: Recipients
    moves: tuple[Button, ...]
    holding: tuple[Button, ...]
    masthead: tuple[Button, ...]
    acts: tuple[Button, ...]  # all that this person may do now, for the palette and the keys
    details_href: str
    assign_href: str
    complaint_href: str
    link_href: str
    offered_as_complaint: bool


def ticket_page(file: File, *, person: Person, at: datetime) -> TicketPage:
    """Return the page of one ticket. No query but those of the reading, whose log is loaded already, of who
    gets the next letter, and of whom notes mention.
    """
    ticket = file.ticket
    reading, terms = reading_of(ticket, at=at)
    zone = zone_of(terms)
    now = situation_of(file)
    lines = thread(file, zone, at=at, mentioned=mentions.places(file.messages, reader=person))
    clocks = [(clock.state, clock_line(clock, terms, at=at)) for clock in reading.clocks]
    open_to = {act.key: act for act in ACTS if act.when(now) and at_least(person, act.role)}

    def buttons(keys: tuple[str, ...]) -> tuple[Button, ...]:
        return tuple(button(open_to[key], ticket.reference) for key in keys if key in open_to)

    return TicketPage(
        id=ticket.pk,
        reference=ticket.reference,
        subject=ticket.subject or "(no subject)",
        state=state_of(ticket),
        severity=severity_of(ticket, terms),
        flags=flags_of(ticket, terms),
        opened=moment(ticket.reported_at, zone, now=at),
        whose=", ".join(
            filter(
                None,
                [
                    ticket.requester_name or ticket.requester_address,
                    ticket.organisation.name if ticket.organisation else "",
                ],
            )
        ),
        held_reason=ticket.verification_reason,
        is_held=now.held,
        can_write=now.verified and not now.merged,
        thread=lines,
        minor=sum(isinstance(line, Happened) and line.minor for line in lines),
        last_event=ticket.last_number,
        clocks=tuple(line for state, line in clocks if state not in HIDDEN_STATES),
        quiet_clocks=tuple(line for state, line in clocks if state == "pending"),
        properties=_properties(ticket, terms) + _complaint(file) + _method(file) + _fields(file),
        fields_href=_href("fields", ticket),
        requester=_requester(ticket),
        contract=_contract(ticket, terms),
        exclusions=tuple(_exclusion(row, zone, at) for row in file.exclusions),
        links=_links(file),
        questions=tuple(question(row, zone, at=at) for row in file.questions),
        withdraw_href=_href("withdraw", ticket) if "withdraw" in open_to else "",
        order=order_of(file, person, zone, at=at),
        copied=tuple(
            Pair(p.name or p.address, p.address, note=_copied_words(p))
            for p in file.participants
        ),
        recipients=recipients(file, zone, at=at),
        moves=buttons(FOLLOW_CLOCKS),
        holding=buttons(HOLDING),
        masthead=buttons(MASTHEAD),
        acts=buttons(tuple(open_to)),
        details_href=_href("details", ticket),
        assign_href=_href("assign", ticket) if "assign" in open_to else "",
        link_href=_href("link", ticket),
        complaint_href=url("new_ticket") + f"?about={ticket.reference}",
        offered_as_complaint=ticket.offered_as_complaint and not now.complaint,
    )


def _copied_words(one: Participant) -> str:
    if one.accepted:
        return ""
    return "gets nothing" if one.decided_at else "gets nothing until accepted"


def button(act: Act, reference: str) -> Button:
    """Return `act` as a button for the ticket of that reference."""
    return Button(act.key, act.label, act.icon, url(f"act_{act.key}", reference), act.grave)


def _href(key: str, ticket: Ticket) -> str:
    return url(f"act_{key}", ticket.reference)


def _properties(ticket: Ticket, terms: Terms) -> tuple[Pair, ...]:
    claimed = " and ".join(
        f"{what} {value}"
        for what, value in (("urgency", ticket.claimed_urgency), ("impact", ticket.claimed_impact))
        if value
    )
    pairs = [
        Pair("Assignee", ticket.assignee.name if ticket.assignee else "Nobody"),
        Pair("Team", ticket.team.name if ticket.team else "None"),
        Pair("Kind", Kind(ticket.kind).label),
        Pair("Came by", CHANNEL_WORDS.get(ticket.channel, ticket.channel)),
        Pair("Client says", claimed.capitalize() or "Nothing about severity"),
    ]
    if ticket.cause:
        pairs.append(Pair("Cause", Cause(ticket.cause).label))
    if ticket.escalation_level:
        pairs.append(Pair("Escalated to", names.level(terms, ticket.escalation_level)))
    if ticket.missing:
        pairs.append(Pair("Missing", ", ".join(MISSING_WORDS.get(name, name) for name in ticket.missing)))
    if ticket.product:
        pairs.append(Pair("Product", ticket.product.name))
    return tuple(pairs)


def _complaint(file: File) -> tuple[Pair, ...]:
    """Return who is complained of, and what came of it."""
    named = ", ".join(row.person.name for row in file.complained_of)
    pairs = [Pair("Complained of", named, note="they neither answer nor close it")] if named else []
    for outcome in file.outcomes[:1]:
        found = Finding(outcome.finding).label
        pairs.append(Pair("Outcome", found, note=f"recorded by {outcome.by.name}" if outcome.by else ""))
        pairs += [Pair("Why", outcome.reason), Pair("Learnt", outcome.lesson)]
    return tuple(pairs)


def _method(file: File) -> tuple[Pair, ...]:
    """Return the method of resolution that was agreed last."""
    agreed = [message for message in file.messages if message.purpose == METHOD]
    return (Pair("Method agreed", agreed[-1].text, note=agreed[-1].subject),) if agreed else ()


def _fields(file: File) -> tuple[Pair, ...]:
    """Return what the desk's own fields hold."""
    return tuple(
        Pair(row.field.name, row.words, note="retired" if row.field.retired_at else "") for row in file.fields
    )


def _requester(ticket: Ticket) -> tuple[Pair, ...]:
    pairs = [Pair("Name", ticket.requester_name or "Not given"), Pair("Address", ticket.requester_address)]
    if ticket.requester and ticket.requester.phone:
        pairs.append(Pair("Telephone", ticket.requester.phone, href=f"tel:{ticket.requester.phone}"))
    if ticket.requester:
        pairs.append(Pair("Calls", "Their calls", href=f"{url('calls')}?person={ticket.requester_id}"))
    pairs.append(Pair("Role", ticket.requester_role or "Not given"))
    if ticket.organisation:
        pairs.append(
            Pair(
                "Organisation",
                ticket.organisation.name,
                href=url("client", ticket.organisation.key),
            )
        )
    else:
        pairs.append(Pair("Organisation", "Not known yet"))
    return tuple(pairs)


def _contract(ticket: Ticket, terms: Terms) -> tuple[Pair, ...]:
    contract = ticket.terms.contract
    pairs = [
        Pair("Contract", contract.document if contract else "None found: the standard agreement holds"),
        Pair("Agreement", f"{terms.agreement} {terms.version}"),
        Pair("Coverage", Coverage(ticket.terms.coverage).label),
    ]
    if ticket.terms.overrides:
        pairs.append(Pair("Agreed otherwise", ", ".join(sorted(ticket.terms.overrides))))
    return tuple(pairs)


def _exclusion(row: ExclusionRow, zone: ZoneInfo, at: datetime) -> Exclusion:
    kinds = {"third_party": "Third party", "force_majeure": "Force majeure"}
    by = row.recorded_by.name if row.recorded_by else ""
    return Exclusion(
        kinds.get(row.kind, row.kind), row.reason, row.evidence,
        moment(row.began_at, zone, now=at), moment(row.ended_at, zone, now=at), by,
    )  # fmt: skip


def _links(file: File) -> tuple[Linked, ...]:
    ticket, linked = file.ticket, []
    if ticket.merged_into:
        linked.append(("Merged into", ticket.merged_into))
    if ticket.about:
        linked.append(("Complaint about", ticket.about))
    linked += [("Complaint", other) for other in file.complaints] + [
        ("Merged in", other) for other in file.merged
    ]
    fixed = [Linked(how, other.reference, other.subject, state_of(other)) for how, other in linked]
    return tuple(fixed + [_link(ticket, seen) for seen in file.links])


def _link(ticket: Ticket, seen: Seen) -> Linked:
    """Return a link made by hand: with the other one's state and severity, and how it is taken away or merged."""
    other, kind = seen.other, seen.link.kind
    may_merge = kind == LinkKind.DUPLICATE and not (ticket.merged_into_id or other.merged_into_id)
    merging = f"{_href('merge', ticket)}?into={other.reference}"
    off = url("unlink", ticket.reference, seen.link.pk)
    return Linked(
        seen.how,
        other.reference,
        other.subject or "(no subject)",
        state_of(other),
        severity_of(other, contracts.load(other.terms)),
        "" if kind == LinkKind.SPLIT else off,
        merging if may_merge else "",
    )
