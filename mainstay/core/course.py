"""Courses: how one clock ran, event by event.

A course follows one commitment through a ticket's events: it counts, pauses, stops, resumes, and is put
under another rule when the severity changes. It says where the time went and judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mainstay.core.event import Event
from mainstay.core.ledger import COUNTED, MERGED, TESTED, Stretch, stretch
from mainstay.core.promises import Commitment, Pause, Readings, Role, Rule


@dataclass(frozen=True, slots=True)
class Course:
    """One cycle of a clock: where its time went, and how it stands at the end.

    `stopped` is None while it runs or is paused. `mode` is the kind of time it is in now, or was in when it
    stopped.
    """

    cycle: int
    start: datetime
    stretches: tuple[Stretch, ...]
    rule: Rule
    mode: str
    stopped: datetime | None
    cancelled: bool
    cause: Event | None  # what stopped it
    regraded: bool  # the severity changed while it ran


class Follower:
    """Follows one commitment from `start`: hear every event in order, then ask for the courses."""

    __slots__ = (
        "_begun", "_cancelled", "_cause", "_commitment", "_cycle", "_done", "_escalated", "_grade", "_mark",
        "_paused", "_readings", "_ref", "_regraded", "_rule", "_seen", "_stopped", "_stretches",
    )  # fmt: skip

    def __init__(
        self, commitment: Commitment, readings: Readings, *, start: Event, severity: int | None
    ) -> None:
        """Begin at `start.at` under `severity`."""
        self._commitment, self._readings = commitment, readings
        self._grade, self._escalated = severity, False
        self._rule = self._rule_now()
        self._paused: list[tuple[Pause, str]] = []
        self._seen: set[str] = set()
        self._done: list[Course] = []
        self._cycle = 0
        self._begin(start.at, start.ref)

    def hear(self, event: Event, role: Role) -> None:
        """Take in the next event; what happened before the start counts as if it happened at the start."""
        if role.condition and event.data.get(role.condition) is not True:
            return
        at = event.at if event.at > self._begun else self._begun
        if role.regrades:
            self._regrade(event, at)
        if role.ends and self._paused:
            self._end_pauses(event, at, role.ends)
        if role.begins:
            self._begin_pauses(event, at, role.begins)
        if self._stopped is None:
            self._halt_or_restart(event, at, role)
        elif role.resumes or (self._cancelled and event.kind == "reopened"):
            self._resume(event, at)

    def courses(self, at: datetime) -> list[Course]:
        """Return every cycle as it stands at `at`, the current one last."""
        if self._stopped is None:
            self._cut(at, "")
        return [*self._done, self._course()]

    def _begin(self, at: datetime, ref: str) -> None:
        self._cycle += 1
        self._begun = self._mark = at
        self._ref = ref
        self._stretches: list[Stretch] = []
        self._stopped: datetime | None = None
        self._cause: Event | None = None
        self._cancelled = self._regraded = False

    def _course(self) -> Course:
        return Course(
            cycle=self._cycle,
            start=self._begun,
            stretches=self._measured(),
            rule=self._rule,
            mode=self._mode(),
            stopped=self._stopped,
            cancelled=self._cancelled,
            cause=self._cause,
            regraded=self._regraded,
        )

    def _measured(self) -> tuple[Stretch, ...]:
        if self._readings.severity_change == "retroactive":
            return tuple(stretch(s.start, s.end, s.kind, self._rule, s.event) for s in self._stretches)
        return tuple(self._stretches)

    def _mode(self) -> str:
        return self._paused[0][0].ledger if self._paused else COUNTED

    def _cut(self, at: datetime, ref: str, kind: str = "") -> None:
        """End the stretch that runs at `at`; what follows is put down to the event `ref`."""
        if at > self._mark:
            self._stretches.append(stretch(self._mark, at, kind or self._mode(), self._rule, self._ref))
        self._mark, self._ref = at, ref

    def _rule_now(self) -> Rule:
        rules: Mapping[int | None, Rule] = (
            self._commitment.rules_escalated if self._escalated else self._commitment.rules
        )
        return rules.get(self._grade) or rules[None]

    def _regrade(self, event: Event, at: datetime) -> None:
        """Take in a new severity or an escalation; a stopped clock is not judged anew before it resumes."""
        if event.kind == "escalated":
            self._escalated = True
        else:
            self._grade = level_of(event, self._grade)
        if self._stopped is None:
            self._put_under(self._rule_now(), event, at)

    def _put_under(self, rule: Rule, event: Event, at: datetime) -> None:
        if rule is self._rule:
            return
        # The severity that is given at the very start of a clock is its first one, not a change.
        first = event.at < self._begun or (event.at == self._begun and event.kind == "severity_provided")
        changed = rule.severity != self._rule.severity and not first
        self._cut(at, self._ref if first else event.ref)
        self._rule = rule
        if changed and self._readings.severity_change == "restart":
            self._begun, self._stretches = at, []
        self._regraded = self._regraded or changed

    def _end_pauses(self, event: Event, at: datetime, ended: tuple[Pause, ...]) -> None:
        self._switch(at, event, [entry for entry in self._paused if entry[0] not in ended])

    def _begin_pauses(self, event: Event, at: datetime, begun: tuple[Pause, ...]) -> None:
        for pause in begun:
            if all(running is not pause for running, _ in self._paused):
                self._switch(at, event, [*self._paused, (pause, event.ref)])

    def _switch(self, at: datetime, event: Event, paused: list[tuple[Pause, str]]) -> None:
        if self._stopped is None and self._paused[:1] != paused[:1]:
            # Where one pause ends under another, the rest is put down to the event that began the other.
            self._cut(at, paused[0][1] if paused else event.ref)
        self._paused = paused

    def _halt_or_restart(self, event: Event, at: datetime, role: Role) -> None:
        if role.restarts and event.at >= self._begun:
            self._halt(event, at)
            self._done.append(self._course())
            self._begin(at, event.ref)
        elif role.stops and self._all_seen(event.kind):
            self._halt(event, at)
        elif role.cancels or (event.kind == "merged" and "into" in event.data):
            self._halt(event, at)
            self._cancelled = True

    def _all_seen(self, kind: str) -> bool:
        self._seen.add(kind)
        return not self._commitment.stops_at_last or self._seen.issuperset(self._commitment.stops)

    def _halt(self, event: Event, at: datetime) -> None:
        self._cut(at, event.ref)
        self._stopped, self._cause = at, event

    def _resume(self, event: Event, at: datetime) -> None:
        if (self._commitment.repeats or self._readings.reopening == "new clock") and at > self._begun:
            self._done.append(self._course())
            self._rule = self._rule_now()
            self._begin(at, event.ref)
            return
        merged = self._cause is not None and self._cause.kind == "merged"
        gap = COUNTED if self._readings.reopening == "continuous" else MERGED if merged else TESTED
        self._cut(at, event.ref, gap)
        self._put_under(self._rule_now(), event, at)
        self._stopped, self._cause, self._cancelled = None, None, False


def level_of(event: Event, otherwise: int | None) -> int | None:
    """Return the severity that the event gives, `otherwise` where it gives none."""
    level = event.data.get("severity", event.data.get("to"))
    return level if isinstance(level, int) else otherwise


def first_stop(commitment: Commitment, by_kind: Mapping[str, Sequence[Event]]) -> datetime | None:
    """Return when the commitment was first kept, wherever it started; None if that has not happened."""
    heard = (next((e.at for e in by_kind.get(kind, ()) if e.counts()), None) for kind in commitment.stops)
    first = [at for at in heard if at is not None]
    if commitment.stops_at_last:
        return max(first) if len(first) == len(commitment.stops) else None
    return min(first, default=None)
