"""Reading the documents as a reader does: headings, sections, links, and blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.floor import ROOT

DOCS = ROOT / "docs"
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$")
_FENCE = re.compile(r"^\s*```\s*(\w*)")
_LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text below it, up to the next heading of the same rank or above."""

    rank: int
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code."""

    language: str
    text: str


def pages() -> list[Path]:
    """Return every document that a user may read."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def read(name: str) -> str:
    """Return the text of a page of docs/."""
    return (DOCS / name).read_text(encoding="utf-8")


def sections(text: str) -> list[Section]:
    """Return all sections of a page, nested ones too."""
    lines = text.splitlines()
    places = [(place, *found) for place, found in _headings(lines)]
    return [
        Section(rank, title, "\n".join(lines[place + 1 : _end(places, number, len(lines))]))
        for number, (place, rank, title) in enumerate(places)
    ]


def titles(text: str) -> set[str]:
    """Return the headings of a page without the marks of code around them."""
    return {section.title.replace("`", "") for section in sections(text)}


def section(text: str, title: str) -> Section:
    """Return the section of that heading. Raises LookupError."""
    for found in sections(text):
        if found.title.replace("`", "") == title:
            return found
    raise LookupError(f"no heading {title!r}")


def blocks(text: str, language: str = "") -> list[Block]:
    """Return the fenced blocks of a page, of one language where it is given."""
    found, lines, kind = [], [], None
    for line in text.splitlines():
        fence = _FENCE.match(line)
        if fence and kind is None:
            kind, lines = fence[1], []
        elif fence and kind is not None:
            found.append(Block(kind, "\n".join(lines)))
            kind = None
        elif kind is not None:
            lines.append(line)
    return [block for block in found if not language or block.language == language]


def links(text: str) -> list[str]:
    """Return the targets of links and pictures, outside code."""
    return _LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S))


def anchor(title: str) -> str:
    """Return how a heading is linked to: lower case, no punctuation, dashes for blanks."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _headings(lines: list[str]) -> Iterator[tuple[int, tuple[int, str]]]:
    in_code = False
    for place, line in enumerate(lines):
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code and (found := _HEADING.match(line)):
            yield place, (len(found[1]), found[2])


def _end(places: list[tuple[int, int, str]], number: int, last: int) -> int:
    rank = places[number][1]
    return next((place for place, other, _ in places[number + 1 :] if other <= rank), last)
