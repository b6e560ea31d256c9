"""The desk that every scenario begins with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mainstay.mail import letters
from tests.desk import Desk
from tests.outbox.server import Account, smtp_server


@pytest.fixture
def desk(db: None, settings: Any) -> Iterator[Desk]:
    """The desk on Monday at eight. Letters are accepted at once, by the demonstration's way out."""
    settings.DEMO = True
    yield Desk()
    letters._vendor.cache_clear()  # vendors' names are read once per process; each test has agreements of its own


@pytest.fixture
def server(desk: Desk, settings: Any) -> Iterator[Account]:
    """A real mail server on the loopback that letters go to from now on, and its own account of what it took."""
    with smtp_server() as (port, account):
        settings.DEMO, settings.MAIL_OUT = False, f"smtp://127.0.0.1:{port}"
        yield account
