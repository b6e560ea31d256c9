"""The ladder of an agreement file: who is warned, who is told, and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from mainstay.core.agreement_page import Page
from mainstay.core.promises import Level, Rung, Warnings
from mainstay.core.units import read_share


def read_warnings(page: Page, levels: Mapping[str, Level]) -> tuple[Warnings, tuple[Fraction, ...]]:
    level = page.known("level", levels, "level of the ladder")
    shares = read_shares(page, "shares")
    warnings = Warnings(level, levels[level].whom if level in levels else "", page.clause())
    page.close()
    return warnings, shares


def read_shares(page: Page, key: str) -> tuple[Fraction, ...]:
    """Return the shares of a target at which somebody is warned: above nothing, below all of it, rising."""
    words = page.get(key)
    listed = words if isinstance(words, list | tuple) else [words]
    shares = tuple(
        page.measure(f"{key}[{i}]", word, read_share, Fraction(0), '"75%"') for i, word in enumerate(listed)
    )
    if list(shares) != sorted(set(shares)) or not all(0 < share < 1 for share in shares):
        page.fault(key, "are not shares between 0% and 100%, rising", 'Write ["50%", "75%", "90%"].')
    return shares


def read_levels(pages: list[Page]) -> dict[str, Level]:
    levels: dict[str, Level] = {}
    for page in pages:
        level = Level(
            page.text("name"), page.text("whom"), page.flag("outside", default=False), page.clause()
        )
        page.once("name", level.name, levels)
        levels[level.name] = level
        page.close()
    return levels


def read_ladder(pages: list[Page], names: Collection[str], levels: Mapping[str, Level]) -> tuple[Rung, ...]:
    rungs: list[Rung] = []
    for page in pages:
        level = page.known("level", levels, "level of the ladder")
        share = _moment(page)
        tells, evidence, clause = (
            page.flag("tells_client", default=False),
            page.flag("evidence", default=False),
            page.clause(),
        )
        for name in page.known_words("commitments", names, "commitment"):
            if any(rung.commitment == name and rung.level == level for rung in rungs):
                page.fault(
                    "level", f"{level!r} is told of {name} by an earlier step already", "Keep one of the two."
                )
            whom = levels[level].whom if level in levels else ""
            rungs.append(Rung(name, share, level, whom, tells, evidence, clause))
        page.close()
    return tuple(rungs)


def _moment(page: Page) -> Fraction | None:
    """Read when a rung is reached: a share of the target, or None for its breach."""
    if page.table.get("at") == "breach":
        page.get("at")
        return None
    share = page.unit("at", read_share, Fraction(1, 2), '"75%" or "breach"')
    if not 0 < share <= 1:
        page.fault("at", "is not a share above 0% and up to 100%", 'Write it like "75%" or "breach".')
    return share
