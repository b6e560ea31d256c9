"""The weeks before: routine work, most of it in time, so that lists, ledgers and reports have a past."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files

from mainstay.cli.demo.desk import Desk
from mainstay.cli.demo.playback import Story
from mainstay.tickets import acceptance, exclusions

UPDATE_EVERY = {1: 0.45, 2: 1.9, 3: 7.5, 4: 60.0}  # hours between two progress updates, by severity


@dataclass(frozen=True, slots=True)
class Routine:
    """One request of the past: `days` ago at `hour` o'clock UTC, what it was, and how long it took in core hours."""

    days: int
    hour: int
    who: str
    subject: str
    text: str
    severity: int
    urgency: str
    impact: str
    answered_by: str
    answered_after: float
    solved_after: float
    solution: str
    cause: str
    evidence: str = ""  # of a third party, where it was their failure
    accepted: bool = True  # otherwise silence closes it


def routines() -> list[Routine]:
    """Return what the desk did in the weeks before."""
    written = files(__package__).joinpath("history.toml").read_text(encoding="utf-8")
    return [Routine(**said) for said in tomllib.loads(written)["routine"]]


def all_of(desk: Desk) -> list[Story]:
    """Return every routine as a story, unplayed."""
    return [_played(desk, routine) for routine in routines()]


def _played(desk: Desk, routine: Routine) -> Story:
    yield _moment(desk, routine)
    text = f"{routine.text}\n\nUrgency: {routine.urgency.title()}\nImpact: {routine.impact.title()}"
    ticket = desk.mail(routine.who, routine.subject, text)
    around_the_clock = routine.severity == 1
    yield _after(desk, routine.answered_after, around_the_clock)
    desk.take(routine.answered_by, ticket, team="technical" if routine.answered_by == "tess" else "support")
    desk.confirm(routine.answered_by, ticket, routine.severity, routine.urgency, routine.impact)
    if routine.evidence:
        reason = "The failure is with a third party."
        desk.does(exclusions.begin_third_party, routine.answered_by, ticket, reason=reason, evidence=routine.evidence)
    left = routine.solved_after
    while left > UPDATE_EVERY[routine.severity]:
        yield _after(desk, UPDATE_EVERY[routine.severity], around_the_clock)
        desk.update(routine.answered_by, ticket, "We are still on it and have a trace to follow.")
        left -= UPDATE_EVERY[routine.severity]
    yield _after(desk, left, around_the_clock)
    if routine.evidence:
        desk.does(exclusions.end_third_party, routine.answered_by, ticket)
    desk.fix(routine.answered_by, ticket, routine.solution, cause=routine.cause)
    if not routine.accepted:
        return
    yield _after(desk, 3, around_the_clock)
    desk.answer(routine.who, ticket, "That did it, thank you.")
    yield desk.worked_later(minutes=30)
    desk.does(acceptance.accept_fix, routine.answered_by, ticket, text="By mail.")
    desk.close(routine.answered_by, ticket, "Thank you for telling us.")


def _moment(desk: Desk, routine: Routine) -> datetime:
    day = desk.before(days=routine.days)
    return day.replace(hour=routine.hour, minute=(routine.days * 7) % 60, second=11, microsecond=0)


def _after(desk: Desk, hours: float, around_the_clock: bool) -> datetime:
    return desk.at + timedelta(hours=hours) if around_the_clock else desk.worked_later(hours=hours)
