"""The wallboard: what hangs on the wall names no person of a client, only organisations and references."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.clocks.board import Board
from mainstay.clocks.lines import Line
from mainstay.console.presenters.manage import Health
from mainstay.console.presenters.tickets import Severity, severity_of
from mainstay.screens.moments import Moment, moment, real_span
from mainstay.screens.promises import DueLine, due_line


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One promise on the wall."""

    reference: str
    organisation: str
    severity: Severity
    due: DueLine | None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team with its load; `share` in twelfths of the greatest, for the bar."""

    name: str
    open: int
    unassigned: int
    breached: int
    share: int


@dataclass(frozen=True, slots=True)
class Wall:
    """The whole wallboard."""

    next: tuple[BoardLine, ...]
    breached: tuple[BoardLine, ...]
    breached_in_all: int
    teams: tuple[TeamLine, ...]
    open: int
    kept: int
    missed: int
    oldest: str
    oldest_from: str
    oldest_age: str
    healthy: bool
    trouble: str
    at: Moment | None


def wall(board: Board, health: Health, zone: ZoneInfo, *, at: datetime) -> Wall:
    """Return what the wall shows. No query."""
    most = max((team.load.total for team in board.teams), default=0) or 1
    oldest = board.oldest_unassigned
    return Wall(
        next=tuple(_line(line, at=at) for line in board.next),
        breached=tuple(_line(line, at=at) for line in board.breached),
        breached_in_all=board.breached_in_all,
        teams=tuple(
            TeamLine(
                team.team.name, team.load.total, team.unassigned, team.load.breached,
                round(12 * team.load.total / most),
            )
            for team in board.teams
        ),
        open=board.open,
        kept=board.kept,
        missed=board.missed,
        oldest=oldest.reference if oldest else "",
        oldest_from=oldest.organisation.name if oldest and oldest.organisation else "",
        oldest_age=real_span(at - oldest.reported_at) if oldest else "",
        healthy=health.ok,
        trouble=next((check.name for check in health.checks if not check.ok), ""),
        at=moment(at, zone, now=at),
    )  # fmt: skip


def _line(line: Line, *, at: datetime) -> BoardLine:
    ticket = line.ticket
    name = ticket.organisation or "Not known yet"
    return BoardLine(ticket.reference, name, severity_of(ticket, line.terms), due_line(line, at=at))
