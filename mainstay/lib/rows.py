"""Writing rows on the ways that every mail and every due step goes: the SQL of a model is built once, not each time.

Django builds an INSERT of twenty columns anew for each row, which takes several times as long as the database needs
to run it. The values go through Django's own fields, so the rows are the same. No signals are sent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connections, models, router

from mainstay.lib import sql

Row = TypeVar("Row", bound=models.Model)

Column = tuple[Any, frozenset[type]]  # a field, and the types whose values the driver takes from it as they are

_NOTHING = type(None)
_AS_IT_IS: dict[type[models.Field[Any, Any]], frozenset[type]] = {
    models.CharField: frozenset({str, _NOTHING}),
    models.TextField: frozenset({str, _NOTHING}),
    models.BooleanField: frozenset({bool, _NOTHING}),
    models.IntegerField: frozenset({int, _NOTHING}),
    models.ForeignKey: frozenset({int, _NOTHING}),
}


def insert(rows: Iterable[models.Model]) -> None:
    """Write a few new rows of one model in one statement, and give them their keys."""
    new = list(rows)
    if not new:
        return
    gets_keys = new[0].pk is None
    with _inserting(new, "" if not gets_keys else " RETURNING {key}") as cursor:
        keys = cursor.fetchall() if gets_keys else [(row.pk,) for row in new]
    alias = router.db_for_write(type(new[0]))
    for row, (key,) in zip(new, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, alias


def insert_unless_there(rows: Iterable[models.Model]) -> int:
    """Write those of a few new rows that break no unique constraint; return how many. None is given its key."""
    new = list(rows)
    if not new:
        return 0
    with _inserting(new, " ON CONFLICT DO NOTHING") as cursor:
        return int(cursor.rowcount)


@contextmanager
def _inserting(rows: Sequence[models.Model], tail: str) -> Iterator[Any]:
    """Run the statement and give its cursor. Rows without a key get theirs from the database."""
    model = type(rows[0])
    alias = router.db_for_write(model)
    connection = connections[alias]
    fields, head, marks, end = _insertion(model, alias, rows[0].pk is None, tail)
    values = [
        _prepared(column[0].pre_save(row, True), column, connection) for row in rows for column in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(head + ", ".join([marks] * len(rows)) + end, values)
        yield cursor


@lru_cache(maxsize=256)
def _insertion(
    model: type[models.Model], alias: str, gets_keys: bool, tail: str
) -> tuple[Sequence[Column], str, str, str]:
    name = connections[alias].ops.quote_name
    meta = model._meta
    fields = [field for field in meta.concrete_fields if not (gets_keys and field.primary_key)]
    columns = ", ".join(name(field.column) for field in fields)
    head = f"INSERT INTO {name(meta.db_table)} ({columns}) VALUES "
    marks = f"({', '.join(['%s'] * len(fields))})"
    end = tail.format(key=name(meta.pk.column))
    return [_column(field) for field in fields], head, marks, end


def change(model: type[models.Model], where: dict[str, Any], **to: Any) -> int:
    """Write `to` into the rows whose columns are equal to `where`; return how many they were. Plain values only."""
    alias = router.db_for_write(model)
    connection = connections[alias]
    fields, query = _changing(model, alias, tuple(to), tuple(where))
    values = (*to.values(), *where.values())
    with connection.cursor() as cursor:
        cursor.execute(query, _all_prepared(fields, values, connection))
        return int(cursor.rowcount)


@lru_cache(maxsize=512)
def _changing(
    model: type[models.Model], alias: str, to: tuple[str, ...], where: tuple[str, ...]
) -> tuple[Sequence[Column], str]:
    name = connections[alias].ops.quote_name
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[one] for one in (*to, *where)]
    said = [f"{name(field.column)} = %s" for field in fields]
    query = (
        f"UPDATE {name(model._meta.db_table)} SET {', '.join(said[: len(to)])} WHERE {' AND '.join(said[len(to) :])}"
    )
    return [_column(field) for field in fields], query


def remove(model: type[models.Model], **equal: Any) -> None:
    """Delete the rows whose columns are `equal`. Nothing that refers to them is looked for."""
    alias = router.db_for_write(model)
    connection = connections[alias]
    fields, query = _choosing(model, alias, "DELETE", "", tuple(equal))
    with connection.cursor() as cursor:
        cursor.execute(query, _all_prepared(fields, equal.values(), connection))


def read(model: type[Row], order: str = "", *, lock: bool = False, **equal: Any) -> list[Row]:
    """Return the rows whose columns are `equal`, rising by the column `order`.

    `lock` holds them until the transaction ends and leaves out those that somebody else holds.
    """
    alias = router.db_for_write(model) if lock else router.db_for_read(model)
    connection = connections[alias]
    fields, query = _choosing(model, alias, f"SELECT {_columns_of(model, alias)}", order, tuple(equal))
    names, converters = _reading(model, alias)
    with connection.cursor() as cursor:
        lock_clause = sql.passing_lock(alias) if lock else ""
        cursor.execute(query + lock_clause, _all_prepared(fields, equal.values(), connection))
        found = cursor.fetchall()
    return [model.from_db(alias, names, _converted(values, converters, connection)) for values in found]


@lru_cache(maxsize=256)
def _choosing(
    model: type[models.Model], alias: str, verb: str, order: str, equal: tuple[str, ...]
) -> tuple[Sequence[Column], str]:
    name = connections[alias].ops.quote_name
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    tests = " AND ".join(f"{name(by_name[one].column)} = %s" for one in equal)
    query = (
        f"{verb} FROM {name(model._meta.db_table)} WHERE {tests}"
        f"{f' ORDER BY {name(by_name[order].column)}' if order else ''}"
    )
    return [_column(by_name[one]) for one in equal], query


@lru_cache(maxsize=64)
def _columns_of(model: type[models.Model], alias: str) -> str:
    return ", ".join(connections[alias].ops.quote_name(field.column) for field in model._meta.concrete_fields)


@lru_cache(maxsize=64)
def _reading(model: type[models.Model], alias: str) -> tuple[tuple[str, ...], Sequence[tuple[int, Any, Any]]]:
    """Return the names of the columns, and by place what turns a value of the driver's into one of the field's."""
    connection = connections[alias]
    converters = []
    for place, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(model._meta.db_table)
        made = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        converters += [(place, column, convert) for convert in made]
    return _names(model), converters


def _converted(values: Sequence[Any], converters: Sequence[tuple[int, Any, Any]], connection: Any) -> Sequence[Any]:
    row = list(values)
    for place, column, convert in converters:
        row[place] = convert(row[place], column, connection)
    return row


def _column(field: Any) -> Column:
    plain = (types for kind, types in _AS_IT_IS.items() if isinstance(field, kind))
    return field, next(plain, frozenset())


def _all_prepared(columns: Sequence[Column], values: Iterable[Any], connection: Any) -> list[Any]:
    return [_prepared(value, column, connection) for column, value in zip(columns, values, strict=True)]


def _prepared(value: Any, column: Column, connection: Any) -> Any:
    """Return what the driver is given for `value`: what Django would give it, without asking where that is plain."""
    field, as_it_is = column
    if value.__class__ in as_it_is:
        return value
    if value.__class__ is datetime and value.tzinfo is not None:
        return connection.ops.adapt_datetimefield_value(value)
    return field.get_db_prep_save(value, connection)


class Remembered(models.Model):
    """A row that knows which of its columns are no longer as they were read, and writes only those."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Any:
        row = super().from_db(db, field_names, values)
        row._stored = _columns(row)
        return row

    def refresh_from_db(self, *arguments: Any, **named: Any) -> None:
        super().refresh_from_db(*arguments, **named)
        self._stored = _columns(self)

    def save(self, *arguments: Any, **named: Any) -> None:
        super().save(*arguments, **named)
        self._stored = _columns(self)

    def insert(self) -> None:
        """Write the new row."""
        insert([self])
        self._stored = _columns(self)

    def save_changed(self) -> None:
        """Write the columns that were changed since the row was read or last written; no change, no query."""
        now = _columns(self)
        stored = self._stored
        changed = {name: value for name, value in now.items() if name not in stored or stored[name] != value}
        if changed:
            change(type(self), {self._meta.pk.attname: self.pk}, **changed)
            self._stored = now

    _stored: dict[str, Any] = {}


def _columns(row: models.Model) -> dict[str, Any]:
    """Return the columns that were read or set, lists and mappings as copies: they may be changed in place."""
    held = row.__dict__
    return {
        name: value if value.__class__ not in (list, dict) else _copy(value)
        for name in _names(type(row))
        if (value := held.get(name, _NOT_READ)) is not _NOT_READ
    }


_NOT_READ = object()


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


@lru_cache(maxsize=64)
def _names(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)
