"""How support is reached, and whether somebody is there now."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from mainstay.lib.time import now
from mainstay.portal.access import door, me, standing
from mainstay.portal.presenters.contact import contact_of
from mainstay.portal.render import page


@door("GET")
def contact(request: HttpRequest) -> HttpResponseBase:
    """Show hours, numbers and addresses, for each organisation of whoever asks and for no other."""
    at = now()
    context = {
        "contacts": [contact_of(one, me(request), at=at) for one in standing(request).organisations()],
        "address": settings.SUPPORT_ADDRESS,
        "phone": settings.SUPPORT_PHONE,
        "dialled": "".join(char for char in settings.SUPPORT_PHONE if char.isdecimal() or char == "+"),
    }
    return page(request, "portal/contact/contact.html", context, current="contact")
