"""The first of two commits: a mail's bytes and its line in the ledger become durable, before its server is
told so.

Nothing is read here but the bytes' fingerprint: whatever a mail holds, keeping it cannot fail on its content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mainstay.lib import rows, wake
from mainstay.mail import fingerprint
from mainstay.mail.models import Arrival, Door, Mailbox, RawMail


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as a server gave it to us. `received_at` is when our mail server took it.

    `fault` says why `raw` is not the whole mail: it was too large to fetch, or the server kept it back.
    """

    raw: bytes
    received_at: datetime
    size: int
    uid: int | None = None
    fault: str = ""
    peer: str = ""
    envelope_from: str | None = None
    envelope_to: tuple[str, ...] = ()


class CursorMoved(Exception):
    """Another fetcher has gone on with this mailbox, so nothing that this one brings may be kept."""


@transaction.atomic
def keep_fetched(
    incoming: Sequence[Incoming], *, mailbox: Mailbox, uidvalidity: int, cursor: int, at: datetime
) -> int:
    """Keep messages of `mailbox` and move its cursor to the UID `cursor`, in one transaction.

    Returns how many there were. A message that is in the ledger already is not kept twice. Raises CursorMoved
    when
    `mailbox` is no longer leased as it was read; then nothing is kept.
    """
    moved = Mailbox.objects.filter(
        pk=mailbox.pk, fence=mailbox.fence, uidvalidity=uidvalidity, last_uid__lt=cursor
    ).update(last_uid=cursor, stuck_uid=None, stuck_tries=0, last_good_fetch_at=at)
    if not moved:
        raise CursorMoved(f"{mailbox.name}: another fetcher has gone on from here")
    _keep([_row(one, Door.IMAP, at, mailbox=mailbox, uidvalidity=uidvalidity) for one in incoming], incoming)
    return len(incoming)


@transaction.atomic
def keep_delivered(incoming: Incoming, *, at: datetime) -> None:
    """Keep a mail that a peer delivers to our own mail server. When this returns the peer may be told 250."""
    _keep([_row(incoming, Door.SMTP, at)], [incoming])


def _row(
    one: Incoming, door: Door, at: datetime, *, mailbox: Mailbox | None = None, uidvalidity: int | None = None
) -> Arrival:
    return Arrival(
        door=door,
        mailbox=mailbox,
        uidvalidity=uidvalidity,
        uid=one.uid,
        peer=one.peer[:100],
        envelope_from=None if one.envelope_from is None else one.envelope_from[:320],
        envelope_to=list(one.envelope_to),
        # A server whose clock is ahead must not start clocks in the future
        received_at=min(one.received_at, at),
        recorded_at=at,
        size=one.size,
        fault=one.fault[:300],
        raw_id=hashlib.sha256(one.raw).hexdigest() if one.raw else None,
        identity=_identity(one),
        due_at=at,
    )


def _identity(one: Incoming) -> str:
    """Return what makes it the same mail as another. A head alone is never the same as the whole mail."""
    if not one.raw:
        return ""
    same = fingerprint.identity(one.raw, received_at=one.received_at)
    return hashlib.sha256(f"head of {one.size} {same}".encode()).hexdigest() if one.fault else same


def _keep(arrivals: list[Arrival], incoming: Sequence[Incoming]) -> None:
    raws = {row.raw_id: one.raw for row, one in zip(arrivals, incoming, strict=True) if row.raw_id}
    if raws:
        rows.insert_unless_there(RawMail(digest=digest, data=data) for digest, data in raws.items())
    # A server that goes back to an earlier UIDVALIDITY lists messages again that are here already.
    rows.insert_unless_there(arrivals)
    transaction.on_commit(wake.wake)
