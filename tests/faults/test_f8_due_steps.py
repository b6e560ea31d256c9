"""F8 and F10: what falls due happens once and in order, however many workers there are, die, or sleep."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from .account import wait_until_quiet
from .desk import FULL, GUARD, Databases, Desk, until
from .due import ALWAYS, CORE, fired, out_of_order, seed, steps
from .haste import HASTE
from .sink import Sink

pytestmark = pytest.mark.faults

TICKETS = 350 if FULL else 14
WORKERS = {"SQLite": 4 if FULL else 2, "PostgreSQL": 8 if FULL else 4}
WEDNESDAY = datetime(2026, 11, 18, 9, 5, tzinfo=UTC)  # in core hours, and long past
CALM = """
from mainstay.clocks.actions import notice_due
from mainstay.lib.time import now
while notice_due(now()):
    pass
"""
NOT_TOLD = "SELECT count(*) FROM escalation_notice WHERE mailed_at IS NULL AND kind IN ('breach', 'escalation')"


def left(desk: Desk, moment: datetime) -> int:
    """Return how many steps due by that moment have not been fired."""
    written = moment.strftime("%Y-%m-%d %H:%M:%S") if desk.database.startswith("sqlite") else moment.isoformat()
    return int(desk.rows(f"SELECT count(*) FROM clocks_step WHERE due_at <= '{written}'")[0][0])


def backlog(count: int) -> list[tuple[str, str, datetime, int]]:
    return [(f"due {n:04}", CORE, WEDNESDAY + timedelta(minutes=n % 300), 1 + n % 3) for n in range(count)]


def test_many_workers_killed_at_random_fire_each_step_once_and_in_order(
    desk: Desk, template, databases: Databases, figures
):
    """P4: the same steps as one worker fires whom nobody disturbs; none twice, none missed."""
    moment = datetime.now(UTC)
    seed(desk, backlog(TICKETS))
    desk.ask(CALM)
    wanted = steps(fired(desk), until=moment)
    assert len(wanted) > 10 * TICKETS
    assert out_of_order(fired(desk)) == []

    template.renew(desk)
    seed(desk, backlog(TICKETS))
    dice = random.Random(20261122)
    crew = [desk.start("worker", code=HASTE) for _ in range(WORKERS["SQLite" if databases.on_sqlite else "PostgreSQL"])]
    kills = 0
    while left(desk, moment) and kills < (100 if FULL else 6):
        time.sleep(dice.uniform(0.2, 0.8))
        victim = dice.randrange(len(crew))
        crew[victim].kill()
        crew[victim] = desk.start("worker", code=HASTE)
        kills += 1
    until(lambda: not left(desk, moment), seconds=2 * GUARD)
    rows = fired(desk)
    assert steps(rows, until=moment) == wanted
    assert out_of_order(rows) == []
    desk.kill_all()
    desk.verify()
    figures(
        f"F8: {len(crew)} workers, {len(wanted)} due steps of {TICKETS} tickets, {kills} kills: "
        "0 missed, 0 double, 0 out of order"
    )


def test_a_worker_that_was_paused_catches_up_in_order_and_says_how_late(desk: Desk, out: Sink, figures):
    """F10: what was settled meanwhile does not fire, lateness is shown, and a storm is one letter to a person."""
    worker = desk.start("worker", code=HASTE)
    until(lambda: desk.rows("SELECT count(*) FROM jobs_workerbeat")[0][0])
    worker.pause()
    now = datetime.now(UTC)
    # Warnings, the breach and the ladder of each fell due in the last three hours.
    seed(desk, [(f"late {n}", ALWAYS, now - timedelta(hours=3, minutes=n), 1) for n in range(6)])
    seed(desk, [("closed", ALWAYS, now - timedelta(hours=3), 1)])
    desk.ask(
        "from mainstay.tickets import actions\nfrom mainstay.tickets.models import Ticket\n"
        "from mainstay.orgs.models import Person\nfrom mainstay.lib.time import now\n"
        "ida = Person.objects.get(email='ida@vendor.example')\n"
        "actions.close(ticket=Ticket.objects.get(subject='closed'), by=ida, cause='withdrawn', at=now())"
    )
    worker.go_on()
    until(lambda: not left(desk, now), why=worker.said)
    rows = [row for row in fired(desk) if row[4] <= now]
    assert {row[0] for row in rows} == {f"late {n}" for n in range(6)}
    assert len(rows) == len({row[:4] for row in rows})
    assert out_of_order(rows) == []
    breaches = [row for row in rows if row[1:3] == ("resolution", "breached")]
    assert len(breaches) == 6
    assert all(row[5] - row[4] > timedelta(minutes=59) for row in breaches)
    told = [text for (text,) in desk.rows("SELECT text FROM escalation_notice WHERE kind = 'breach'")]
    assert told
    assert all("late" in text.partition("noticed")[2] for text in told)
    until(lambda: not desk.rows(NOT_TOLD)[0][0], why=worker.said)
    wait_until_quiet(desk)
    letters = Counter(str(to) for line in out.lines() for to in line["to"] if str(to).endswith("@vendor.example"))
    assert letters
    assert max(letters.values()) <= 2, f"a storm is bundled: {letters}"
    desk.kill_all()
    desk.verify()
    figures(f"F10: {len(rows)} steps up to three hours late, each once and in order; {max(letters.values())} letter a person")


def test_steps_that_fall_due_while_the_worker_sleeps_are_noticed_when_it_wakes(desk: Desk):
    """F10 with SIGSTOP: the moment it was due is the contract's, the moment it was noticed is ours."""
    worker = desk.start("worker", code=HASTE)
    until(lambda: desk.rows("SELECT count(*) FROM jobs_workerbeat")[0][0])
    worker.pause()
    soon = datetime.now(UTC) + timedelta(seconds=2)
    seed(desk, [(f"soon {n}", ALWAYS, soon - timedelta(hours=1, seconds=-n), 1) for n in range(3)])
    time.sleep(6)
    worker.go_on()
    woke = datetime.now(UTC)
    half = ("resolution", "50%")
    until(lambda: len({row[0] for row in fired(desk) if row[4] >= soon - timedelta(seconds=1)}) == 3)
    for row in fired(desk):
        if row[1:3] == half:
            assert row[4] < woke <= row[5] + timedelta(seconds=1)
    assert out_of_order(fired(desk)) == []
    desk.kill_all()
    desk.verify()
