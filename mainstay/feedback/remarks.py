"""Remarks from inside products: reading them, and noting that somebody has."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from mainstay.feedback.models import Remark
from mainstay.orgs.models import Person


def remarks(*, unseen: bool = False, before: int | None = None) -> QuerySet[Remark]:
    """Return the remarks, the newest first, below the id `before`. For staff."""
    found = Remark.objects.filter(seen_at=None) if unseen else Remark.objects.all()
    if before is not None:
        found = found.filter(pk__lt=before)
    return found.select_related("source__product", "organisation", "person", "seen_by").order_by("-pk")


def see(*, remark: Remark, by: Person, at: datetime) -> None:
    """Note that `by` has read a remark. The first one counts."""
    Remark.objects.filter(pk=remark.pk, seen_at=None).update(seen_at=at, seen_by=by)
