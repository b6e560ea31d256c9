"""The ways to send what the composer holds, and what each does to the clocks, in the words of its control."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mainstay.mail import correspondence
from mainstay.orgs.models import Person
from mainstay.tickets.content import NewFile
from mainstay.tickets.models import Kind, Message, State, Ticket

Said = Mapping[str, Any]  # the reply's form: text, and what one way alone asks for
Send = Callable[[Ticket, Person, Said, Sequence[NewFile], datetime], Message]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to send."""

    key: str
    label: str
    explains: str
    send: Send
    when: Callable[[Ticket], bool]
    told: str
    asks: str = ""  # the field of the reply's form that this way alone asks for


def _works(ticket: Ticket) -> bool:
    return ticket.verified and ticket.state != State.CLOSED


WAYS = (
    Way(
        "reply",
        "Send",
        "An ordinary reply. It stops no clock and pauses none.",
        lambda ticket, by, said, files, at: correspondence.reply(
            ticket=ticket, by=by, text=said["text"], files=files, at=at
        ),
        lambda ticket: True,
        "Your reply is about to be sent.",
    ),
    Way(
        "ask",
        "Send and wait for the client",
        "A question. The resolution clock pauses once the client's mail server has accepted it, and goes on "
        "with their answer.",
        lambda ticket, by, said, files, at: correspondence.ask_client(
            ticket=ticket, by=by, text=said["text"], answer_by=said["answer_by"], files=files, at=at
        ),
        lambda ticket: _works(ticket) and ticket.kind != Kind.COMPLAINT,
        "Your question is about to be sent.",
        "answer_by",
    ),
    Way(
        "progress",
        "Send as progress update",
        "Where things stand. The update clock begins its next round once it has been accepted; no clock pauses.",
        lambda ticket, by, said, files, at: correspondence.update_progress(
            ticket=ticket, by=by, text=said["text"], eta=said["eta"], files=files, at=at
        ),
        _works,
        "Your update is about to be sent.",
        "eta",
    ),
)


def ways_of(ticket: Ticket) -> tuple[Way, ...]:
    """Return the ways there are for `ticket` as it stands."""
    return tuple(way for way in WAYS if way.when(ticket))


def way_of(key: str) -> Way:
    """Return the way called `key`; without a name, the ordinary one."""
    return next((way for way in WAYS if way.key == key), WAYS[0])
