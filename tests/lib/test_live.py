"""Open pages hear of what a transaction changed: once, when it has committed, and never of what was undone."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, transaction

from mainstay.lib import live

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's hub looks for commits by itself"),
    pytest.mark.django_db(transaction=True),
]


def heard(listener: psycopg.Connection, words: int) -> list[str]:
    """Return what was said: wait for so many words, and a moment for one too many."""
    said = list(listener.notifies(timeout=60, stop_after=words)) if words else []
    return sorted(word.payload for word in [*said, *listener.notifies(timeout=0.2)])


def test_each_topic_is_said_once_after_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_unsaid", live._Unsaid())  # other tests rolled back what they said
    with psycopg.connect(_address(), autocommit=True) as listener:
        listener.execute(f"LISTEN {live.CHANNEL}")
        with transaction.atomic():
            for topic in ("ticket:1", "ticket:2", "ticket:1"):
                live.say(topic)
            assert heard(listener, 0) == []
        assert heard(listener, 2) == ["ticket:1", "ticket:2"]
        live.say("here:3")
        assert heard(listener, 1) == ["here:3"]


def _address() -> str:
    known = connection.get_connection_params()
    return psycopg.conninfo.make_conninfo(**{name: known[name] for name in ("dbname", "user", "host") if name in known})
