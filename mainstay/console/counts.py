"""What the rail says of the desk beside its views: what waits in quarantine, what could not be delivered."""

from __future__ import annotations

from datetime import datetime, timedelta

from mainstay.escalation import queries as notices
from mainstay.mail import queries as mail
from mainstay.orgs.models import Person
from mainstay.outbox.models import Letter

RECENT = timedelta(days=7)


def desk(person: Person, *, at: datetime) -> dict[str, int]:
    """Return how much waits: unseen notices, quarantined mail, letters that failed of late. Three queries."""
    return {
        "notices": notices.unseen(person).count(),
        "quarantine": mail.quarantined().count(),
        "failed": Letter.objects.filter(failed_at__gt=at - RECENT).count(),
    }
