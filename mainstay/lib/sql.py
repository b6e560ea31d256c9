"""All differences between the two databases, SQLite and PostgreSQL. Nothing else asks which one it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, connections, models, router, transaction

Row = TypeVar("Row", bound=models.Model)


def lock_rows(rows: models.QuerySet[Row], *, skip_locked: bool = False) -> models.QuerySet[Row]:
    """Return `rows` so that reading them inside a transaction locks them until it ends.

    PostgreSQL: `SELECT ... FOR UPDATE [SKIP LOCKED]`, only of the rows' own table.
    SQLite: unchanged, because `BEGIN IMMEDIATE` has already taken the one write lock there is.
    """
    if not connections[rows.db].features.has_select_for_update:
        return rows
    return rows.select_for_update(skip_locked=skip_locked, of=("self",))


def passing_lock(alias: str) -> str:
    """Return what makes a SELECT of one table lock its rows, and pass by those that somebody else has locked.

    PostgreSQL: `FOR UPDATE SKIP LOCKED`. SQLite: nothing, as for `lock_rows`.
    """
    return " FOR UPDATE SKIP LOCKED" if connections[alias].features.has_select_for_update else ""


def claim(due: models.QuerySet[Row], *, limit: int, **leased: Any) -> list[Row]:
    """Take up to `limit` of the `due` rows for the caller: write `leased` into them, commit, and return them.

    Two callers never get the same row. `leased` may hold expressions; the rows come back as they were
    written. Opens a writing transaction: look first whether anything is due.

    PostgreSQL: `FOR UPDATE SKIP LOCKED`, so that workers pass by each other's rows instead of queueing.
    SQLite: `BEGIN IMMEDIATE`, which lets one worker at a time come here.
    """
    with transaction.atomic(durable=True):
        taken = [row.pk for row in lock_rows(due.only("pk"), skip_locked=True)[:limit]]
        due.model._default_manager.filter(pk__in=taken).update(**leased)
        rows = due.model._default_manager.in_bulk(taken)
    return [rows[pk] for pk in taken]


def is_due(model: type[models.Model], moment: str, at: datetime, **equal: str) -> bool:
    """Say whether there is a row whose column `moment` is not after `at`, and whose other columns are `equal`.

    For looks that are made every second and find nothing: written by hand, because to let Django build the
    query costs twenty times as much as to run it. Both databases read the same SQL.
    """
    alias = router.db_for_read(model)
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(
            _look(model, alias, moment, tuple(equal)),
            [*equal.values(), connection.ops.adapt_datetimefield_value(at)],
        )
        return cursor.fetchone() is not None


def is_there(model: type[models.Model], **equal: str) -> bool:
    """Say whether there is a row whose columns are `equal`: as cheap as `is_due`, and for the same use."""
    alias = router.db_for_read(model)
    with connections[alias].cursor() as cursor:
        cursor.execute(_look(model, alias, "", tuple(equal)), list(equal.values()))
        return cursor.fetchone() is not None


@lru_cache(maxsize=64)
def _look(model: type[models.Model], alias: str, moment: str, equal: tuple[str, ...]) -> str:
    name = connections[alias].ops.quote_name
    tests = [f"{name(column)} = %s" for column in equal] + [f"{name(moment)} <= %s"] * bool(moment)
    return f"SELECT 1 FROM {name(model._meta.db_table)} WHERE {' AND '.join(tests)} LIMIT 1"


def plan(rows: models.QuerySet[Any]) -> str:
    """Return the database's own account of how it would find `rows`; a test asks it for an index.

    PostgreSQL: `EXPLAIN` with sequential scans discouraged, for a small table is always read whole.
    SQLite: `EXPLAIN QUERY PLAN`.
    """
    connection = connections[rows.db]
    if connection.vendor == "sqlite":
        return rows.explain()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        return rows.explain()


@contextmanager
def hasty_commits() -> Iterator[None]:
    """Let commits of this connection return before they are on the disk: for work that is begun anew if cut short.

    A power cut may then lose the last of them; they are still whole, and a killed process loses none.
    Must not be entered inside a transaction.

    PostgreSQL: `synchronous_commit = off` for the session.
    SQLite: `PRAGMA synchronous = OFF` and back to what it was; here a power cut may harm the whole file.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            was = cursor.execute("PRAGMA synchronous").fetchone()[0]
            hasty, patient = "PRAGMA synchronous = OFF", f"PRAGMA synchronous = {was}"
        else:
            hasty, patient = "SET synchronous_commit = off", "RESET synchronous_commit"
        cursor.execute(hasty)
        try:
            yield
        finally:
            cursor.execute(patient)


def make_append_only(table: str) -> Any:
    """Return a migration step after which the database refuses to change or remove rows of `table`.

    PostgreSQL: row triggers for UPDATE and DELETE and a statement trigger for TRUNCATE, raising an exception.
    SQLite: `BEFORE UPDATE` and `BEFORE DELETE` triggers with `RAISE(ABORT)`; it has no TRUNCATE.
    """

    def step(apps: Any, schema_editor: Any) -> None:
        for statement in _APPEND_ONLY[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(table=table), params=None)

    return step


def make_changeable(table: str) -> Any:
    """Return the step that takes `make_append_only` back."""

    def step(apps: Any, schema_editor: Any) -> None:
        on_table = " ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for act in ("update", "delete", "truncate"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{on_table.format(table=table)}")

    return step


_APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()",
    ],
}
