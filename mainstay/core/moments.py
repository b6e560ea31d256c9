"""Moments: aware instants, and spans between two of them.

Arithmetic on a moment in a local zone is arithmetic on its wall clock, which jumps twice a year. So every
module here takes its moments through `utc` or `since` before it reckons with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Edge = TypeVar("Edge", int, timedelta, datetime)


class NaiveMoment(ValueError):
    """A moment came without a time zone, so nobody can say which instant it is."""

    def __init__(self, moment: object) -> None:
        super().__init__(f"{moment!r} has no time zone; give an aware datetime")


def utc(moment: datetime) -> datetime:
    """Return the same instant in UTC. Raises NaiveMoment."""
    return EPOCH + since(moment)


def since(moment: datetime) -> timedelta:
    """Return the distance from 1970, which is quicker to reckon with than the moment. Raises NaiveMoment."""
    try:
        return moment - EPOCH
    except TypeError:
        raise naive(moment) from None


def naive(*moments: datetime) -> NaiveMoment:
    """Return the error that names the first of the moments without a zone."""
    return NaiveMoment(next((m for m in moments if getattr(m, "tzinfo", None) is None), moments[0]))


def joined(spans: Iterable[tuple[Edge, Edge]]) -> list[tuple[Edge, Edge]]:
    """Join sorted spans that overlap or touch."""
    joined: list[tuple[Edge, Edge]] = []
    for begins, ends in spans:
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(ends, joined[-1][1])
        else:
            joined.append((begins, ends))
    return joined
