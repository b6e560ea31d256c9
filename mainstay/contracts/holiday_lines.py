"""Pure: a holiday table as people write it, one day a line: `2026-12-25 Christmas Day`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mainstay.contracts.faults import Faulty, Found

REMEDY = "Write one day a line: 2026-12-25 Christmas Day."


def written(dates: Mapping[str, str]) -> str:
    """Return a table as lines, in the order of the days."""
    return "".join(f"{day} {title}\n" for day, title in sorted(dates.items()))


def read(text: str) -> dict[str, str]:
    """Return the days by name; empty lines and those that begin with # say nothing. Raises Faulty with every fault."""
    dates: dict[str, str] = {}
    found: list[Found] = []
    for number, line in enumerate(text.splitlines(), start=1):
        day, _, title = line.strip().partition(" ")
        if not day or day.startswith("#"):
            continue
        fault = _fault(day, title.strip(), dates)
        if fault:
            found.append(Found(number, "", fault, REMEDY))
        else:
            dates[day] = title.strip()
    if not dates and not found:
        found.append(Found(None, "", "there is not a single day in it", REMEDY))
    if found:
        raise Faulty(found)
    return dates


def _fault(day: str, title: str, dates: Mapping[str, str]) -> str:
    try:
        known = date.fromisoformat(day).isoformat() == day
    except ValueError:
        known = False
    if not known:
        return f"{day!r} is no day"
    if not title:
        return f"{day} has no name"
    return f"{day} stands in the table twice" if day in dates else ""
