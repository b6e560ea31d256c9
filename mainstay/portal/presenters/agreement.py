"""What is promised, read from the agreement in force and from nowhere else: severities, times, what is included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from mainstay.contracts import names
from mainstay.contracts.models import Contract, Override
from mainstay.contracts.names import CALLED
from mainstay.core.plain_words import difference
from mainstay.core.promises import Commitment, Entitlement, Severity
from mainstay.core.terms import Agreement, Terms
from mainstay.portal.presenters import words
from mainstay.portal.presenters.promises import clause_of, name_of
from mainstay.screens.promises import zone_of

MONEY = "Money"  # the part of an agreement that is nobody's business but the buyer's


@dataclass(frozen=True, slots=True)
class Time:
    """One promised time. `by` is when that would be if it began now; empty where it begins later.

    `hours` are those in which it counts, empty where they are the usual ones (`usual_hours`).
    """

    name: str
    target: str
    hours: str
    by: str
    clause: str


@dataclass(frozen=True, slots=True)
class Level:
    """One severity with what it means and what is promised for it."""

    level: int
    name: str
    means: str
    times: tuple[Time, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the agreement makes of somebody's own assessment. `level` is None where it leaves that to a person."""

    level: Level | None
    suggested: Level | None


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is included or not."""

    text: str
    clause: str
    included: bool


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours with their name."""

    name: str
    week: str
    zone: str
    clause: str


@dataclass(frozen=True, slots=True)
class Different:
    """Something that this client has agreed otherwise, with the paper that says so."""

    text: str
    document: str


@dataclass(frozen=True, slots=True)
class Promised:
    """All that one contract promises."""

    organisation: str
    document: str
    since: str
    until: str
    products: tuple[str, ...]
    levels: tuple[Level, ...]
    columns: tuple[tuple[str, str], ...]  # (name, clause) of the times, as every level has them
    always: tuple[Time, ...]  # the same whatever the severity
    hours: tuple[Hours, ...]
    reports: str
    usual: str
    included: tuple[Item, ...]
    not_included: tuple[Item, ...]
    closing: tuple[str, ...]
    availability: str
    different: tuple[Different, ...]
    vendor: str


def levels(terms: Terms, *, at: datetime | None = None) -> tuple[Level, ...]:
    """Return every severity, the gravest first. With `at`, times that begin at once say when they would end."""
    return tuple(level(terms, one, at=at) for one in terms.severities)


def level(terms: Terms, severity: Severity, *, at: datetime | None = None) -> Level:
    """Return one severity with its promised times."""
    times = tuple(_time(one, severity.level, terms, at) for one in graded(terms))
    means = f"{severity.impact} {severity.description}"
    return Level(severity.level, severity.name, means, times, clause_of(severity.clause))


def usual_hours(terms: Terms) -> str:
    """Return the hours in which most promised times count: those of a request that nobody has judged yet."""
    return words.hours(terms.commitments[0].rules[None].calendar) if terms.commitments else ""


def graded(terms: Terms) -> list[Commitment]:
    """Return the commitments whose time depends on the severity."""
    return [one for one in terms.commitments if len({rule.target for rule in one.rules.values()}) > 1]


def assessment(terms: Terms, urgency: str, impact: str, *, at: datetime) -> Assessment:
    """Return what the matrix of the agreement makes of an urgency and an impact."""
    grade, known = terms.grade(urgency, impact), {one.level: one for one in terms.severities}
    found, suggested = known.get(grade.severity or 0), known.get(grade.suggested or 0)
    return Assessment(
        level(terms, found, at=at) if found else None, level(terms, suggested, at=at) if suggested else None
    )


def _time(commitment: Commitment, severity: int | None, terms: Terms, at: datetime | None) -> Time:
    rule = commitment.rules[severity]
    budget = rule.target.budget if rule.target else None
    begins_now = commitment.starts and not commitment.starts_after
    due = rule.calendar.calendar.add(at, budget) if at and begins_now and budget else None
    return Time(
        name=name_of(commitment.name),
        target=words.target(rule.target, day=rule.calendar.day),
        hours="" if words.hours(rule.calendar) == usual_hours(terms) else words.hours(rule.calendar),
        by=words.by(due, zone_of(terms), now=at) if due and at else "",
        clause=clause_of(rule.clause or commitment.clause),
    )


def promised(
    contract: Contract,
    agreement: Agreement,
    plain: Agreement,
    *,
    products: Sequence[str],
    overrides: Sequence[Override],
    zone: ZoneInfo,
) -> Promised:
    """Return all that `contract` promises. `agreement` is with what was agreed otherwise, `plain` is without."""
    terms = agreement.coverages[contract.coverage]
    columns = graded(terms)
    return Promised(
        organisation=contract.organisation.name,
        document=contract.document,
        since=_day(contract.active_from, zone),
        until=_day(contract.active_to, zone) if contract.active_to else "",
        products=tuple(products),
        levels=levels(terms),
        columns=tuple((name_of(one.name), clause_of(one.clause)) for one in columns),
        always=tuple(_time(one, None, terms, None) for one in terms.commitments if one not in columns),
        hours=tuple(_hours(name, terms) for name in terms.calendars),
        reports=words.hours(terms.coverage.reports),
        usual=usual_hours(terms),
        included=tuple(_item(one) for one in terms.entitlements if one.included),
        not_included=tuple(_item(one) for one in terms.entitlements if not one.included),
        closing=_closing(terms),
        availability=_availability(terms, contract),
        different=_different(agreement, plain, overrides),
        vendor=terms.vendor,
    )


def _hours(name: str, terms: Terms) -> Hours:
    calendar = terms.calendars[name]
    called = names.hours(name)
    return Hours(
        f"{called[:1].upper()}{called[1:]}", words.hours(calendar), calendar.calendar.zone.key.replace("_", " "),
        clause_of(calendar.clause),
    )  # fmt: skip


def _item(one: Entitlement) -> Item:
    text = one.description
    if one.included and one.limit is not None:
        text = _("%(what)s At most %(limit)d a year.") % {"what": text, "limit": one.limit}
    return Item(text, clause_of(one.clause), one.included)


def _closing(terms: Terms) -> tuple[str, ...]:
    closing = terms.closing
    silence = words.days_or_hours(closing.silence, day=closing.calendar.day)
    reopening = words.days_or_hours(closing.reopening, day=closing.calendar.day)
    clause = clause_of(closing.clause)
    tried = _("When we have sent you a solution, you try it and tell us whether it works (%(clause)s).")
    return (
        tried % {"clause": clause},
        _("If we hear nothing from you for %(span)s, we close the request.") % {"span": silence},
        _("You can open it again within %(span)s of its closing, by writing to it.") % {"span": reopening},
    )


def _availability(terms: Terms, contract: Contract) -> str:
    found = terms.availability
    if found is None or not any(line.hosted for line in contract.products.all()):
        return ""
    values = {"percent": f"{float(found.percent):g}", "period": found.period, "clause": clause_of(found.clause)}
    least = _("The service that we host for you is there for at least %(percent)s %% of each %(period)s (%(clause)s).")
    return least % values


def _different(agreement: Agreement, plain: Agreement, overrides: Sequence[Override]) -> tuple[Different, ...]:
    documents = ", ".join(dict.fromkeys(one.document for one in overrides))
    return tuple(
        Different(_sentence(f"{one.what}: {one.after}"), documents)
        for one in difference(plain, agreement, CALLED)
        if one.after and one.part != MONEY
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def _day(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y}"
