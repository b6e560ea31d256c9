"""Which tickets hold what in a field of the desk's own: said once, for the filters of a list and for search."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from mainstay.tickets.rows.fields import FieldKind, FieldValue


def anything(field: int) -> Q:
    """Return the tickets on which the field holds anything."""
    return _tickets(field, Q())


def one_of(kind: str, field: int, values: Iterable[str]) -> Q:
    """Return those on which it holds one of `values`: an option as it is written, 'yes', 'no', or a part of a text."""
    wanted = Q()
    for value in values:
        if kind == FieldKind.TEXT:
            wanted |= Q(words__icontains=value)
        elif kind == FieldKind.CHOICES:  # in words they stand with commas between them
            wanted |= Q(words=value) | Q(words__startswith=f"{value}, ") | Q(words__endswith=f", {value}")
            wanted |= Q(words__contains=f", {value}, ")
        else:
            wanted |= Q(words={"yes": "Yes", "no": "No"}.get(value, value) if kind == FieldKind.YES_NO else value)
    return _tickets(field, wanted)


def numbers(field: int, start: float | None, end: float | None) -> Q:
    """Return those on which it holds a number from `start` to `end`, both among them; None is no limit."""
    return _tickets(field, _between("number", start, end))


def days(field: int, start: date | None, end: date | None) -> Q:
    """Return those on which it holds a day from `start` to `end`, both among them; None is no limit."""
    return _tickets(field, _between("words", start and start.isoformat(), end and end.isoformat()))


def _between(column: str, start: object, end: object) -> Q:
    limits = Q(**{f"{column}__isnull": False})
    if start is not None:
        limits &= Q(**{f"{column}__gte": start})
    if end is not None:
        limits &= Q(**{f"{column}__lte": end})
    return limits


def _tickets(field: int, wanted: Q) -> Q:
    return Q(pk__in=FieldValue.objects.filter(wanted, field=field).values("ticket"))
