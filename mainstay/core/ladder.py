"""Ladders: what a reading calls for, and when: warnings, breaches, escalations, updates that fall due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that becomes due. It happens once for each (`clock`, `name`, `basis`).

    `due_at` is the first second at which it is true, in UTC, whenever anybody looks. `kind` is "warning", "breach",
    "escalation" or "update_due". `basis` is the cycle, severity and target that it was derived from.
    """

    clock: str
    name: str
    kind: str
    due_at: datetime
    basis: str
    level: str
    whom: str
    tells_client: bool
    evidence: bool
    clause: str
