"""Pure: on which line of a TOML file a path such as `commitment[2].targets.3` stands."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*(\[\[|\[)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
_PART = re.compile(r"""("[^"]*"|'[^']*'|[^.\[\]]+)|\[(\d+)\]""")

Path = tuple[str | int, ...]


def line_of(source: str, path: str) -> int | None:
    """Return the line (from 1) that `path` stands on, or that of its nearest table; None where nothing fits.

    A key inside an inline table or a list has the line of the key that holds it.
    """
    places = _places(source)
    wanted = parts(path)
    while wanted:
        if wanted in places:
            return places[wanted]
        wanted = wanted[:-1]
    return None


def parts(path: str) -> Path:
    """Return the names and numbers of a path: `a[0].b` is ("a", 0, "b")."""
    return tuple(
        int(index) if index else word.strip("\"' ")
        for word, index in _PART.findall(path)
        if index or word.strip()
    )


def _places(source: str) -> dict[Path, int]:
    """Return the line of every table and key, first mention first."""
    places: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(source.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _located(parts(header[2]), counts, opens_new=header[1] == "[[")
            places.setdefault(table, number)
        elif key := _KEY.match(line):
            path = table + parts(key[1])
            for end in range(len(table) + 1, len(path) + 1):
                places.setdefault(path[:end], number)
    return places


def _located(name: Path, counts: dict[Path, int], *, opens_new: bool) -> Path:
    """Return the full path of a table header: a list of tables is entered at its newest entry."""
    path: Path = ()
    for place, part in enumerate(name):
        path = (*path, part)
        if opens_new and place == len(name) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
