"""What comes and what came: releases and announced changes, for the products of whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from mainstay.lib import keyset
from mainstay.lib.keyset import Row, Sheet
from mainstay.lib.time import now
from mainstay.portal.access import door, me
from mainstay.portal.presenters import releases as presenters
from mainstay.portal.render import page
from mainstay.releases import queries
from mainstay.releases.models import Stage

PAGE = 20
PLANNED, SHIPPED, ANNOUNCED = "planned", "shipped", "announced"  # the lists of the page


@door("GET")
def releases(request: HttpRequest) -> HttpResponseBase:
    """Show what is planned, the next first, what is out, the newest first, and what was announced.

    Where `of` names one of these lists, the page shows only that one, from a row on.
    """
    at, person, of = now(), me(request), request.GET.get("of", "")
    of = of if of in (PLANNED, ANNOUNCED, SHIPPED) else ""
    found = queries.releases(person, at=at).select_related("product")

    def sheet_of(name: str, rows: QuerySet[Row], order: Sequence[str]) -> Sheet[Row]:
        if of not in ("", name):
            return Sheet([])
        after, before = (request.GET.get("after", ""), request.GET.get("before", "")) if of else ("", "")
        return keyset.page(rows, keyset.order_of(order), size=PAGE, after=after, before=before)

    planned = sheet_of(PLANNED, found.filter(stage=Stage.PLANNED), queries.NEXT_FIRST)
    shipped = sheet_of(SHIPPED, found.filter(stage=Stage.SHIPPED), queries.OUT_LAST)
    announced = sheet_of(ANNOUNCED, queries.announcements(person, at=at), queries.BY_CHANGE)
    context = {
        "of": of,
        "planned": [presenters.release_line(one) for one in planned.rows],
        "shipped": [presenters.release_line(one) for one in shipped.rows],
        "announcements": [presenters.announcement_line(one) for one in announced.rows],
        "pages": {
            name: presenters.beside(name, sheet.after, sheet.before)
            for name, sheet in ((PLANNED, planned), (SHIPPED, shipped), (ANNOUNCED, announced))
        },
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
