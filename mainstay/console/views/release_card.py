"""The release of one ticket: the card on its page, and another one chosen once it was seen what that does."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.looking import look_first
from mainstay.console.presenters import releases as presenters
from mainstay.console.release_forms import ChooseForm
from mainstay.console.render import fragment, page
from mainstay.console.settling import onward
from mainstay.console.views.tickets import ticket_or_404
from mainstay.lib.time import now
from mainstay.releases import choosing, placing
from mainstay.screens.zones import desk_zone


@door("GET")
def ticket_release(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Return the card of a ticket that says which release it waits for."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    place, today = placing.current(found), at.astimezone(desk_zone()).date()
    context = {
        "reference": reference,
        "place": place,
        "line": presenters.release_line(place.release, today=today) if place and place.release else None,
        "by": place.chosen_by.name if place and place.chosen and place.chosen_by else "",
        "choices": bool(place and placing.choices(found)),
        "product": found.product,
    }
    return fragment(request, "releases/card.html", context)


@door("GET", "POST")
def release_choose(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Have a ticket wait for another release, or for whichever is next; first show what that does."""
    at, found = now(), ticket_or_404(request, reference, at=now())
    here = reverse("console:ticket", args=[reference])
    place = placing.current(found)
    if place is None:
        messages.error(request, "This request does not wait for a release.")
        return onward(request, here)
    form = ChooseForm(request.POST or None, choices=placing.choices(found), place=place)
    look = look_first(
        request, form, said="Chosen.", at=at,
        show=lambda said: presenters.choice_line(
            choosing.foresee(ticket=found, release=said["release"], by=me(request), at=at), found, tells=said["tells"]
        ),
        act=lambda said: choosing.choose(ticket=found, by=me(request), at=at, **said),
    )  # fmt: skip
    if look is None:
        return onward(request, here + "#card-release")
    context = {
        "form": form, "look": look, "choice": look.shown, "ticket": found, "back": here, "nonce": sending.nonce(),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return page(request, "releases/choose.html", context, current="", status=status, at=at)
