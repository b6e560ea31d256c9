"""Promises in words: what a clock says in a list, on a card, and on its own page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mainstay.clocks.lines import Line, calendar_of
from mainstay.contracts.names import promise as name_of
from mainstay.core import clock as core
from mainstay.core.terms import Terms
from mainstay.screens.moments import Moment, days_span, moment, span

SOON_SHARE = 4  # less than a quarter of the target left is soon


@dataclass(frozen=True, slots=True)
class Countdown:
    """What the browser ticks with: seconds of working time left, and for how long they go on ticking or resting.

    The browser never asks a calendar: it counts while `ticking`, stops after `turns_in` seconds and asks the server.
    """

    seconds: int
    ticking: bool
    turns_in: int | None
    days: bool  # promised in calendar days, so said in days


@dataclass(frozen=True, slots=True)
class Left:
    """How much time a promise has: `tone` is over, soon, running, paused, met or none; `icon` says the same."""

    tone: str
    icon: str
    text: str
    said: str  # the same for somebody who hears it
    countdown: Countdown | None


@dataclass(frozen=True, slots=True)
class DueLine:
    """The next promise of a ticket in the list."""

    name: str
    clause: str
    left: Left
    due: Moment | None
    note: str
    resting: str  # outside its hours: until when; empty while it runs


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One promise on the clock card. `used` is its share of the target in thousandths, for the gauge."""

    key: str
    name: str
    clause: str
    target: str
    left: Left
    due: Moment | None
    about: str
    used: int | None


def zone_of(terms: Terms) -> ZoneInfo:
    """Return the contract's zone: that of its first commitment's calendar."""
    return (
        next(iter(terms.commitments)).rules[None].calendar.calendar.zone
        if terms.commitments
        else ZoneInfo("UTC")
    )


def due_line(line: Line, *, at: datetime) -> DueLine | None:
    """Return the next promise of a listed ticket, None where nothing is promised any more."""
    clock, zone = line.clock, zone_of(line.terms)
    if clock is None:
        return None
    target = timedelta(seconds=clock.target_seconds) if clock.target_seconds else None
    left = _left(clock.state, line.left, target, line.ticking, line.turns_at, at, why=clock.why)
    resting = _resting(line.turns_at, zone, at) if clock.state == "running" and not line.ticking else ""
    note = clock.why if clock.state != "running" else ""
    due = moment(clock.due, zone, now=at)
    return DueLine(name_of(clock.name), clause_text(clock.clause), left, due, note, resting)


def clock_line(clock: core.Clock, terms: Terms, *, at: datetime) -> ClockLine:
    """Return one clock for the card, with the working time left."""
    zone, calendar = zone_of(terms), calendar_of(terms, clock.calendar).calendar
    ticking = clock.state == "running" and calendar.is_open(at)
    turns_at = None
    if clock.state == "running":
        turns_at = calendar.next_close(at) if ticking else calendar.next_open(at)
    target = clock.target if isinstance(clock.target, timedelta) else None
    return ClockLine(
        key=clock.name,
        name=name_of(clock.name),
        clause=clause_text(clock.clause),
        target=target_words(clock.target_text),
        left=_left(clock.state, clock.remaining, target, ticking, turns_at, at, why=clock.why),
        due=moment(clock.due, zone, now=at),
        about=_about(clock, zone, at, ticking=ticking, turns_at=turns_at),
        used=_used(clock.elapsed, target) if clock.start else None,
    )


def clause_text(clause: str) -> str:
    """Return 'clause 3.2' for a number, and a clause that has words as it is written."""
    return f"clause {clause}" if clause else "no clause"


def target_words(written: str) -> str:
    """Return a target as people write it: '30 min' for `30min`, '5 working days' for `5d`."""
    days = re.fullmatch(r"(\d+)d", written)
    if days:
        return f"{days[1]} working day{'' if days[1] == '1' else 's'}"
    return re.sub(r"(\d)([a-z])", r"\1 \2", written)


def tone_of(left: timedelta | None, target: timedelta | None) -> str:
    """Return running, soon or over for the time left of a running promise."""
    if left is None:
        return "running"
    if left < timedelta(0):
        return "over"
    return "soon" if target and left * SOON_SHARE < target else "running"


def left_words(left: timedelta, *, days: bool = False) -> str:
    """Return '1 h 05 min left' or '2 h over', or in `days` '4 days 2 h left'."""
    length = days_span(left) if days else span(left)
    return f"{length} over" if left < timedelta(0) else f"{length} left"


def _left(
    state: str,
    left: timedelta | None,
    target: timedelta | None,
    ticking: bool,
    turns_at: datetime | None,
    at: datetime,
    *,
    why: str,
) -> Left:
    if state == "running" and left is None:
        return Left("running", "clock", "Running", "running, without a limit of time", None)
    if state == "running" and left is not None:
        tone, days = tone_of(left, target), target is None
        turns_in = int((turns_at - at).total_seconds()) if turns_at else None
        countdown = Countdown(int(left.total_seconds()), ticking, turns_in, days)
        icon = {"over": "over", "soon": "clock", "running": "clock"}[tone]
        words = left_words(left, days=days)
        return Left(tone, icon, words, words if days else f"{words} in working time", countdown)
    if state == "paused":
        shown = left_words(left) if left is not None else "Paused"
        return Left("paused", "pause", shown, f"paused: {why}; {shown}", None)
    settled = {
        "met": ("met", "tick", "Met"),
        "missed": ("over", "cross", "Missed"),
        "ungraded": ("none", "circle", "Not graded"),
        "pending": ("none", "dash", "Not started"),
        "cancelled": ("none", "dash", "Ended"),
    }
    tone, icon, text = settled.get(state, ("none", "dash", state.capitalize()))
    return Left(tone, icon, text, text.lower(), None)


def _about(
    clock: core.Clock, zone: ZoneInfo, at: datetime, *, ticking: bool, turns_at: datetime | None
) -> str:
    if clock.state == "paused":
        return f"Paused: {clock.why}" if clock.why else "Paused"
    if clock.state in ("met", "missed") and clock.stopped:
        stopped = moment(clock.stopped, zone, now=at)
        words = "Met" if clock.state == "met" else "Missed"
        late = f", {span(clock.remaining)} over" if clock.remaining and clock.remaining < timedelta(0) else ""
        return f"{words} {stopped.text if stopped else ''} after {span(clock.elapsed)}{late}"
    if clock.state == "running" and not ticking:
        return _resting(turns_at, zone, at)
    return clock.why


def _resting(turns_at: datetime | None, zone: ZoneInfo, at: datetime) -> str:
    opens = moment(turns_at, zone, now=at)
    return f"Outside service hours; goes on {opens.text}" if opens else ""


def _used(elapsed: timedelta, target: timedelta | None) -> int | None:
    if not target:
        return None
    return min(1000, int(1000 * elapsed / target))
