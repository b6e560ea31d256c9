"""What rooms above put into our letters, such as the link to a survey. They register here; `wiring` fills the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mainstay.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A paragraph of a letter. `shown` stands in the thread in its place, where others than its recipient read."""

    text: str
    shown: str


NOTHING = Enclosure("", "")
Maker = Callable[[Ticket, datetime], Enclosure]
_makers: dict[str, Maker] = {}


def register(name: str, maker: Maker) -> None:
    """Have `maker` asked for what stands for `{{ name }}` in a letter. Safe to repeat."""
    _makers[name] = maker


def of(name: str, ticket: Ticket, at: datetime) -> Enclosure:
    """Return what is to be enclosed under `name` in a letter about `ticket`, which is written in this transaction."""
    maker = _makers.get(name)
    return maker(ticket, at) if maker else NOTHING
