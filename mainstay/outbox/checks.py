"""What `mainstay verify` asks of the outbox: each letter has an end, or is on its way and says why it is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count

from mainstay.outbox.models import Channel, Letter

LATE = timedelta(minutes=15)


def faults(*, at: datetime) -> Iterator[str]:
    """Say in words what is wrong with the letters at `at`."""
    for letter in Letter.objects.filter(next_attempt_at__lt=at - LATE).order_by("next_attempt_at"):
        why = letter.last_error.splitlines()[0] if letter.last_error else "nobody has tried"
        yield f"letter {letter.pk} ({letter.kind}) should have left by {letter.next_attempt_at:%Y-%m-%d %H:%M}Z: {why}"
    for letter in Letter.objects.filter(tell_at__lt=at - LATE).order_by("tell_at"):
        yield f"letter {letter.pk} ({letter.kind}) has ended, but its ticket does not know: {letter.untold_error}"
    for letter in Letter.objects.filter(text=None).order_by("created_at"):
        yield f"letter {letter.pk} ({letter.kind}) has no content"
    for row in Letter.objects.values("message_id").annotate(count=Count("id")).filter(count__gt=1):
        yield f"{row['count']} letters have the Message-ID {row['message_id']}"
    for channel in Channel.objects.filter(failing_since__lt=at - LATE):
        yield f"the way out {channel.name} has failed since {channel.failing_since:%Y-%m-%d %H:%M}Z: {channel.reason}"
