"""Fixtures of the outbox's tests: a letter, a server, and who listened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mainstay.outbox import actions, events
from mainstay.outbox.models import Letter
from tests.jobs.scratch import Scratch, scratch_database

from .server import Account, smtp_server

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANA, BO, CLEO = "ana@acme.test", "bo@acme.test", "cleo@other.test"


def text(message_id: str, body: str = "Your reference is MST-1.") -> bytes:
    """Return a small complete letter."""
    return (
        f"From: desk@mainstay.test\r\nTo: {ANA}\r\nSubject: Tills down\r\n"
        f"Message-ID: {message_id}\r\n\r\n{body}\r\n"
    ).encode()


@pytest.fixture
def post() -> Callable[..., Letter]:
    """Post a letter to Ana; every argument can be given."""
    count = iter(range(1, 10_000))

    def post_letter(**named: Any) -> Letter:
        message_id = f"<{next(count)}@mainstay.test>"
        plain = {"kind": "reply", "about": "ticket:7", "sender": "desk@mainstay.test", "recipients": [ANA],
                 "message_id": message_id, "body": text(message_id), "at": MONDAY}  # fmt: skip
        return actions.post(**{**plain, **named})

    return post_letter


@pytest.fixture
def server(settings: Any) -> Iterator[Account]:
    """A server that takes everything until told otherwise; the settings point at it."""
    with smtp_server() as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"smtp://127.0.0.1:{port}"
        yield account


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the product's own listeners."""
    for name in ("_accepted", "_failed", "_copies_refused"):
        monkeypatch.setattr(events, name, [])


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str]]]:
    """Collect what the outbox says: (what, message id), and the refused copies."""
    said: list[tuple[str, str]] = []

    def accepted(letter: Letter, at: datetime) -> None:
        said.append(("accepted", letter.message_id))

    def failed(letter: Letter, at: datetime) -> None:
        said.append(("failed", letter.message_id))

    def copies_refused(letter: Letter, addresses: tuple[str, ...], at: datetime) -> None:
        said.append(("copies refused", *addresses))  # type: ignore[arg-type]  # one address in these tests

    events.on_accepted(accepted)
    events.on_failed(failed)
    events.on_copies_refused(copies_refused)
    yield said
    for listener in (accepted, failed, copies_refused):
        events.forget(listener)


@pytest.fixture
def scratch(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[Scratch]:
    """A fresh database that other processes can open too."""
    with django_db_blocker.unblock(), scratch_database(tmp_path) as database:
        yield database
