"""Sending what is due: claim, hand over, and only then write down what the server said.

A worker that dies between the server's 250 and our commit repeats the letter with the same Message-ID: SMTP
leaves no other choice. Nothing else is sent twice.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet

from mainstay.lib import fault, process, sql
from mainstay.lib.backoff import backoff
from mainstay.lib.time import from_text, to_text

from . import channel, events, settle
from .actions import LEASE
from .models import Letter
from .transport import ChannelFault, Sent, Session, Transport, chosen

log = logging.getLogger(__name__)

BATCH = 10
# How long handing over may take, beyond which the lease is made longer first.
HAND_OVER = timedelta(seconds=90)
BYTES_A_SECOND = 64 * 1024
RETELL_FIRST, RETELL_CAP = timedelta(seconds=10), timedelta(minutes=10)
# The server has the letter and the database cannot be reached: keep trying to write that down.
RECORD_AFTER_SECONDS = (0.0, 0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 20.0, 20.0)
LEASED = sql.Look(Letter, equal=(("state", Letter.State.LEASED.value),))
UNTOLD, UNSENT = sql.Look(Letter, "tell_at"), sql.Look(Letter, "next_attempt_at")


class LeaseLost(Exception):
    """Another worker has taken the letter over."""


class Stopwatch:
    """Tells the moment by a clock that cannot be set, from the moment at which it was started."""

    def __init__(self, at: datetime) -> None:
        self._at, self._started = at, time.monotonic()

    def elapsed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._started)

    def now(self) -> datetime:
        return self._at + self.elapsed()


@sql.looking_for(UNTOLD, UNSENT)
def deliver(at: datetime) -> int:
    """Send a small batch of what is due at `at`; return how many letters were tried or told of. A pump.

    One query when nothing is due. Must not be called inside a transaction that does more.
    """
    found = sql.due((UNTOLD, UNSENT), at)
    told = _tell_untold(at) if UNTOLD in found else 0
    return told + (_send_due(at) if UNSENT in found else 0)


@sql.looking_for(LEASED)
def free_what_the_dead_held(at: datetime) -> int:
    """End the leases of senders that were killed on this machine; return of how many letters. A pump.

    One query when no letter is leased. Whether such a letter has left nobody knows, as when a lease runs out.
    """
    if not sql.due((LEASED,), at):
        return 0
    leased = Letter.objects.filter(state=Letter.State.LEASED, next_attempt_at__gt=at)
    gone = [(pk, fence) for pk, fence, owner in leased.values_list("pk", "fence", "owner") if process.is_gone(owner)]
    return sum(Letter.objects.filter(pk=pk, fence=fence).update(next_attempt_at=at) for pk, fence in gone)


def _send_due(at: datetime) -> int:
    transport = chosen()
    if transport.missing:
        return 0
    ahead = dict(_due(at).values_list("pk", "next_attempt_at")[:BATCH])
    allowed = channel.turn(transport.name, at=at, batch=BATCH)
    if not allowed:
        return 0
    watch = Stopwatch(at)
    letters = _claim(_due(at).filter(pk__in=list(ahead)[:allowed]), at=at)
    for letter in letters:
        letter.next_attempt_at = ahead[letter.pk]  # to give it back as it was, should nothing come of this
    return _send_all(letters, transport, watch) if letters else 0


def _due(at: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(next_attempt_at__lte=at).order_by("next_attempt_at", "id")


def _claim(due: QuerySet[Letter], *, at: datetime) -> list[Letter]:
    return sql.claim(
        due,
        limit=BATCH,
        state=Letter.State.LEASED,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        owner=process.identity(),
        lease_until=at + LEASE,
        next_attempt_at=at + LEASE,
    )


def _send_all(letters: list[Letter], transport: Transport, watch: Stopwatch) -> int:
    """Send the letters over one visit; after a fault of the server give back those not yet handed over."""
    sent = 0
    with transport.session() as session:
        while letters:
            letter = letters[0]
            try:
                outcome = _hand_over(letter, session, watch)
            except ChannelFault as error:
                log.warning("Nothing can be sent now: %s", error)
                channel.fails(transport.name, error, at=_moment(transport, watch))
                break
            letters.pop(0)
            if outcome is None:
                continue
            sent += 1
            at = _moment(transport, watch)
            _record_whatever_happens(letter, outcome, at=at)
            if outcome.broken:
                log.warning("%s: %s", letter, outcome.broken)
                channel.fails(transport.name, ChannelFault(outcome.broken), at=at)
                break
            if sent == 1:
                channel.works(transport.name, at=at)
    for letter in letters:
        _give_back(letter)
    return sent


def _moment(transport: Transport, watch: Stopwatch) -> datetime:
    """Return when the server answered. Contracts count from it, so a slow server's seconds count too."""
    return watch.now() if not transport.instant else watch._at


def _hand_over(letter: Letter, session: Session, watch: Stopwatch) -> Sent | None:
    """Hand one letter to the server. None: it is no longer ours, for we slept past the lease."""
    body = _body_if_still_ours(letter, watch)
    if body is None:
        log.warning("%s was taken over by another worker", letter)
        return None
    return session.send(letter.sender, settle.pending(letter.recipients, letter.results), body)


def _body_if_still_ours(letter: Letter, watch: Stopwatch) -> bytes | None:
    """Return the letter's bytes, with a lease that is long enough to hand them over."""
    mine = _mine(letter)
    body = mine.values_list("text__data", flat=True).first()
    if body is None:
        return None
    wanted = watch.elapsed() + HAND_OVER + timedelta(seconds=len(body) / BYTES_A_SECOND)
    if wanted > LEASE:
        until = watch.now() + wanted
        if not mine.update(lease_until=until, next_attempt_at=until):
            return None
    return bytes(body)


def _record_whatever_happens(letter: Letter, sent: Sent, *, at: datetime) -> None:
    """Write down what the server said. Outlasts an outage of the database and a listener that raises."""
    settled = settle.settle(
        letter.recipients,
        letter.results,
        sent.answers,
        attempts=letter.attempts,
        first_tried_at=letter.first_tried_at or at,
        at=at,
        random=Random(f"{letter.pk}:{letter.fence}"),
    )
    for wait in RECORD_AFTER_SECONDS:
        time.sleep(wait)
        try:
            _record(letter, settled, at=at)
            return
        except LeaseLost:
            log.warning("%s was taken over by another worker after we had sent it", letter)
            return
        except (OperationalError, InterfaceError):
            log.exception("%s: cannot write down what the server said", letter)
            if connection.in_atomic_block:
                raise
            connection.close()
    raise OperationalError(f"{letter}: sent, and could not be written down; it will be sent again")


def _record(letter: Letter, settled: settle.Settled, *, at: datetime) -> None:
    """Write down the end and tell the listeners; if they raise, write it down and tell them later."""
    try:
        with transaction.atomic(durable=True):
            _write(letter, settled, at=at)
            _tell(letter, _news(settled), at)
    except LeaseLost:
        raise
    except Exception as error:
        log.exception("%s: a listener could not take in how it ended", letter)
        with transaction.atomic(durable=True):
            _write(letter, settled, at=at, untold=_news(settled), error=error)


def _write(
    letter: Letter,
    settled: settle.Settled,
    *,
    at: datetime,
    untold: dict[str, list[str]] | None = None,
    error: Exception | None = None,
) -> None:
    """Write the settled letter, if it is still ours, and bring `letter` up to date. Raises LeaseLost."""
    ended = settled.next_attempt_at is None
    reached = settled.ended_as_accepted(letter.recipients[0])
    values: dict[str, Any] = {
        "results": settled.results,
        "state": Letter.State.QUEUED
        if not ended
        else Letter.State.ACCEPTED
        if reached
        else Letter.State.FAILED,
        "next_attempt_at": settled.next_attempt_at,
        "first_tried_at": letter.first_tried_at or at,
        "lease_until": None,
        "last_error": settled.last_error,
        "peer_answer": settled.peer_answer or letter.peer_answer,
        "accepted_at": at if settled.accepted else letter.accepted_at,
        "failed_at": at if settled.failed else letter.failed_at,
    }
    if untold:
        values |= {
            "untold": [*letter.untold, {"at": to_text(at), **untold}],
            "untold_error": fault.describe(error) if error else "",
            "tell_at": at + RETELL_FIRST,
        }
    if not _mine(letter).update(**values):
        raise LeaseLost(str(letter))
    for name, value in values.items():
        setattr(letter, name, value)


def _news(settled: settle.Settled) -> dict[str, list[str]]:
    """Return what listeners must hear of, in a form that can be stored."""
    news: dict[str, list[str]] = {}
    if settled.accepted:
        news["accepted"] = []
    if settled.failed:
        news["failed"] = []
    if settled.copies_refused:
        news["copies refused"] = list(settled.copies_refused)
    return news


def _tell(letter: Letter, news: dict[str, list[str]], at: datetime) -> None:
    if "accepted" in news:
        events.tell_accepted(letter, at)
    if "failed" in news:
        events.tell_failed(letter, at)
    if "copies refused" in news:
        events.tell_copies_refused(letter, tuple(news["copies refused"]), at)


def _tell_untold(at: datetime) -> int:
    """Tell listeners what they could not take in before; return of how many letters."""
    waiting = list(
        Letter.objects.filter(tell_at__lte=at).order_by("tell_at").values_list("pk", flat=True)[:BATCH]
    )
    return sum(_tell_again(pk, at) for pk in waiting)


def _tell_again(pk: UUID, at: datetime) -> bool:
    try:
        with transaction.atomic(durable=True):
            letter = sql.lock_rows(Letter.objects.filter(pk=pk, tell_at__lte=at), skip_locked=True).first()
            if letter is None:
                return False
            for news in letter.untold:
                _tell(letter, {key: news[key] for key in news if key != "at"}, from_text(news["at"]))
            letter.untold, letter.untold_error, letter.tell_at = [], "", None
            letter.save(update_fields=["untold", "untold_error", "tell_at"])
    except Exception as error:
        log.exception("Letter %s: a listener still cannot take in how it ended", pk)
        _tell_later(pk, error, at)
    return True


def _tell_later(pk: UUID, error: Exception, at: datetime) -> None:
    letter = Letter.objects.get(pk=pk)
    waited = max(at - from_text(letter.untold[0]["at"]), timedelta()) if letter.untold else timedelta()
    wait = backoff(1, first=max(waited, RETELL_FIRST), cap=RETELL_CAP, random=Random(str(pk)))
    Letter.objects.filter(pk=pk).update(tell_at=at + wait, untold_error=fault.describe(error))


def _give_back(letter: Letter) -> None:
    """Queue a letter again that was not handed over: it keeps its place, and the try is not counted."""
    _mine(letter).update(
        state=Letter.State.QUEUED,
        next_attempt_at=letter.next_attempt_at,
        lease_until=None,
        attempts=F("attempts") - 1,
    )


def _mine(letter: Letter) -> QuerySet[Letter]:
    """Return the letter's row if our lease on it still stands."""
    return Letter.objects.filter(pk=letter.pk, fence=letter.fence, state=Letter.State.LEASED)
