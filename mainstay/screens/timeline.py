"""The ledger of one clock: sentences, a table that adds up, and a drawing whose geometry is worked out here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mainstay.contracts import names
from mainstay.contracts.names import promise as name_of
from mainstay.core import clock as core
from mainstay.core.terms import Terms
from mainstay.screens.moments import Moment, exact_span, moment, real_span
from mainstay.screens.promises import clause_text, left_words, target_words, zone_of
from mainstay.tickets import events as e
from mainstay.tickets.models import Event

WIDTH, LANE_TOP, LANE_HEIGHT = 1000, 34, 34  # of the drawing, in its own units
Placed = Callable[[datetime], float]  # where a moment stands in it
SHAPES = {
    "counted": "counted",
    "out of hours": "off",
    "holiday": "holiday",
    "with client for testing": "testing",
    "force majeure": "force",
    "merged": "merged",
}
KIND_WORDS = {
    "counted": "Counted",
    "out of hours": "Outside service hours",
    "holiday": "Public holiday",
    "waiting for client": "Waiting for the client",
    "with client for testing": "With the client for testing",
    "force majeure": "Force majeure",
    "merged": "Merged into another ticket",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a drawing says: `marks` by kind with %(clock)s, a segment's kind, a moment, and whole sentences."""

    marks: Mapping[str, str]
    kind: Callable[[str], str]
    moment: Callable[[datetime], str]
    span: str  # %(begin)s, %(end)s
    segment: str  # %(kind)s, %(begin)s, %(end)s


@dataclass(frozen=True, slots=True)
class Bar:
    """One segment of the drawing."""

    x: str
    width: str
    shape: str
    hatched: bool
    said: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A day line with its name, or a mark with its words. `anchor` is the SVG text-anchor."""

    x: str
    label: str
    kind: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The timeline: bars, day lines and marks, and the words for somebody who cannot see it."""

    bars: tuple[Bar, ...]
    days: tuple[Tick, ...]
    marks: tuple[Tick, ...]
    height: int
    said: str
    kinds: tuple[tuple[str, str], ...]  # (shape, words) that occur


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the table. `running` is the sum so far."""

    start: Moment | None
    end: Moment | None
    real: str
    kind: str
    shape: str
    counted: str
    running: str
    calendar: str
    severity: str
    clause: str
    event: str
    event_href: str


@dataclass(frozen=True, slots=True)
class Why:
    """Everything the page says about one clock."""

    name: str
    clause: str
    sentence: str
    figures: tuple[tuple[str, str, str], ...]  # (what, how much, note)
    lines: tuple[LedgerLine, ...]
    sum: str
    elapsed: str
    adds_up: bool
    drawing: Drawing | None


def why(clock: core.Clock, terms: Terms, events: Sequence[Event], *, at: datetime) -> Why:
    """Return the whole account of `clock` at `at`."""
    zone = zone_of(terms)
    by_ref = {str(event.number): event for event in events}
    ledger = clock.ledger
    total = sum((segment.counted for segment in ledger), timedelta(0))
    return Why(
        name=name_of(clock.name),
        clause=clause_text(clock.clause),
        sentence=sentence(clock, zone, at=at),
        figures=figures(clock, zone, at=at),
        lines=tuple(_lines(ledger, by_ref, zone, at)),
        sum=exact_span(total),
        elapsed=exact_span(clock.elapsed),
        adds_up=total == clock.elapsed,
        drawing=draw(clock, zone, _desk_words(zone, at)) if ledger else None,
    )


def sentence(clock: core.Clock, zone: ZoneInfo, *, at: datetime) -> str:
    """Return the clock's story in one or two sentences."""
    start, due, stopped = (moment(x, zone, now=at) for x in (clock.start, clock.due, clock.stopped))
    if start is None:
        return f"This promise has not started. {clock.why}".strip()
    begun = (
        f"It started {start.text}, and {target_words(clock.target_text)} is promised."
        if clock.target_text
        else f"It started {start.text}."
    )
    used = exact_span(clock.elapsed)
    if clock.state in ("met", "missed") and stopped:
        verdict = "in time" if clock.state == "met" else "too late"
        return f"{begun} It ended {stopped.text}, after {used} of counted time: {verdict}."
    if clock.state == "paused":
        return f"{begun} {used} is used. It is paused ({clock.why}), so nothing counts until that ends."
    until = f", so it is due {due.text}" if due else ""
    if clock.remaining is not None and clock.remaining < timedelta(0):
        return f"{begun} {used} is used: {left_words(clock.remaining)}. It was due {due.text if due else ''}."
    left = (
        f"{left_words(clock.remaining)} in working time{until}" if clock.remaining is not None else clock.why
    )
    return f"{begun} {used} is used, {left}." if left else f"{begun} {used} is used."


def figures(clock: core.Clock, zone: ZoneInfo, *, at: datetime) -> tuple[tuple[str, str, str], ...]:
    """Return the figures of the account, each with where it is measured."""
    due = moment(clock.due, zone, now=at)
    rows = [
        ("Promised", target_words(clock.target_text) or "No limit", clause_text(clock.clause)),
        ("Used", exact_span(clock.elapsed), f"in {names.hours(clock.calendar)}"),
    ]
    if clock.remaining is not None:
        over = clock.remaining < timedelta(0)
        rows.append(("Over" if over else "Left", exact_span(clock.remaining), "working time"))
    if clock.paused_wall:
        rows.append(
            ("Paused", exact_span(clock.paused), f"{real_span(clock.paused_wall)} by the clock on the wall")
        )
    if due:
        rows.append(("Due", due.text, due.full))
    return tuple(rows)


def draw(clock: core.Clock, zone: ZoneInfo, said: Words) -> Drawing:
    """Return the drawing from the start to whatever is last: the end, the due moment, or now. It has a ledger."""
    ledger = clock.ledger
    begin = ledger[0].start
    end = max([ledger[-1].end, *(x for x in (clock.due, clock.stopped) if x)])
    end = max(end, begin + timedelta(minutes=10))
    length = (end - begin).total_seconds()

    def x(moment_: datetime) -> float:
        return WIDTH * (moment_ - begin).total_seconds() / length

    bars = tuple(
        Bar(
            f"{x(s.start):.2f}",
            f"{max(x(s.end) - x(s.start), 0.6):.2f}",
            _shape(s.kind),
            s.kind != "counted",
            said.segment % {"kind": said.kind(s.kind), "begin": said.moment(s.start), "end": said.moment(s.end)}
            + (f", {exact_span(s.counted)}" if s.counted else ""),
        )
        for s in ledger
    )
    days = _days(begin, end, zone, x)
    return Drawing(
        bars,
        days,
        _marks(clock, zone, said, x),
        100 if days else 78,
        said.span % {"begin": said.moment(begin), "end": said.moment(end)},
        tuple(dict.fromkeys((_shape(segment.kind), said.kind(segment.kind)) for segment in ledger)),
    )


def _desk_words(zone: ZoneInfo, at: datetime) -> Words:
    marks = {"start": "Started %(clock)s", "due": "Due %(clock)s", "stop": "Ended %(clock)s", "now": "Now %(clock)s"}
    segment = "%(kind)s: %(begin)s to %(end)s"
    return Words(marks, _kind, lambda when: _words(when, zone, at), "From %(begin)s to %(end)s.", segment)


def _days(begin: datetime, end: datetime, zone: ZoneInfo, x: Placed) -> tuple[Tick, ...]:
    day = begin.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    midnights = []
    while True:
        day = (day + timedelta(days=1)).replace(tzinfo=zone)
        if day >= end:
            break
        midnights.append(day)
    step = max(1, -(-len(midnights) // 10))  # at most ten names, so that they never lie on one another
    return tuple(
        Tick(
            f"{x(midnight):.2f}",
            f"{midnight:%a} {midnight.day} {midnight:%b}" if place % step == 0 else "",
            "day",
            "start",
        )
        for place, midnight in enumerate(midnights)
    )


def _marks(clock: core.Clock, zone: ZoneInfo, said: Words, x: Placed) -> tuple[Tick, ...]:
    found = [("start", clock.start), ("due", clock.due), ("stop", clock.stopped)]
    if clock.state in ("running", "paused"):
        found.append(("now", clock.ledger[-1].end))
    marks = []
    for kind, when in found:
        if when is None:
            continue
        place = min(max(x(when), 0.0), float(WIDTH))
        anchor = "start" if place < 90 else "end" if place > WIDTH - 90 else "middle"
        label = said.marks[kind] % {"clock": f"{when.astimezone(zone):%H:%M}"}
        marks.append((place, Tick(f"{place:.2f}", label, kind, anchor)))
    marks.sort(key=lambda pair: pair[0])
    shown = []
    for (place, tick), nearer in zip(marks, [None, *marks[:-1]], strict=True):
        crowded = nearer is not None and place - nearer[0] < 110
        shown.append(
            Tick(
                tick.x,
                "" if crowded and tick.kind == "now" else tick.label,
                tick.kind + ("-low" if crowded else ""),
                tick.anchor,
            )
        )
    return tuple(shown)


def _lines(
    ledger: Sequence[core.Segment], by_ref: Mapping[str, Event], zone: ZoneInfo, at: datetime
) -> list[LedgerLine]:
    running, lines = timedelta(0), []
    for segment in ledger:
        running += segment.counted
        event = by_ref.get(segment.event)
        lines.append(
            LedgerLine(
                start=moment(segment.start, zone, now=at, days=True),
                end=moment(segment.end, zone, now=at, days=True),
                real=real_span(segment.end - segment.start),
                kind=_kind(segment.kind),
                shape="counted"
                if segment.kind == "counted"
                else "off"
                if segment.kind in ("out of hours", "holiday")
                else "pause",
                counted=exact_span(segment.counted) if segment.counted else "—",
                running=exact_span(running),
                calendar=hours_words(segment.calendar),
                severity=str(segment.severity) if segment.severity else "not graded",
                clause=segment.clause,
                event=f"{e.WORDS.get(event.kind, event.kind)} (event {event.number})"
                if event
                else segment.event,
                event_href=f"#event-{event.number}" if event else "",
            )
        )
    return lines


def hours_words(label: str) -> str:
    """Return 'Core hours (2026.1)' for a calendar as it was versioned then."""
    called, version = names.hours(label), label.partition("@")[2]
    return f"{called[:1].upper()}{called[1:]}{f' ({version})' if version else ''}"


def _shape(kind: str) -> str:
    return SHAPES.get(kind, "pause")


def _kind(kind: str) -> str:
    return KIND_WORDS.get(kind, kind.capitalize())


def _words(when: datetime, zone: ZoneInfo, at: datetime) -> str:
    shown = moment(when, zone, now=at)
    return shown.text if shown else ""
