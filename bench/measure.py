"""Timing with medians: each figure is the median of several blocks, so that one pause of the machine does no harm."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def seconds_each(act: Callable[[], object], *, times: int, blocks: int = 5) -> float:
    """Return the median seconds of one `act()` over `blocks` blocks of `times` calls."""
    costs = []
    for _ in range(blocks):
        began = time.perf_counter()
        for _ in range(times):
            act()
        costs.append((time.perf_counter() - began) / times)
    return statistics.median(costs)


def said(seconds: float) -> str:
    """Return a cost in the unit one would use."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"
