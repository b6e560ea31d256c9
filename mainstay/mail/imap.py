"""Fetches mailboxes. Any number of fetchers may run: a lease gives each mailbox to one, a fence holds when
that fails.

The cursor is the UID within a UIDVALIDITY, and it moves in the transaction that keeps the mail; only then is
a message moved on the server, if that is wished. A server that fails is asked again after a rest of at most
five minutes.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import Error as DatabaseTrouble
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q

from mainstay.lib import process, time
from mainstay.mail import arrivals, fingerprint, imap_session, mailboxes
from mainstay.mail.arrivals import Incoming
from mainstay.mail.models import After, Arrival, Mailbox

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)  # renewed at every turn; a turn is a batch, or a wait of IDLE_SECONDS
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
REST_AFTER_REFUSAL = timedelta(minutes=5)  # a server may lock the account after too many wrong passwords
IDLE_SECONDS = 25.0
POLL_SECONDS = 10.0  # between looks at a server that cannot tell of new mail
SUPERVISE_SECONDS = 2.0
MOST_MAILBOXES = 64  # that one process reads at once
LOOK_AHEAD = 500  # messages whose sizes are asked for at once
BATCH_MESSAGES, BATCH_BYTES = 50, 8 * 1024 * 1024
TRIES_OF_ONE = 3  # before a message that the server keeps back is passed by

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Pass:
    """What one look at a mailbox brought. `error` is empty when all went well; `busy`.

    Another fetcher has it.
    """

    taken: int = 0
    moved: int = 0
    error: str = ""
    busy: bool = False


def fetch_once(mailbox: Mailbox, *, at: datetime) -> Pass:
    """Look at `mailbox` once and keep what is new. Never raises for the server's sake.

    `Pass.error` says what was.
    """
    held = _lease(mailbox.pk, owner=process.identity(), at=at)
    if held is None:
        return Pass(busy=True)
    result = _guarded(held, lambda session: _look(held, session, lambda: at), lambda: at)
    _release(held)
    return result


def run(stop: threading.Event, *, clock: Clock = time.now) -> None:
    """Read every mailbox that is not paused until `stop` is set, a thread for each. Blocks."""
    threads: dict[int, threading.Thread] = {}
    while not stop.is_set():
        try:
            close_old_connections()
            threads = {pk: thread for pk, thread in threads.items() if thread.is_alive()}
            for pk in _free_mailboxes(clock()):
                if pk not in threads and len(threads) < MOST_MAILBOXES:
                    threads[pk] = threading.Thread(
                        target=_serve, args=(pk, stop, clock), name=f"mailbox {pk}", daemon=True
                    )
                    threads[pk].start()
        except DatabaseTrouble:
            log.exception("The mailboxes cannot be looked up; nothing is fetched meanwhile")
            connection.close()
        stop.wait(SUPERVISE_SECONDS)
    for thread in threads.values():
        thread.join(timeout=imap_session.COMMAND_TIMEOUT)
    connection.close()


def _serve(mailbox_id: int, stop: threading.Event, clock: Clock) -> None:
    """Hold one mailbox: look, wait for news, look again.

    Ends when it is lost, failing, paused or told to stop.
    """
    try:
        held = _lease(mailbox_id, owner=process.identity(), at=clock())
        if held is not None:
            _guarded(held, lambda session: _stay(held, session, stop, clock), clock)
            _release(held)
    except DatabaseTrouble:
        log.exception("mailbox %s: the database cannot be used; nothing is fetched meanwhile", mailbox_id)
    finally:
        connection.close()


def _stay(held: Mailbox, session: imap_session.Session, stop: threading.Event, clock: Clock) -> Pass:
    while not stop.is_set():
        result = _look(held, session, clock)
        _good(held, clock(), error=result.error)
        if session.can_wait:
            session.wait(seconds=IDLE_SECONDS, ended=stop.is_set)
        else:
            stop.wait(POLL_SECONDS)
        if not _renew(held, at=clock()):
            break
    return Pass()


def _guarded(held: Mailbox, work: Callable[[imap_session.Session], Pass], clock: Clock) -> Pass:
    """Connect, do `work`, and write down how it went."""
    session = None
    try:
        session = imap_session.Session(mailboxes.account_of(held), writable=held.after == After.MOVE)
        result = work(session)
        _good(held, clock(), error=result.error)
        return result
    except (imap_session.LoginRefused, mailboxes.NoSecret) as trouble:
        return _failed(held, f"Signing in failed: {trouble}", at=clock(), rest=REST_AFTER_REFUSAL)
    except imap_session.ImapTrouble as trouble:
        rest = min(FIRST_REST * 2 ** min(held.failures, 10), LONGEST_REST)
        return _failed(held, str(trouble), at=clock(), rest=rest)
    except arrivals.CursorMoved as trouble:
        log.warning("%s", trouble)
        return Pass(busy=True)
    finally:
        if session is not None:
            session.close()


def _look(held: Mailbox, session: imap_session.Session, clock: Clock) -> Pass:
    """Keep everything above the cursor, then move what is kept, if that is wished."""
    _align_cursor(held, session.uidvalidity)
    taken = 0
    waiting = session.uids_after(held.last_uid)
    for start in range(0, len(waiting), LOOK_AHEAD):
        for batch in _batches(session.listed(waiting[start : start + LOOK_AHEAD])):
            taken += _take(held, session, batch, clock)
            if not _renew(held, at=clock()):
                raise arrivals.CursorMoved(f"{held.name}: the lease was lost, or the mailbox was changed")
    moved, error = _move_kept(held, session)
    return Pass(taken=taken, moved=moved, error=error)


def _align_cursor(held: Mailbox, uidvalidity: int) -> None:
    """Begin anew when the server has renumbered its messages.

    What is here already is recognised by its content.
    """
    if held.uidvalidity == uidvalidity:
        return
    if held.uidvalidity is not None:
        log.warning("%s: UIDVALIDITY is now %s; all is read again", held.name, uidvalidity)
    changed = Mailbox.objects.filter(pk=held.pk, fence=held.fence).update(uidvalidity=uidvalidity, last_uid=0)
    if not changed:
        raise arrivals.CursorMoved(f"{held.name}: the lease was lost")
    held.uidvalidity, held.last_uid = uidvalidity, 0


def _batches(listed: Sequence[imap_session.Listed]) -> Iterator[list[imap_session.Listed]]:
    """Cut into pieces that are kept together: a few small ones, or one large."""
    batch: list[imap_session.Listed] = []
    size = 0
    for one in listed:
        if batch and (len(batch) >= BATCH_MESSAGES or size + one.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.size
    if batch:
        yield batch


def _take(
    held: Mailbox, session: imap_session.Session, batch: list[imap_session.Listed], clock: Clock
) -> int:
    """Fetch one batch and keep it. One message that the server keeps back is looked at by itself."""
    try:
        fetched = session.fetch([one for one in batch if one.size <= held.max_bytes])
    except imap_session.NotHandedOver as trouble:
        if len(batch) > 1:
            return sum(_take(held, session, [one], clock) for one in batch)
        return _keep(held, [_kept_back(held, batch[0], trouble, clock())], batch[0].uid, clock())
    at = clock()
    incoming = [_incoming(one, at) for one in fetched]
    for one in batch:
        if one.size > held.max_bytes and (head := session.fetch_head(one)) is not None:
            incoming.append(_too_large(held, head, at))
    return _keep(held, sorted(incoming, key=lambda one: one.uid or 0), batch[-1].uid, at)


def _keep(held: Mailbox, incoming: list[Incoming], cursor: int, at: datetime) -> int:
    kept = arrivals.keep_fetched(
        incoming, mailbox=held, uidvalidity=held.uidvalidity or 0, cursor=cursor, at=at
    )
    held.last_uid = cursor
    return kept


def _incoming(fetched: imap_session.Fetched, at: datetime) -> Incoming:
    return Incoming(fetched.raw, fetched.received_at or at, len(fetched.raw), uid=fetched.uid)


def _too_large(held: Mailbox, head: imap_session.Fetched, at: datetime) -> Incoming:
    size, limit = (f"{octets / 1_000_000:.1f} MB" for octets in (head.size, held.max_bytes))
    fault = (
        f"It is larger than this mailbox takes: {size}, the limit is {limit}. "
        "It stays on the mail server; here is only its head."
    )
    return Incoming(head.raw, head.received_at or at, head.size, uid=head.uid, fault=fault)


def _kept_back(
    held: Mailbox, listed: imap_session.Listed, trouble: imap_session.NotHandedOver, at: datetime
) -> Incoming:
    """Count the tries.

    When there were enough, give the message a line in the ledger so that the next ones come.
    """
    tries = held.stuck_tries + 1 if held.stuck_uid == listed.uid else 1
    if tries < TRIES_OF_ONE:
        Mailbox.objects.filter(pk=held.pk, fence=held.fence).update(stuck_uid=listed.uid, stuck_tries=tries)
        raise imap_session.ImapTrouble(f"the server keeps message {listed.uid} back: {trouble}")
    fault = f"The mail server lists it and would not hand it over in {tries} tries: {trouble}"
    return Incoming(b"", at, listed.size, uid=listed.uid, fault=fault)


def _move_kept(held: Mailbox, session: imap_session.Session) -> tuple[int, str]:
    """Move messages that are in the ledger, also those of a pass that ended between keeping and moving."""
    if held.after != After.MOVE:
        return 0, ""
    if not session.can_move:
        return 0, "The server cannot move messages (no MOVE), so they are kept where they are."
    present = session.uids_up_to(held.last_uid)
    moved = 0
    for start in range(0, len(present), LOOK_AHEAD):
        piece = present[start : start + LOOK_AHEAD]
        known = Arrival.objects.filter(mailbox=held, uidvalidity=held.uidvalidity, uid__in=piece, fault="")
        kept = sorted(uid for uid in known.values_list("uid", flat=True) if uid is not None)
        try:
            session.move(kept, held.move_to)
        except imap_session.ImapTrouble as trouble:
            return moved, f"Moving to {held.move_to} failed: {trouble}"
        moved += len(kept)
    return moved, ""


def _free_mailboxes(at: datetime) -> list[int]:
    _free_what_the_dead_held(at)
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    rested = Q(next_try_at=None) | Q(next_try_at__lte=at)
    return list(
        Mailbox.objects.filter(free, rested, paused=False).order_by("id").values_list("pk", flat=True)
    )


def _free_what_the_dead_held(at: datetime) -> None:
    """End the leases of fetchers that were killed on this machine: a mailbox need not wait for them to run out."""
    held = Mailbox.objects.filter(lease_until__gt=at)
    for pk, fence, owner in held.values_list("pk", "fence", "owner"):
        if process.is_gone(owner):
            Mailbox.objects.filter(pk=pk, fence=fence).update(lease_until=None)


@transaction.atomic
def _lease(mailbox_id: int, *, owner: str, at: datetime) -> Mailbox | None:
    """Take the mailbox for this fetcher, or return None: another has it, it is paused, or it rests."""
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    rested = Q(next_try_at=None) | Q(next_try_at__lte=at)
    taken = Mailbox.objects.filter(free, rested, pk=mailbox_id, paused=False).update(
        owner=owner, lease_until=at + LEASE, fence=F("fence") + 1
    )
    return Mailbox.objects.get(pk=mailbox_id) if taken else None


def _renew(held: Mailbox, *, at: datetime) -> bool:
    """Say whether the mailbox is still ours, and hold it for longer if so."""
    mine = Mailbox.objects.filter(pk=held.pk, fence=held.fence, paused=False)
    return bool(mine.update(lease_until=at + LEASE))


def _release(held: Mailbox) -> None:
    Mailbox.objects.filter(pk=held.pk, fence=held.fence).update(lease_until=None)


def _good(held: Mailbox, at: datetime, *, error: str) -> None:
    """Write down that the mailbox could be read; `error` is what went wrong all the same."""
    held.failures = 0
    Mailbox.objects.filter(pk=held.pk, fence=held.fence).update(
        last_good_fetch_at=at,
        failures=0,
        failing_since=None,
        next_try_at=None,
        last_error=error[:500],
        last_error_at=at if error else None,
    )


def _failed(held: Mailbox, error: str, *, at: datetime, rest: timedelta) -> Pass:
    log.warning("%s: %s", held.name, error)
    Mailbox.objects.filter(pk=held.pk, fence=held.fence).update(
        last_error=error[:500],
        last_error_at=at,
        failing_since=held.failing_since or at,
        failures=F("failures") + 1,
        next_try_at=at + rest,
    )
    return Pass(error=error)


@dataclass(frozen=True, slots=True)
class Anew:
    """A message that was fetched once more, whole."""

    raw: bytes
    digest: str
    identity: str


def fetch_again(arrival: Arrival) -> Anew:
    """Fetch one message of the ledger again, whatever its size. Raises ImapTrouble where it cannot be had."""
    mailbox = arrival.mailbox
    if mailbox is None or arrival.uid is None:
        raise imap_session.ImapTrouble("this mail did not come from a mailbox, so it cannot be fetched again")
    try:
        account = mailboxes.account_of(mailbox)
    except mailboxes.NoSecret as missing:
        raise imap_session.ImapTrouble(str(missing)) from missing
    session = imap_session.Session(account, writable=False)
    try:
        if session.uidvalidity != arrival.uidvalidity:
            raise imap_session.ImapTrouble("the mail server has renumbered its messages since")
        fetched = session.fetch(session.listed([arrival.uid]))
    finally:
        session.close()
    if not fetched:
        raise imap_session.ImapTrouble("the message is no longer in its mailbox")
    raw = fetched[0].raw
    same = fingerprint.identity(raw, received_at=arrival.received_at)
    return Anew(raw, hashlib.sha256(raw).hexdigest(), same)
