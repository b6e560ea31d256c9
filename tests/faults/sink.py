"""An SMTP server that writes down what it takes, in a file of its own, before it says so."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.outbox.server import Account, Taken, free_port, smtp_server

os.environ.setdefault("AIOSMTPD_CONTROLLER_TIMEOUT", "60")  # on a busy machine its own five seconds are short


class Book(list[Taken]):
    """The mails that were taken, each also a line of a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def append(self, taken: Taken) -> None:
        line = json.dumps(
            {"id": taken.message_id, "to": taken.recipients, "content": taken.content.decode("latin-1")}
        )
        with self.path.open("a") as file:
            file.write(line + "\n")
        super().append(taken)


class Sink:
    """The server and its account. It can be away for a while, and come back at the same address."""

    def __init__(self, path: Path) -> None:
        self.path, self.port = path, free_port()
        self.account = Account(taken=Book(path))
        self._running: contextlib.AbstractContextManager[object] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def open(self, *, password: str = "") -> None:
        running = smtp_server(port=self.port, password=password)
        _, account = running.__enter__()
        # One account for all its lives: what it took before an outage counts.
        for name in ("data", "mail", "bad", "taken", "on_taken", "answers_now", "connections"):
            setattr(account, name, getattr(self.account, name))
        account.logins = self.account.logins
        self.account, self._running = account, running

    def close(self) -> None:
        if self._running is not None:
            running, self._running = self._running, None
            running.__exit__(None, None, None)

    def begin_anew(self) -> None:
        """Forget what was, and be there with no whims."""
        self.close()
        self.account = Account(taken=Book(self.path))
        self.path.unlink(missing_ok=True)
        self.open()

    def lines(self) -> list[dict[str, object]]:
        """Return what stands in the file."""
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def acknowledged(self) -> Counter[str]:
        """Return how often each address was sent an acknowledgement."""
        return Counter(
            str(to) for line in self.lines() if is_acknowledgement(str(line["content"])) for to in line["to"]
        )  # type: ignore[attr-defined]  # a list, as written above

    def repeats(self) -> int:
        """Return how many mails were taken again under the same Message-ID."""
        return sum(times - 1 for times in Counter(line["id"] for line in self.lines()).values())


def is_acknowledgement(content: str) -> bool:
    return re.search(r"^Auto-Submitted: auto-replied", content, re.M | re.I) is not None


@contextlib.contextmanager
def sink(path: Path) -> Iterator[Sink]:
    made = Sink(path)
    made.open()
    try:
        yield made
    finally:
        made.close()
