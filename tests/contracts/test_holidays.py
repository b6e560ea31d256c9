"""A changed holiday table is installed by an administrator, and the worker moves the open clocks onto it."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.clocks import holidays
from mainstay.contracts.models import HolidayTable
from mainstay.jobs.models import Job
from mainstay.orgs.access import NotAllowed
from tests.desk import Desk

SOON = {"2026-01-13": "A holiday announced on Monday"}


@pytest.fixture
def desk(db: None, settings: Any) -> Desk:
    settings.DEMO = True
    return Desk()


def install(desk: Desk, who: str, version: str = "2026.2") -> HolidayTable:
    table = desk.england(version, add=SOON)
    return holidays.install(
        name="england",
        version=version,
        dates=table.dates,
        reason="Announced",
        by=desk.person[who],
        at=desk.now,
    )


def test_open_clocks_move_once_the_worker_has_been(desk: Desk) -> None:
    """Reading 21: five days to resolve are counted without the new holiday."""
    desk.person["mara"].staff_role = "administrator"
    desk.at("Mon 16:30")
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 3, arrives="Mon 16:45")
    before = desk.clock(ticket, "resolution").due
    install(desk, "mara")
    assert desk.clock(ticket, "resolution").due == before, "nothing has moved until the worker does it"
    desk.work()
    assert desk.clock(ticket, "resolution").due != before
    assert desk.event(ticket, "calendar_changed").payload["holidays"] == "england 2026.2"


def test_only_an_administrator_installs_one_and_then_both_are_kept_or_neither(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        install(desk, "mara")
    assert not HolidayTable.objects.filter(version="2026.2").exists()
    assert not Job.objects.filter(kind=holidays.MOVE).exists()
