"""Promises: what an agreement says, as frozen values.

Severities, targets, calendars, pauses, a ladder, notice, availability, closing, money and entitlements,
each with the clause it comes from. Code knows these kinds of promise and never a figure: the figures come
from the agreement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from mainstay.core.event import CONDITIONS, KINDS
from mainstay.core.surveying import Surveying
from mainstay.core.worktime import Calendar

NEXT_RELEASE = "next release"
DEGREES = ("high", "medium", "low")  # of urgency and of impact
GRADES = ("severity_assessed", "severity_provided", "severity_changed")
ALWAYS_HEARD = (*GRADES, "escalated", "merged", "reopened")


@dataclass(frozen=True, slots=True)
class NamedCalendar:
    """A calendar of the agreement. `version` is that of its holidays; `day` is one working day."""

    name: str
    version: str
    calendar: Calendar = field(repr=False)  # it would print every holiday
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
    """What the matrix says: a severity, or where it is silent only a suggestion."""

    severity: int | None
    suggested: int | None
    clause: str


@dataclass(frozen=True, slots=True)
class Target:
    """How long a promise gives: working time, calendar days, or the next release; `text` is as written.

    Exactly one of `budget` (working time), `days` (calendar days to the same local clock time) and
    `next_release` says anything.
    """

    text: str
    budget: timedelta | None = None
    days: int | None = None
    next_release: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What a commitment asks at one severity. `severity` is None for a request that nobody has graded.

    `target` is None where nothing is promised until it is graded; time is then counted but judged against
    nothing.
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
class Role:
    """What one kind of event does to a clock, if `condition` is none or true in its data."""

    condition: str
    regrades: bool
    ends: tuple[Pause, ...]
    begins: tuple[Pause, ...]
    stops: bool
    restarts: bool
    cancels: bool
    resumes: bool


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise about time and how its clock runs. All event words are those of `event.KINDS`.

    It starts at the event `starts`, or when the commitment `starts_after` has been kept. It stops at the
    first of `stops`, or if `stops_at_last` when all of them have happened. `rules` answers for each
    severity and for None.
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
    roles: Mapping[str, Role] = field(
        init=False, repr=False, compare=False
    )  # of the kinds its clock listens to

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "roles", {kind: self._role(kind) for kind in KINDS if self._listens_to(kind)}
        )

    def _listens_to(self, kind: str) -> bool:
        words = (*self.stops, *self.resumes, *self.cancelled_by, *self.restarts)
        return kind in (*ALWAYS_HEARD, *words) or any(kind in (p.begins, *p.ends) for p in self.pauses)

    def _role(self, kind: str) -> Role:
        return Role(
            condition=CONDITIONS.get(kind, ""),
            regrades=kind == "escalated" or (kind in GRADES and not self.judged_by_given),
            ends=tuple(pause for pause in self.pauses if kind in pause.ends),
            begins=tuple(pause for pause in self.pauses if kind == pause.begins),
            stops=kind in self.stops,
            restarts=kind in self.restarts,
            cancels=kind in self.cancelled_by,
            resumes=kind in self.resumes,
        )


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
class Mark:
    """A point on a target that calls for a step: a share of it, or with None the first second beyond it.

    `kind` is "warning", "update_due", "breach" or "escalation".
    """

    share: Fraction | None
    name: str
    kind: str
    level: str
    whom: str
    tells_client: bool
    evidence: bool
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
    """When a resolved ticket closes by silence, and how long it may be opened again, on `calendar`."""

    calendar: NamedCalendar
    silence: timedelta
    reopening: timedelta
    survey_valid: timedelta  # real time
    clause: str


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """How long a client has for an answer to our question, and when they are reminded, on `calendar`.

    Both are counted from the moment the question reached them. There may be no reminders.
    """

    calendar: NamedCalendar
    answer_within: timedelta
    reminders: tuple[timedelta, ...]
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
    """The terms in force for one ticket: an agreement with a coverage and a contract's overrides."""

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
    diagnostics: Diagnostics | None  # None where the agreement says nothing: then nobody is reminded
    closing: Closing
    survey: Surveying | None  # None where the agreement says nothing: then the desk decides
    money: Money
    entitlements: tuple[Entitlement, ...]
    marks: Mapping[str, tuple[Mark, ...]] = field(init=False, repr=False, compare=False)  # by commitment

    def __post_init__(self) -> None:
        object.__setattr__(self, "marks", {c.name: tuple(self._marks(c)) for c in self.commitments})

    def _marks(self, commitment: Commitment) -> Iterator[Mark]:
        told = self.warnings
        for share in commitment.warnings:
            name = f"warning {float(share * 100):g}%"
            yield Mark(share, name, "warning", told.level, told.whom, False, False, told.clause)
        if commitment.restarts:
            name = f"{commitment.name} due"
            yield Mark(
                Fraction(1), name, "update_due", told.level, told.whom, False, False, commitment.clause
            )
        yield Mark(None, "breached", "breach", told.level, told.whom, False, False, commitment.clause)
        for r in self.ladder:
            if r.commitment == commitment.name:
                kind = "escalation"
                yield Mark(
                    r.share,
                    f"escalate {r.level}",
                    kind,
                    r.level,
                    r.whom,
                    r.tells_client,
                    r.evidence,
                    r.clause,
                )

    def grade(self, urgency: str, impact: str) -> Grade:
        """Return what the matrix says; for words it does not know, neither a severity nor a suggestion."""
        return self.matrix.get((urgency, impact)) or Grade(None, None, "")

    def commitment(self, name: str) -> Commitment | None:
        """Return the commitment of that name, None where the agreement has none."""
        return next((commitment for commitment in self.commitments if commitment.name == name), None)

    def entitlement(self, name: str) -> Entitlement | None:
        """Return what the package says of `name`, None where it says nothing."""
        return next((entitlement for entitlement in self.entitlements if entitlement.name == name), None)
