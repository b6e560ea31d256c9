"""All differences between the two databases, SQLite and PostgreSQL. Nothing else asks which one it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections, models, router, transaction
from django.db.models.expressions import RawSQL

from mainstay.core.asking import Term

Row = TypeVar("Row", bound=models.Model)
Work = TypeVar("Work", bound=Callable[..., object])


def lock_rows(rows: models.QuerySet[Row], *, skip_locked: bool = False) -> models.QuerySet[Row]:
    """Return `rows` so that reading them inside a transaction locks them until it ends.

    PostgreSQL: `SELECT ... FOR UPDATE [SKIP LOCKED]`, only of the rows' own table.
    SQLite: unchanged, because `BEGIN IMMEDIATE` has already taken the one write lock there is.
    """
    if not connections[rows.db].features.has_select_for_update:
        return rows
    return rows.select_for_update(skip_locked=skip_locked, of=("self",))


def steady_cursor(alias: str) -> Any:
    """Return a cursor for SQL whose text is always the same, with the values apart from it.

    PostgreSQL: the server reads and plans such a statement once a connection (`lib.postgresql`).
    SQLite: the usual one; its library does that with every statement.
    """
    connection = connections[alias]
    make = getattr(connection, "steady_cursor", connection.cursor)
    return make()


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


@dataclass(frozen=True, slots=True)
class Look:
    """A question that is asked every second and mostly answered with no: is there a row whose `moment` has come?

    `equal` are columns with the values that they must have; without a `moment` only they are asked for.
    """

    model: type[models.Model]
    moment: str = ""
    equal: tuple[tuple[str, str], ...] = ()


def looking_for(*looks: Look) -> Callable[[Work], Work]:
    """Say what a function that works off rows looks for, so that several such looks can be made in one query."""

    def mark(work: Work) -> Work:
        work.looks = looks  # type: ignore[attr-defined]  # read by whoever looks for several
        return work

    return mark


def due(looks: Sequence[Look], at: datetime) -> set[Look]:
    """Return those of `looks` that find a row at `at`. One query.

    Written by hand, because to let Django build the query costs twenty times as much as to run it. Both databases
    read the same SQL.
    """
    alias = router.db_for_read(looks[0].model)
    moment = connections[alias].ops.adapt_datetimefield_value(at)
    with steady_cursor(alias) as cursor:
        cursor.execute(_looking(tuple(looks), alias), [moment for look in looks if look.moment])
        found = cursor.fetchone()
    return {look for look, there in zip(looks, found, strict=True) if there is not None}


def is_due(model: type[models.Model], moment: str, at: datetime, **equal: str) -> bool:
    """Say whether there is a row whose column `moment` is not after `at`, and whose other columns are `equal`."""
    return bool(due((Look(model, moment, tuple(equal.items())),), at))


@lru_cache(maxsize=64)
def _looking(looks: tuple[Look, ...], alias: str) -> str:
    return f"SELECT {', '.join(f'({_look(look, connections[alias].ops.quote_name)})' for look in looks)}"


def _look(look: Look, name: Callable[[str], str]) -> str:
    """Return the subquery that finds one row, or nothing.

    PostgreSQL plans it once for all moments. Not knowing the moment it would take a third of the table to be due, and
    read all of it; so the order makes it go by the index, and what is always the same stands in the text.
    """
    tests = [f"{name(column)} = {_quoted(value)}" for column, value in look.equal]
    order = ""
    if look.moment:
        tests.append(f"{name(look.moment)} <= %s")
        order = f" ORDER BY {name(look.moment)}"
    return f"SELECT 1 FROM {name(look.model._meta.db_table)} WHERE {' AND '.join(tests)}{order} LIMIT 1"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"


def counts_up_to(most: int, questions: Sequence[models.QuerySet[Any]]) -> list[int]:
    """Return how many rows each of `questions` has, none beyond `most`, in one query; no query for no question."""
    if not questions:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*counting(most, questions))
        return [int(number) for number in cursor.fetchone()]


def counting(most: int, questions: Sequence[models.QuerySet[Any]]) -> tuple[str, list[Any]]:
    """Return the SQL of `counts_up_to` with what is bound to it: one row of numbers.

    Each is counted in a subquery that stops at `most` rows. Both databases read the same SQL.
    """
    parts: list[str] = []
    bound: list[Any] = []
    for rows in questions:
        values: Sequence[Any]
        try:
            query, values = rows.order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            query, values = "SELECT 1 WHERE 1 = 0", ()
        parts.append(f"(SELECT COUNT(*) FROM ({query}) AS counted)")
        bound += values
    return f"SELECT {', '.join(parts)}", bound


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


def matching(rows: models.QuerySet[Row], terms: Sequence[Term], *, least: int = 0) -> models.QuerySet[Row]:
    """Return those of `rows` that hold all `terms`, or any two of them with `least=2`. Their table is searchable.

    Words are compared without their endings. Terms hold letters and digits only (`core.words`), so nothing in them is
    syntax. The rows stay in the order they had.

    PostgreSQL: the generated column `words` with its GIN index.
    SQLite: the FTS5 table beside the rows' own, joined by its row id.
    """
    table = rows.model._meta.db_table
    if connections[rows.db].vendor == "sqlite":
        return rows.extra(
            tables=[f"{table}_words"],
            where=[f"{table}_words MATCH %s AND {table}_words.rowid = {table}.id"],
            params=[_question(terms, least, "sqlite")],
        )
    return rows.extra(
        where=[f"{table}.words @@ to_tsquery('mainstay', %s)"], params=[_question(terms, least, "postgresql")]
    )


def few_matching(rows: models.QuerySet[Row], terms: Sequence[Term]) -> models.QuerySet[Row]:
    """Return what `matching` does of `rows` that are few: each is looked at by itself, however many others match.

    PostgreSQL: as `matching`, for its planner knows how many there are.
    SQLite: each row is looked up in the FTS5 table, which would otherwise be gone through first.
    """
    if connections[rows.db].vendor != "sqlite":
        return matching(rows, terms)
    table = rows.model._meta.db_table
    words = f"{table}_words"
    held = f"EXISTS (SELECT 1 FROM {words} WHERE {words} MATCH %s AND {words}.rowid = {table}.id)"
    return rows.extra(where=[held], params=[_question(terms, 0, "sqlite")])


def keys_matching(model: type[models.Model], terms: Sequence[Term]) -> RawSQL:
    """Return a subquery for the keys of all rows of `model` that hold all `terms`, for use inside other queries.

    PostgreSQL: by the generated column. SQLite: from the FTS5 table alone.
    """
    table = model._meta.db_table
    vendor = connections[router.db_for_read(model)].vendor
    query = {
        "sqlite": f"SELECT rowid FROM {table}_words WHERE {table}_words MATCH %s",
        "postgresql": f"SELECT id FROM {table} WHERE words @@ to_tsquery('mainstay', %s)",
    }[vendor]
    return RawSQL(query, [_question(terms, 0, vendor)])


def newest_first(rows: models.QuerySet[Row], *, matched: bool) -> models.QuerySet[Row]:
    """Return `rows` by falling key, so that a database that has found enough of them stops; `matched`: by `matching`.

    PostgreSQL: by the rows' own key.
    SQLite: by that of the FTS5 table, which it can walk backwards; it would sort all of them by the other.
    """
    if matched and connections[rows.db].vendor == "sqlite":
        return rows.extra(order_by=[f"-{rows.model._meta.db_table}_words.rowid"])
    return rows.order_by("-pk")


def make_searchable(table: str) -> Any:
    """Return a migration step after which `matching` finds rows of `table` by their columns head, people and body.

    The columns hold folded words (`core.words`); the database keeps its own index with each change of a row. Both
    leave endings aside by Porter's method and know no words too common to be found.

    PostgreSQL: a generated `tsvector` of weights A, B and D and its GIN index; a text search configuration of our own.
    SQLite: an FTS5 table over the rows' own text, kept by triggers.
    """

    def step(apps: Any, schema_editor: Any) -> None:
        for statement in _SEARCHABLE[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(table=table), params=None)

    return step


def make_searchable_anew(table: str) -> Any:
    """Return a migration step after which `table` is searchable as before its columns changed.

    SQLite: Django changes a table by making it anew, which loses its triggers; so they and the index are made anew too.
    PostgreSQL: nothing, for the table stays and its index with it.
    """

    def step(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            for statement in (*_UNSEARCHABLE["sqlite"], *_SEARCHABLE["sqlite"], _REBUILD):
                schema_editor.execute(statement.format(table=table), params=None)

    return step


def make_unsearchable(table: str) -> Any:
    """Return the step that takes `make_searchable` back."""

    def step(apps: Any, schema_editor: Any) -> None:
        for statement in _UNSEARCHABLE[schema_editor.connection.vendor]:
            schema_editor.execute(statement.format(table=table), params=None)

    return step


def _question(terms: Sequence[Term], least: int, vendor: str) -> str:
    """Return the terms in one database's words: all of them, or every pair of them with 'or' between."""
    both, either, say = _SPEECH[vendor]
    said = [say(term) for term in terms]
    if least != 2 or len(said) < 3:
        return both.join(said)
    pairs = [f"({one}{both}{two})" for place, one in enumerate(said) for two in said[place + 1 :]]
    return either.join(pairs)


def _in_fts5(term: Term) -> str:
    phrase = '"' + " ".join(term.words) + '"'
    said = f"({phrase} OR {phrase}*)" if term.prefix else phrase
    if term.where:
        said = f"{{{term.where}}} : {said}"
    return "(" + " OR ".join([said, *(f'"{word}"' for word in term.also)]) + ")"


def _in_tsquery(term: Term) -> str:
    weight = {"": "", "head": "A", "people": "B"}[term.where]
    marks = [weight] * len(term.words)
    if term.prefix:
        marks[-1] = f"*{weight}"
    said = [f"'{word}'" + (f":{mark}" if mark else "") for word, mark in zip(term.words, marks, strict=True)]
    phrase = "(" + " <-> ".join(said) + ")"
    return "(" + " | ".join([phrase, *(f"'{word}'" for word in term.also)]) + ")"


_SPEECH: dict[str, tuple[str, str, Callable[[Term], str]]] = {
    "sqlite": (" AND ", " OR ", _in_fts5),
    "postgresql": (" & ", " | ", _in_tsquery),
}
_SEARCHABLE = {
    "sqlite": [
        "CREATE VIRTUAL TABLE {table}_words USING fts5(head, people, body, content='{table}', content_rowid='id', "
        "tokenize='porter unicode61 remove_diacritics 0', prefix='2 3')",
        "CREATE TRIGGER {table}_words_in AFTER INSERT ON {table} BEGIN "
        "INSERT INTO {table}_words(rowid, head, people, body) VALUES (new.id, new.head, new.people, new.body); END",
        "CREATE TRIGGER {table}_words_out AFTER DELETE ON {table} BEGIN "
        "INSERT INTO {table}_words({table}_words, rowid, head, people, body) "
        "VALUES ('delete', old.id, old.head, old.people, old.body); END",
        "CREATE TRIGGER {table}_words_anew AFTER UPDATE OF head, people, body ON {table} BEGIN "
        "INSERT INTO {table}_words({table}_words, rowid, head, people, body) "
        "VALUES ('delete', old.id, old.head, old.people, old.body); "
        "INSERT INTO {table}_words(rowid, head, people, body) VALUES (new.id, new.head, new.people, new.body); END",
    ],
    "postgresql": [
        # Two tables share the configuration; whichever comes first makes it.
        "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_ts_config WHERE cfgname = 'mainstay') THEN "
        "CREATE TEXT SEARCH DICTIONARY mainstay_stem (TEMPLATE = snowball, LANGUAGE = porter); "
        "CREATE TEXT SEARCH CONFIGURATION mainstay (COPY = simple); "
        "ALTER TEXT SEARCH CONFIGURATION mainstay ALTER MAPPING FOR asciiword, word WITH mainstay_stem; "
        "END IF; END $$",
        "ALTER TABLE {table} ADD COLUMN words tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('mainstay'::regconfig, head), 'A') || "
        "setweight(to_tsvector('mainstay'::regconfig, people), 'B') || "
        "to_tsvector('mainstay'::regconfig, body)) STORED",
        "CREATE INDEX {table}_words ON {table} USING gin (words)",
    ],
}
_UNSEARCHABLE = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS {table}_words_in",
        "DROP TRIGGER IF EXISTS {table}_words_out",
        "DROP TRIGGER IF EXISTS {table}_words_anew",
        "DROP TABLE IF EXISTS {table}_words",
    ],
    "postgresql": ["ALTER TABLE {table} DROP COLUMN words"],
}


_REBUILD = "INSERT INTO {table}_words({table}_words) VALUES ('rebuild')"


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
