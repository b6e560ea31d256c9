"""The wallboard: for whoever is signed in, and for screens on a wall that have a link of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse

from mainstay.clocks.board import board
from mainstay.console.access import door, me
from mainstay.console.manage_forms import ScreenForm
from mainstay.console.presenters import board as presenters
from mainstay.console.presenters import manage
from mainstay.console.render import page
from mainstay.lib.time import now
from mainstay.orgs import screens as walls
from mainstay.orgs.models import Person, Screen, StaffRole
from mainstay.screens.moments import moment
from mainstay.screens.zones import desk_zone

ADMINISTRATOR = StaffRole.ADMINISTRATOR


@door("GET")
def wallboard(request: HttpRequest) -> HttpResponseBase:
    """Show the desk from across the room."""
    places = {"parts": reverse("console:wallboard_parts"), "events": "/events"}
    return render(request, "wall/board.html", _context(me(request), now()) | places)


@door("GET")
def wallboard_parts(request: HttpRequest) -> HttpResponseBase:
    """Return the wallboard's content alone, for the page that keeps itself current."""
    return render(request, "wall/parts.html", _context(me(request), now()))


def screen(request: HttpRequest, secret: str, part: str = "") -> HttpResponseBase:
    """Show the wallboard on a screen where nobody is signed in. It can only look, and asks again every few seconds."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    person = walls.seen_by(secret)
    if person is None:
        raise Http404("There is no such screen.")
    context = _context(person, now())
    if part:
        return _kept_to_itself(render(request, "wall/parts.html", context))
    places = {"parts": reverse("screen_parts", args=[secret]), "events": ""}
    return _kept_to_itself(render(request, "wall/board.html", context | places))


def _kept_to_itself(response: HttpResponse) -> HttpResponse:
    """Keep a page whose address is a secret out of caches, search engines and other sites' logs."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _context(person: Person, at: datetime) -> dict[str, Any]:
    zone = desk_zone()
    since = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = board(person, since=since, at=at)
    return {"wall": presenters.wall(found, manage.health(zone, at=at), zone, at=at)}


@door("GET", "POST", role=ADMINISTRATOR)
def screens(request: HttpRequest) -> HttpResponseBase:
    """List the screens on walls, and add one; its link is shown this once."""
    at, form, link = now(), ScreenForm(request.POST or None, label_suffix="", auto_id="screen_%s"), ""
    if request.method == "POST" and form.is_valid():
        secret = walls.add(name=form.cleaned_data["name"], by=me(request), at=at)
        link = f"{settings.BASE_URL}{reverse('screen', args=[secret])}"
        form = ScreenForm(label_suffix="", auto_id="screen_%s")
    lines = [
        (one.pk, one.name, one.made_by.name, moment(one.made_at, desk_zone(), now=at))
        for one in Screen.objects.filter(ended_at=None).select_related("made_by").order_by("name", "pk")
    ]
    status = 422 if form.errors else 200
    return page(
        request, "wall/screens.html", {"lines": lines, "form": form, "link": link}, current="wallboard", status=status
    )


@door("POST", role=ADMINISTRATOR)
def screen_end(request: HttpRequest, screen_id: int) -> HttpResponseBase:
    """End a screen's link."""
    if not walls.end(screen_id=screen_id, by=me(request), at=now()):
        raise Http404("There is no such screen.")
    messages.success(request, "The link is ended; the screen shows nothing from now on.")
    return redirect("console:screens")
