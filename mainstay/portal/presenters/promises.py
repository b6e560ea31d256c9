"""Each promise in plain words: 'We promised to answer by Tue 14:20 GMT. We answered at 13:55.'"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.clocks.lines import Line
from mainstay.contracts import names
from mainstay.core import clock as core
from mainstay.core.promises import NEXT_RELEASE
from mainstay.core.terms import Terms
from mainstay.portal.presenters import words
from mainstay.screens.moments import exact_span
from mainstay.screens.promises import zone_of
from mainstay.screens.timeline import Drawing, Words, draw


@dataclass(frozen=True, slots=True)
class Saying:
    """How one kind of promise is told. `will` and `was` take %(due)s, `done` takes %(at)s; the rest stands alone."""

    will: object  # translated when it is shown
    was: object
    done: object
    release: object


SAYINGS: Mapping[str, Saying] = {
    "response": Saying(
        gettext_lazy("We promise to answer by %(due)s."),
        gettext_lazy("We promised to answer by %(due)s."),
        gettext_lazy("We answered %(at)s."),
        gettext_lazy("We promise to answer with the next release."),
    ),
    "guarantee": Saying(
        gettext_lazy("We promise that somebody writes to you by %(due)s."),
        gettext_lazy("We promised that somebody writes to you by %(due)s."),
        gettext_lazy("Somebody wrote %(at)s."),
        gettext_lazy("We promise that somebody writes to you with the next release."),
    ),
    "resolution": Saying(
        gettext_lazy("We promise a solution by %(due)s."),
        gettext_lazy("We promised a solution by %(due)s."),
        gettext_lazy("You had one %(at)s."),
        gettext_lazy("We promise a solution with the next release."),
    ),
    "update": Saying(
        gettext_lazy("We promise to tell you how it stands by %(due)s."),
        gettext_lazy("We promised to tell you how it stands by %(due)s."),
        gettext_lazy("We told you %(at)s."),
        gettext_lazy("We promise to tell you how it stands with the next release."),
    ),
    "complaint": Saying(
        gettext_lazy("We promise to answer your complaint by %(due)s."),
        gettext_lazy("We promised to answer your complaint by %(due)s."),
        gettext_lazy("We answered it %(at)s."),
        gettext_lazy("We promise to answer your complaint with the next release."),
    ),
}
OTHER = Saying(  # of an agreement with promises that are not ours; the name stands beside it
    gettext_lazy("We promise this by %(due)s."),
    gettext_lazy("We promised this by %(due)s."),
    gettext_lazy("It was done %(at)s."),
    gettext_lazy("We promise this with the next release."),
)
NAMES: Mapping[str, object] = {
    "response": gettext_lazy("An answer, with how serious it is"),
    "guarantee": gettext_lazy("A first word from a person"),
    "resolution": gettext_lazy("A solution"),
    "update": gettext_lazy("News while you wait"),
    "complaint": gettext_lazy("An answer to a complaint"),
}
WAITS: Mapping[str, object] = {  # why a clock rests, as the core says it
    "waiting for client": gettext_lazy("We wait for your answer, so the time rests."),
    "with client for testing": gettext_lazy("It is with you for a try, so the time rests."),
    "force majeure": gettext_lazy("Something beyond anybody's control holds us up, so the time rests."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One promise on a request's page. `tone` is running, over, paused, met, missed or none."""

    key: str
    name: str
    sentence: str
    tone: str
    icon: str
    state: str  # the tone in a word, for whoever cannot see it
    clause: str


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the account: from when to when, what it was, and how much of it counted."""

    start: str
    end: str
    what: str
    counted: str
    total: str
    clause: str


@dataclass(frozen=True, slots=True)
class Account:
    """Where the time of one promise went, so that anybody can add it up."""

    name: str
    sentence: str
    clause: str
    promised: str
    hours: str
    used: str
    lines: tuple[LedgerLine, ...]
    drawing: Drawing | None


LOOKS = {
    "running": ("clock", gettext_lazy("Running")),
    "over": ("over", gettext_lazy("Late")),
    "paused": ("pause", gettext_lazy("Resting")),
    "met": ("tick", gettext_lazy("Kept")),
    "missed": ("over", gettext_lazy("Not kept")),
    "none": ("dash", gettext_lazy("Not begun")),
}
SPENT = {
    "counted": gettext_lazy("Counted"),
    "out of hours": gettext_lazy("Outside service hours"),
    "holiday": gettext_lazy("Public holiday"),
    "waiting for client": gettext_lazy("Waiting for your answer"),
    "with client for testing": gettext_lazy("With you for a try"),
    "force majeure": gettext_lazy("Beyond anybody's control"),
    "merged": gettext_lazy("Joined with another request"),
}


def name_of(key: str) -> str:
    """Return what a client calls a promise."""
    return str(NAMES[key]) if key in NAMES else names.promise(key)


def clause_of(clause: str) -> str:
    """Return 'clause 3.2' for a number, and a clause that has words as it is written."""
    return _("clause %(clause)s") % {"clause": clause} if clause else ""


def told(clocks: Iterable[core.Clock], terms: Terms, *, at: datetime) -> tuple[Told, ...]:
    """Return every promise that has begun or is about to, in the order of the agreement."""
    return tuple(_told(clock, zone_of(terms), at) for clock in clocks)


def _told(clock: core.Clock, zone: ZoneInfo, at: datetime) -> Told:
    tone = tone_of(clock)
    icon, state = LOOKS[tone]
    return Told(
        clock.name, name_of(clock.name), sentence(clock, zone, at=at), tone, icon, str(state), clause_of(clock.clause)
    )


def tone_of(clock: core.Clock) -> str:
    """Return how a promise stands."""
    if clock.state == "running":
        return "over" if clock.breached else "running"
    return clock.state if clock.state in ("paused", "met", "missed") else "none"


def sentence(clock: core.Clock, zone: ZoneInfo, *, at: datetime) -> str:
    """Return one promise in one to three sentences."""
    saying = SAYINGS.get(clock.name, OTHER)
    if clock.state == "pending":
        return _pending(clock)
    if clock.state == "ungraded":
        return _("How soon depends on how serious it is. We tell you as soon as we have judged that.")
    if clock.state == "cancelled":
        return _("This ended when the request was closed.")
    if clock.target == NEXT_RELEASE and clock.due is None and clock.state == "running":
        return str(saying.release)
    due = words.by(clock.due, zone, now=at) if clock.due else ""
    if clock.state in ("met", "missed") and clock.stopped:
        return _settled(clock, saying, due, words.on(clock.stopped, zone, now=at))
    if clock.state == "paused":
        return _paused(clock)
    if clock.breached:
        late = words.length(clock.remaining) if clock.remaining is not None and clock.remaining < timedelta(0) else ""
        by_how_much = _("We are late by %(length)s. We are sorry.") % {"length": late}
        sorry = by_how_much if late else _("We are late. We are sorry.")
        return " ".join(filter(None, [str(saying.was) % {"due": due} if due else "", sorry]))
    return str(saying.will) % {"due": due} if due else _("There is no fixed time for this.")


def _pending(clock: core.Clock) -> str:
    begins = _("This begins once the promise before it has been kept.")
    target = clock.rule.target
    if target is None or target.budget is None:
        return begins
    length = words.days_or_hours(target.budget, day=clock.rule.calendar.day)
    return f"{begins} " + _("As it looks now, we then have %(length)s for it.") % {"length": length}


def _settled(clock: core.Clock, saying: Saying, due: str, at: str) -> str:
    parts = [str(saying.was) % {"due": due} if due else "", str(saying.done) % {"at": at}]
    if clock.state == "missed":
        over = clock.remaining is not None and clock.remaining < timedelta(0)
        late = words.length(clock.remaining) if over and clock.remaining is not None else ""
        by_how_much = _("That was late by %(length)s. We are sorry.") % {"length": late}
        parts.append(by_how_much if late else _("That was late. We are sorry."))
    return " ".join(filter(None, parts))


def _paused(clock: core.Clock) -> str:
    why = str(WAITS[clock.why]) if clock.why in WAITS else _("The time rests.")
    if clock.remaining is None or clock.remaining < timedelta(0):
        return why
    left = words.length(clock.remaining)
    return f"{why} " + _("%(length)s of it are left for us once it goes on.") % {"length": left}


def next_of(line: Line, *, at: datetime) -> tuple[str, str]:
    """Return the next promise of a listed request in a sentence, and its tone; ('', 'none') where there is none."""
    clock, zone = line.clock, zone_of(line.terms)
    if clock is None or line.ticket.state == "closed":
        return "", "none"
    saying = SAYINGS.get(clock.name, OTHER)
    if clock.state == "paused":
        return _("We wait for you, so the time rests."), "paused"
    if clock.state == "ungraded":
        return _("We judge how serious it is first."), "none"
    if clock.state != "running":
        return "", "none"
    if clock.due is None:
        return str(saying.release), "running"
    late = line.left is not None and line.left < timedelta(0)
    text = str(saying.was if late else saying.will) % {"due": words.by(clock.due, zone, now=at)}
    return (f"{text} " + _("We are late."), "over") if late else (text, "running")


def account(clock: core.Clock, terms: Terms, *, at: datetime) -> Account:
    """Return where the time of `clock` went, line by line."""
    zone, total, lines = zone_of(terms), timedelta(0), []
    for segment in clock.ledger:
        total += segment.counted
        lines.append(
            LedgerLine(
                start=words.by(segment.start, zone, now=at),
                end=words.by(segment.end, zone, now=at),
                what=_spent(segment.kind),
                counted=exact_span(segment.counted) if segment.counted else "–",
                total=exact_span(total),
                clause=clause_of(segment.clause),
            )
        )
    return Account(
        name=name_of(clock.name),
        sentence=sentence(clock, zone, at=at),
        clause=clause_of(clock.clause),
        promised=words.target(clock.rule.target, day=clock.rule.calendar.day),
        hours=words.hours(clock.rule.calendar),
        used=exact_span(clock.elapsed),
        lines=tuple(lines),
        drawing=draw(clock, zone, _drawn(zone, at)) if lines else None,
    )


def _spent(kind: str) -> str:
    return str(SPENT[kind]) if kind in SPENT else kind.capitalize()


def _drawn(zone: ZoneInfo, at: datetime) -> Words:
    marks = {
        "start": _("Began %(clock)s"), "due": _("Promised %(clock)s"), "stop": _("Done %(clock)s"),
        "now": _("Now %(clock)s"),
    }  # fmt: skip
    return Words(
        marks, _spent, lambda when: words.by(when, zone, now=at), _("From %(begin)s to %(end)s."),
        _("%(kind)s: %(begin)s to %(end)s"),
    )  # fmt: skip
