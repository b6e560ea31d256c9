"""Where a client comes in: what needs them, what is open, and how to reach us."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from mainstay.clocks import requests as listed
from mainstay.clocks.requests import Wanted
from mainstay.lib.time import now
from mainstay.phone.standing import service_of
from mainstay.portal.access import RAISES, SEES_ALL, door, me, standing
from mainstay.portal.presenters import home as presenters
from mainstay.portal.presenters.requests import line
from mainstay.portal.render import page
from mainstay.screens.zones import desk_zone
from mainstay.tickets import shown

SHOWN = 8  # open requests; the rest has a page of its own


@door("GET")
def home(request: HttpRequest) -> HttpResponse:
    """Show where a client comes in."""
    at, who, person = now(), standing(request), me(request)
    wanted = Wanted(sort="due")
    found = listed.page(person, wanted, at=at, size=SHOWN)
    counts = listed.counts(person, wanted, at=at)
    zone = desk_zone()
    context = {
        "needs": presenters.needs(
            shown.waiting_questions(person, at=at), shown.fixes_with(person, at=at), person, at=at
        ),
        "lines": [line(one, zone, at=at) for one in found.lines],
        "open": counts["open"],
        "wide": who.may(SEES_ALL),
        "may_raise": who.may(RAISES),
        "services": [
            presenters.service(service_of(person, one, at=at), one.name, at=at) for one in who.organisations(RAISES)
        ],
    }
    return page(request, "portal/home/home.html", context, current="home")
