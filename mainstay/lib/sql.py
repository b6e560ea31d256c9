"""All differences between the two databases, SQLite and PostgreSQL. Nothing else asks which one it is."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import connections, models, transaction

Row = TypeVar("Row", bound=models.Model)


def lock_rows(rows: models.QuerySet[Row], *, skip_locked: bool = False) -> models.QuerySet[Row]:
    """Return `rows` so that reading them inside a transaction locks them until it ends.

    PostgreSQL: `SELECT ... FOR UPDATE [SKIP LOCKED]`, only of the rows' own table.
    SQLite: unchanged, because `BEGIN IMMEDIATE` has already taken the one write lock there is.
    """
    if not connections[rows.db].features.has_select_for_update:
        return rows
    return rows.select_for_update(skip_locked=skip_locked, of=("self",))


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


def plan(rows: models.QuerySet[Any]) -> str:
    """Return the database's own account of how it would find `rows`, so that a test can ask for an index.

    PostgreSQL: `EXPLAIN` with sequential scans discouraged, for a small table is always read whole.
    SQLite: `EXPLAIN QUERY PLAN`.
    """
    connection = connections[rows.db]
    if connection.vendor == "sqlite":
        return rows.explain()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        return rows.explain()


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
