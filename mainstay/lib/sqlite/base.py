"""The connection half of the SQLite engine: pragmas are set, read back and checked on each connection."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base
from pysqlite3 import sqlite_version_info

# PRAGMA name -> (value to set, value that must be read back). FULL: an acknowledged commit survives a power cut.
PRAGMAS: dict[str, tuple[str, object]] = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "busy_timeout": ("20000", 20000),
    "temp_store": ("MEMORY", 2),
    "cache_size": ("-20000", -20000),
}
FIXED_BRANCHES = {(3, 44): 6, (3, 50): 7, (3, 51): 3}


def wal_is_sound(version: tuple[int, int, int]) -> bool:
    """Say whether this SQLite version is free of the WAL-reset defect (3.7.0 to 3.51.2, with fixed branches)."""
    branch, patch = version[:2], version[2]
    if branch in FIXED_BRANCHES:
        return patch >= FIXED_BRANCHES[branch]
    return branch > (3, 51) or branch < (3, 7)


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite in WAL mode, `BEGIN IMMEDIATE`, `synchronous=FULL`, no memory map."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A deferred transaction that reads first and writes later fails at once when another writer came between.
        self.settings_dict["OPTIONS"].setdefault("transaction_mode", "IMMEDIATE")
        self.settings_dict["OPTIONS"].setdefault("timeout", 20)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection and prove that it is the kind we rely on. Raises ImproperlyConfigured otherwise."""
        version = sqlite_version_info
        if not wal_is_sound(version):
            raise ImproperlyConfigured(
                f"SQLite {'.'.join(map(str, version))} can lose committed rows in WAL mode. "
                "Install the bundled one: pip install pysqlite3"
            )
        connection = super().get_new_connection(conn_params)
        in_memory = self.is_in_memory_db()
        for name, (value, wanted) in PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}")
            got = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if got != wanted and not (name == "journal_mode" and in_memory):
                raise ImproperlyConfigured(f"SQLite refused PRAGMA {name}={value}: it says {got!r}")
        return connection
