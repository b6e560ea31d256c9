"""Clients, their contracts, what was agreed otherwise, and who may ask, as screens show them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mainstay.clocks.clients import Line
from mainstay.contracts import periods, queries
from mainstay.contracts.models import Contract, Coverage, OutOfHours, Override
from mainstay.core.plain_words import Change as Difference
from mainstay.lib import telephone
from mainstay.orgs import access, changes, invitations, signins
from mainstay.orgs.actions import rights_of
from mainstay.orgs.models import Address, Change, Membership
from mainstay.screens.moments import Moment, moment
from mainstay.screens.people import Face, face
from mainstay.screens.session_lines import SessionLine, session_line

ENDS_SOON = timedelta(days=90)
STATES = {
    "now": ("good", "tick", "In force"),
    "coming": ("accent", "clock", "To come"),
    "over": ("", "cross", "Ended"),
}


@dataclass(frozen=True, slots=True)
class Ends:
    """When a contract ends, said with its tone: `warn` within ninety days."""

    text: str
    tone: str
    dated: bool = False


@dataclass(frozen=True, slots=True)
class ClientLine:
    """One client in the list."""

    key: str
    name: str
    domains: str
    coverage: str
    document: str
    beside: str
    ends: Ends
    users: int
    open: int


@dataclass(frozen=True, slots=True)
class Words:
    """One term that differs: what, and how it was and is."""

    what: str
    before: str
    after: str
    clause: str


@dataclass(frozen=True, slots=True)
class State:
    """Whether something is in force: a word, a shape and a tone."""

    key: str
    tone: str
    icon: str
    word: str


@dataclass(frozen=True, slots=True)
class OverrideView:
    """What one paper agrees otherwise."""

    id: int
    document: str
    period: str
    state: State
    words: tuple[Words, ...]
    toml: str
    recorded: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class NumberView:
    """An out-of-hours number of a contract."""

    id: int
    number: str
    words: str
    period: str
    state: State
    may_end: bool


@dataclass(frozen=True, slots=True)
class ContractView:
    """One contract with its products and what was agreed otherwise."""

    id: int
    document: str
    state: State
    coverage: str
    agreement: str
    agreement_id: int
    period: str
    products: tuple[tuple[str, str], ...]
    overrides: tuple[OverrideView, ...]
    numbers: tuple[NumberView, ...]
    may_end: bool


@dataclass(frozen=True, slots=True)
class UserLine:
    """One authorised user, past or present."""

    id: int
    face: Face
    role: str
    rights: tuple[str, ...]
    addresses: tuple[str, ...]
    since: str
    until: str
    by: str
    phone: str  # E.164
    phone_shown: str


@dataclass(frozen=True, slots=True)
class Account:
    """Whether a user can sign in to the portal, where they are, and what looks like sharing."""

    there: bool
    invited: bool
    words: str
    signs: tuple[str, ...]
    lines: tuple[SessionLine, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of history."""

    at: Moment | None
    who: str
    what: str


def client_line(line: Line, zone: ZoneInfo, *, at: datetime) -> ClientLine:
    """Return one client of the list. No query."""
    contract = line.contract
    more = line.contracts - 1
    return ClientLine(
        key=line.organisation.key,
        name=line.organisation.name,
        domains=", ".join(line.organisation.domains),
        coverage=str(Coverage(contract.coverage).label) if contract else "",
        document=contract.document if contract else "",
        beside=f"and {more} more" if more > 0 else "",
        ends=ends_of(contract, zone, at=at),
        users=line.users,
        open=line.open,
    )


def ends_of(contract: Contract | None, zone: ZoneInfo, *, at: datetime) -> Ends:
    """Return when a contract ends."""
    if contract is None:
        return Ends("", "")
    if contract.active_to is None:
        return Ends("Open-ended", "")
    text = day(periods.last_day(contract.active_to, zone))
    return Ends(text, "warn" if contract.active_to - at < ENDS_SOON else "", dated=True)


def contract_views(
    found: Sequence[Contract], zone: ZoneInfo, *, at: datetime
) -> tuple[tuple[ContractView, ...], tuple[ContractView, ...]]:
    """Return the contracts that count and those that are over. One query, for the holiday tables."""
    holidays = queries.tables() if any(contract.overrides.all() for contract in found) else ""
    views = [_contract(contract, zone, holidays, at=at) for contract in found]
    return (
        tuple(view for view in views if view.state.key != "over"),
        tuple(view for view in views if view.state.key == "over"),
    )


def _contract(contract: Contract, zone: ZoneInfo, holidays: str, *, at: datetime) -> ContractView:
    return ContractView(
        id=contract.pk,
        document=contract.document,
        state=state_of(contract, at),
        coverage=str(Coverage(contract.coverage).label),
        agreement=str(contract.agreement),
        agreement_id=contract.agreement_id,
        period=period(contract, zone),
        products=tuple(
            (line.product.name, "hosted by us" if line.hosted else "not hosted")
            for line in contract.products.all()
        ),
        overrides=tuple(_override(row, contract, zone, holidays, at=at) for row in contract.overrides.all()),
        numbers=tuple(_number(row, zone, at=at) for row in contract.out_of_hours.all()),
        may_end=contract.active_to is None or contract.active_to > at,
    )


def _number(row: OutOfHours, zone: ZoneInfo, *, at: datetime) -> NumberView:
    return NumberView(
        row.pk, telephone.shown(row.number), row.words, period(row, zone), state_of(row, at),
        row.active_to is None or row.active_to > at,
    )  # fmt: skip


def _override(
    row: Override, contract: Contract, zone: ZoneInfo, holidays: str, *, at: datetime
) -> OverrideView:
    told = queries.difference_for(contract, row.terms, at=row.active_from, without=row, holidays=holidays)
    by = f" by {row.recorded_by.name}" if row.recorded_by else ""
    return OverrideView(
        id=row.pk,
        document=row.document,
        period=period(row, zone),
        state=state_of(row, at),
        words=in_words(told),
        toml="\n".join(flattened(row.terms)),
        recorded=f"Recorded on {day(periods.first_day(row.recorded_at, zone))}{by}",
        may_end=row.active_to is None or row.active_to > at,
    )


def in_words(told: Sequence[Difference]) -> tuple[Words, ...]:
    """Return differences for a table."""
    return tuple(
        Words(_capital(one.what), one.before or "nothing", one.after or "nothing", one.clause) for one in told
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def flattened(terms: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Return overrides as lines of TOML: `commitment.response.targets.3 = "2h"`."""
    for key, value in terms.items():
        place = f"{above}.{key}" if above else key
        if isinstance(value, Mapping):
            yield from flattened(value, place)
        else:
            yield f"{place} = {json.dumps(value, ensure_ascii=False)}"


def state_of(row: Contract | Override | OutOfHours, at: datetime) -> State:
    """Return whether a contract or an override is in force."""
    key = "now" if queries.is_in_force(row, at) else "coming" if row.active_from > at else "over"
    return State(key, *STATES[key])


def period(row: Contract | Override | OutOfHours, zone: ZoneInfo) -> str:
    """Return a period in days, both of which belong to it: '1 Apr 2026 to 31 Mar 2027'."""
    begins = day(periods.first_day(row.active_from, zone))
    return f"{begins} to {day(periods.last_day(row.active_to, zone))}" if row.active_to else f"from {begins}"


def day(when: date) -> str:
    """Return a day: '1 Apr 2026'."""
    return f"{when.day} {when:%b %Y}"


def user_line(membership: Membership, zone: ZoneInfo) -> UserLine:
    """Return one authorised user. No query where person, addresses and who granted it are loaded."""
    rights = rights_of(membership)
    said = tuple(words for key, words in changes.RIGHTS.items() if rights[key])
    ended = membership.active_to
    return UserLine(
        id=membership.pk,
        face=face(membership.person),
        role=membership.role,
        rights=said or ("may not raise requests",),
        addresses=tuple(address.email for address in membership.person.addresses.all()),
        since=day(periods.first_day(membership.active_from, zone)),
        until=day(periods.first_day(ended, zone)) if ended else "",
        by=membership.granted_by.name if membership.granted_by else "",
        phone=membership.person.phone,
        phone_shown=telephone.shown(membership.person.phone),
    )


def account_of(membership: Membership, zone: ZoneInfo, *, at: datetime) -> Account:
    """Return how a user stands with the portal. Three queries."""
    person = membership.person
    there = access.has_account(person)
    live = list(signins.live([person], at=at))
    waiting = not there and invitations.open_of(membership.organisation).filter(email=person.email).exists()
    if live:
        words = "Has an account and is signed in."
    elif there:
        words = "Has an account and is not signed in."
    else:
        words = "Is invited and has not accepted yet." if waiting else "Has no account: they write by mail and ring."
    lines = tuple(session_line(one, zone, mine=None, at=at) for one in live)
    return Account(there, waiting, words, tuple(signins.signs_of_sharing(live)), lines)


def addresses_of(membership: Membership) -> list[Address]:
    """Return the further addresses of a user, in the order in which they were given."""
    return sorted(membership.person.addresses.all(), key=lambda address: address.pk)


def entry(change: Change, zone: ZoneInfo, *, at: datetime) -> Entry:
    """Return one line of history. No query where people are loaded."""
    who = change.by.name if change.by else "A command"
    return Entry(moment(change.at, zone, now=at), who, changes.words(change))
