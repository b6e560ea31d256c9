"""What comes and what came: releases and announced changes, for the products of whoever asks."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from mainstay.lib.time import now
from mainstay.portal.access import door, me
from mainstay.portal.presenters import releases as presenters
from mainstay.portal.render import page
from mainstay.releases import queries
from mainstay.releases.models import Stage

MOST = 50


@door("GET")
def releases(request: HttpRequest) -> HttpResponseBase:
    """Show what is planned, the next first, what is out, the newest first, and what was announced."""
    at, person = now(), me(request)
    found = queries.releases(person, at=at).select_related("product")
    context = {
        "planned": [
            presenters.release_line(one)
            for one in found.filter(stage=Stage.PLANNED).order_by("planned_on", "pk")[:MOST]
        ],
        "shipped": [
            presenters.release_line(one) for one in found.filter(stage=Stage.SHIPPED).order_by("-shipped_at")[:MOST]
        ],
        "announcements": [
            presenters.announcement_line(one) for one in queries.announcements(person, at=at)[:MOST]
        ],
    }
    return page(request, "portal/releases/list.html", context, current="releases")


@door("GET")
def release(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show one release: its day and how that moved, what it brings, and the reader's requests in it."""
    at, person = now(), me(request)
    found = queries.visible_releases(person, at=at).filter(pk=number).first()
    if found is None:
        raise Http404("There is no such release.")
    context = {
        "line": presenters.release_line(found),
        "mine": presenters.mine(found, person, at=at),
        "moves": presenters.moves(queries.rounds_of(found)),
    }
    return page(request, "portal/releases/release.html", context, current="releases")


@door("GET")
def announcement(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show one announcement, and what was said of it when."""
    found = queries.visible_announcements(me(request), at=now()).filter(pk=number).first()
    if found is None:
        raise Http404("There is no such announcement.")
    context = {
        "line": presenters.announcement_line(found),
        "editions": presenters.editions(queries.editions_of(found)),
    }
    return page(request, "portal/releases/announcement.html", context, current="releases")
