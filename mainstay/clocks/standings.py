"""What `is:` of search may ask: how a ticket stands, judged as the lists of the desk judge it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from mainstay.clocks.listing import in_view
from mainstay.orgs.models import Person

VIEWS = {
    "open": "open",
    "closed": "closed",
    "breached": "breached",
    "held": "held",
    "unassigned": "unassigned",
    "waiting": "client",
    "complaint": "complaints",
    "mine": "mine",
}


def standings(person: Person, *, at: datetime) -> dict[str, Q]:
    """Return for each word that may follow `is:` what it asks of a ticket at `at`."""
    return {word: in_view(view, person, at=at) for word, view in VIEWS.items()}
