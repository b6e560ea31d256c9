"""What an act on a ticket is, and what the ticket must be like for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstay.console.forms import ActForm
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets.models import Kind, State, Ticket
from mainstay.tickets.queries import File

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a ticket is like, as far as what may be done to it is concerned."""

    open: bool
    verified: bool
    held: bool
    resolved: bool
    closed: bool
    complaint: bool
    merged: bool
    third_party: bool
    force_majeure: bool
    asked: bool  # a question to the client waits for its answer


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done. `run` gets the ticket, who does it, what was filled in, and when."""

    key: str
    label: str
    title: str
    button: str
    icon: str
    form: type[ActForm]
    run: Callable[[Ticket, Person, Values, datetime], object]
    when: Callable[[Situation], bool]
    explains: str = ""
    done: str = ""
    sends: bool = False  # a letter goes out, so that it can be taken back for ten seconds
    role: StaffRole = StaffRole.SUPPORT
    grave: bool = False
    letter: bool = False  # writes to the client, so that its words can be read before
    rests: bool = False  # rests on what was read: where somebody wrote since its form was opened, that is shown first


def situation_of(file: File) -> Situation:
    """Return what `file`'s ticket is like. No query."""
    ticket = file.ticket
    running = {exclusion.kind for exclusion in file.exclusions if exclusion.ended_at is None}
    return Situation(
        open=ticket.state not in (State.CLOSED,),
        verified=ticket.verified,
        held=ticket.verification == "held",
        resolved=ticket.state == State.RESOLVED,
        closed=ticket.state == State.CLOSED,
        complaint=ticket.kind == Kind.COMPLAINT,
        merged=ticket.merged_into_id is not None,
        third_party="third_party" in running,
        force_majeure="force_majeure" in running,
        asked=any(one.ended_at is None for one in file.questions),
    )
