"""Making good what a machine with a wrong clock has written down: moments too far ahead, at which nobody would look."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from mainstay.mail import imap, intake
from mainstay.mail.models import Arrival, Mailbox

# Longer than any lease or rest in this room can honestly last.
LONGEST = timedelta(minutes=10)


def mend_leases(at: datetime) -> int:
    """Bring back what waits for a moment too far ahead, and return how many rows that were.

    A mail that came while the clock was ahead would lie for as long as it was ahead, and so would its whole mailbox
    after a crash. Whoever holds a lease after all is kept out by its fence.
    """
    too_far = at + LONGEST
    mended = Arrival.objects.filter(due_at__gt=too_far).update(due_at=at + intake.LEASE)
    held = Mailbox.objects.filter(lease_until__gt=too_far)
    mended += held.update(lease_until=at + imap.LEASE, fence=F("fence") + 1)
    return mended + Mailbox.objects.filter(next_try_at__gt=too_far).update(next_try_at=at)
