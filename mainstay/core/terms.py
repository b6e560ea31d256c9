"""Terms: an agreement, and the terms it gives to one ticket.

An agreement is data. `Agreement.from_dict` takes what a TOML or JSON reader made of its file and checks all
of it; `Agreement.terms` answers for a coverage and for what one contract agreed otherwise in writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from mainstay.core.agreement_file import read_agreement
from mainstay.core.agreement_overrides import overridden
from mainstay.core.agreement_page import AgreementFaults, Fault
from mainstay.core.promises import (
    NEXT_RELEASE,
    Availability,
    ClientNotice,
    Closing,
    Commitment,
    Coverage,
    Diagnostics,
    Entitlement,
    Grade,
    Level,
    Money,
    NamedCalendar,
    NoticeTier,
    Pause,
    Readings,
    Rule,
    Rung,
    Severity,
    Target,
    Terms,
    Warnings,
)

__all__ = [
    "NEXT_RELEASE", "Agreement", "AgreementFaults", "Availability", "ClientNotice", "Closing",
    "Commitment", "Coverage", "Diagnostics", "Entitlement", "Fault", "Grade", "Level", "Money", "NamedCalendar",
    "NoticeTier", "Pause", "Readings", "Rule", "Rung", "Severity", "Target", "Terms", "UnknownCoverage",
    "Warnings",
]  # fmt: skip

NOTHING: Mapping[str, object] = {}
NO_TABLES: Mapping[str, Mapping[str, object]] = {}
NO_CALENDARS: Mapping[str, NamedCalendar] = {}


class UnknownCoverage(ValueError):
    """The agreement does not sell that coverage."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A checked agreement. `coverages` has its terms by coverage, as sold, before any contract."""

    name: str
    version: str
    vendor: str
    effective_from: date
    source: str
    clause: str
    coverages: Mapping[str, Terms]
    data: Mapping[str, object]
    holidays: Mapping[str, Mapping[str, object]]

    @classmethod
    def from_dict(
        cls, data: Mapping[str, object], holidays: Mapping[str, Mapping[str, object]] = NO_TABLES
    ) -> Self:
        """Read a file's content. `holidays` has tables by name, each with `version` and `dates` (a list, or
        a table of names by date); the file may bring its own under [holidays].

        Raises AgreementFaults with every fault at once.
        """
        header, coverages = read_agreement(data, holidays)
        return cls(
            name=header.name,
            version=header.version,
            vendor=header.vendor,
            effective_from=header.effective_from,
            source=header.source,
            clause=header.clause,
            coverages=coverages,
            data=data,
            holidays=holidays,
        )

    def terms(
        self,
        coverage: str = "core",
        overrides: Mapping[str, object] = NOTHING,
        hosted: bool = True,
        calendars: Mapping[str, NamedCalendar] = NO_CALENDARS,
    ) -> Terms:
        """Return the terms of a ticket under a contract with this `coverage`.

        `overrides` is in the shape of the file and holds only what was agreed otherwise; entries of a list
        are found by their name or level (`{"commitment": {"response": {"targets": {"1": "30min"}}}}`), and
        a list given whole replaces the list. `calendars` puts other calendars in place of the agreement's
        of the same name, such as one with next year's holidays. Where the software is not `hosted` there
        are no terms on availability.

        Raises UnknownCoverage, and AgreementFaults where the overrides do not fit.
        """
        agreement = self.with_overrides(overrides) if overrides else self
        if coverage not in agreement.coverages:
            raise UnknownCoverage(
                f"{coverage!r} is not sold; {agreement.name} has {', '.join(agreement.coverages)}"
            )
        terms = agreement.coverages[coverage]
        if not hosted:
            terms = replace(terms, hosted=False, availability=None, notices=())
        return with_calendars(terms, calendars) if calendars else terms

    def with_overrides(self, overrides: Mapping[str, object]) -> Self:
        """Return the agreement as a contract changes it. Raises AgreementFaults where that does not fit."""
        return self.from_dict(overridden(self.data, overrides), self.holidays)


def with_calendars(terms: Terms, calendars: Mapping[str, NamedCalendar]) -> Terms:
    """Return the terms with `calendars` in place of those of the same name, for clocks and closing alike."""
    known = {**terms.calendars, **{name: c for name, c in calendars.items() if name in terms.calendars}}
    return replace(
        terms,
        calendars=known,
        coverage=replace(terms.coverage, reports=known[terms.coverage.reports.name]),
        diagnostics=terms.diagnostics
        and replace(terms.diagnostics, calendar=known[terms.diagnostics.calendar.name]),
        closing=replace(terms.closing, calendar=known[terms.closing.calendar.name]),
        commitments=tuple(
            replace(c, rules=_on(c.rules, known), rules_escalated=_on(c.rules_escalated, known))
            for c in terms.commitments
        ),
    )


def _on(rules: Mapping[int | None, Rule], calendars: Mapping[str, NamedCalendar]) -> dict[int | None, Rule]:
    return {
        severity: replace(rule, calendar=calendars[rule.calendar.name]) for severity, rule in rules.items()
    }
