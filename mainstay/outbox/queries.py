"""Reading the outbox, for the health page and the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, TextField, Value
from django.db.models.functions import Cast

from .models import Channel, Letter
from .transport import chosen


@dataclass(frozen=True, slots=True)
class Counts:
    """How many letters there are, counted over small indexes however old the desk is."""

    queued: int  # held ones too
    leased: int
    failed: int
    untold: int  # ended, and a listener has not taken it in yet


@dataclass(frozen=True, slots=True)
class WayOut:
    """Where letters go, and whether they can."""

    where: str  # words for a person
    open: bool
    reason: str  # why not, and what to do
    failing_since: datetime | None
    next_try_at: datetime | None
    last_ok_at: datetime | None
    waiting: int  # letters that are due
    oldest_due_at: datetime | None


def letters(
    *,
    state: str = "",
    kind: str = "",
    about: str = "",
    to: str = "",
    hidden: Q | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Return letters, newest first, without their text; `to` is a part of a recipient's address.

    `before` is (created_at, id) of the last one seen. Each also says whether it is `hidden`, as those are for which
    that holds: they have their row, and no `to` finds them.
    """
    found = Letter.objects.annotate(hidden=hidden if hidden is not None else Value(False))
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    if about:
        found = found.filter(about=about)
    if to:
        found = found.alias(envelope=Cast("recipients", TextField())).filter(envelope__icontains=to, hidden=False)
    if before:
        found = found.filter(Q(created_at__lt=before[0]) | Q(created_at=before[0], id__lt=before[1]))
    return list(found.order_by("-created_at", "-id")[:limit])


def letter(pk: UUID) -> Letter | None:
    """Return one letter."""
    return Letter.objects.filter(pk=pk).first()


def counts() -> Counts:
    """Return the numbers of letters that are not simply done. Three queries."""
    live = Letter.objects.filter(next_attempt_at__isnull=False).order_by().values_list("state")
    by_state = dict(live.annotate(number=Count("id")))
    return Counts(
        queued=by_state.get(Letter.State.QUEUED, 0),
        leased=by_state.get(Letter.State.LEASED, 0),
        failed=Letter.objects.filter(failed_at__isnull=False).count(),
        untold=Letter.objects.filter(tell_at__isnull=False).count(),
    )


def oldest_due(*, at: datetime) -> Letter | None:
    """Return the letter that has been due longest and has not left, None when all is well."""
    return Letter.objects.filter(next_attempt_at__lte=at).order_by("next_attempt_at", "id").first()


def way_out(*, at: datetime) -> WayOut:
    """Return the state of the way out. Raises BadSetting where MAINSTAY_MAIL_OUT cannot be read."""
    transport = chosen()
    channel = Channel.objects.filter(pk=transport.name).first() or Channel(name=transport.name)
    oldest = oldest_due(at=at)
    return WayOut(
        where=transport.words,
        open=not transport.missing and channel.paused_until is None,
        reason=transport.missing or channel.reason,
        failing_since=channel.failing_since,
        next_try_at=channel.paused_until,
        last_ok_at=channel.last_ok_at,
        waiting=Letter.objects.filter(next_attempt_at__lte=at).count(),
        oldest_due_at=oldest.next_attempt_at if oldest else None,
    )
