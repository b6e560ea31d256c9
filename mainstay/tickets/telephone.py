"""What a telephone call does to a ticket: each act of the call is an event, with the call as its evidence.

What was said on the telephone has been said at once: no mail server has to accept it first (pack, section 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from mainstay.orgs.models import Person
from mainstay.tickets import content, delivery, events
from mainstay.tickets.actions import SENDER, CannotDo, locked
from mainstay.tickets.content import NewMessage
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Direction, Event, Message, State, Ticket

CHANNEL = "phone"
ANSWER = "telephone_answer"  # the purpose of a client's message that we wrote down


@dataclass(frozen=True, slots=True)
class Evidence:
    """The call that an event came from: its row and that of the act, in the room above."""

    call: int
    act: int
    did: str

    def told(self) -> dict[str, object]:
        """Return how the log refers to it."""
        return {"call": self.call, "act": self.act, "did": self.did, "channel": CHANNEL}


@transaction.atomic
def record(*, ticket: Ticket, evidence: Evidence, by: Person, at: datetime) -> Event:
    """Write into the story of `ticket` that something was done about it on the telephone."""
    happening = Happening(events.CALL_RECORDED, at, evidence.told())
    return append(locked(ticket), [happening], actor=by.ref, recorded_at=at)[0]


@transaction.atomic
def read_out(
    *, ticket: Ticket, evidence: Evidence, by: Person, at: datetime, severity: bool
) -> tuple[Event, ...]:
    """Record that the reference, and with `severity` the assessed severity too, was read out to the reporter `at`.

    It ends the response clock like a confirmation that was accepted (clause 5, 'Response Time'). What the reporter has
    been given before is not given again; that it was read out is recorded all the same. Raises CannotDo.
    """
    ticket = locked(ticket)
    if severity and not ticket.verified:
        raise CannotDo("The request is held for verification. Read out the reference only.")
    if severity and ticket.severity is None:
        raise CannotDo("Nobody has assessed the severity yet. Assess it first, then read it out.")
    told, data = delivery.told_so_far(ticket), evidence.told()
    happenings = [Happening(events.CALL_RECORDED, at, data)]
    if events.NUMBER_PROVIDED not in told:
        happenings.append(Happening(events.NUMBER_PROVIDED, at, data))
    if severity:
        happenings += delivery.severity_given(told, ticket.severity, data, at)
    return tuple(append(ticket, happenings, actor=by.ref, recorded_at=at))


@transaction.atomic
def client_answered(
    *,
    ticket: Ticket,
    text: str,
    evidence: Evidence,
    caller: Person | None,
    caller_name: str,
    by: Person,
    at: datetime,
    recorded_at: datetime,
) -> Message:
    """Write down what the client said: their reply, at the moment of the call, so that a wait for them ends then.

    A wait that began during the call ends no earlier than it began. Raises CannotDo.
    """
    ticket = locked(ticket)
    if not text.strip():
        raise CannotDo("Write what the client said; it is the evidence for the answer.")
    if ticket.state == State.CLOSED:
        raise CannotDo("The ticket is closed. Reopen it before you write the answer down.")
    waiting = ticket.events.filter(kind=events.WAITING_ON_CLIENT).order_by("-number").first()
    at = max(at, waiting.at) if waiting and ticket.state == State.WAITING_CLIENT else at
    said = NewMessage(
        Direction.IN, CHANNEL, text, author=caller, author_name=caller_name, purpose=ANSWER,
        author_address=caller.email if caller else "", notes=(f"Taken down on the telephone by {by.name}.",),
    )  # fmt: skip
    kept = content.keep(ticket, said, at=at)
    data = {**content.told_by(kept), **evidence.told()}
    actor = caller.ref if caller else SENDER
    happenings = [
        Happening(events.MESSAGE_RECEIVED, at, content.told_by(kept), actor=actor),
        Happening(events.CLIENT_REPLIED, at, data, actor=actor),
    ]
    append(ticket, happenings, actor=by.ref, recorded_at=recorded_at)
    return kept
