"""Writing rows on the ways that every mail and every due step goes: the SQL of a model is built once, not each time.

Django builds an INSERT of twenty columns anew for each row, which takes several times as long as the database needs
to run it. The values go through Django's own fields, so the rows are the same. No signals are sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models, router

from mainstay.lib import sql

Row = TypeVar("Row", bound=models.Model)

Column = tuple[Any, frozenset[type]]  # a field, and the types whose values the driver takes from it as they are
New = tuple[tuple[str, ...], list[list[Any]]]  # names of columns, and for each new row what the driver is given

AT_MOST = 500  # rows of one statement
_NOTHING = type(None)
_AS_IT_IS: dict[type[models.Field[Any, Any]], frozenset[type]] = {
    models.CharField: frozenset({str, _NOTHING}),
    models.TextField: frozenset({str, _NOTHING}),
    models.BooleanField: frozenset({bool, _NOTHING}),
    models.IntegerField: frozenset({int, _NOTHING}),
    models.ForeignKey: frozenset({int, _NOTHING}),
}


class _Waiting:
    """What a block of `together` has still to write, in the order in which it came."""

    def __init__(self) -> None:
        self.about: type[models.Model] | None = None  # whose table the statement is about that is being run
        self._new: dict[tuple[type[models.Model], tuple[str, ...]], list[list[Any]]] = {}
        self._changes: dict[type[models.Model], dict[Any, dict[str, Any]]] = {}

    def add(self, model: type[models.Model], new: New) -> None:
        names, rows = new
        self._new.setdefault((model, names), []).extend(rows)

    def change(self, model: type[models.Model], key: Any, to: dict[str, Any]) -> None:
        self._changes.setdefault(model, {}).setdefault(key, {}).update(to)

    def before(self, execute: Any, query: str, values: Any, many: bool, context: Any) -> Any:
        """Stand before each statement: what is about another table, or about any, comes after what waits."""
        if query.startswith("ROLLBACK TO"):
            self._new, self._changes = {}, {}  # all of it came after that savepoint, before which nothing waited
        elif self.about is None or self._concerns(self.about, inserts=query.startswith("INSERT")):
            self.write()
        return execute(query, values, many, context)

    def _concerns(self, model: type[models.Model], *, inserts: bool) -> bool:
        """Say whether rows of `model` wait; changes of those that are there already are nothing to a new one."""
        return (model in self._changes and not inserts) or any(model is waiting for waiting, _ in self._new)

    def write(self) -> None:
        new, changes = self._new, self._changes
        self._new, self._changes = {}, {}
        for (model, names), rows in new.items():
            for first in range(0, len(rows), AT_MOST):
                _insert(model, (names, rows[first : first + AT_MOST]))
        for model, by_key in changes.items():
            for key, to in by_key.items():
                change(model, {model._meta.pk.attname: key}, **to)


_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Let what is added, and what is changed of remembered rows, wait and be written table by table.

    Nobody can tell: whatever else the block asks of the database is asked after what waits, except statements of this
    module about other tables. To be used inside a transaction that ends with the block where it fails.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting = _Waiting()
    token = _waiting.set(waiting)
    try:
        with connections[DEFAULT_DB_ALIAS].execute_wrapper(waiting.before):
            yield
            waiting.write()
    finally:
        _waiting.reset(token)


def insert(rows: Iterable[models.Model]) -> None:
    """Write a few new rows of one model in one statement, and give them their keys."""
    new = list(rows)
    if not new:
        return
    model, gets_keys = type(new[0]), new[0].pk is None
    _, keys = _insert(model, _values(new), " RETURNING {key}" if gets_keys else "")
    if gets_keys:
        for row, (key,) in zip(new, keys, strict=True):
            row.pk = key
    _are_stored(new)


def insert_unless_there(rows: Iterable[models.Model]) -> int:
    """Write those of a few new rows that break no unique constraint; return how many. None is given its key."""
    new = list(rows)
    if not new:
        return 0
    count, _ = _insert(type(new[0]), _values(new), " ON CONFLICT DO NOTHING")
    if count == len(new):
        _are_stored(new)
    return count


def add(rows: Iterable[models.Model]) -> None:
    """Write new rows of one model whose keys nobody needs: now, or with others of their kind (`together`)."""
    new = list(rows)
    if new:
        _add(type(new[0]), _values(new))
        _are_stored(new)


def add_plain(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write new rows as `add` does, from all of their columns and without making an object of each."""
    alias = router.db_for_write(model)
    connection = connections[alias]
    new = list(rows)
    if new:
        names = tuple(new[0])
        columns = _columns_named(model, names)
        _add(model, (names, [_all_prepared(columns, row.values(), connection) for row in new]))


def _add(model: type[models.Model], new: New) -> None:
    waiting = _waiting.get()
    if waiting is None:
        _insert(model, new)
    else:
        waiting.add(model, new)


def _are_stored(rows: Sequence[models.Model]) -> None:
    alias = router.db_for_write(type(rows[0]))
    for row in rows:
        row._state.adding, row._state.db = False, alias


def _values(rows: Sequence[models.Model]) -> New:
    """Return what is to be written of new rows; those without a key will get theirs from the database."""
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    names = _names(model) if rows[0].pk is not None else _names_but_the_key(model)
    columns = list(zip(_readers(model, names), _columns_named(model, names), strict=True))
    return names, [[_prepared(value_of(row), one, connection) for value_of, one in columns] for row in rows]


@lru_cache(maxsize=256)
def _readers(model: type[models.Model], names: tuple[str, ...]) -> list[Callable[[models.Model], Any]]:
    """Return what reads the value of each column off a new row: its own field where that one makes it up."""
    fields = [field for field, _ in _columns_named(model, names)]
    return [attrgetter(one.attname) if _is_as_it_is(one) else partial(_made_by, one) for one in fields]


def _is_as_it_is(field: Any) -> bool:
    makes_up = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return not makes_up and not isinstance(field, models.FileField)


def _made_by(field: Any, row: models.Model) -> Any:
    return field.pre_save(row, True)


def _insert(model: type[models.Model], new: New, tail: str = "") -> tuple[int, list[Any]]:
    """Run one INSERT; return how many rows it wrote, and what it returned of them."""
    names, rows = new
    head, marks, end = _insertion(model, router.db_for_write(model), names, tail)
    query = head + ", ".join([marks] * len(rows)) + end
    return _run(model, query, [value for row in rows for value in row])


@lru_cache(maxsize=256)
def _insertion(model: type[models.Model], alias: str, names: tuple[str, ...], tail: str) -> tuple[str, str, str]:
    name = connections[alias].ops.quote_name
    columns = ", ".join(name(field.column) for field, _ in _columns_named(model, names))
    head = f"INSERT INTO {name(model._meta.db_table)} ({columns}) VALUES "
    marks = f"({', '.join(['%s'] * len(names))})"
    return head, marks, tail.format(key=name(model._meta.pk.column))


def _run(model: type[models.Model], query: str, values: Sequence[Any]) -> tuple[int, list[Any]]:
    """Run a statement about the table of `model`; return how many rows it touched, and what it returned."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.about = model
    try:
        with sql.steady_cursor(router.db_for_write(model)) as cursor:
            cursor.execute(query, values)
            return int(cursor.rowcount), cursor.fetchall() if cursor.description else []
    finally:
        if waiting is not None:
            waiting.about = None


def change(model: type[models.Model], where: dict[str, Any], **to: Any) -> int:
    """Write `to` into the rows whose columns are equal to `where`; return how many they were. Plain values only."""
    alias = router.db_for_write(model)
    connection = connections[alias]
    fields, query = _changing(model, alias, tuple(to), tuple(where))
    return _run(model, query, _all_prepared(fields, (*to.values(), *where.values()), connection))[0]


@lru_cache(maxsize=512)
def _changing(
    model: type[models.Model], alias: str, to: tuple[str, ...], where: tuple[str, ...]
) -> tuple[list[Column], str]:
    name = connections[alias].ops.quote_name
    columns = _columns_named(model, (*to, *where))
    said = [f"{name(field.column)} = %s" for field, _ in columns]
    query = (
        f"UPDATE {name(model._meta.db_table)} SET {', '.join(said[: len(to)])} WHERE {' AND '.join(said[len(to) :])}"
    )
    return columns, query


def remove(model: type[models.Model], *which: Mapping[str, Any]) -> None:
    """Delete the rows whose columns are equal to those of any of `which`, which all name the same ones.

    Nothing that refers to them is looked for.
    """
    if not which:
        return
    alias = router.db_for_write(model)
    columns, query = _choosing(model, alias, "DELETE", "", tuple(which[0]), len(which))
    values = [_all_prepared(columns, equal.values(), connections[alias]) for equal in which]
    _run(model, query, [value for row in values for value in row])


def read(model: type[Row], order: str = "", *, lock: bool = False, **equal: Any) -> list[Row]:
    """Return the rows whose columns are `equal`, rising by the column `order`.

    `lock` holds them until the transaction ends and leaves out those that somebody else holds.
    """
    alias = router.db_for_write(model) if lock else router.db_for_read(model)
    connection = connections[alias]
    fields, query = _choosing(model, alias, f"SELECT {_columns_of(model, alias)}", order, tuple(equal))
    names, converters = _reading(model, alias)
    lock_clause = sql.passing_lock(alias) if lock else ""
    _, found = _run(model, query + lock_clause, _all_prepared(fields, equal.values(), connection))
    return [model.from_db(alias, names, _converted(values, converters, connection)) for values in found]


def among(model: type[Row], column: str, values: Iterable[Any]) -> list[Row]:
    """Return the rows whose `column` has one of `values`, in no order; no query for no value."""
    asked = list(values)
    if not asked:
        return []
    alias = router.db_for_read(model)
    connection = connections[alias]
    columns, query = _choosing(model, alias, f"SELECT {_columns_of(model, alias)}", "", (column,), len(asked))
    names, converters = _reading(model, alias)
    _, found = _run(model, query, _all_prepared(columns * len(asked), asked, connection))
    return [model.from_db(alias, names, _converted(values, converters, connection)) for values in found]


@lru_cache(maxsize=256)
def _choosing(
    model: type[models.Model], alias: str, verb: str, order: str, equal: tuple[str, ...], times: int = 1
) -> tuple[list[Column], str]:
    name = connections[alias].ops.quote_name
    columns = _columns_named(model, equal)
    tests = " AND ".join(f"{name(field.column)} = %s" for field, _ in columns)
    query = f"{verb} FROM {name(model._meta.db_table)} WHERE {' OR '.join([f'({tests})'] * times)}"
    if order:
        query += f" ORDER BY {name(_columns_named(model, (order,))[0][0].column)}"
    return columns, query


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


@lru_cache(maxsize=256)
def _columns_named(model: type[models.Model], names: tuple[str, ...]) -> list[Column]:
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [_column(by_name[name]) for name in names]


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
        return _adapted(value, connection.alias)
    return field.get_db_prep_save(value, connection)


@lru_cache(maxsize=512)
def _adapted(moment: datetime, alias: str) -> Any:
    """Return a moment as the driver is given it. A mail writes one or two of them fifty times."""
    return connections[alias].ops.adapt_datetimefield_value(moment)


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
            waiting = _waiting.get()
            if waiting is None:
                change(type(self), {self._meta.pk.attname: self.pk}, **changed)
            else:
                waiting.change(type(self), self.pk, changed)
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


@lru_cache(maxsize=64)
def _names_but_the_key(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)
