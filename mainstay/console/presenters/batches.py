"""A batch in words: how far it is, and what became of its tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.console.bulk import BULKS
from mainstay.screens.moments import Moment, moment
from mainstay.views import batches
from mainstay.views.batches import Progress
from mainstay.views.models import Batch

STILL_AFTER = timedelta(seconds=20)  # then a worker is busy, or there is none
NAMED = 20  # tickets that were left, by name


@dataclass(frozen=True, slots=True)
class Left:
    """One ticket that was left as it was."""

    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch for its page or dialog. `undo` is where it is taken back, empty where it cannot be."""

    title: str
    href: str
    total: int
    seen: int
    finished: bool
    words: str
    left: tuple[Left, ...]
    more: str
    undo: str
    until: str
    begun: Moment | None
    still: bool  # it stands still: nothing was done for a while


def tickets(number: int) -> str:
    """Return '1 ticket', '12 tickets'."""
    return f"{number} ticket{'' if number == 1 else 's'}"


def batch_view(batch: Batch, progress: Progress, *, zone: ZoneInfo, at: datetime) -> BatchView:
    """Return how `batch` is shown. Two queries once it is finished."""
    finished = batch.finished_at is not None
    left = batches.left_of(batch, most=NAMED) if finished and progress.left else []
    undo = finished and batches.can_be_undone(batch, at=at)
    until = moment((batch.finished_at or at) + batches.UNDO_WITHIN, zone, now=at)
    return BatchView(
        title=_title(batch, progress),
        href=reverse("console:batch", args=[batch.pk]),
        total=progress.total,
        seen=progress.seen,
        finished=finished,
        words=result(progress),
        left=tuple(Left(item.ticket.reference, item.reason) for item in left),
        more=f"And {progress.left - len(left)} more." if progress.left > len(left) else "",
        undo=reverse("console:batch_undo", args=[batch.pk]) if undo else "",
        begun=moment(batch.begun_at, zone, now=at),
        still=not finished and not progress.seen and at - batch.begun_at > STILL_AFTER,
        until=f"It can be undone until {until.text}. What happened stays in each ticket's history." if until else "",
    )


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in the list of them."""

    title: str
    href: str
    words: str
    tone: str
    icon: str
    begun: Moment | None


def batch_line(batch: Batch, progress: Progress, *, zone: ZoneInfo, at: datetime) -> BatchLine:
    """Return one line about `batch`. No query."""
    finished = batch.finished_at is not None
    undone = batch.undoes_id is None and hasattr(batch, "undone_by")
    words = result(progress).rstrip(":.") if finished else f"{progress.seen} of {progress.total} so far"
    tone, icon = ("warn", "over") if progress.left else ("good", "tick") if finished else ("accent", "clock")
    return BatchLine(
        title=_title(batch, progress),
        href=reverse("console:batch", args=[batch.pk]),
        words=f"{words}; undone since" if undone else words,
        tone=tone,
        icon=icon,
        begun=moment(batch.begun_at, zone, now=at),
    )


def result(progress: Progress) -> str:
    """Return what became of the tickets: 'Done for 12 tickets, left 2 as they were:'."""
    if not progress.left:
        return f"Done for {tickets(progress.done)}."
    as_was = "as it was" if progress.left == 1 else "as they were"
    if not progress.done:
        return f"Nothing was changed; left {tickets(progress.left)} {as_was}:"
    return f"Done for {tickets(progress.done)}, left {progress.left} {as_was}:"


def _title(batch: Batch, progress: Progress) -> str:
    if batch.act == batches.UNDO:
        return f"Undo for {tickets(progress.total)}"
    return BULKS[batch.act].title.format(tickets(progress.total))
