"""No way out yet: letters wait, and the health page says what to set."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from .base import ChannelFault, Sent, Session


class Unset:
    """Sends nothing and fails nothing."""

    name = "unset"
    words = "nowhere yet"
    missing = (
        "MAINSTAY_MAIL_OUT is not set, so letters wait here. Write smtp+starttls://user:password@host:587"
    )
    instant = True

    def session(self) -> AbstractContextManager[Session]:
        return nullcontext(self)

    def send(self, sender: str, recipients: Sequence[str], body: bytes) -> Sent:
        raise ChannelFault(self.missing)
