"""How long to wait after failures in a row."""

from __future__ import annotations

from datetime import timedelta
from random import Random


def backoff(failures: int, *, first: timedelta, cap: timedelta, random: Random) -> timedelta:
    """Return the wait after the `failures`-th failure in a row (1, 2, ...): doubling, never above `cap`.

    The jitter takes off up to a quarter, so that many that failed together do not come back together.
    """
    doublings = min(max(failures, 1) - 1, 40)
    full = min(first.total_seconds() * 2**doublings, cap.total_seconds())
    return timedelta(seconds=full * (1 - random.random() / 4))
