"""Pages of a list that begin after a row and not at a number: nothing is missed or shown twice while rows come in.

A cursor holds the values that the list is ordered by, so that the place stays although its row changes or goes.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet

Row = TypeVar("Row", bound=models.Model)

Order = Sequence[tuple[str, int]]  # a field, such as `planned_on` or `person__name`, and 1 for rising, -1 for falling
LONGEST = 2_000  # characters of a cursor
MOST = 2**63  # below which every number is that a column holds


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """One page of a list, and the cursors of those beside it; none where there is none."""

    rows: list[Row]
    after: str = ""
    before: str = ""


def order_of(names: Sequence[str]) -> Order:
    """Return an order as Django writes it, such as ("-planned_on", "-pk"), which must end with the key."""
    return [(name.removeprefix("-"), -1 if name.startswith("-") else 1) for name in names]


def page(found: QuerySet[Row], order: Order, *, size: int, after: str = "", before: str = "") -> Sheet[Row]:
    """Return up to `size` rows after the cursor `after`, or those before `before`; from the start without either.

    A broken or foreign cursor is none. What stands before the first full page is that page.
    """
    back = _read(found.model, order, before) if before and not after else None
    if back is not None:
        turned = [(field, -way) for field, way in order]
        rows = list(_sorted(found.filter(beyond(turned, back)), turned)[: size + 1])
        if len(rows) > size:
            rows = rows[:size][::-1]
            return Sheet(rows, _cursor(rows[-1], order), _cursor(rows[0], order))
    on = _read(found.model, order, after)
    rows = list(_sorted(found.filter(beyond(order, on)) if on is not None else found, order)[: size + 1])
    shown = rows[:size]
    return Sheet(
        shown,
        _cursor(shown[-1], order) if len(rows) > size else "",
        _cursor(shown[0], order) if shown and on is not None else "",
    )


def _sorted(found: QuerySet[Row], order: Order) -> QuerySet[Row]:
    return found.order_by(*(field if way > 0 else f"-{field}" for field, way in order))


def beyond(order: Order, cursor: Sequence[Any]) -> Q:
    """Return the rows after `cursor` in `order`: (a > x) or (a = x and b > y) ..., led by a >= x for the index."""
    alternatives = Q()
    for place, ((field, way), value) in enumerate(zip(order, cursor, strict=True)):
        same = {name: cursor[before] for before, (name, _) in enumerate(order[:place])}
        alternatives |= Q(**same, **{f"{field}__{'gt' if way > 0 else 'lt'}": value})
    first, way = order[0]
    return Q(**{f"{first}__{'gte' if way > 0 else 'lte'}": cursor[0]}) & alternatives


def _cursor(row: models.Model, order: Order) -> str:
    values = [reduce(getattr, field.split("__"), row) for field, _ in order]
    said = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode()


def _read(model: type[models.Model], order: Order, text: str) -> list[Any] | None:
    """Return the values in a cursor; None, so the start of the list, for an empty, foreign or broken one."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text[:LONGEST].encode()))
        if not isinstance(values, list) or len(values) != len(order):
            return None
        return [_value(_field(model, field), value) for (field, _), value in zip(order, values, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, ValidationError, RecursionError):
        return None


def _field(model: type[models.Model], path: str) -> Any:
    *ways, last = path.split("__")
    for way in ways:
        model = model._meta.get_field(way).related_model  # type: ignore[assignment]  # our own orders name no other
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def _value(field: Any, said: Any) -> Any:
    """Return a value as its column holds such. Raises ValueError and the like for what no column can hold."""
    value = field.to_python(said)
    if isinstance(said, bool | list | dict) or value is None or "\x00" in str(value):
        raise ValueError("no value of a cursor")
    if isinstance(value, int) and not 0 <= value < MOST:
        raise ValueError("a number that no column holds")
    if isinstance(field, models.DateTimeField):
        if value.tzinfo is None:
            raise ValueError("a moment without its zone")
        return value.astimezone(UTC)
    str(value).encode()  # raises for half a character
    return value
