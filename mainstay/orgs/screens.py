"""Screens on a wall: a link each, made and ended by administrators."""

from __future__ import annotations

from datetime import datetime

from mainstay.lib import keys
from mainstay.orgs import access
from mainstay.orgs.models import Person, Screen, StaffRole


def add(*, name: str, by: Person, at: datetime) -> str:
    """Add a screen and return its secret, which is told this once. Raises NotAllowed."""
    access.require(by, StaffRole.ADMINISTRATOR)
    secret = keys.new()
    Screen.objects.create(name=name.strip()[:80], digest=keys.digest_of(secret), made_by=by, made_at=at)
    return secret


def end(*, screen_id: int, by: Person, at: datetime) -> bool:
    """End a screen: its link opens nothing from now on. Returns whether it was there. Raises NotAllowed."""
    access.require(by, StaffRole.ADMINISTRATOR)
    return bool(Screen.objects.filter(pk=screen_id, ended_at=None).update(ended_at=at))


def seen_by(secret: str) -> Person | None:
    """Return as whom the screen with that secret looks; None for a wrong or an ended one."""
    found = Screen.objects.filter(digest=keys.digest_of(secret), ended_at=None).select_related("made_by").first()
    if found is None or not access.at_least(found.made_by, StaffRole.ADMINISTRATOR):
        return None
    return found.made_by
