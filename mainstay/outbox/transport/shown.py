"""The demonstration's way out: letters are accepted at once and shown on a page, and nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from mainstay.outbox.settle import Answer

from .base import Sent, Session


class Shown:
    """Accepts everything. No network is touched."""

    name = "shown"
    words = "the demonstration's page of outgoing letters; nothing is sent"
    missing = ""
    instant = True

    def session(self) -> AbstractContextManager[Session]:
        return nullcontext(self)

    def send(self, sender: str, recipients: Sequence[str], body: bytes) -> Sent:
        answer = Answer(250, "Shown, not sent: this is a demonstration")
        return Sent(dict.fromkeys(recipients, answer))
