"""The head of a Markdown file: between two lines of `---`, one `key: value` a line; below it the text.

Simpler than YAML: nobody has to know what a quote or an anchor is. A value is the rest of its line, as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FENCE = "---"


@dataclass(frozen=True, slots=True)
class Headed:
    """A file taken apart. `lines` says on which line each key stands, `faults` what could not be read there."""

    values: Mapping[str, str]
    lines: Mapping[str, int]
    text: str
    faults: tuple[tuple[int, str], ...] = ()


def read(source: str) -> Headed:
    """Take a file apart. Without a first line of `---` all of it is text."""
    lines = source.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    if lines[0].rstrip() != FENCE:
        return Headed({}, {}, "\n".join(lines))
    values: dict[str, str] = {}
    places: dict[str, int] = {}
    faults: list[tuple[int, str]] = []
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == FENCE:
            return Headed(values, places, "\n".join(lines[number:]).removeprefix("\n"), tuple(faults))
        key, colon, value = line.partition(":")
        key = key.strip().lower()
        if not line.strip():
            continue
        if not colon or not key:
            faults.append((number, "is no 'key: value'"))
        elif key in values:
            faults.append((number, f"says '{key}' a second time"))
        else:
            values[key], places[key] = value.strip(), number
    return Headed(values, places, "", (*faults, (1, "begins a head that no second line of --- ends")))


def written(values: Mapping[str, str], text: str) -> str:
    """Return the file that reads as these values, without empty ones, and this text."""
    head = [f"{key}: {' '.join(value.split())}" for key, value in values.items() if value.strip()]
    return "\n".join([FENCE, *head, FENCE, "", text])
