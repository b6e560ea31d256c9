"""Calls as screens show them: who rang, where they stand, what is open for them, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.clocks import listing
from mainstay.console.presenters.tickets import TicketLine, ticket_line
from mainstay.contracts.models import Coverage
from mainstay.lib import telephone
from mainstay.orgs.models import Person
from mainstay.phone import standing
from mainstay.phone.finding import Known
from mainstay.phone.hours import Opening
from mainstay.phone.models import Act, Call, CallBack, Did, State
from mainstay.phone.standing import Standing
from mainstay.screens.moments import Moment, exact_span, moment, real_span

KINDS = {
    standing.MAY_RAISE: ("good", "tick", "May raise requests"),
    standing.NOT_AUTHORISED: ("grave", "cross", "Not authorised"),
    standing.FORMER: ("grave", "cross", "Former user"),
}
STATES = {
    State.RINGING: ("accent", "ring"),
    State.RUNNING: ("good", "phone"),
    State.ENDED: ("", "tick"),
    State.MISSED: ("grave", "over"),
}
SHOWN = 9  # open tickets of a caller: each has a digit as its key


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a caller stands at one organisation."""

    organisation: str
    organisation_id: int
    key: str
    role: str
    tone: str
    icon: str
    word: str
    coverage: str


@dataclass(frozen=True, slots=True)
class Option:
    """Somebody who may be calling."""

    id: int
    name: str
    email: str
    number: str
    stands: tuple[Stands, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Whether something is open, in words: 'open until 17:30 GMT'."""

    word: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Promised:
    """What an authorised caller's organisation is promised."""

    organisation: str
    client: str
    coverage: str
    document: str
    reports: Open
    telephone: Open
    number: str  # out of hours
    number_words: str


@dataclass(frozen=True, slots=True)
class Card:
    """The caller: who they are, for whom they may speak, and their open tickets."""

    option: Option
    may_raise: bool
    promised: tuple[Promised, ...]
    tickets: tuple[TicketLine, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done in a call. Its key is in the keymap, as `step-` and its name."""

    act: str
    label: str
    icon: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call of the list."""

    id: int
    who: str
    number: str
    organisation: str
    client: str
    direction: str
    tone: str
    icon: str
    state: str
    answered_by: str
    began: Moment | None
    lasted: str
    outcome: str
    reference: str


@dataclass(frozen=True, slots=True)
class ActLine:
    """One thing that was done in a call."""

    what: str
    reference: str
    who: str
    when: Moment | None


@dataclass(frozen=True, slots=True)
class BackLine:
    """One call-back that waits, or is done."""

    id: int
    anchor: str
    who: str
    number: str
    dialled: str
    text: str
    missed: bool
    keeper: str
    reference: str
    call: int
    due: Moment | None
    left: str
    tone: str
    done: Moment | None
    done_by: str


def option(known: Known) -> Option:
    """Return somebody who may be calling. No query."""
    person = known.person
    stands = tuple(_stands(one) for one in known.standings)
    return Option(person.pk, person.name, person.email, telephone.shown(person.phone), stands)


def _stands(one: Standing) -> Stands:
    tone, icon, word = KINDS[one.kind]
    coverage = str(Coverage(one.coverage).label) if one.coverage else ""
    where = one.organisation
    return Stands(where.name, where.pk, where.key, one.role, tone, icon, word, coverage)


def card(known: Known, *, at: datetime) -> Card:
    """Return the card of a caller. What they may not be told is not on it, so that nobody reads it to them."""
    authorised = [one for one in known.standings if one.kind == standing.MAY_RAISE]
    lines, more = _open_tickets(known.person, {one.organisation.pk for one in authorised}, at=at)
    promised = tuple(_promised(known.person, one, at=at) for one in authorised)
    return Card(option(known), bool(authorised), promised, lines, more)


def _open_tickets(
    person: Person, organisations: set[int], *, at: datetime
) -> tuple[tuple[TicketLine, ...], bool]:
    """Return what is open and may be told to `person`: seen by the caller's own eyes, not by the desk's."""
    if not organisations:
        return (), False
    found = listing.page(person, listing.Wanted(view="open"), at=at, size=SHOWN)
    lines = [line for line in found.lines if line.ticket.organisation_id in organisations]
    return tuple(ticket_line(line, at=at) for line in lines), bool(found.after)


def _promised(person: Person, one: Standing, *, at: datetime) -> Promised:
    service = standing.service_of(person, one.organisation, at=at)
    arranged = service.out_of_hours
    return Promised(
        organisation=one.organisation.name,
        client=one.organisation.key,
        coverage=str(Coverage(service.coverage).label),
        document=service.document or "No contract: the standard agreement",
        reports=opening(service.reports, at=at),
        telephone=opening(service.telephone, at=at),
        number=telephone.shown(arranged.number) if arranged else "",
        number_words=arranged.words if arranged else "",
    )


def opening(found: Opening, *, at: datetime) -> Open:
    """Return whether something is open now, and until when or from when on."""
    turns = moment(found.turns_at, found.calendar.zone, now=at)
    if found.open:
        return Open(f"open now, until {turns.text}" if turns else "always open", "good", "tick")
    return Open(f"closed, opens {turns.text}" if turns else "closed", "warn", "moon")


def steps(call: Call, shown: Card | None, *, has_ticket: bool) -> tuple[Step, ...]:
    """Return what can be done in a call, each with its key. What makes no sense is not offered."""
    found = []
    if shown is not None and shown.may_raise:
        found.append(Step("ticket", "New ticket", "plus", main=True))
    found.append(Step("note", "Note", "note"))
    if shown is not None and shown.may_raise:
        found.append(Step("answer", "Their answer", "back"))
    found.append(Step("call-back", "Call back", "ring"))
    if call.state == State.RUNNING and (has_ticket or (shown is not None and shown.tickets)):
        found.append(Step("reference", "Read reference", "list"))
        found.append(Step("severity", "Read severity", "flag"))
    found.append(Step("hold", "Not authorised", "shield", main=shown is not None and not shown.may_raise))
    return tuple(found)


def call_line(call: Call, zone: ZoneInfo, *, at: datetime) -> CallLine:
    """Return one call. No query where everybody in it is loaded."""
    tone, icon = STATES[State(call.state)]
    return CallLine(
        id=call.pk,
        who=call.who,
        number=telephone.shown(call.number) if call.number and call.who != telephone.shown(call.number) else "",
        organisation=call.organisation.name if call.organisation else "",
        client=call.organisation.key if call.organisation else "",
        direction="We rang" if call.direction == "out" else "",
        tone=tone,
        icon=icon,
        state=State(call.state).label,
        answered_by=call.answered_by.name if call.answered_by else "",
        began=moment(call.started_at or call.began_at, zone, now=at, days=True),
        lasted=exact_span(call.lasted) if call.lasted is not None else "",
        outcome=_outcome(call),
        reference=call.ticket.reference if call.ticket else "",
    )


def _outcome(call: Call) -> str:
    if call.outcome:
        return Did(call.outcome).label
    return {State.MISSED: "Nobody answered", State.ENDED: "Nothing written down"}.get(State(call.state), "")


def act_line(act: Act, zone: ZoneInfo, *, at: datetime) -> ActLine:
    """Return one thing that was done."""
    severity = f": severity {act.severity}" if act.severity else ""
    return ActLine(
        f"{Did(act.did).label}{severity}", act.ticket.reference if act.ticket else "",
        act.by.name if act.by else "", moment(act.at, zone, now=at),
    )  # fmt: skip


def back_line(row: CallBack, zone: ZoneInfo, *, at: datetime) -> BackLine:
    """Return one call-back."""
    over = row.due_at <= at
    apart = real_span(row.due_at - at)
    return BackLine(
        id=row.pk,
        anchor=row.about.replace(":", "-"),
        who=row.call.who,
        number=telephone.shown(row.number),
        dialled=row.number,
        text=row.text,
        missed=row.missed,
        keeper=row.keeper.name if row.keeper else "",
        reference=row.ticket.reference if row.ticket else "",
        call=row.call_id,
        due=moment(row.due_at, zone, now=at, days=True),
        left=f"{apart} over" if over else f"in {apart}",
        tone="over" if over else "running",
        done=moment(row.done_at, zone, now=at, days=True),
        done_by=row.done_by.name if row.done_at and row.done_by else "",
    )


def spelled(reference: str) -> str:
    """Return a reference as it is read out: 'M S T, 1 0 0 0 4 2, 7'."""
    return ", ".join(" ".join(part) for part in reference.split("-"))
