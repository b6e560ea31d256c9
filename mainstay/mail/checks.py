"""What `mainstay verify` asks of the mail ledger.

Each mail has an end, none has two, and its bytes are whole. Quarantine is a lawful end, and a mailbox that cannot be
reached loses nothing: the health page shows both to people, and neither is a fault here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count

from mainstay.mail.models import Arrival, Outcome, RawMail

STUCK = timedelta(minutes=15)


def faults(*, at: datetime) -> Iterator[str]:
    """Say in words what is wrong with the mail that came in."""
    yield from _waiting(at)
    yield from _without_an_end()
    yield from _doubled()
    yield from _damaged()


def _waiting(at: datetime) -> Iterator[str]:
    for arrival in Arrival.objects.filter(due_at__lt=at - STUCK).order_by("due_at"):
        yield f"arrival {arrival.pk} has waited since {arrival.due_at:%Y-%m-%d %H:%M}Z; is a worker running?"


def _without_an_end() -> Iterator[str]:
    """A ticket, a reply, a held request and a stub must each be there; only the rest may have none."""
    promised = (Outcome.TICKET, Outcome.REPLY, Outcome.HELD, Outcome.QUARANTINED)
    for arrival in Arrival.objects.filter(outcome__in=promised, ticket=None).order_by("id"):
        yield f"arrival {arrival.pk} ended as {arrival.outcome} and names no ticket"
    whole = Arrival.objects.filter(raw=None, fault="").exclude(outcome="").order_by("id")
    for arrival in whole:
        yield f"arrival {arrival.pk} has lost its raw mail"


def _doubled() -> Iterator[str]:
    taken = Arrival.objects.filter(duplicate_of=None).exclude(identity="").exclude(outcome="")
    for row in taken.values("identity").annotate(count=Count("id")).filter(count__gt=1):
        yield f"one mail was taken in {row['count']} times (identity {row['identity'][:12]})"
    opened = Arrival.objects.filter(outcome=Outcome.TICKET, duplicate_of=None).exclude(ticket=None)
    for row in opened.values("ticket").annotate(count=Count("id")).filter(count__gt=1):
        yield f"ticket {row['ticket']} was opened by {row['count']} mails"


def _damaged() -> Iterator[str]:
    for raw in RawMail.objects.order_by("digest").iterator(chunk_size=100):
        if hashlib.sha256(bytes(raw.data)).hexdigest() != raw.digest:
            yield f"raw mail {raw.digest[:12]} has changed since it was stored"
