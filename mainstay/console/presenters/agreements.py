"""Agreements, holiday tables, teams and products, as screens show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mainstay.clocks.holidays import Move
from mainstay.console.presenters.clients import day
from mainstay.contracts.models import AgreementVersion, HolidayTable
from mainstay.contracts.names import promise as name_of
from mainstay.core.plain_words import EVERYONE, Change, Line
from mainstay.core.terms import Agreement
from mainstay.orgs.models import Team
from mainstay.screens.moments import Moment, moment
from mainstay.screens.people import Face, face


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One installed version of an agreement."""

    id: int
    name: str
    effective: str
    to_come: bool
    installed: Moment | None
    by: str
    contracts: int
    default: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an agreement with what it says; `key` is for links within the page."""

    key: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TableLine:
    """One version of a holiday table."""

    id: int
    name: str
    version: str
    days: int
    reach: str
    installed: Moment | None
    by: str
    reason: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Year:
    """The days of one year."""

    name: str
    days: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One clock that a changed table moves."""

    reference: str
    clock: str
    before: Moment | None
    after: Moment | None


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team with its members. `rung` is how the agreement's ladder calls it, empty where it is none of its levels."""

    id: int
    key: str
    name: str
    rung: str
    outside: bool
    members: tuple[Face, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A level of the ladder that no team answers for."""

    key: str
    whom: str


def version_line(
    version: AgreementVersion,
    zone: ZoneInfo,
    *,
    contracts: int,
    default: AgreementVersion | None,
    at: datetime,
) -> VersionLine:
    """Return one installed version. `default` is what requests without a contract run on."""
    return VersionLine(
        id=version.pk,
        name=titled(str(version)),
        effective=day(version.effective_from.date()),
        to_come=version.effective_from > at,
        installed=moment(version.installed_at, zone, now=at),
        by=installer(version.installed_by),
        contracts=contracts,
        default=version == default,
    )


def titled(name: str) -> str:
    """Return a name of the file as a title: 'Standard 2026.1'."""
    return name[:1].upper() + name[1:]


def installer(by: str) -> str:
    """Return who installed something, as a person would say it."""
    return {"shipped": "Mainstay itself", "command line": "a command"}.get(by, by)


def parts(lines: Sequence[Line | Change]) -> list[Part]:
    """Return lines, or differences, under the headings of their parts, in their order."""
    grouped: dict[str, list[Line | Change]] = {}
    for line in lines:
        grouped.setdefault(line.part, []).append(line)
    return [
        Part(f"part-{number}", _heading(name), tuple(found))  # type: ignore[arg-type]  # a template reads either alike
        for number, (name, found) in enumerate(grouped.items())
    ]


def _heading(part: str) -> str:
    before, colon, after = part.rpartition(": ")
    return f"{before}{colon}{titled(after)}"


def everyone() -> str:
    """Return how plain words call all clients, so that a page need not say it on each line."""
    return EVERYONE


def table_line(table: HolidayTable, zone: ZoneInfo, *, in_force: bool, at: datetime) -> TableLine:
    """Return one version of a holiday table."""
    days = sorted(table.dates)
    reach = f"{days[0][:4]} to {days[-1][:4]}" if days else ""
    return TableLine(
        id=table.pk,
        name=titled(table.name),
        version=table.version,
        days=len(days),
        reach=reach,
        installed=moment(table.installed_at, zone, now=at),
        by=installer(table.installed_by),
        reason=table.reason,
        in_force=in_force,
    )


def years(table: HolidayTable, *, this_year: int) -> list[Year]:
    """Return the days of a table year by year: this year and those to come first, then those gone by, newest first."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for written, title in sorted(table.dates.items()):
        when = date.fromisoformat(written)
        grouped.setdefault(str(when.year), []).append((f"{when:%a} {when.day} {when:%b}", title))
    coming = [name for name in grouped if int(name) >= this_year]
    gone = [name for name in grouped if int(name) < this_year]
    return [Year(name, tuple(grouped[name])) for name in (*coming, *reversed(gone))]


def move_line(move: Move, zone: ZoneInfo, *, at: datetime) -> MoveLine:
    """Return one clock that moves."""
    return MoveLine(
        move.ticket.reference,
        name_of(move.clock),
        moment(move.before, zone, now=at, days=True),
        moment(move.after, zone, now=at, days=True),
    )


def team_views(teams: Sequence[Team], agreement: Agreement | None) -> tuple[list[TeamView], list[Missing]]:
    """Return the teams, and the levels of the ladder without one. No query where members are loaded."""
    terms = next(iter(agreement.coverages.values())) if agreement else None
    levels = {level.name: level for level in terms.levels} if terms else {}
    views = []
    for team in teams:
        level = levels.get(team.key)
        members = sorted(team.members.all(), key=lambda person: (person.name.lower(), person.pk))
        views.append(
            TeamView(
                id=team.pk,
                key=team.key,
                name=team.name,
                rung=level.whom if level else "",
                outside=bool(level and level.outside),
                members=tuple(map(face, members)),
            )
        )
    keys = {team.key for team in teams}
    return views, [Missing(level.name, level.whom) for level in levels.values() if level.name not in keys]
