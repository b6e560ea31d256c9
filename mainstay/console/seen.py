"""What a form was made on: it carries the newest message that stood there then, and what came since is shown first.

The composer and the acts share this. `seen` is what the form was made on, `despite` what somebody has been shown since.
"""

from __future__ import annotations

from django.http import HttpRequest

from mainstay.console.access import me
from mainstay.tickets.models import Ticket
from mainstay.writing import crossing


def seen_in(request: HttpRequest) -> int | None:
    """Return what the form says it was made on, None where it says nothing; what is no number is nothing seen."""
    return _number(request.POST["seen"]) if request.POST.get("seen") else None


def guard(request: HttpRequest, ticket: Ticket) -> None:
    """Raise crossing.Crossed where people wrote since the form was made and were not shown. `ticket` must be locked."""
    seen = seen_in(request)
    if seen is not None:
        crossing.check(ticket, by=me(request), seen=max(seen, _number(request.POST.get("despite", ""))))


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0
