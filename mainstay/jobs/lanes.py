"""Lanes: what must not wait for one another. Each lane of a worker is a thread with a loop of its own.

The lane `default` does jobs, the lane `duties` does recurring duties. A room that claims rows of its own
(letters, clocks that are due) registers a pump in a lane of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

DEFAULT = "default"
DUTIES = "duties"

# Does a small batch of what is due at the moment given and returns how many; 0 lets the lane sleep. Must
# claim its rows by conditional update, for any number of workers call it at once, and must be cheap when
# nothing is due.
Pump = Callable[[datetime], int]

_lanes: dict[str, list[Pump]] = {DEFAULT: [], DUTIES: []}


class UnknownLane(ValueError):
    """No worker would ever look at a job in this lane."""


def register(lane: str, *pumps: Pump) -> None:
    """Open `lane` for jobs, and let `pumps` run at every turn of its loop. Registering twice adds nothing."""
    have = _lanes.setdefault(lane, [])
    have.extend(pump for pump in pumps if pump not in have)


def unregister(lane: str) -> None:
    """Close a lane. For tests."""
    _lanes.pop(lane, None)


def names() -> tuple[str, ...]:
    """Return every lane, in the order of registering."""
    return tuple(_lanes)


def pumps(lane: str) -> tuple[Pump, ...]:
    """Return what runs in `lane` at every turn."""
    return tuple(_lanes.get(lane, ()))


def check(lane: str) -> None:
    """Raise UnknownLane unless `lane` is open."""
    if lane not in _lanes:
        raise UnknownLane(f"{lane!r} is none of {', '.join(_lanes)}")
