"""What came while somebody wrote or decided, as it is shown to them before anything is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.screens.moments import Moment, moment
from mainstay.tickets.models import Direction, Message
from mainstay.writing.crossing import Crossed

SHOWN = 600  # characters of each


@dataclass(frozen=True, slots=True)
class Came:
    """A message that came meanwhile."""

    id: int
    sender: str
    ours: bool
    when: Moment | None
    text: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Everything that came, and the newest of it, which is what going on all the same answers for."""

    came: tuple[Came, ...]
    newest: int


def meanwhile(crossed: Crossed | None, zone: ZoneInfo, *, at: datetime) -> Meanwhile | None:
    """Return what came, None where nothing did. No query."""
    if crossed is None:
        return None
    return Meanwhile(tuple(_came(message, zone, at) for message in crossed.messages), crossed.newest)


def _came(message: Message, zone: ZoneInfo, at: datetime) -> Came:
    return Came(
        message.pk,
        message.author_name or message.author_address or "Somebody",
        message.direction == Direction.OUT,
        moment(message.at, zone, now=at),
        message.text.strip()[:SHOWN],
    )
