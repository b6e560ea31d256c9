"""Where a client comes in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from mainstay.portal.access import door
from mainstay.portal.render import page


@door("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Show where a client comes in."""
    return page(request, "portal/home/home.html", {}, current="home")
