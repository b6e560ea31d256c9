"""Promises: what an agreement says, as frozen values.

Severities, targets, calendars, pauses, a ladder, notice, availability, closing, money and entitlements, each with the
clause it comes from. Code knows these kinds of promise and never a figure: the figures come from the agreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from mainstay.core.worktime import Calendar

NEXT_RELEASE = "next release"
DEGREES = ("high", "medium", "low")  # of urgency and of impact


@dataclass(frozen=True, slots=True)
class NamedCalendar:
    """A calendar of the agreement. `version` is that of its holidays, for the ledger; `day` is one working day."""

    name: str
    version: str
    calendar: Calendar
    day: timedelta
    clause: str

    @property
    def label(self) -> str:
        """Return `name@version`, as the ledger writes it."""
        return f"{self.name}@{self.version}" if self.version else self.name


@dataclass(frozen=True, slots=True)
class Severity:
    """One level, 1 being the gravest."""

    level: int
    name: str
    impact: str
    description: str
    clause: str


@dataclass(frozen=True, slots=True)
class Grade:
    """What the matrix says of an urgency and an impact: a severity, or where it is silent only a suggestion."""

    severity: int | None
    suggested: int | None
    clause: str


@dataclass(frozen=True, slots=True)
class Target:
    """How long a promise gives: working time, calendar days, or the next release. `text` is how it was written.

    Exactly one of `budget` (working time), `days` (calendar days to the same local clock time) and `next_release`
    says anything.
    """

    text: str
    budget: timedelta | None = None
    days: int | None = None
    next_release: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What a commitment asks at one severity. `severity` is None for a request that nobody has graded.

    `target` is None where nothing is promised until it is graded; time is then counted but judged against nothing.
    """

    severity: int | None
    target: Target | None
    calendar: NamedCalendar
    clause: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A kind of time that a clock may leave out: from the event `begins` to the first of `ends`."""

    name: str
    begins: str
    ends: tuple[str, ...]
    ledger: str  # the kind of segment it makes
    clause: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise about time and how its clock runs. All event words are those of `event.KINDS`.

    It starts at the event `starts`, or when the commitment `starts_after` has been kept. It stops at the first of
    `stops`, or if `stops_at_last` when all of them have happened. `rules` answers for each severity and for None.
    """

    name: str
    clause: str
    starts: str
    starts_after: str
    needs_details: bool  # counts from the complete details rather than from the first contact
    stops: tuple[str, ...]
    stops_at_last: bool
    resumes: tuple[str, ...]
    cancelled_by: tuple[str, ...]
    restarts: tuple[str, ...]  # keep the promise and begin the next cycle of it
    repeats: bool  # resuming begins a new cycle instead of the same clock
    judged_by_given: bool  # judged as a whole by the severity given to the client, not by each in force
    pauses: tuple[Pause, ...]
    rules: Mapping[int | None, Rule]
    rules_escalated: Mapping[int | None, Rule]  # the same where escalation changes nothing
    warnings: tuple[Fraction, ...]  # shares of the target, rising
    listens_to: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = (self.stops, self.resumes, self.cancelled_by, self.restarts)
        pauses = (word for pause in self.pauses for word in (pause.begins, *pause.ends))
        always = ("merged", "reopened", "severity_provided", "severity_changed", "escalated")
        object.__setattr__(self, "listens_to", frozenset((*always, *(w for some in words for w in some), *pauses)))


@dataclass(frozen=True, slots=True)
class Warnings:
    """Who is warned before a promise is broken. The shares are on each commitment."""

    level: str
    whom: str
    clause: str


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the ladder, lowest first. `outside` is somebody who does not work for the vendor."""

    name: str
    whom: str
    outside: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step up: at `share` of a commitment's target, or with None when it is breached, `whom` is told."""

    commitment: str
    share: Fraction | None
    level: str
    whom: str
    tells_client: bool
    evidence: bool  # the ledger goes with it
    clause: str


@dataclass(frozen=True, slots=True)
class ClientNotice:
    """An occasion on which the client is told something without asking."""

    occasion: str
    clause: str


@dataclass(frozen=True, slots=True)
class NoticeTier:
    """Scheduled downtime shorter than `shorter_than` needs `notice`; None stands for any length."""

    shorter_than: timedelta | None
    notice: timedelta
    clause: str


@dataclass(frozen=True, slots=True)
class Availability:
    """A hosted service is available for at least `percent` of each `period` as the clock in `zone` has it."""

    percent: Fraction
    period: str
    zone: str
    clause: str


@dataclass(frozen=True, slots=True)
class Closing:
    """When a resolved ticket closes by silence, and how long it may be opened again, in time on `calendar`."""

    calendar: NamedCalendar
    silence: timedelta
    reopening: timedelta
    survey_valid: timedelta  # real time
    clause: str


@dataclass(frozen=True, slots=True)
class Money:
    """The figures of payment and term. `late_interest` is percent a year over the base rate.

    `clauses` cites the clause of each: late_interest, demand, remedy, term, uplift.
    """

    late_interest: Fraction
    base_rate: str
    days_after_demand: int
    remedy_days: int
    term_years: int
    renews_years: int
    notice_days: int
    uplift_limit: str
    clauses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Something the package includes or leaves out. `limit` is how many a year, None for no limit."""

    name: str
    included: bool
    limit: int | None
    description: str
    clause: str


@dataclass(frozen=True, slots=True)
class Readings:
    """How the open questions of the text are read."""

    severity_change: str  # accrue | retroactive | restart
    reopening: str  # resume | continuous | new clock
    breach: str  # elapsed | instant
    landing: str  # closing | opening
    clause: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was bought: `reports` is the calendar on which incidents may be reported."""

    name: str
    reports: NamedCalendar
    clause: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms in force for one ticket: an agreement with one coverage and one contract's overrides applied."""

    agreement: str
    version: str
    vendor: str
    effective_from: date
    coverage: Coverage
    hosted: bool
    readings: Readings
    calendars: Mapping[str, NamedCalendar]
    severities: tuple[Severity, ...]
    matrix: Mapping[tuple[str, str], Grade]  # by (urgency, impact)
    pauses: tuple[Pause, ...]
    commitments: tuple[Commitment, ...]
    warnings: Warnings
    levels: tuple[Level, ...]
    ladder: tuple[Rung, ...]
    client_notices: tuple[ClientNotice, ...]
    notices: tuple[NoticeTier, ...]
    availability: Availability | None  # None where the software is not hosted
    closing: Closing
    money: Money
    entitlements: tuple[Entitlement, ...]

    def grade(self, urgency: str, impact: str) -> Grade:
        """Return what the matrix says; for words it does not know, neither a severity nor a suggestion."""
        return self.matrix.get((urgency, impact)) or Grade(None, None, "")

    def commitment(self, name: str) -> Commitment | None:
        """Return the commitment of that name, None where the agreement has none."""
        return next((commitment for commitment in self.commitments if commitment.name == name), None)

    def entitlement(self, name: str) -> Entitlement | None:
        """Return what the package says of `name`, None where it says nothing."""
        return next((entitlement for entitlement in self.entitlements if entitlement.name == name), None)
