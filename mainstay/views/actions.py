"""Writes of saved views. Who may is asked here; a view that somebody may not see is not there for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from mainstay.clocks.listing import Wanted
from mainstay.lib import sql
from mainstay.orgs.access import require
from mainstay.orgs.models import Person, StaffRole
from mainstay.views.models import Layout, SavedView
from mainstay.views.queries import may_change, views_of

MOST_VIEWS = 40  # personal ones of one person, and shared ones
TAKEN_BACK_WITHIN = timedelta(days=1)


class CannotKeep(ValueError):
    """The view cannot be kept or changed like this; the message says why."""


class ViewNotFound(LookupError):
    """There is no such view for this person. Whether somebody else has it is not said."""

    def __init__(self) -> None:
        super().__init__("There is no such view. It may have been deleted, or belong to somebody else.")


@transaction.atomic
def save(
    *, name: str, wanted: Wanted, by: Person, at: datetime, columns: Sequence[str] = (), shared: bool = False
) -> SavedView:
    """Keep what `wanted` asks under a name, behind the others. Only a manager makes a shared one."""
    if shared:
        require(by, StaffRole.MANAGER)
    name, beside = _free_name(name, by, shared=shared), _beside(by, shared=shared)
    if beside.count() >= MOST_VIEWS:
        raise CannotKeep(f"There are {MOST_VIEWS} views already. Delete one that nobody uses.")
    view = SavedView(name=name, shared=shared, made_by=by, made_at=at, position=_last(beside))
    _ask(view, wanted, columns)
    view.changed_at, view.changed_by = at, by
    view.save()
    return view


@transaction.atomic
def change(*, view_id: int, wanted: Wanted, by: Person, at: datetime) -> SavedView:
    """Have the view ask what `wanted` asks from now on."""
    view = _mine(view_id, by)
    _ask(view, wanted, view.columns)
    return _written(view, by, at)


@transaction.atomic
def rename(*, view_id: int, name: str, by: Person, at: datetime) -> SavedView:
    """Give the view another name."""
    view = _mine(view_id, by)
    view.name = _free_name(name, by, shared=view.shared, but=view.pk)
    return _written(view, by, at)


@transaction.atomic
def share(*, view_id: int, shared: bool, by: Person, at: datetime) -> SavedView:
    """Let everybody see the view, or its maker alone again; a manager does either. It goes behind the others there."""
    require(by, StaffRole.MANAGER)
    view = _mine(view_id, by)
    if view.shared == shared:
        return view
    if not shared and view.made_by_id != by.pk:
        raise CannotKeep("Only its maker can make it personal again. Delete it, or save one of your own.")
    view.name = _free_name(view.name, by, shared=shared, but=view.pk)
    view.position, view.shared = _last(_beside(by, shared=shared)), shared
    return _written(view, by, at)


@transaction.atomic
def move(*, view_id: int, up: bool, by: Person, at: datetime) -> SavedView:
    """Move the view one place up or down among its like. At the end it stays where it is."""
    view = _mine(view_id, by)
    row = list(sql.lock_rows(_beside(by, shared=view.shared).order_by("position", "pk")))
    place = next(place for place, one in enumerate(row) if one.pk == view.pk)
    other = place + (-1 if up else 1)
    if 0 <= other < len(row):
        row[place], row[other] = row[other], row[place]
        for position, one in enumerate(row):
            one.position = position
        SavedView.objects.bulk_update(row, ["position"])
    view.refresh_from_db()
    return _written(view, by, at)


@transaction.atomic
def remove(*, view_id: int, by: Person, at: datetime) -> SavedView:
    """Take the view away. Its row stays for a day, so that this can be taken back."""
    view = _mine(view_id, by)
    view.removed_at = at
    return _written(view, by, at)


@transaction.atomic
def restore(*, view_id: int, by: Person, at: datetime) -> SavedView:
    """Bring back a view that was removed less than a day ago, where it stood."""
    found = SavedView.objects.filter(pk=view_id, removed_at__gt=at - TAKEN_BACK_WITHIN)
    view = sql.lock_rows(found).first()
    if view is None or not may_change(by, view):
        raise ViewNotFound
    view.name, view.removed_at = _free_name(view.name, by, shared=view.shared, but=view.pk), None
    return _written(view, by, at)


@transaction.atomic
def choose_columns(*, person: Person, view: str, columns: Sequence[str]) -> None:
    """Keep which columns `person` wants to see in a view; none brings the usual ones back."""
    if columns:
        Layout.objects.update_or_create(person=person, view=view, defaults={"columns": list(columns)})
    else:
        Layout.objects.filter(person=person, view=view).delete()


def _mine(view_id: int, by: Person) -> SavedView:
    """Return the view, locked. Raises ViewNotFound, or CannotKeep where it is seen and not to be changed."""
    view = sql.lock_rows(views_of(by).filter(pk=view_id)).first()
    if view is None:
        raise ViewNotFound
    if not may_change(by, view):
        raise CannotKeep("This view is shared. Its maker or a manager can change it; save one of your own.")
    return view


def _ask(view: SavedView, wanted: Wanted, columns: Sequence[str]) -> None:
    view.base, view.sort, view.text = wanted.view, wanted.sort, wanted.text
    view.filters = [[asked.key, list(asked.values), asked.negated] for asked in wanted.filters]
    view.columns = list(columns)


def _written(view: SavedView, by: Person, at: datetime) -> SavedView:
    view.changed_at, view.changed_by = at, by
    view.save()
    return view


def _beside(person: Person, *, shared: bool) -> QuerySet[SavedView]:
    """Return the views that one of them stands among."""
    if shared:
        return SavedView.objects.filter(shared=True, removed_at=None)
    return SavedView.objects.filter(shared=False, made_by=person, removed_at=None)


def _last(beside: QuerySet[SavedView]) -> int:
    return int(beside.aggregate(last=Max("position"))["last"] or 0) + 1


def _free_name(name: str, by: Person, *, shared: bool, but: int | None = None) -> str:
    name = " ".join(name.replace("\x00", "").split())[:80]
    if not name:
        raise CannotKeep("Give the view a name.")
    if _beside(by, shared=shared).filter(name__iexact=name).exclude(pk=but or 0).exists():
        raise CannotKeep(f"There is a view called '{name}' already. Choose another name.")
    return name
