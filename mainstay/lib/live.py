"""Telling open pages, in whatever process serves them, that something changed.

PostgreSQL carries the word by NOTIFY, which it delivers when the transaction commits and drops when it does not.
SQLite needs no word: the hub sees each commit by `PRAGMA data_version`.
"""

from __future__ import annotations

from django.db import connection

CHANNEL = "mainstay_live"


def say(topic: str) -> None:
    """Let open pages know that `topic` (such as `ticket:12`) changed. Nothing may depend on being heard."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])
