"""Questions that are asked with every page: Django builds their SQL once, not each time.

To build a query takes Django up to fifty times as long as the database takes to answer it. So a question is built with
stand-ins for its values, and asked by putting the values into their places. Everything else, and who may see what
before all, is as it was built: a question whose shape depends on who asks must not be prepared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

Statement = tuple[str, Sequence[Any]]  # SQL with the values that are bound to it
Built = QuerySet[Any, Any] | Statement


class NotPreparable(RuntimeError):
    """The SQL of a question is another one for other values, so it cannot be built once."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the bound values one that is asked for goes, as the type that the driver is to be given."""

    number: int
    type: type


@dataclass(frozen=True, slots=True)
class _Sql:
    text: str
    bound: tuple[Any, ...]
    converters: Mapping[int, tuple[Any, Any]]  # by column, from what the driver returns


class Prepared:
    """A question with values of given `kinds`, int or datetime. `build` is called with stand-ins for them.

    It returns a queryset of `values_list`, or SQL with what is bound to it. No value may be worked with in there: what
    is derived from another (an hour later) is a value of its own.
    """

    def __init__(self, build: Callable[..., Built], *kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._sql: _Sql | None = None

    def rows(self, *values: int | datetime) -> list[tuple[Any, ...]]:
        """Ask for these values. One query."""
        built = self._sql = self._sql or self._built()
        bound = [_bound(values[one.number], one.type) if isinstance(one, _Place) else one for one in built.bound]
        with connection.cursor() as cursor:
            cursor.execute(built.text, bound)
            found = cursor.fetchall()
        return [_converted(row, built.converters) for row in found] if built.converters else found

    def _built(self) -> _Sql:
        """Build it twice, from different stand-ins: whatever differs but for their places is not the same question."""
        one, other = (self._with_stand_ins(first) for first in (29_501, 31_001))
        if (one.text, one.bound) != (other.text, other.bound):
            raise NotPreparable(f"{self._build.__qualname__} builds other SQL for other values")
        return one

    def _with_stand_ins(self, first: int) -> _Sql:
        """Return the SQL with places for values. The integers fit into the smallest column that there is."""
        stand_ins = [
            first + number if kind is int else datetime(1987, 6, 5, tzinfo=UTC) + timedelta(days=first + number)
            for number, kind in enumerate(self._kinds)
        ]
        text, bound, converters = _statement(self._build(*stand_ins))
        places = {_bound(one, type(one)): number for number, one in enumerate(stand_ins)}
        return _Sql(text, tuple(_place(one, places) for one in bound), converters)


def _statement(built: Built) -> tuple[str, Sequence[Any], Mapping[int, tuple[Any, Any]]]:
    if isinstance(built, tuple):
        return *built, {}
    compiler = built.query.get_compiler(connection.alias)
    text, bound = compiler.as_sql()
    columns = [column for column, _, _ in compiler.select]
    return text, bound, compiler.get_converters(columns)


def _place(value: Any, places: Mapping[Any, int]) -> Any:
    number = places.get(value) if isinstance(value, int | str | datetime) else None
    return value if number is None else _Place(number, type(value))


def _bound(value: Any, type_: type) -> Any:
    """Return a value as the driver is given it. PostgreSQL's takes integers in types of their own width."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return type_(value)


def _converted(row: Sequence[Any], converters: Mapping[int, tuple[Any, Any]]) -> tuple[Any, ...]:
    values = list(row)
    for column, (converting, expression) in converters.items():
        for convert in converting:
            values[column] = convert(values[column], expression, connection)
    return tuple(values)
