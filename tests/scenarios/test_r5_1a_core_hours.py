"""R5.1a (pack, section 5, clause 1): Core Service Hours are 09:00 to 17:00 UK time, Monday to Friday, without England's
public holidays."""

from __future__ import annotations

import pytest

from tests.desk import Desk, when

SERIOUS = "Half of the cards are not read at the desks.\nUrgency: high\nImpact: medium"  # one hour to respond


@pytest.mark.parametrize(
    ("case", "reported", "due"),
    [
        ("at opening", "2026-01-12T09:00+00:00", "2026-01-12T10:00+00:00"),
        ("an hour before closing", "2026-01-12T16:00+00:00", "2026-01-12T17:00+00:00"),
        ("over the night", "2026-01-12T16:30+00:00", "2026-01-13T09:30+00:00"),
        ("the telephone is answered until half past five", "2026-01-12T17:10+00:00", "2026-01-13T10:00+00:00"),
        ("over a weekend", "2026-01-16T16:59+00:00", "2026-01-19T09:59+00:00"),
        ("over Good Friday and Easter Monday", "2026-04-02T16:30+01:00", "2026-04-07T09:30+01:00"),
        ("Boxing Day falls on a Saturday, so Monday is closed", "2026-12-24T16:30+00:00", "2026-12-29T09:30+00:00"),
        ("on a Scottish holiday", "2026-11-30T09:00+00:00", "2026-11-30T10:00+00:00"),
        ("in summer time", "2026-07-01T09:00+01:00", "2026-07-01T10:00+01:00"),
        ("over the weekend on which clocks go forward", "2026-03-27T16:30+00:00", "2026-03-30T09:30+01:00"),
        ("over the weekend on which clocks go back", "2026-10-23T16:30+01:00", "2026-10-26T09:30+00:00"),
    ],
)
def test_an_hour_of_response_time_ends(desk: Desk, case: str, reported: str, due: str) -> None:
    """Readings 1, 2 and 19."""
    desk.at(reported)
    clock = desk.reading(desk.mail("ana", "Cards", SERIOUS)).clock("response")

    assert clock is not None
    assert clock.due == when(due)


def test_a_ledger_says_which_hours_were_which(desk: Desk) -> None:
    desk.at("2026-04-02T16:30+01:00")
    ticket = desk.mail("ana", "Cards", SERIOUS)
    clock = desk.reading(ticket, at="2026-04-07T09:20+01:00").clock("response")

    assert clock is not None
    kinds = [part.kind for part in clock.ledger]
    assert kinds == ["counted", "out of hours", "holiday", "out of hours", "holiday", "out of hours", "counted"]
    assert sum(part.counted.total_seconds() for part in clock.ledger) == 50 * 60
    assert {part.calendar for part in clock.ledger} == {"core@2026.1"}


def test_around_the_clock_an_hour_is_an_hour(desk: Desk) -> None:
    """Reading 20: two real hours over the night on which clocks go forward."""
    desk.at("2026-03-28T23:30+00:00")
    ticket = desk.mail("cleo", "All down", "No card is read at any desk.\nUrgency: high\nImpact: high")
    desk.confirm("ida", ticket, 1, arrives="2026-03-29T00:00+00:00")

    clock = desk.reading(ticket).clock("resolution")
    assert clock is not None
    assert clock.due == when("2026-03-29T03:00+01:00")
