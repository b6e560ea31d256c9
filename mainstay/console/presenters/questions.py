"""What the client was asked for: the card beside the thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.screens.moments import Moment, moment
from mainstay.tickets.rows.diagnostics import DiagnosticRequest, Ending

EXCERPT = 160  # characters of a question on the card


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as far as the card tells of it. `standing` says in words where it stands."""

    excerpt: str
    by: str
    asked: Moment | None
    waits: bool
    overdue: bool
    standing: str
    wanted: Moment | None  # by when an answer is wanted
    reminded: str
    next_reminder: Moment | None
    ended: Moment | None


def question(row: DiagnosticRequest, zone: ZoneInfo, *, at: datetime) -> Question:
    """Return the question of `row` as it stands at `at`. No query where `asked_by` is loaded."""
    waits = row.ended_at is None
    words = " ".join(row.question.split())
    return Question(
        excerpt=words if len(words) <= EXCERPT else words[: EXCERPT - 1].rstrip() + "…",
        by=row.asked_by.name if row.asked_by else "",
        asked=moment(row.asked_at, zone, now=at),
        waits=waits,
        overdue=waits and row.answer_by is not None and row.answer_by <= at,
        standing=_standing(row),
        wanted=moment(row.answer_by, zone, now=at) if waits else None,
        reminded=_reminded(row.reminders),
        next_reminder=moment(row.remind_at, zone, now=at),
        ended=moment(row.ended_at, zone, now=at),
    )


def _standing(row: DiagnosticRequest) -> str:
    if row.ended_at is not None:
        return str(Ending(row.ending).label)
    return "Waiting for the answer" if row.reached_at else "On its way to the client"


def _reminded(count: int) -> str:
    return {0: "", 1: "reminded once", 2: "reminded twice"}.get(count, f"reminded {count} times")
