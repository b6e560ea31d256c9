"""The desk, and a telephone system that reports to it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from mainstay.mail import letters
from mainstay.phone import intake, signature
from tests.desk import Desk

KEY, OTHER = b"k" * 32, b"o" * 32
SECRET, NEXT = (f"whsec_{base64.b64encode(key).decode()}" for key in (KEY, OTHER))
Post = Callable[..., Any]


@pytest.fixture
def desk(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk on Monday at eight; reports are received by its clock."""
    settings.DEMO = True
    settings.TELEPHONE_SECRETS = [SECRET]
    desk = Desk()
    monkeypatch.setattr(intake, "now", lambda: desk.now)
    yield desk
    letters._vendor.cache_clear()


@pytest.fixture
def post(desk: Desk) -> Post:
    """Return the telephone system: `post("call.missed", call="7")` signs a report as of now and sends it."""
    sent = iter(range(1, 1000))

    def send(
        kind: str = "call.ringing", *, key: bytes = KEY, identity: str = "", skew: int = 0, raw: bytes | None = None,
        tampered: bytes | None = None, headers: dict[str, str] | None = None, when: str = "", **data: str,
    ) -> Any:  # fmt: skip
        said = {"type": kind, "timestamp": when or desk.now.isoformat(), "data": {"call": "c-1", **data}}
        body = json.dumps(said).encode() if raw is None else raw
        identity = identity or f"msg_{next(sent)}"
        timestamp = str(int(desk.now.timestamp()) + skew)
        signed = signature.sign(key, message_id=identity, timestamp=timestamp, body=body)
        given = {"webhook-id": identity, "webhook-timestamp": timestamp, "webhook-signature": signed}
        return Client(enforce_csrf_checks=True).post(
            "/hooks/telephone/", tampered if tampered is not None else body, content_type="application/json",
            headers={**given, **(headers or {})},
        )  # fmt: skip

    return send
