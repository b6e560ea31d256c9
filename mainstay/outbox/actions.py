"""What others may ask of the outbox, and how a letter's row changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from mainstay.lib import rows, sql, wake

from . import settle
from .addresses import check, check_sender
from .identity import new_id
from .models import Letter, LetterText

LEASE = timedelta(minutes=5)
LONGEST_LEASE = timedelta(minutes=30)

_MESSAGE_ID = re.compile(r"<[^\s<>@\x00-\x1f]+@[^\s<>@\x00-\x1f]+>")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_OWN_MESSAGE_ID = re.compile(rb"\r\nmessage-id:((?:[^\r\n]|\r\n[ \t])*)", re.I)  # in a head; perhaps folded


class BadLetter(ValueError):
    """The letter cannot be sent as it is; the message says why. BadAddress tells of its addresses."""


class TooLate(Exception):
    """The letter is on its way, or has ended: it cannot be taken back."""


class NothingToRetry(Exception):
    """The letter has not failed and does not wait."""


def post(
    *,
    kind: str,
    about: str,
    sender: str,
    recipients: Sequence[str],
    message_id: str,
    body: bytes,
    at: datetime,
    not_before: datetime | None = None,
) -> Letter:
    """Put a letter into the outbox, in the caller's transaction. It leaves after the commit, not
    `not_before`.

    `sender` and `recipients` are the envelope and go out exactly as given; the first recipient is whom the
    letter is for. `sender=""` is the null sender of automatic mail. `body` is the complete RFC 5322 letter
    with the header Message-ID equal to `message_id`; its line ends are made CRLF. Posting the same
    `message_id` again returns the letter that is already here. Raises BadAddress, BadLetter.
    """
    envelope = list(dict.fromkeys(check(address) for address in recipients))
    if not envelope:
        raise BadLetter("a letter needs a recipient")
    body = _LINE_END.sub(b"\r\n", body)
    _check_message_id(message_id, body)
    letter = Letter(
        id=new_id(at), kind=kind, about=about, sender=check_sender(sender), recipients=envelope,
        message_id=message_id, hold_until=not_before, next_attempt_at=max(at, not_before or at),
        created_at=at,
    )  # fmt: skip
    return _insert(letter, body)


def _check_message_id(message_id: str, body: bytes) -> None:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise BadLetter(f"{message_id!r} is no message id of the form <left@right>")
    head = (b"\r\n" + body).partition(b"\r\n\r\n")[0]
    found = _OWN_MESSAGE_ID.search(head)
    own = found[1].decode("ascii", "replace").strip() if found else None
    if own != message_id:
        raise BadLetter(f"the letter's own Message-ID is {own!r}, not {message_id!r}")


def _insert(letter: Letter, body: bytes) -> Letter:
    """Write both rows, unless a letter of this message id is here already."""
    with transaction.atomic(savepoint=False):
        if not rows.insert_unless_there([letter]):
            return _same(letter)
        letter.text = LetterText(letter=letter, data=body)
        rows.add([letter.text])
        transaction.on_commit(wake.wake)
    return letter


def _same(letter: Letter) -> Letter:
    same = Letter.objects.get(message_id=letter.message_id)
    if same.recipients != letter.recipients:
        raise BadLetter(f"another letter with the message id {letter.message_id} goes elsewhere")
    return same


def withdraw(letter: Letter, at: datetime) -> Letter:
    """Take a letter back while no worker has it and no server has taken it. Raises TooLate."""
    changed = Letter.objects.filter(pk=letter.pk, state=Letter.State.QUEUED, accepted_at=None).update(
        state=Letter.State.WITHDRAWN, next_attempt_at=None, withdrawn_at=at
    )
    if not changed:
        raise TooLate(str(letter))
    letter.refresh_from_db()
    return letter


@transaction.atomic
def retry(letter: Letter, at: datetime) -> Letter:
    """Send a failed letter again to all who did not get it, or a waiting one now. Raises NothingToRetry.

    The Message-ID stays. A held letter keeps its hold.
    """
    fresh = sql.lock_rows(Letter.objects.filter(pk=letter.pk)).get()
    missed = [
        name for name in fresh.recipients if fresh.results.get(name, {}).get("state") != settle.ACCEPTED
    ]
    if fresh.state not in {Letter.State.FAILED, Letter.State.ACCEPTED, Letter.State.QUEUED} or not missed:
        raise NothingToRetry(str(fresh))
    fresh.results = {name: result for name, result in fresh.results.items() if name not in missed}
    fresh.state, fresh.attempts, fresh.first_tried_at, fresh.failed_at = Letter.State.QUEUED, 0, None, None
    fresh.next_attempt_at = max(at, fresh.hold_until or at)
    fresh.save()
    transaction.on_commit(wake.wake)
    return fresh


def mend_leases(at: datetime) -> int:
    """Bring back what a wrong clock has put too far into the future, and return how many rows that were.

    A lease or a wait between tries cannot honestly end more than half an hour ahead, nor a letter have been written
    then. A hold can end then, if the letter that is held was not written then.
    """
    far = at + LONGEST_LEASE
    too_far = Letter.objects.filter(next_attempt_at__gt=far)
    soon = at + LEASE
    leased = too_far.filter(state=Letter.State.LEASED).update(next_attempt_at=soon, lease_until=soon)
    tried_or_written_then = Q(attempts__gt=0) | Q(created_at__gt=far)
    return leased + too_far.filter(tried_or_written_then, state=Letter.State.QUEUED).update(next_attempt_at=at)
