"""Rotas: who is on call at a moment, and when nobody is.

A rota is a stack of layers, called from the top. In each layer people take turns of some days, handing over
at a local time; a layer may be on duty only while a calendar is open, or only while it is closed. An override
puts somebody else into a layer's place, or nobody. Persons are plain strings, whatever the caller knows them
by.

Handovers keep to the local clock through the year. On the nights when it changes they follow RFC 5545, as
calendar feeds do: a time that comes twice means the first, a time that never comes is reckoned by the clock
before the change. So each date has each handover once. Requirement R2.3a.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from mainstay.core.moments import utc
from mainstay.core.worktime import Calendar


class BadRota(ValueError):
    """A layer or an override that cannot be kept."""


@dataclass(frozen=True, slots=True)
class Layer:
    """People who take turns of `days` days, from the handover on `begins` until the one on `ends`, if any.

    `handover` and both dates are local to `zone`. The first person has the first turn; nobody has any turn
    before it. With a `calendar`, the layer is on duty only while that is in the state `duty`.
    """

    name: str
    people: tuple[str, ...]
    zone: ZoneInfo
    begins: date
    handover: time
    days: int = 7
    ends: date | None = None
    calendar: Calendar | None = None
    duty: Literal["open", "closed"] = "open"

    def __post_init__(self) -> None:
        if self.days < 1:
            raise BadRota(f"layer {self.name}: a turn lasts at least one day, not {self.days}")
        if self.handover.tzinfo is not None:
            raise BadRota(
                f"layer {self.name}: the handover is local to {self.zone.key}, give it without a zone"
            )


@dataclass(frozen=True, slots=True)
class Override:
    """From `start` until `end`, `person` stands in `layer` whoever's turn it is; None stands the layer down.

    It holds outside the layer's hours and turns too: who is asked to cover is on call. Of several at once,
    the one given last holds.
    """

    layer: str
    start: datetime
    end: datetime
    person: str | None

    def __post_init__(self) -> None:
        if utc(self.end) <= utc(self.start):
            raise BadRota(f"the override of layer {self.layer} ends before it begins")


@dataclass(frozen=True, slots=True)
class Rota:
    """A stack of layers, called from the first on, with the overrides of single turns."""

    layers: tuple[Layer, ...]
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        names = [layer.name for layer in self.layers]
        if len(set(names)) < len(names):
            raise BadRota(f"two layers have one name: {', '.join(names)}")
        for override in self.overrides:
            if override.layer not in names:
                raise BadRota(f"there is no layer {override.layer} to override; there is {', '.join(names)}")


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody to call, the layer they stand in, and whether by an override."""

    person: str
    layer: str
    covering: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """The same people on call, in calling order, throughout [start, end), UTC. A shift of nobody is a gap."""

    start: datetime
    end: datetime
    on_call: tuple[OnCall, ...]


def who_is_on(rota: Rota, at: datetime) -> tuple[OnCall, ...]:
    """Return who is on call at `at`, in calling order, each person once; empty is a gap."""
    moment = utc(at)
    found: dict[str, OnCall] = {}
    for layer in rota.layers:
        standing = _standing(rota, layer, moment)
        if standing:
            found.setdefault(standing.person, standing)
    return tuple(found.values())


def shifts(rota: Rota, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """Tile [start, end) with shifts, gaps included; empty where `end` is not after `start`."""
    begins, ends = utc(start), utc(end)
    cuts = sorted({begins, ends, *(cut for cut in _changes(rota, begins, ends) if begins < cut < ends)})
    found: list[Shift] = []
    for a, b in pairwise(cuts) if begins < ends else ():
        on_call = who_is_on(rota, a)
        if found and found[-1].on_call == on_call:
            found[-1] = Shift(found[-1].start, b, on_call)
        else:
            found.append(Shift(a, b, on_call))
    return tuple(found)


def gaps(rota: Rota, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the spans of [start, end) in which nobody is on call."""
    return tuple((shift.start, shift.end) for shift in shifts(rota, start, end) if not shift.on_call)


def _standing(rota: Rota, layer: Layer, at: datetime) -> OnCall | None:
    for override in reversed(rota.overrides):
        if override.layer == layer.name and utc(override.start) <= at < utc(override.end):
            return OnCall(override.person, layer.name, covering=True) if override.person else None
    turn = _turn(layer, at)
    if turn is None or not layer.people or not _on_duty(layer, at):
        return None
    return OnCall(layer.people[turn % len(layer.people)], layer.name, covering=False)


def _turn(layer: Layer, at: datetime) -> int | None:
    """Return how many turns of the layer ended by `at`, None outside its time."""
    if layer.ends is not None and at >= _handover(layer, layer.ends):
        return None
    turn = (at.astimezone(layer.zone).date() - layer.begins).days // layer.days
    # The local date can be out by a turn: before the handover, and where a fold goes back over midnight.
    while _handover(layer, _first_day(layer, turn + 1)) <= at:
        turn += 1
    while _handover(layer, _first_day(layer, turn)) > at:
        turn -= 1
    return turn if turn >= 0 else None


def _first_day(layer: Layer, turn: int) -> date:
    return layer.begins + timedelta(days=turn * layer.days)


def _handover(layer: Layer, day: date) -> datetime:
    return utc(datetime.combine(day, layer.handover.replace(fold=0), tzinfo=layer.zone))


def _on_duty(layer: Layer, at: datetime) -> bool:
    return layer.calendar is None or layer.calendar.is_open(at) == (layer.duty == "open")


def _changes(rota: Rota, begins: datetime, ends: datetime) -> Iterator[datetime]:
    """Yield every instant of [begins, ends) at which somebody may come or go, and some others."""
    for override in rota.overrides:
        yield from (utc(override.start), utc(override.end))
    for layer in rota.layers:
        # By the local dates of both ends: a zone that leaves out a date has more of them than days have passed.
        first = begins.astimezone(layer.zone).date() - timedelta(1)
        last = ends.astimezone(layer.zone).date() + timedelta(1)
        yield from (_handover(layer, first + timedelta(days)) for days in range((last - first).days + 1))
        if layer.calendar and begins < ends:
            yield from (start for start, _, _ in layer.calendar.segments(begins, ends))
