"""Whether and when a failed job is tried again. Pure: the answer is a value, the worker writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from mainstay.lib.backoff import backoff


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient a kind of job is."""

    tries: int = 8
    lost: int = 3  # leases that may run out: such a job may be what kills its workers
    first: timedelta = timedelta(seconds=5)
    cap: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Try again at `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Put it aside for a person, who is told `why`."""

    why: str


Decision = TryAgain | GiveUp


class Hopeless(Exception):
    """A handler raises this where another try cannot help; the job is put aside at once."""


def after_failure(policy: Policy, *, attempts: int, hopeless: bool, at: datetime, random: Random) -> Decision:
    """Decide after the `attempts`-th try has failed at `at`. The wait doubles, up to the policy's cap."""
    if hopeless:
        return GiveUp("The handler said that another try cannot help.")
    if attempts >= policy.tries:
        return GiveUp(f"It failed {attempts} times.")
    return TryAgain(at + backoff(attempts, first=policy.first, cap=policy.cap, random=random))


def after_loss(policy: Policy, *, lost: int) -> GiveUp | None:
    """Decide before a try whether the job has lost too many workers. None: go ahead."""
    if lost < policy.lost:
        return None
    return GiveUp(f"{lost} workers died, hung or were paused while they ran it.")
