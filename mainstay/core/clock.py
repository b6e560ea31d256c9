"""Clocks: every promise of one ticket, read from its events at a moment.

A clock is a pure function of the events, the terms in force and the moment asked about; reading twice gives
the same, and reading earlier or later never changes what was. `course` follows the events, `judgement` says
what follows from them, and the ledger of each clock says where every second went.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from mainstay.core.course import Course, Follower, first_stop, level_of
from mainstay.core.event import KINDS, Event, whole_second
from mainstay.core.judgement import budget_of, judge, said_target
from mainstay.core.ledger import NONE, Segment, Stretch
from mainstay.core.promises import GRADES, Commitment, Grade, Terms
from mainstay.core.reading import Clock, Reading
from mainstay.core.releases import Releases

__all__ = ["KINDS", "Clock", "Event", "Reading", "Segment", "Stretch", "read"]

LISTENED = frozenset(KINDS)
CLAIMS = ("urgency", "impact", "severity")  # of the requester's own assessment


@dataclass(frozen=True, slots=True)
class Heard:
    """A ticket's events up to the moment of the reading, in order, and by kind."""

    events: Sequence[Event]
    by_kind: dict[str, list[Event]]
    grades: Sequence[Event]  # those that set the severity
    grade: Grade  # of the report, before anybody confirmed it
    assessed: int | None

    def first(self, kind: str) -> Event | None:
        return next(iter(self.by_kind.get(kind, ())), None)

    def severity(self, until: datetime) -> int | None:
        """Return the severity in force at `until`."""
        return _last(self.grades, until, self.grade.severity)

    def given(self, until: datetime) -> int | None:
        """Return the severity last given to the client by `until`."""
        return _last([event for event in self.grades if event.kind == "severity_provided"], until, None)


def read(events: Iterable[Event], terms: Terms, *, at: datetime) -> Reading:
    """Return every clock of a ticket as it stands at `at`, from the events up to then.

    Events may come in any order; those of the same second count in the order given, the same `ref` counts
    once, and kinds that no clock knows are ignored. Raises NaiveMoment if `at` has no zone.
    """
    moment = whole_second(at)
    heard = _hear(events, terms, moment)
    releases = Releases.heard(
        [*heard.by_kind.get("release_scheduled", ()), *heard.by_kind.get("released", ())]
    )
    why = _why_ungraded(heard)
    current: list[Clock] = []
    earlier: list[Clock] = []
    kept: dict[str, Event | None] = {}  # how each commitment ended, None while it has not
    for commitment in terms.commitments:
        start, waits_for = _start(commitment, heard, kept)
        if start:
            *done, last = _follow(commitment, start, heard, terms, moment)
            kept[commitment.name] = _end(last)
            current.append(judge(last, commitment, terms.readings, releases, moment, why))
            earlier.extend(
                judge(course, commitment, terms.readings, releases, moment, why) for course in done
            )
        elif waits_for:
            kept[commitment.name] = None
            current.append(_pending(commitment, heard, moment, waits_for))
    return Reading(
        at=moment,
        agreement=f"{terms.agreement}@{terms.version}",
        severity=heard.severity(moment),
        confirmed="severity_provided" in heard.by_kind,
        assessed=heard.assessed,
        suggested=heard.grade.suggested,
        escalated="escalated" in heard.by_kind,
        clocks=tuple(current),
        earlier=tuple(earlier),
    )


def _hear(events: Iterable[Event], terms: Terms, moment: datetime) -> Heard:
    known: list[Event] = []
    refs: set[str] = set()
    for event in events:
        if event.at <= moment and event.kind in LISTENED and event.ref not in refs:
            known.append(event)
            if event.ref:
                refs.add(event.ref)
            if event.kind == "merged" and "into" not in event.data:
                known.extend(_inherited(event))
    known.sort(key=attrgetter("at"))
    by_kind: dict[str, list[Event]] = {}
    for event in known:
        by_kind.setdefault(event.kind, []).append(event)
    data = _assessment(by_kind)
    grade = terms.grade(str(data.get("urgency")), str(data.get("impact")))
    assessed = data.get("severity")
    assessed = assessed if isinstance(assessed, int) else None
    if "urgency" not in data and "impact" not in data:
        grade = Grade(assessed, None, grade.clause)
    return Heard(known, by_kind, [event for event in known if event.kind in GRADES], grade, assessed)


def _assessment(by_kind: Mapping[str, Sequence[Event]]) -> dict[str, object]:
    """Return what the requester said of the severity, in the report or with the details that completed it."""
    said: dict[str, object] = {}
    for kind in ("reported", "details_completed"):
        for event in by_kind.get(kind, ())[:1]:
            said |= {name: event.data[name] for name in CLAIMS if event.data.get(name)}
    return said


def _last(grades: Sequence[Event], until: datetime, level: int | None) -> int | None:
    for event in grades:
        if event.at <= until:
            level = level_of(event, level)
    return level


def _inherited(merge: Event) -> Iterable[Event]:
    """Yield what a ticket merged into this one brings along: its report, and its answer if it had one."""
    reported, responded = merge.moment("reported_at"), merge.moment("responded_at")
    if reported:
        yield Event("report_inherited", reported, ref=merge.ref)
    if responded:
        yield Event("number_provided", responded, ref=merge.ref)
        yield Event("severity_provided", responded, {"severity": merge.data.get("severity")}, merge.ref)


def _start(
    commitment: Commitment, heard: Heard, kept: Mapping[str, Event | None]
) -> tuple[Event | None, str]:
    """Return the event that starts the clock, or None and what it waits for, if it matters here."""
    if commitment.starts_after:
        end = kept.get(commitment.starts_after)
        return (
            end,
            f"begins when the {commitment.starts_after} is given" if commitment.starts_after in kept else "",
        )
    start = heard.first(commitment.starts)
    waits_for = ""
    if start and commitment.needs_details:
        start, waits_for = _with_details(commitment, start, heard)
    if commitment.starts == "reported":
        inherited = heard.first("report_inherited")
        start = min(filter(None, (start, inherited)), key=attrgetter("at"), default=None)
    return start, waits_for


def _with_details(commitment: Commitment, report: Event, heard: Heard) -> tuple[Event | None, str]:
    """Return the report or, where its details came later, the event that completed them.

    Details that come after the answer no longer matter: what was known was enough.
    """
    complete = report.data.get("details_complete")
    details = heard.first("details_completed")
    if complete is True or (details is None and complete is not False):
        return report, ""
    stop = first_stop(commitment, heard.by_kind)
    if details and (stop is None or details.at <= stop):
        return max(report, details, key=attrgetter("at")), ""
    return (report, "") if stop else (None, "the details are incomplete")


def _follow(
    commitment: Commitment, start: Event, heard: Heard, terms: Terms, moment: datetime
) -> list[Course]:
    severity = _given(commitment, heard, moment) if commitment.judged_by_given else heard.grade.severity
    follower = Follower(commitment, terms.readings, start=start, severity=severity)
    # What was done before a complaint is no answer to it; what was done before a response counts towards it.
    since = start.at if commitment.repeats and commitment.starts else None
    roles = commitment.roles
    for event in heard.events:
        role = roles.get(event.kind)
        if role and (since is None or event.at >= since):
            follower.hear(event, role)
    return follower.courses(moment)


def _end(course: Course) -> Event | None:
    """Return the end of a promise that was kept, early or late, as the event that starts what follows it."""
    if course.stopped is None or course.cause is None or course.cancelled:
        return None
    return Event("", course.stopped, ref=course.cause.ref)


def _given(commitment: Commitment, heard: Heard, moment: datetime) -> int | None:
    """Return the severity that judges a promise as a whole: given by its end, else in force then."""
    end = first_stop(commitment, heard.by_kind) or moment
    given = heard.given(end)
    return heard.severity(end) if given is None else given


def _pending(commitment: Commitment, heard: Heard, moment: datetime, why: str) -> Clock:
    rule = commitment.rules.get(heard.severity(moment)) or commitment.rules[None]
    budget = budget_of(rule, moment)
    return Clock(
        name=commitment.name,
        clause=commitment.clause,
        calendar=rule.calendar.name,
        cycle=1,
        state="pending",
        severity=rule.severity,
        start=None,
        target=said_target(rule, budget),
        target_text=rule.target.text if rule.target else "",
        due=None,
        stopped=None,
        elapsed=NONE,
        paused=NONE,
        paused_wall=NONE,
        tested=NONE,
        breached=None,
        breached_while_in_force=(),
        regraded=False,
        remaining=budget,
        why=why,
        rule=rule,
        stretches=(),
    )


def _why_ungraded(heard: Heard) -> str:
    if heard.grade.suggested is None:
        return "not graded yet"
    return (
        f"the agreement does not grade this urgency and impact; severity {heard.grade.suggested} is suggested"
    )
