"""Replays: answering stories, which are tickets told as events with the moment they are asked about.

The form is `sla-stories/1`: a file has calendars and cases; a case has a contract, events and perhaps
`as_of`. An answer has what a story may expect under the same names; instants are ISO 8601 in UTC with Z,
spans whole seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mainstay.core.clock import Clock, Event, read
from mainstay.core.ledger import MERGED, TESTED
from mainstay.core.promises import NEXT_RELEASE, NamedCalendar, Terms
from mainstay.core.terms import Agreement, UnknownCoverage
from mainstay.core.worktime import Calendar

# What the stories call the calendars.
NAMES = {"core": "uk_core", "telephone": "uk_phone", "always": "uk_247"}
AWAY = (TESTED, MERGED)


class BadStory(ValueError):
    """A story cannot be read; the message says which, where, and what to write instead."""


def answers(stories: Mapping[str, Any], agreement: Agreement) -> list[dict[str, Any]]:
    """Return the answer to each case: `id, severity, response, resolution, complaint`, None for no such.

    The stories' own calendars take the place of the agreement's. A case without `as_of` is read at its last
    event.
    """
    calendars = _calendars(stories.get("calendars", {}), agreement)
    by_coverage: dict[str, Terms] = {}
    found: list[dict[str, Any]] = []
    for number, case in enumerate(_cases(stories), start=1):
        try:
            found.append(answer(case, _terms(case, agreement, calendars, by_coverage)))
        except BadStory as bad:
            raise BadStory(f"case {case.get('id', number)}: {bad}") from None
    return found


def answer(case: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    """Return the answer to one case under these terms. Raises BadStory."""
    told = case.get("events")
    if not isinstance(told, list) or not told:
        raise BadStory('it needs "events", a list with at least one')
    events = [_event(number, event) for number, event in enumerate(told, start=1)]
    at = _moment(case["as_of"], "as_of") if case.get("as_of") else max(event.at for event in events)
    reading = read(events, terms, at=at)
    changed = any(event.kind == "severity_changed" for event in events)
    return {
        "id": case.get("id"),
        "severity": reading.severity,
        "response": _said(reading.clock("response"), _response),
        "resolution": _said(reading.clock("resolution"), lambda clock: _resolution(clock, changed=changed)),
        "complaint": _said(reading.clock("complaint"), _complaint),
    }


def _cases(stories: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    cases = stories.get("cases")
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise BadStory('there must be "cases", a list of objects')
    return cases


def _calendars(told: Mapping[str, Mapping[str, object]], agreement: Agreement) -> dict[str, NamedCalendar]:
    """Return the stories' calendars under the agreement's names, with the agreement's working day."""
    own = next(iter(agreement.coverages.values())).calendars
    return {
        name: NamedCalendar(
            name=NAMES[name],
            version=str(told[NAMES[name]].get("version", "")),
            calendar=Calendar.from_dict(told[NAMES[name]], name=NAMES[name]),
            day=calendar.day,
            clause=calendar.clause,
        )
        for name, calendar in own.items()
        if NAMES.get(name) in told
    }


def _terms(
    case: Mapping[str, Any],
    agreement: Agreement,
    calendars: Mapping[str, NamedCalendar],
    by_coverage: dict[str, Terms],
) -> Terms:
    coverage = (case.get("contract") or {}).get("sev1_coverage", "core")
    if coverage not in by_coverage:
        try:
            by_coverage[coverage] = agreement.terms(coverage, calendars=calendars)
        except UnknownCoverage as unknown:
            raise BadStory(f"sev1_coverage: {unknown}") from None
    return by_coverage[coverage]


def _event(number: int, told: object) -> Event:
    if not isinstance(told, dict) or not isinstance(told.get("type"), str):
        raise BadStory(f'event {number} needs a "type", such as "reported"')
    data = {key: value for key, value in told.items() if key not in ("at", "type")}
    return Event(told["type"], _moment(told.get("at"), f"event {number} ({told['type']})"), data, str(number))


def _moment(said: object, where: str) -> datetime:
    """Return a moment as written in ISO 8601 with its zone. Raises BadStory."""
    try:
        moment: datetime | None = datetime.fromisoformat(str(said))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadStory(f"{where} at {said!r}: write the moment like 2026-11-20T15:40:00Z, with its zone")
    return moment


def _said(clock: Clock | None, say: Callable[[Clock], dict[str, Any]]) -> dict[str, Any] | None:
    """Say a clock that has started; one that has not is no part of an answer."""
    return say(clock) if clock and clock.start else None


def _response(clock: Clock) -> dict[str, Any]:
    return {
        "calendar": clock.calendar,
        "start": _instant(clock.start),
        "target_seconds": _seconds(clock.target),
        "due": _instant(clock.due),
        "at": _instant(clock.stopped),
        "elapsed_seconds": _seconds(clock.elapsed),
        "breached": clock.breached,
    }


def _resolution(clock: Clock, *, changed: bool) -> dict[str, Any]:
    if clock.target == NEXT_RELEASE:
        return _next_release(clock, changed=changed)
    said = _response(clock) | {
        "paused_seconds": _seconds(clock.paused),
        "paused_wall_seconds": _seconds(clock.paused_wall),
    }
    if any(stretch.kind in AWAY for stretch in clock.stretches):
        said["stopped_seconds"] = _seconds(clock.tested)
    if clock.stopped is None:
        said |= {"state": clock.state, "remaining_seconds": _seconds(clock.remaining)}
    return said | _in_force(clock, changed=changed)


def _next_release(clock: Clock, *, changed: bool) -> dict[str, Any]:
    return {
        "target": "next_release",
        "start": _instant(clock.start),
        "due": _instant(clock.due),
        "at": _instant(clock.stopped),
        "breached": None if clock.due is None else clock.breached,
    } | _in_force(clock, changed=changed)


def _in_force(clock: Clock, *, changed: bool) -> dict[str, Any]:
    return {"breached_while_in_force": list(clock.breached_while_in_force)} if changed else {}


def _complaint(clock: Clock) -> dict[str, Any]:
    return {"due": _instant(clock.due), "at": _instant(clock.stopped), "breached": clock.breached}


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _seconds(span: object) -> int | None:
    return int(span.total_seconds()) if isinstance(span, timedelta) else None
