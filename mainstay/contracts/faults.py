"""Pure: everything that is wrong with an agreement or an override as somebody typed it, each with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mainstay.contracts.places import line_of, parts
from mainstay.core.agreement_overrides import KEYS
from mainstay.core.terms import AgreementFaults, Fault


@dataclass(frozen=True, slots=True)
class Found:
    """One fault: on which line (None where no line fits), at which term, what is wrong, and what to do."""

    line: int | None
    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"Line {self.line}" if self.line else ""
        return f"{', '.join(part for part in (where, self.place) if part)}: {self.message}. {self.remedy}"


class Faulty(ValueError):
    """What was typed cannot be used. `found` holds every fault."""

    def __init__(self, found: Iterable[Found]) -> None:
        self.found = tuple(found)
        super().__init__("\n".join(map(str, self.found)))


def parsed(text: str) -> dict[str, Any]:
    """Return the content of a piece of TOML. Raises Faulty with the place where it is none."""
    try:
        return tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Faulty([_syntax(text, error)]) from error


def in_file(text: str, faults: AgreementFaults) -> Faulty:
    """Return the faults of an agreement file with their lines."""
    return Faulty(Found(line_of(text, f.path), f.path, f.message, f.remedy) for f in faults.faults)


def in_override(text: str, faults: AgreementFaults, agreement: Mapping[str, object]) -> Faulty:
    """Return the faults of an override with their lines in it.

    The checker counts the entries of the agreement's lists; an override names them, so `commitment[0].targets.1` is
    told as `commitment.response.targets.1`.
    """
    return Faulty(_in_override(text, fault, agreement) for fault in faults.faults)


def _in_override(text: str, fault: Fault, agreement: Mapping[str, object]) -> Found:
    said = parsed(text)
    place = _told(_named(parts(fault.path), agreement, said))
    return Found(line_of(text, place), place, fault.message, fault.remedy)


def _named(path: Sequence[str | int], agreement: object, said: object) -> list[str | int]:
    """Return the path with the names of entries in place of their numbers, unless the override gives the whole list."""
    named: list[str | int] = []
    for part in path:
        if isinstance(part, int) and not isinstance(said, list):
            entries = agreement if isinstance(agreement, list) else []
            entry = entries[part] if part < len(entries) else {}
            name = next((str(entry[key]) for key in KEYS if key in entry), str(part))
            agreement = entry
            named.append(name)
            said = _below(said, name)
        else:
            named.append(part)
            agreement, said = _below(agreement, part), _below(said, part)
    return named


def _told(path: Sequence[str | int]) -> str:
    told = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return told.removeprefix(".")


def _below(table: object, part: str | int) -> object:
    if isinstance(table, Mapping):
        return table.get(part, {})
    if isinstance(table, list) and isinstance(part, int) and part < len(table):
        return table[part]
    return {}


def _syntax(text: str, error: tomllib.TOMLDecodeError) -> Found:
    """Return what the parser says, with its line; 'at end of document' is the last one."""
    line = re.search(r"line (\d+)", str(error))
    said = re.sub(r"\s*\(at .*\)$", "", str(error)).rstrip(".")
    return Found(
        int(line[1]) if line else len(text.splitlines()), "", f"this is no TOML: {said}", "Mend the syntax."
    )
