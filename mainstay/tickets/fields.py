"""The desk's own fields: typed, of a product or of all, and some required before a ticket is resolved.

The log says that a field was filled in or emptied, by whom and when, and never what it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mainstay.contracts.models import Product
from mainstay.core.saying import say_many
from mainstay.orgs import access
from mainstay.orgs.models import Person, StaffRole
from mainstay.tickets import events, required
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Event, Ticket
from mainstay.tickets.rows.fields import LONGEST, Field, FieldKind, FieldValue

OF_A_LIST = (FieldKind.CHOICE, FieldKind.CHOICES)


@transaction.atomic
def fill_in(*, ticket: Ticket, values: Mapping[int, Any], by: Person, at: datetime) -> None:
    """Let the fields of `values` (by id) hold these; None, an empty text or an empty list empties one.

    One event for each that changes. Fields that do not apply to the ticket are refused.
    """
    ticket = locked(ticket)
    fields = {field.pk: field for field in required.applying(ticket)}
    if strange := set(values) - set(fields):
        raise CannotDo(
            say_many(
                "One of these fields is not for this ticket. Reload the page.",
                "%(count)d of these fields are not for this ticket. Reload the page.",
                count=len(strange),
            )
        )
    has = {row.field_id: row for row in ticket.field_values.all()}
    happenings = []
    for pk, typed in values.items():
        value = checked(fields[pk], typed)
        row = has.get(pk)
        if value is None and row is not None:
            row.delete()
        elif value is not None and (row is None or row.value != value):
            number = float(value) if fields[pk].kind == FieldKind.NUMBER else None
            kept = {"value": value, "words": words_of(fields[pk], value), "number": number, "at": at, "by": by}
            FieldValue.objects.update_or_create(ticket=ticket, field=fields[pk], defaults=kept)
        else:
            continue
        happenings.append(Happening(events.FIELD_SET, at, {"field": pk, "empty": value is None}))
    if happenings:
        append(ticket, happenings, actor=by.ref, recorded_at=at)


def checked(field: Field, typed: Any) -> Any:
    """Return what is kept of `typed`: a plain value of the field's kind, or None for nothing. Raises CannotDo."""
    if typed is None or typed == "" or typed == []:
        return None
    if field.kind == FieldKind.TEXT and isinstance(typed, str):
        said = typed.strip().replace("\x00", "\ufffd")
        if len(said) > LONGEST:
            raise CannotDo("%(field)s has at most %(most)s characters.", field=field.name, most=LONGEST)
        return said or None
    if field.kind == FieldKind.NUMBER and isinstance(typed, int | float | Decimal) and not isinstance(typed, bool):
        return int(typed) if typed == int(typed) else float(typed)
    if field.kind == FieldKind.DATE and isinstance(typed, date):
        return typed.isoformat()
    if field.kind == FieldKind.YES_NO and isinstance(typed, bool):
        return typed
    if field.kind == FieldKind.CHOICE and typed in field.options:
        return typed
    if field.kind == FieldKind.CHOICES and isinstance(typed, list) and set(typed) <= set(field.options):
        return [option for option in field.options if option in typed]
    raise CannotDo(
        "%(field)s cannot hold %(typed)r; it is: %(kind)s.",
        field=field.name,
        typed=str(typed)[:40],
        kind=FieldKind(field.kind).label.lower(),
    )


def words_of(field: Field, value: Any) -> str:
    """Return a value as people read it."""
    if field.kind == FieldKind.YES_NO:
        return "Yes" if value else "No"
    return (", ".join(value) if isinstance(value, list) else str(value))[:LONGEST]


@transaction.atomic
def set_field(
    *,
    by: Person,
    at: datetime,
    name: str,
    kind: str,
    product: Product | None = None,
    options: Sequence[str] = (),
    required: bool = False,
    field: Field | None = None,
) -> Field:
    """Make a field, or change `field`, whose kind and product stay. Raises NotAllowed for anybody but a manager."""
    access.require(by, StaffRole.MANAGER)
    if not name.strip():
        raise CannotDo("Give the field a name.")
    kept = field or Field(kind=kind, product=product)
    listed = list(dict.fromkeys(" ".join(one.split()) for one in options if one.strip()))
    if kept.kind in OF_A_LIST and not listed:
        raise CannotDo("Write what there is to choose from, one a line.")
    twins = Field.objects.filter(name__iexact=name.strip(), product=kept.product, retired_at=None)
    if twins.exclude(pk=kept.pk).exists():
        raise CannotDo("There is a field %(name)s already.", name=name.strip())
    kept.name, kept.required = name.strip()[:80], required
    kept.options = listed if kept.kind in OF_A_LIST else []
    kept.changed_at, kept.changed_by = at, by
    kept.save()
    return kept


@transaction.atomic
def retire(*, field: Field, by: Person, at: datetime, back: bool = False) -> None:
    """Offer the field no more, or again with `back`. Tickets keep what it holds."""
    access.require(by, StaffRole.MANAGER)
    Field.objects.filter(pk=field.pk).update(retired_at=None if back else at, changed_at=at, changed_by=by)


def of(ticket: Ticket) -> list[FieldValue]:
    """Return what the ticket's fields hold, retired ones too, in the order of their names. One query."""
    return list(rows_of(ticket.pk))


def rows_of(ticket_id: int) -> QuerySet[FieldValue]:
    """Return the rows of what the fields of a ticket hold."""
    found = FieldValue.objects.filter(ticket=ticket_id)
    return found.select_related("field").order_by("field__name", "field")


def faults(ticket: Ticket, history: Iterable[Event]) -> Iterator[str]:
    """Say where the fields that hold something are not those that the events tell of."""
    told: set[int] = set()
    for event in history:
        if event.kind == events.FIELD_SET:
            (told.discard if event.payload["empty"] else told.add)(event.payload["field"])
    if told != set(ticket.field_values.values_list("field_id", flat=True)):
        yield f"{ticket.reference}: the fields that hold something are not those that its events tell of"
