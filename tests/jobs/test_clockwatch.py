"""A wall clock that is moved under a running worker (F13)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mainstay.jobs.clockwatch import ClockWatch

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def looks(*readings: tuple[float, float]) -> list[float | None]:
    """Return the jumps that a watch sees; each reading is (steady seconds, how far the wall clock is off)."""
    watch = ClockWatch()
    seen = (
        watch.look(wall=START + timedelta(seconds=steady + off), steady=steady) for steady, off in readings
    )
    return [None if jump is None else jump.total_seconds() for jump in seen]


@pytest.mark.parametrize(
    ("case", "readings", "seen"),
    [
        ("a clock that goes right", [(0, 0), (1, 0), (900, 0)], [None, None, None]),
        ("a minute is tolerated", [(0, 0), (1, 60), (2, 60)], [None, None, None]),
        ("slewing by half a minute each hour adds up to no jump",
         [(0, 0), (3600, 30), (7200, 60), (10800, 90)], [None] * 4),
        ("two hours ahead: held for two minutes, then believed",
         [(0, 0), (1, 7200), (60, 7200), (120, 7200), (121, 7200), (122, 7200)],
         [None, 7200, 7200, 7200, None, None]),
        ("two hours back: the same", [(0, 0), (1, -7200), (121, -7200)], [None, -7200, None]),
        ("a day ahead and back within the hold: goes on at once",
         [(0, 0), (1, 86400), (30, 0), (31, 0)], [None, 86400, None, None]),
        ("a day ahead, believed, and back again: held once more",
         [(0, 0), (1, 86400), (121, 86400), (500, 0), (620, 0)], [None, 86400, None, -86400, None]),
        ("asleep for an hour with both clocks running", [(0, 0), (3600, 0)], [None, None]),
    ],
)  # fmt: skip
def test_a_jump_of_more_than_a_minute_holds_work_for_up_to_two(case, readings, seen):
    assert looks(*readings) == seen, case
