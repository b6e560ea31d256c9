"""What the rail says of the desk beside its views: what waits in quarantine, what could not be delivered."""

from __future__ import annotations

from datetime import datetime, timedelta

from mainstay.mail.models import Arrival, Outcome
from mainstay.outbox.models import Letter

RECENT = timedelta(days=7)


def desk(*, at: datetime) -> dict[str, int]:
    """Return the counts of quarantined mail and of letters that failed in the last seven days. Two queries."""
    return {
        "quarantine": Arrival.objects.filter(outcome=Outcome.QUARANTINED, discarded_at=None).count(),
        "failed": Letter.objects.filter(failed_at__gt=at - RECENT).count(),
    }
