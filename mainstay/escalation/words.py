"""Pure: how a due step is told to staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from mainstay.contracts import names

if TYPE_CHECKING:
    from mainstay.tickets.models import Ticket

NOTEWORTHY = timedelta(minutes=1)  # a step noticed sooner than this is as good as on time


def of_step(ticket: Ticket, step: Mapping[str, object], *, late_by: timedelta) -> str:
    """Return one line about a fired step, with how late it was noticed where that matters."""
    line = f"{ticket.reference}: {what(step)} (clause {step['clause']})"
    return f"{line}; noticed {span(late_by)} late" if late_by >= NOTEWORTHY else line


def what(step: Mapping[str, object]) -> str:
    """Return what a due step says, in the words of the language: 'Resolution escalated to the Technical Team'."""
    promise, kind = names.promise(str(step["clock"])), step["kind"]
    if kind == "escalation":
        return f"{promise} escalated to {step['whom']}"
    if kind == "warning":
        return f"{promise}, {used(str(step['name']))}"
    return f"{promise} missed" if kind == "breach" else f"{promise} due"


def used(name: str) -> str:
    """Return 'half of the time used' for a warning called 'warning 50%'."""
    share = name.rpartition(" ")[2]
    return "half of its time used" if share == "50%" else f"{share} of its time used"


def escalated(ticket: Ticket, whom: str) -> str:
    """Return one line about an escalation by hand."""
    return f"{ticket.reference}: escalated to {whom}"


def assigned(ticket: Ticket) -> str:
    """Return one line about a ticket that was given to somebody."""
    return f"{ticket.reference}: assigned to you"


def replied(ticket: Ticket) -> str:
    """Return one line about a client's answer, without a word of it."""
    return f"{ticket.reference}: the client has written"


def complained(ticket: Ticket) -> str:
    """Return one line about a complaint that came in, without a word of it."""
    return f"{ticket.reference}: a complaint has come in"


def span(time: timedelta) -> str:
    """Return a span in hours, minutes and seconds, as one would say it: '2 h 5 min', '40 s'."""
    seconds = int(time.total_seconds())
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said[:2]) or "0 s"
