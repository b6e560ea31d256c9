"""The floor plan as `.importlinter` has it, read once for every test that asks."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mainstay"


def layers() -> list[list[str]]:
    """Return the rooms that are built, layer by layer, the highest first."""
    written = [line.split("|") for line in _contract()["layers"].split("\n") if line.strip()]
    built = [[room.strip() for room in line if not room.strip().startswith("(")] for line in written]
    return [line for line in built if line]


def rooms() -> list[str]:
    """Return the rooms that are built in the order of the arrows, the highest first."""
    return [room for line in layers() for room in line]


def outside() -> set[str]:
    """Return the modules of the package that are no rooms."""
    return set(_contract()["exhaustive_ignores"].split())


def depths() -> dict[str, int]:
    """Return how deep each room lies; arrows go from smaller numbers to greater ones."""
    return {room: depth for depth, line in enumerate(layers()) for room in line}


def _contract() -> dict[str, str]:
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return dict(parser["importlinter:contract:rooms"])
