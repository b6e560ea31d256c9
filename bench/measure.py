"""Timing with medians: each figure is the median of several blocks, so that one pause of the machine does no harm."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path


def seconds_each(act: Callable[[], object], *, times: int, blocks: int = 5) -> float:
    """Return the median seconds of one `act()` over `blocks` blocks of `times` calls."""
    costs = []
    for _ in range(blocks):
        began = time.perf_counter()
        for _ in range(times):
            act()
        costs.append((time.perf_counter() - began) / times)
    return statistics.median(costs)


def seconds_of_each(act: Callable[[], object], *, times: int) -> list[float]:
    """Return the seconds of each of `times` calls, the quickest first."""
    costs = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        costs.append(time.perf_counter() - began)
    return sorted(costs)


def share(costs: list[float], percent: int) -> float:
    """Return what `percent` of the sorted `costs` do not exceed."""
    return costs[min(len(costs) * percent // 100, len(costs) - 1)]


def note(name: str, seconds: float) -> None:
    """Leave a figure for `python -m bench`, which compares those of both databases."""
    if path := os.environ.get("BENCH_FIGURES"):
        with Path(path).open("a") as file:
            file.write(json.dumps([name, seconds]) + "\n")


def said(seconds: float) -> str:
    """Return a cost in the unit one would use."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"
