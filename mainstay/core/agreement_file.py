"""The agreement file: reading its written form into terms, one for each coverage, and checking all of it.

`read_agreement` takes what a TOML or JSON reader made of the file. Holiday tables are looked up by name
among those handed in and those written under [holidays].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import pairwise

from mainstay.core.agreement_calendars import STAND_IN, read_calendars, read_coverages
from mainstay.core.agreement_commitments import read_commitments
from mainstay.core.agreement_ladder import read_ladder, read_levels, read_warnings
from mainstay.core.agreement_page import AgreementFaults, Fault, Page
from mainstay.core.agreement_survey import read_survey
from mainstay.core.event import KINDS
from mainstay.core.promises import (
    DEGREES,
    Availability,
    ClientNotice,
    Closing,
    Diagnostics,
    Entitlement,
    Grade,
    Money,
    NamedCalendar,
    NoticeTier,
    Pause,
    Readings,
    Severity,
    Terms,
)
from mainstay.core.units import read_percent, read_real_span, read_span

TESTED = (
    "with client for testing"  # kinds of segment that every ledger may have, so no pause can be called that
)
RESERVED = ("counted", "out of hours", "holiday", TESTED, "merged")
READINGS = {
    "severity_change": ("accrue", "retroactive", "restart"),
    "reopening": ("resume", "continuous", "new clock"),
    "breach": ("elapsed", "instant"),
    "landing": ("closing", "opening"),
}


@dataclass(frozen=True, slots=True)
class Header:
    """What the agreement is: its name, version, vendor, first day and where it is written."""

    name: str
    version: str
    vendor: str
    effective_from: date
    source: str
    clause: str


def read_agreement(
    data: Mapping[str, object], holidays: Mapping[str, Mapping[str, object]]
) -> tuple[Header, dict[str, Terms]]:
    """Return the header and the terms by coverage. Raises AgreementFaults with everything that is wrong."""
    faults: list[Fault] = []
    file = Page(data, "", faults)
    header = _header(file.page("agreement"))
    calendars = read_calendars(file, holidays)
    severities = _severities(file.pages("severity"), file)
    levels = tuple(level.level for level in severities)
    pauses = _pauses(file.pages("pause"))
    ladder_levels = read_levels(file.pages("level"))
    warned, shares = read_warnings(file.page("warnings"), ladder_levels)
    coverages = read_coverages(file, calendars, levels)
    commitments = read_commitments(file, calendars, levels, pauses, shares)
    common = partial(
        Terms,
        agreement=header.name,
        version=header.version,
        vendor=header.vendor,
        effective_from=header.effective_from,
        hosted=True,
        readings=_readings(file.page("readings")),
        calendars=calendars,
        severities=severities,
        matrix=_matrix(file.page("matrix"), levels),
        pauses=tuple(pauses.values()),
        warnings=warned,
        levels=tuple(ladder_levels.values()),
        ladder=read_ladder(file.pages("ladder"), commitments.names, ladder_levels),
        client_notices=_client_notices(file.pages("client_notice")),
        notices=_notices(file.pages("notice")),
        availability=_availability(file),
        diagnostics=_diagnostics(file, calendars),
        closing=_closing(file.page("closing"), calendars),
        survey=read_survey(file, commitments.names),
        money=_money(file.page("money")),
        entitlements=_entitlements(file.pages("entitlement")),
    )
    file.close()
    if faults:
        raise AgreementFaults(faults)
    return header, {
        coverage.name: common(coverage=coverage, commitments=commitments.under(moved))
        for coverage, moved in coverages
    }


def _header(page: Page) -> Header:
    header = Header(
        name=page.text("name"),
        version=page.text("version"),
        vendor=page.text("vendor"),
        effective_from=page.day("effective_from"),
        source=page.text("source"),
        clause=page.clause(),
    )
    page.close()
    return header


def _readings(page: Page) -> Readings:
    chosen = {key: page.known(key, allowed, "reading", allowed[0]) for key, allowed in READINGS.items()}
    readings = Readings(**chosen, clause=page.clause())
    page.close()
    return readings


def _severities(pages: list[Page], file: Page) -> tuple[Severity, ...]:
    severities = []
    for page in pages:
        severities.append(
            Severity(
                level=page.number("level"),
                name=page.text("name"),
                impact=page.text("impact"),
                description=page.text("description"),
                clause=page.clause(),
            )
        )
        page.close()
    levels = [severity.level for severity in severities]
    if not pages or sorted(levels) != list(range(1, len(levels) + 1)):
        file.fault(
            "severity", f"the levels are {levels}", "Number them 1, 2, 3 ... once each, 1 being the gravest."
        )
    return tuple(sorted(severities, key=lambda severity: severity.level))


def _matrix(page: Page, levels: tuple[int, ...]) -> dict[tuple[str, str], Grade]:
    clause = page.clause()
    suggested = (
        page.page("suggested") if page.has("suggested") else Page({}, page.place("suggested"), page.faults)
    )
    grades = {}
    for urgency in DEGREES:
        given_row = page.page(urgency) if page.has(urgency) else Page({}, page.place(urgency), page.faults)
        gap_row = (
            suggested.page(urgency)
            if suggested.has(urgency)
            else Page({}, suggested.place(urgency), page.faults)
        )
        for impact in DEGREES:
            given, gap = _level(given_row, impact, levels), _level(gap_row, impact, levels)
            if given is None and gap is None:
                given_row.fault(
                    impact,
                    "has neither a severity nor a suggestion",
                    f"Give one here, or mark the gap with suggested.{urgency}.{impact} = a level to suggest.",
                )
            if given is not None and gap is not None:
                gap_row.fault(impact, "is suggested although the matrix gives it", "Keep one of the two.")
            grades[urgency, impact] = Grade(given, gap, clause)
        given_row.close()
        gap_row.close()
    suggested.close()
    page.close()
    return grades


def _level(row: Page, impact: str, levels: tuple[int, ...]) -> int | None:
    if not row.has(impact):
        return None
    level = row.get(impact)
    if not isinstance(level, int) or isinstance(level, bool) or level not in levels:
        row.fault(impact, f"{level!r} is no severity", f"Known: {', '.join(map(str, levels)) or 'none'}.")
        return 0
    return level


def _pauses(pages: list[Page]) -> dict[str, Pause]:
    pauses: dict[str, Pause] = {}
    for page in pages:
        pause = Pause(
            name=page.text("name"),
            begins=page.known("begins", KINDS, "event"),
            ends=page.known_words("ends", KINDS, "event"),
            ledger=page.text("ledger"),
            clause=page.clause(),
        )
        if pause.ledger in RESERVED:
            page.fault(
                "ledger", f"{pause.ledger!r} already means something in every ledger", "Choose other words."
            )
        if not pause.ends:
            page.fault("ends", "is missing, so the pause would never end", 'Write ends = ["client_replied"].')
        page.once("name", pause.name, pauses)
        pauses[pause.name] = pause
        page.close()
    return pauses


def _client_notices(pages: list[Page]) -> tuple[ClientNotice, ...]:
    notices = []
    for page in pages:
        notices.append(ClientNotice(page.text("occasion"), page.clause()))
        page.close()
    return tuple(notices)


def _notices(pages: list[Page]) -> tuple[NoticeTier, ...]:
    tiers: list[NoticeTier] = []
    for page in pages:
        last = page is pages[-1]
        shorter = None if last else page.span("shorter_than", read_real_span, '"4h"')
        if last and page.has("shorter_than"):
            page.fault(
                "shorter_than",
                "is given for the last tier, so longer downtime has none",
                "Add one without it.",
            )
        tier = NoticeTier(shorter, page.span("notice", read_real_span, '"24h" or "1 week"'), page.clause())
        before = tiers[-1] if tiers else None
        if before and (
            tier.notice < before.notice
            or (shorter and before.shorter_than and shorter <= before.shorter_than)
        ):
            page.fault(
                "",
                "asks no more than the tier before it",
                "Order the tiers from the shortest downtime to the longest.",
            )
        tiers.append(tier)
        page.close()
    return tuple(tiers)


def _availability(file: Page) -> Availability | None:
    if not file.has("availability"):
        return None
    page = file.page("availability")
    availability = Availability(
        percent=page.unit("percent", read_percent, Fraction(100), '"99.9%"'),
        period=page.known("period", ("calendar month",), "period"),
        zone=page.text("timezone"),
        clause=page.clause(),
    )
    if not 0 < availability.percent <= 100:
        page.fault("percent", "is not above 0% and up to 100%", 'Write it like "99.9%".')
    page.close()
    return availability


def _diagnostics(file: Page, calendars: Mapping[str, NamedCalendar]) -> Diagnostics | None:
    if not file.has("diagnostics"):
        return None
    page = file.page("diagnostics")
    calendar = calendars.get(page.known("calendar", calendars, "calendar"), STAND_IN)
    read = partial(read_span, day=calendar.day)
    diagnostics = Diagnostics(
        calendar=calendar,
        answer_within=page.span("answer_within", read, '"2d"'),
        reminders=page.spans("reminders", read, '["2d", "4d"]'),
        clause=page.clause(),
    )
    if any(later <= earlier for earlier, later in pairwise(diagnostics.reminders)):
        page.fault("reminders", "do not come one after the other", 'Write them rising, like ["2d", "4d"].')
    page.close()
    return diagnostics


def _closing(page: Page, calendars: Mapping[str, NamedCalendar]) -> Closing:
    name = page.known("calendar", calendars, "calendar")
    calendar = calendars.get(name, STAND_IN)
    read = partial(read_span, day=calendar.day)
    closing = Closing(
        calendar=calendar,
        silence=page.span("silence", read, '"5d"'),
        reopening=page.span("reopening", read, '"20d"'),
        survey_valid=page.span("survey_valid", read_real_span, '"30 calendar days"'),
        clause=page.clause(),
    )
    page.close()
    return closing


def _money(page: Page) -> Money:
    interest, demand, remedy, term, uplift = map(
        page.page, ("late_interest", "demand", "remedy", "term", "uplift")
    )
    money = Money(
        late_interest=interest.unit("over_base_rate", read_percent, Fraction(0), '"1.5%"'),
        base_rate=interest.text("base_rate"),
        days_after_demand=_calendar_days(demand, "within"),
        remedy_days=_calendar_days(remedy, "within"),
        term_years=term.number("years"),
        renews_years=term.number("renews_years"),
        notice_days=_calendar_days(term, "notice"),
        uplift_limit=uplift.text("limit"),
        clauses={
            "late_interest": interest.clause(),
            "demand": demand.clause(),
            "remedy": remedy.clause(),
            "term": term.clause(),
            "uplift": uplift.clause(),
        },
    )
    for part in (interest, demand, remedy, term, uplift, page):
        part.close()
    return money


def _calendar_days(page: Page, key: str) -> int:
    return page.span(key, read_real_span, '"14 calendar days"').days


def _entitlements(pages: list[Page]) -> tuple[Entitlement, ...]:
    found: dict[str, Entitlement] = {}
    for page in pages:
        unlimited = not page.has("limit") or page.table["limit"] == "unlimited"
        entitlement = Entitlement(
            name=page.text("name"),
            included=page.flag("included", default=False),
            limit=None if unlimited else page.number("limit"),
            description=page.text("description"),
            clause=page.clause(),
        )
        if not page.has("included"):
            page.fault("included", "is missing", "Write included = true or included = false.")
        page.once("name", entitlement.name, found)
        found[entitlement.name] = entitlement
        page.close()
    return tuple(found.values())
