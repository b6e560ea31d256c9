"""Reading 21: a holiday that is announced or withdrawn moves the open clocks; the move is shown before and logged
after, and a clock that has settled keeps its figures."""

from __future__ import annotations

from pathlib import Path

from mainstay.clocks import actions as clocks
from mainstay.clocks import holidays
from mainstay.contracts import actions as contracts
from mainstay.contracts.models import HolidayTable
from mainstay.tickets.models import Ticket
from tests.desk import Desk, shown

MOURNING = {"2026-01-14": "Day of mourning"}  # the Wednesday of the told week


def announced(desk: Desk, table: HolidayTable) -> list[str]:
    """Install the table and move the clocks; return the moves in lines."""
    installed = contracts.install_holidays(
        name=table.name, version=table.version, dates=table.dates, at=desk.now, by="Mara", reason="Announced today"
    )
    moves = holidays.apply(installed, by=desk.person["mara"].ref, at=desk.now)
    return [f"{move.ticket} {move.clock}: {shown(move.before)} then {shown(move.after)}" for move in moves]


def two_tickets(desk: Desk) -> tuple[Ticket, Ticket]:
    """Severity 3 from Tuesday at ten, one fixed on Wednesday at noon, the other still open on Thursday."""
    desk.at("Tue 09:00")
    fixed, still_open = desk.mail("ana", "Cards"), desk.mail("ana", "Printer")
    for ticket in (fixed, still_open):
        desk.confirm("ida", ticket, 3)
    desk.at("Tue 10:00")
    desk.fix("ida", fixed, arrives="Wed 12:00")
    desk.at("Thu 10:00")
    return fixed, still_open


def test_the_preview_says_which_clocks_would_move_and_writes_nothing(desk: Desk) -> None:
    _, still_open = two_tickets(desk)
    before = (clocks.dump(), desk.history(still_open))
    moves = list(holidays.preview(desk.england("2026.2", add=MOURNING), at=desk.now))

    assert [(move.ticket, move.clock, shown(move.before), shown(move.after)) for move in moves] == [
        (still_open, "resolution", "+1 Tue 09:00:10", "+1 Wed 09:00:10"),
        (still_open, "update", "Thu 09:00:10", "Fri 09:00:10"),
    ]
    assert (clocks.dump(), desk.history(still_open)) == before


def test_open_clocks_move_and_the_move_is_on_the_ticket(desk: Desk) -> None:
    _, still_open = two_tickets(desk)
    assert announced(desk, desk.england("2026.2", add=MOURNING)) == [
        f"{still_open} resolution: +1 Tue 09:00:10 then +1 Wed 09:00:10",
        f"{still_open} update: Thu 09:00:10 then Fri 09:00:10",
    ]

    resolution = desk.clock(still_open, "resolution")
    assert resolution.due == "+1 Wed 09:00:10"
    assert any("holiday" in line for line in resolution.ledger)
    change = desk.event(still_open, "calendar_changed")
    assert change.payload["holidays"] == "england 2026.2"
    assert change.payload["moved"]["resolution"] == ["2026-01-20T09:00:10Z", "2026-01-21T09:00:10Z"]
    assert desk.stored(still_open, "resolution").due == change.at.replace(day=21, hour=9, minute=0, second=10)


def test_a_settled_clock_keeps_the_figures_that_it_had(desk: Desk) -> None:
    """What was met on Wednesday was met on Wednesday, though Wednesday is a holiday now."""
    fixed, still_open = two_tickets(desk)
    figures = [desk.clock(fixed, name) for name in ("response", "resolution", "guarantee")]
    answered = desk.clock(still_open, "response")
    announced(desk, desk.england("2026.2", add=MOURNING))

    assert [desk.clock(fixed, name) for name in ("response", "resolution", "guarantee")] == figures
    assert desk.clock(fixed, "resolution").used == "10 h 59 min 50 s"
    assert desk.clock(still_open, "response") == answered


def test_what_was_closed_before_is_not_touched_at_all(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.close("ida", ticket, arrives="Mon 12:00")
    known = desk.history(ticket)
    announced(desk, desk.england("2026.2", add={"2026-01-12": "Day of mourning"}))

    assert desk.history(ticket) == known


def test_steps_move_with_their_clock_and_none_is_taken_twice(desk: Desk) -> None:
    """Half of the resolution time, on Thursday at one, is on Friday at one now; what was warned of stays warned of."""
    _, still_open = two_tickets(desk)
    assert "Thu 13:00:10 resolution warning 50%" in desk.steps(still_open)
    warned = desk.firings(still_open)
    announced(desk, desk.england("2026.2", add=MOURNING))
    assert "Fri 13:00:10 resolution warning 50%" in desk.steps(still_open)
    desk.at("Fri 14:00")

    fired = desk.firings(still_open)
    assert fired[: len(warned)] == warned
    assert len(fired) == len(set(fired))
    assert "Fri 13:00:10 resolution warning 50%" in fired


def test_a_holiday_withdrawn_can_make_a_clock_late_and_it_is_noticed(desk: Desk) -> None:
    """Good Friday is worked after all: what was due on Tuesday is due on Friday already."""
    desk.at("2026-04-02T14:00+01:00")
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 2)
    desk.at("2026-04-06T12:00+01:00")
    announced(desk, desk.england("2026.2", drop="2026-04-03"))
    desk.work()

    assert desk.reading(ticket).clock("resolution").breached is True  # type: ignore[union-attr]  # it has one
    assert any(line.endswith("resolution breached") for line in desk.firings(ticket))
    assert desk.faults() == []


def test_once_applied_it_is_applied(desk: Desk) -> None:
    _, still_open = two_tickets(desk)
    table = desk.england("2026.2", add=MOURNING)
    announced(desk, table)
    known = desk.history(still_open)

    assert announced(desk, table) == []
    assert desk.history(still_open) == known


def test_a_rebuild_after_the_change_writes_the_same_bytes(desk: Desk) -> None:
    two_tickets(desk)
    announced(desk, desk.england("2026.2", add=MOURNING))
    before = clocks.dump()
    clocks.rebuild()

    assert clocks.dump() == before
    assert desk.faults() == []


def test_the_command_shows_the_moves_and_applies_them_only_when_told_to(desk: Desk, tmp_path: Path) -> None:
    _, still_open = two_tickets(desk)
    days = "\n".join(f'{day} = "{name}"' for day, name in desk.england("2026.2", add=MOURNING).dates.items())
    file = tmp_path / "england.toml"
    file.write_text(f'name = "england"\nversion = "2026.2"\n\n[dates]\n{days}\n', encoding="utf-8")

    shown_only = desk.command("clocks", "holidays", str(file))
    assert shown_only.exit_code == 0, shown_only.output
    assert f"{still_open.reference}  resolution  2026-01-20 09:00:10+00:00  2026-01-21 09:00:10+00:00" in shown_only.output
    assert "clocks would move." in shown_only.output
    assert desk.history(still_open, "calendar_changed") == []

    refused = desk.command("clocks", "holidays", str(file), "--apply")
    assert "--reason" in str(refused.exception)
    applied = desk.command("clocks", "holidays", str(file), "--apply", "--reason", "Announced today")
    assert applied.exit_code == 0, applied.output
    assert "clocks moved." in applied.output
    assert desk.clock(still_open, "resolution").due == "+1 Wed 09:00:10"
