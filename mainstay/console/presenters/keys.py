"""The keymap as the dialog of keys and the documents show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mainstay.console.keymap import PLACES, at, shown


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line: what it does, and its combinations, each a row of caps; `("to",)` stands between two ends."""

    words: str
    caps: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """The keys of one place; `where` finds it in a page."""

    key: str
    title: str
    where: str
    lines: tuple[KeyLine, ...]


@cache
def keygroups() -> tuple[KeyGroup, ...]:
    """Return all keys by the place where they hold."""
    return tuple(
        KeyGroup(place.key, place.title, place.selector, tuple(KeyLine(key.words, shown(key)) for key in at(place)))
        for place in PLACES
    )


def table(place: str) -> Iterator[str]:
    """Return the lines of the documents' table of one place, as Markdown."""
    for line in next(group for group in keygroups() if group.key == place).lines:
        caps = ", ".join("to" if combo == ("to",) else " ".join(f"`{cap}`" for cap in combo) for combo in line.caps)
        yield f"| {caps.replace(', to, ', ' to ')} | {line.words} |"


def page() -> str:
    """Return the tables of the page on keys."""
    parts = [
        "\n".join([f"### {place.title}", "", "| Key | Does |", "| --- | --- |", *table(place.key)]) for place in PLACES
    ]
    return "\n\n".join(parts)

