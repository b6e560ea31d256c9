"""Terms: what an agreement promises, as frozen values.

An agreement is data: severities, commitments, calendars, pauses, a ladder, notice, availability, closing, money and
entitlements, each with the clause it comes from. Code knows kinds of promise and never a figure. `agreement_file`
reads and checks the written form; here is what it becomes, and `terms()`, which answers for one ticket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from mainstay.core.worktime import Calendar

NEXT_RELEASE = "next release"


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
        return f"{self.name}@{self.version}"


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
    """One promise about time and how its clock runs. All event words are those of `clock.Event`.

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
class NoticeTier:
    """Scheduled downtime shorter than `shorter_than` needs `notice`; None stands for any length."""

    shorter_than: timedelta | None
    notice: timedelta
    clause: str


@dataclass(frozen=True, slots=True)
class Availability:
    """Hosted service is available for at least `percent` of each `period` (a calendar month in `zone`)."""

    percent: Fraction
    period: str
    zone: str
    clause: str


@dataclass(frozen=True, slots=True)
class Closing:
    """When a resolved ticket closes by silence, and for how long it may be opened again."""

    silence: timedelta
    reopening: timedelta
    survey_valid: timedelta
    clause: str


@dataclass(frozen=True, slots=True)
class Money:
    """The figures of payment and term. Rates are per year; spans are calendar days and years."""

    late_interest: Fraction  # percent a year over the base rate
    base_rate: str
    days_after_demand: int
    remedy_days: int
    term_years: int
    notice_days: int
    uplift_limit: str
    clause: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Something the package includes or leaves out. `limit` is how many a year, None for no limit."""

    name: str
    included: bool
    limit: int | None
    description: str
    clause: str


@dataclass(frozen=True, slots=True)
class ClientNotice:
    """An occasion on which the client is told something without asking."""

    occasion: str
    clause: str


@dataclass(frozen=True, slots=True)
class Readings:
    """How the open questions of the text are read. The names are those of the file's [readings]."""

    severity_change: str  # accrue | retroactive | restart
    reopening: str  # resume | continuous | new clock
    breach: str  # elapsed | instant
    landing: str  # closing | opening


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms in force for one ticket: an agreement with one coverage and one contract's overrides applied."""

    agreement: str
    version: str
    coverage: str
    hosted: bool
    calendars: Mapping[str, NamedCalendar]
    severities: tuple[Severity, ...]
    matrix: Mapping[tuple[str, str], Grade]  # by (urgency, impact)
    pauses: tuple[Pause, ...]
    commitments: tuple[Commitment, ...]
    ladder: tuple[Rung, ...]
    client_notices: tuple[ClientNotice, ...]
    notices: tuple[NoticeTier, ...]
    availability: Availability | None  # None where the software is not hosted
    closing: Closing
    money: Money
    entitlements: tuple[Entitlement, ...]
    readings: Readings
    effective_from: date
