"""The state of the way out, shared by all workers: who may knock when, and why not.

A fault of the server is no fault of the letters: they wait untouched while one worker at a time knocks, each
time later, at most five minutes apart; refused credentials are tried once in five minutes and no more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db.models import F
from django.db.models.functions import Coalesce

from mainstay.lib.backoff import backoff

from .models import Channel
from .transport import ChannelFault

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
NOTE_OK_EVERY = timedelta(minutes=1)


def turn(name: str, *, at: datetime, batch: int) -> int:
    """Return how many letters the caller may take now: a batch, one to knock with, or none."""
    channel = Channel.objects.filter(pk=name).first()
    if channel is None:
        Channel.objects.bulk_create([Channel(name=name)], ignore_conflicts=True)
        return batch
    if channel.paused_until is None:
        return batch
    # A pause that ends further ahead than any pause can was written by a clock that was wrong.
    if at < channel.paused_until <= at + LONGEST_PAUSE:
        return 0
    mine = Channel.objects.filter(pk=name, paused_until=channel.paused_until).update(
        paused_until=at + LONGEST_PAUSE
    )
    return 1 if mine else 0


def works(name: str, *, at: datetime) -> None:
    """Write down that the server took or judged a letter; at most one write a minute while all is well."""
    channel = Channel.objects.filter(pk=name).first()
    noted = channel.last_ok_at if channel and channel.paused_until is None else None
    if noted is not None and timedelta() <= at - noted < NOTE_OK_EVERY:
        return
    Channel.objects.filter(pk=name).update(
        failures=0, paused_until=None, reason="", failing_since=None, last_ok_at=at
    )  # fmt: skip


def fails(name: str, fault: ChannelFault, *, at: datetime) -> None:
    """Write down that the server cannot be used, and pause."""
    channel = Channel.objects.filter(pk=name).first()
    failures = channel.failures + 1 if channel else 1
    wait = backoff(failures, first=FIRST_PAUSE, cap=LONGEST_PAUSE, random=Random(f"{name}:{failures}"))
    Channel.objects.filter(pk=name).update(
        failures=F("failures") + 1,
        paused_until=at + (LONGEST_PAUSE if fault.slow else wait),
        reason=fault.reason,
        failing_since=Coalesce(F("failing_since"), at),
    )
