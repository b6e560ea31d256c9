"""How commands print: JSON for programs, aligned columns for people; progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence


class Refused(Exception):
    """A command cannot do what was asked; the message says why and what to do."""


def as_json(value: object) -> None:
    """Print `value` as JSON."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()


def table(rows: Sequence[Sequence[object]], *, head: Sequence[str], empty: str = "") -> None:
    """Print rows in columns as wide as they need; where there is none, the sentence `empty` if it is given."""
    if not rows and empty:
        print(empty)
        return
    cells = [list(map(str, head)), *([("" if cell is None else str(cell)) for cell in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def progress(done: int, total: int) -> None:
    """Show how far a long job is, on one line of a terminal; silent where nobody watches."""
    if sys.stderr.isatty() and (done == total or done % 50 == 0):
        print(f"\r{done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
