"""Agreements that are shipped with Mainstay, and the way from a TOML file to a checked agreement.

Reads files and nothing else. `standard` is the agreement that applies where a contract names no other; its
holidays are tables of their own, with a version, because they change without anything being agreed anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from mainstay.core.terms import Agreement

STANDARD = "standard"


@cache
def standard() -> Agreement:
    """Return the standard agreement, read once."""
    return parse(source(STANDARD))


def shipped() -> tuple[str, ...]:
    """Return the names of the agreements that come with Mainstay."""
    return _names(files(__name__))


def source(name: str) -> str:
    """Return the TOML of a shipped agreement as written. Raises FileNotFoundError for any other name."""
    return (files(__name__) / f"{name}.toml").read_text(encoding="utf-8")


def parse(text: str, holidays: Mapping[str, Mapping[str, object]] | None = None) -> Agreement:
    """Return the agreement written in `text` (TOML). `holidays` takes the place of the shipped tables where
    given.

    Raises tomllib.TOMLDecodeError where it is not TOML, and AgreementFaults with everything that is wrong
    in it.
    """
    return Agreement.from_dict(tomllib.loads(text), holiday_tables() if holidays is None else holidays)


@cache
def holiday_tables() -> Mapping[str, Mapping[str, object]]:
    """Return the shipped tables of holidays by name: `version`, `region` and `dates` with the name of each
    day.
    """
    folder = files(__name__) / "holidays"
    return {
        name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")) for name in _names(folder)
    }


def _names(folder: Traversable) -> tuple[str, ...]:
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    )
