"""What is different between two texts, line by line, as people read it: what was taken out, what came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2  # lines that are shown before and after a change
MOST = 5_000  # lines of each text that are compared; to compare costs more than their number


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `kind` is 'same', 'out', 'in', or 'gap' where lines that are the same were left out."""

    kind: str
    text: str = ""


def differences(before: str, after: str) -> list[Line]:
    """Return what is different, with a few lines around each place; nothing where both say the same."""
    if before == after:
        return []
    old, new = before.splitlines()[:MOST], after.splitlines()[:MOST]
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND)
    return list(_lines(old, new, groups))


def _lines(old: list[str], new: list[str], groups: object) -> Iterator[Line]:
    end = 0
    for group in groups:  # type: ignore[attr-defined]  # difflib yields lists of plain tuples
        if group[0][1] > end:
            yield Line("gap")
        for kind, first, last, begin, until in group:
            if kind == "equal":
                yield from (Line("same", text) for text in old[first:last])
                continue
            yield from (Line("out", text) for text in old[first:last])
            yield from (Line("in", text) for text in new[begin:until])
        end = group[-1][2]
    if end < len(old):
        yield Line("gap")
