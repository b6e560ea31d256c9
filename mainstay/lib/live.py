"""Telling open pages, in whatever process serves them, that something changed.

PostgreSQL carries the word by NOTIFY, once for all that a transaction changed, as soon as it has committed.
SQLite needs no word: the hub sees each commit by `PRAGMA data_version`.
"""

from __future__ import annotations

import threading

from django.db import connection, transaction

CHANNEL = "mainstay_live"


class _Unsaid(threading.local):
    """What is to be said at the next commit in this thread. What a rollback leaves is said then: it harms nobody."""

    def __init__(self) -> None:
        self.topics: set[str] = set()


_unsaid = _Unsaid()


def say(topic: str) -> None:
    """Let open pages know that `topic` (such as `ticket:12`) changed. Nothing may depend on being heard."""
    if connection.vendor == "postgresql":
        _unsaid.topics.add(topic)
        transaction.on_commit(_say_all, robust=True)


def _say_all() -> None:
    topics, _unsaid.topics = _unsaid.topics, set()
    if topics:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, topic) FROM unnest(%s::text[]) AS topic", [CHANNEL, list(topics)])
