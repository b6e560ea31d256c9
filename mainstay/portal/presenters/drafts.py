"""What a client has begun and not sent, as their form shows it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from mainstay.portal.presenters import words
from mainstay.writing.models import Unsent


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft. `saved_at` is in milliseconds since 1970, as browsers count."""

    text: str
    told: str
    saved_at: int


def by_form(found: Mapping[str, Unsent], zone: ZoneInfo, *, at: datetime) -> dict[str, Kept]:
    """Return the drafts of a page by the form that they are of."""
    return {form: kept(one, zone, at=at) for form, one in found.items()}


def kept(draft: Unsent, zone: ZoneInfo, *, at: datetime) -> Kept:
    """Return one draft."""
    return Kept(draft.said.get("text", ""), told(draft, zone, at=at), int(draft.saved_at.timestamp() * 1000))


def told(draft: Unsent | None, zone: ZoneInfo, *, at: datetime) -> str:
    """Say when a draft was kept: 'Draft saved today 14:05 GMT'. Nothing where there is none."""
    return _("Draft saved %(at)s") % {"at": words.short(draft.saved_at, zone, now=at)} if draft else ""
