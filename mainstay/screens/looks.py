"""How a page looks to whoever reads it: theme and motion, of the person and, from their last sign-in, of this browser.

The server writes both into the page, so that nothing flashes and no script is needed. The browser's cookie goes first,
because it also serves pages that nobody is signed in to; signing in brings it up to date.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from mainstay.orgs.models import Person

THEMES = {"": _("As the system"), "light": _("Light"), "dark": _("Dark"), "contrast": _("High contrast")}
MOTIONS = {"": _("As the system"), "off": _("Off")}
YEAR = 365 * 24 * 60 * 60  # seconds


@dataclass(frozen=True, slots=True)
class Look:
    """A theme and whether things move; empty is as the system has it."""

    theme: str = ""
    motion: str = ""


def look_of(request: HttpRequest) -> Look:
    """Return the look that this browser last chose, or else the person's. No query."""
    person = getattr(request, "user", None)
    own = (person.theme, person.motion) if isinstance(person, Person) else ("", "")
    theme, motion = request.COOKIES.get("theme", own[0]), request.COOKIES.get("motion", own[1])
    return Look(theme if theme in THEMES else "", motion if motion in MOTIONS else "")


def remember(response: HttpResponseBase, look: Look) -> None:
    """Have this browser keep the look, also for the pages before the door."""
    for name, value in (("theme", look.theme), ("motion", look.motion)):
        response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
