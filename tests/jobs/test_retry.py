"""Whether and when a failed job is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from mainstay.jobs.retry import GiveUp, Policy, TryAgain, after_failure, after_loss

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
POLICY = Policy(tries=5, lost=3, first=timedelta(seconds=10), cap=timedelta(seconds=60))


@pytest.mark.parametrize(
    ("case", "attempts", "shortest", "longest"),
    [
        ("first failure", 1, 7.5, 10),
        ("second failure waits twice as long", 2, 15, 20),
        ("third", 3, 30, 40),
        ("the wait stops growing at the cap", 4, 45, 60),
    ],
)
def test_a_failed_job_is_tried_again_after(case, attempts, shortest, longest):
    for seed in range(200):
        decision = after_failure(POLICY, attempts=attempts, hopeless=False, at=AT, random=Random(seed))
        assert isinstance(decision, TryAgain), case
        assert timedelta(seconds=shortest) <= decision.at - AT <= timedelta(seconds=longest), case


@pytest.mark.parametrize(
    ("case", "attempts", "hopeless", "why"),
    [
        ("the last try", 5, False, "It failed 5 times."),
        ("beyond the last, after the policy was made stricter", 9, False, "It failed 9 times."),
        ("the handler knows better", 1, True, "The handler said that another try cannot help."),
    ],
)
def test_a_job_is_put_aside_after(case, attempts, hopeless, why):
    decision = after_failure(POLICY, attempts=attempts, hopeless=hopeless, at=AT, random=Random(1))
    assert decision == GiveUp(why), case


def test_the_wait_is_spread_so_that_many_do_not_come_back_together():
    waits = {
        after_failure(POLICY, attempts=1, hopeless=False, at=AT, random=Random(seed)) for seed in range(50)
    }
    assert len(waits) == 50


def test_the_same_random_gives_the_same_wait():
    first, second = (
        after_failure(POLICY, attempts=3, hopeless=False, at=AT, random=Random("job 7")) for _ in "ab"
    )
    assert first == second


def test_a_thousand_failures_overflow_nothing():
    patient = Policy(tries=2_000)
    decision = after_failure(patient, attempts=1_000, hopeless=False, at=AT, random=Random(1))
    assert isinstance(decision, TryAgain)
    assert decision.at - AT <= patient.cap


@pytest.mark.parametrize(("lost", "given_up"), [(0, False), (2, False), (3, True), (4, True)])
def test_a_job_that_kills_its_workers_is_put_aside(lost, given_up):
    assert (after_loss(POLICY, lost=lost) is not None) == given_up
