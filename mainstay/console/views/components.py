"""The page of components: everything that screens are made of, in every state, in the theme that one has chosen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from mainstay.console.access import door
from mainstay.console.presenters import components as examples
from mainstay.console.render import Toast, Undo, page
from mainstay.orgs.models import StaffRole
from mainstay.screens import looks


@door("GET", role=StaffRole.ADMINISTRATOR)
def components(request: HttpRequest) -> HttpResponseBase:
    """Show every component in every state."""
    context = {
        "severities": examples.SEVERITIES,
        "states": examples.STATES,
        "chips": examples.CHIPS,
        "clocks": examples.clocks(),
        "forms": examples.forms_in_each_state(),
        "long": examples.LONG,
        "toasts": (Toast("Saved."), Toast("The reply is about to be sent.", Undo("#", "Undo", 10))),
        "themes": looks.THEMES.items(),
        "look": looks.look_of(request),
    }
    return page(request, "admin/components.html", context, current="components")
