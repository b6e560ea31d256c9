"""What every page of the portal has around it: whose desk it is, the places, who is asking, what has just happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from mainstay.orgs.access import works_the_desk
from mainstay.orgs.models import Person
from mainstay.portal import nav
from mainstay.portal.access import Standing, standing_of
from mainstay.portal.environment import url
from mainstay.screens.looks import Look, look_of
from mainstay.screens.vendor import vendor_name


@dataclass(frozen=True, slots=True)
class Told:
    """Something that has just happened, or could not be done."""

    words: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout shows around a page. `name` is empty for somebody who is not signed in."""

    vendor: str
    home: str  # where the vendor's name leads: somebody who cannot open the portal comes to the Support Hub
    look: Look
    demo: bool
    places: tuple[nav.Place, ...]
    name: str
    who: str  # a number, by which a browser keeps the words of one apart from those of another
    organisations: tuple[str, ...]
    told: tuple[Told, ...]  # what has just happened
    works_the_desk: bool


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, current: str = "", status: int = 200
) -> HttpResponse:
    """Return a whole page: `template` with `context`, inside the frame. `current` is the place that it belongs to."""
    return _drawn(request, template, {**context, "frame": frame_of(request, current=current)}, status)


def fragment(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Return a part of a page, for scripts."""
    return _drawn(request, template, dict(context), status)


def frame_of(request: HttpRequest, *, current: str) -> Frame:
    """Return the frame for who is asking, signed in or not. Asks nothing that the door has not asked."""
    standing = _standing(request)
    return Frame(
        vendor=vendor_name(),
        home=url("home") if standing else url("hub:start"),
        look=look_of(request),
        demo=settings.DEMO,
        places=nav.places(standing, current=current),
        name=str(standing.person) if standing else "",
        who=str(standing.person.pk) if standing else "",
        organisations=tuple(one.name for one in standing.organisations()) if standing else (),
        told=tuple(_told(message) for message in messages.get_messages(request)),
        works_the_desk=isinstance(request.user, Person) and works_the_desk(request.user),
    )


def _drawn(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(render_to_string(template, context, request, using="portal"), status=status)


def _told(message: Message) -> Told:
    tone, icon = ("grave", "over") if message.level >= messages.WARNING else ("good", "tick")
    return Told(str(message.message), tone, icon)


def _standing(request: HttpRequest) -> Standing | None:
    """Return who is asking as the door found them, or on a public page as they are; None for a stranger and staff."""
    found = getattr(request, "standing", None)
    if found is None and isinstance(request.user, Person) and not works_the_desk(request.user):
        found = standing_of(request.user)
    return found if found and found.memberships else None
