"""What a way out must be able to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from mainstay.outbox.settle import Answer


class ChannelFault(Exception):
    """The server as a whole cannot be used now; no letter has been handed over. The text is for a person.

    `slow`: knocking again soon would do harm (refused credentials), so wait the full five minutes at once.
    """

    def __init__(self, reason: str, *, slow: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.slow = reason, slow


@dataclass(frozen=True, slots=True)
class Sent:
    """How handing over one letter went. `broken`: what happened to the connection meanwhile, for a person."""

    answers: Mapping[str, Answer]
    broken: str = ""


class Session(Protocol):
    """One visit to the server, for several letters."""

    def send(self, sender: str, recipients: Sequence[str], body: bytes) -> Sent:
        """Hand one letter over and return an answer for each recipient. Raises ChannelFault."""


class Transport(Protocol):
    """A way out."""

    @property
    def name(self) -> str:
        """The name of its row among the channels; another server or password is another name."""

    @property
    def words(self) -> str:
        """Where letters go, for a person; without secrets."""

    @property
    def missing(self) -> str:
        """What must be set before anything can leave, for a person; empty: ready."""

    @property
    def instant(self) -> bool:
        """Whether it hands over without waiting, so that no time passes."""

    def session(self) -> AbstractContextManager[Session]:
        """Begin a visit. It connects at the first letter."""
