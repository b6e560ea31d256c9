"""Django's mail goes through the outbox too: account mail of sign-in pages. A door for that one caller."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from mainstay.lib.time import now

from . import actions

KIND = "account"


class OutboxBackend(BaseEmailBackend):
    """Puts messages into the outbox, in the transaction of whoever sends them. Bcc stays in the envelope."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Return how many were posted; those without a recipient are passed by."""
        return sum(self._post(message) for message in email_messages if message.recipients())

    def _post(self, message: EmailMessage) -> bool:
        headers = message.extra_headers
        if not any(name.lower() == "message-id" for name in headers):
            headers["Message-ID"] = make_msgid(
                domain=parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
            )
        built = message.message()
        try:
            actions.post(
                kind=KIND,
                about="",
                sender=parseaddr(message.from_email)[1],
                recipients=[parseaddr(text)[1] for text in message.recipients()],
                message_id=built["Message-ID"],
                body=built.as_bytes(linesep="\r\n"),
                at=now(),
            )
        except ValueError:
            if not self.fail_silently:
                raise
            return False
        return True
