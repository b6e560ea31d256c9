"""Reads of saved views: which ones somebody has, what they ask, how many tickets each holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet

from mainstay.clocks import listing
from mainstay.clocks.filters import Asked, field_of
from mainstay.clocks.listing import Wanted
from mainstay.lib import sql
from mainstay.lib.prepared import Prepared
from mainstay.orgs.access import any_staff, at_least
from mainstay.orgs.models import Person, StaffRole
from mainstay.views.models import Layout, SavedView

MOST_COUNTED = 100  # a rail says '99+' beyond


def views_of(person: Person) -> QuerySet[SavedView]:
    """Return the saved views that `person` sees: their own, then the shared ones, each in their order."""
    seen = SavedView.objects.filter(Q(shared=True) | Q(made_by=person), removed_at=None)
    return seen.order_by("shared", "position", "pk")


def views_seen(person: Person) -> list[SavedView]:
    """Return those views: they stand beside every page."""
    return [SavedView.from_db(connection.alias, SEEN, row) for row in _VIEWS_SEEN.rows(person.pk)]


def _views_seen(person_id: int) -> QuerySet[SavedView, Any]:
    return views_of(any_staff(person_id)).values_list(*SEEN)


SEEN = [field.attname for field in SavedView._meta.concrete_fields]
_VIEWS_SEEN = Prepared(_views_seen, int)


def may_change(person: Person, view: SavedView) -> bool:
    """Whether `person` may change `view`: its maker, and any manager where it is shared."""
    mine = view.made_by_id == person.pk
    return mine or (view.shared and at_least(person, StaffRole.MANAGER))


def wanted_of(view: SavedView, *, zone: ZoneInfo) -> Wanted:
    """Return what `view` asks. A field that is there no more, or a value that it no longer takes, does not narrow."""
    asked = (Asked(str(key), tuple(values), bool(negated)) for key, values, negated in view.filters)
    return listing.checked(
        Wanted(view.base, view.sort, tuple(one for one in asked if _holds(one)), view.text, zone=zone)
    )


def _holds(asked: Asked) -> bool:
    field = field_of(asked.key)
    return field is not None and all(field.takes(value) for value in asked.values)


def counts(
    views: Sequence[SavedView], person: Person, *, zone: ZoneInfo, at: datetime
) -> dict[str, int]:
    """Return how many tickets each of `views` holds for `person`, none beyond MOST_COUNTED.

    One query, and one more for each view that asks for words, which may name a client.
    """
    questions = [listing.matching(person, wanted_of(view, zone=zone), at=at) for view in views]
    found = sql.counts_up_to(MOST_COUNTED, questions)
    return dict(zip((view.key for view in views), found, strict=True))


def columns_for(person: Person, key: str) -> tuple[str, ...]:
    """Return the columns that `person` chose for a view, none where they chose none."""
    return next((tuple(columns) for view, columns in _LAYOUTS.rows(person.pk) if view == key), ())


def _layouts(person_id: int) -> QuerySet[Layout, Any]:
    return Layout.objects.filter(person=person_id).values_list("view", "columns")


_LAYOUTS = Prepared(_layouts, int)
