"""Recurring duties come from the state of a row: no run books the next, so no crash ends the chain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mainstay.jobs import duties, queries
from mainstay.jobs.models import Duty
from mainstay.jobs.worker import Worker

from .conftest import MONDAY

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("case", "late_by", "next_after"),
    [
        ("on time", timedelta(), HOUR),
        ("a little late keeps step", 9 * MINUTE, HOUR),
        ("an hour late: the missed run is not made up for", HOUR, 2 * HOUR),
        ("three hours and a bit", 3 * HOUR + MINUTE, 4 * HOUR),
    ],
)
def test_the_next_run_keeps_step_with_the_first(case, late_by, next_after):
    assert duties.next_due(MONDAY, HOUR, MONDAY + late_by) == MONDAY + next_after, case


def test_after_the_clock_was_set_back_the_next_run_is_a_span_away():
    assert duties.next_due(MONDAY + 9 * HOUR, HOUR, MONDAY) == MONDAY + HOUR


@pytest.mark.django_db
def test_a_duty_is_done_at_once_and_then_every_so_often(duty):
    ran = []
    duty("count tickets", HOUR, ran.append)
    worker = Worker("ida")
    for minutes in (0, 1, 59, 60, 61, 300, 301):
        worker.tick(MONDAY + minutes * MINUTE)
    assert ran == [MONDAY, MONDAY + 60 * MINUTE, MONDAY + 300 * MINUTE]
    (row,) = queries.duties()
    assert (row.last_ran_at, row.next_due_at) == (MONDAY + 5 * HOUR, MONDAY + 6 * HOUR)


@pytest.mark.django_db
def test_of_many_workers_one_does_it(duty):
    ran = []
    duty("count tickets", HOUR, ran.append)
    for name in ("ida", "jon", "third"):
        Worker(name).tick(MONDAY)
    assert ran == [MONDAY]


@pytest.mark.django_db
def test_another_worker_takes_over_from_one_that_died_in_it(duty):
    def die(at):
        raise SystemExit

    duty("count tickets", HOUR, die)
    with pytest.raises(SystemExit):
        Worker("ida").tick(MONDAY)
    ran = []
    duty("count tickets", HOUR, ran.append)
    jon = Worker("jon")
    jon.tick(MONDAY + duties.LEASE - SECOND)
    jon.tick(MONDAY + duties.LEASE)
    assert ran == [MONDAY + duties.LEASE]


@pytest.mark.django_db
def test_a_worker_that_outlives_its_lease_does_not_move_the_next_run(duty):
    """F9 for duties: the row of the one who took over stays as it is."""

    def slow(at):
        duties.register("count tickets", HOUR, lambda later: None)
        Worker("jon").tick(MONDAY + duties.LEASE)

    duty("count tickets", HOUR, slow)
    Worker("ida").tick(MONDAY)
    (row,) = queries.duties()
    assert (row.owner, row.last_ran_at, row.fence) == ("jon", MONDAY + duties.LEASE, 2)


@pytest.mark.django_db
def test_a_failing_duty_is_seen_tried_again_and_stops_no_other(duty):
    ran = []

    def fail(at):
        raise ValueError("no such mailbox")

    duty("a failing one", HOUR, fail)
    duty("another", HOUR, ran.append)
    worker = Worker("ida")
    worker.tick(MONDAY)
    worker.tick(MONDAY + 10 * SECOND)
    row = Duty.objects.get(pk="a failing one")
    assert (row.failures, row.last_ran_at) == (2, None)
    assert row.last_error.endswith("ValueError: no such mailbox")
    assert row.next_due_at <= MONDAY + 30 * SECOND
    assert ran == [MONDAY]
    duty("a failing one", HOUR, ran.append)
    worker.tick(MONDAY + MINUTE)
    row.refresh_from_db()
    assert (row.failures, row.last_error, row.last_ran_at) == (0, "", MONDAY + MINUTE)


@pytest.mark.django_db
def test_a_duty_that_a_wrong_clock_put_a_day_ahead_is_brought_back(duty):
    """F13: one day ahead and back; the next sign of life of any worker puts it right."""
    ran, steady = [], [0.0]
    duty("count tickets", HOUR, ran.append)
    worker = Worker("ida", steady=lambda: steady[0])
    worker.tick(MONDAY + timedelta(days=1))
    steady[0] = 15.0
    worker.tick(MONDAY)
    worker.tick(MONDAY + SECOND)
    assert ran == [MONDAY + timedelta(days=1), MONDAY]


@pytest.mark.django_db
def test_a_duty_that_is_registered_later_is_found(duty):
    ran, steady = [], [0.0]
    worker = Worker("ida", steady=lambda: steady[0])
    worker.tick(MONDAY)
    duty("count tickets", HOUR, ran.append)
    steady[0] = 15.0
    worker.tick(MONDAY + SECOND)
    assert ran == [MONDAY + SECOND]


@pytest.mark.django_db
def test_duties_cost_one_query_when_none_is_due(duty, django_assert_num_queries):
    for number in range(10):
        duty(f"duty {number}", HOUR, lambda at: None)
    Worker("ida").tick(MONDAY)
    with django_assert_num_queries(1):
        assert duties.run_due(lane="duties", owner="ida", at=MONDAY + MINUTE) == 0


def test_a_duty_without_a_span_is_refused(duty):
    with pytest.raises(ValueError, match="longer than nothing"):
        duty("spin", timedelta(), print)
