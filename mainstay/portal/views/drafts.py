"""Keeping what somebody has filled in and not sent. A page's script asks for it; without one nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.portal import nonces
from mainstay.portal.access import RAISES, door, me
from mainstay.portal.forms.requests import DRAFTED, LONGEST
from mainstay.portal.presenters import drafts as presenters
from mainstay.portal.views.request import ticket_or_404
from mainstay.portal.views.requests import NEW, about_in
from mainstay.screens.zones import desk_zone
from mainstay.tickets import clients
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from mainstay.writing import unsent

PANES = re.compile(r"write|reject|escalate|visit|withdraw|answer-[0-9]{1,18}")


@door("POST")
def request_draft(request: HttpRequest, reference: str, pane: str) -> HttpResponse:
    """Keep what somebody writes on a request."""
    ticket = ticket_or_404(request, reference)
    if not PANES.fullmatch(pane):
        raise Http404("There is no such form.")
    name, _dash, number = pane.partition("-")
    sent_to = reverse(f"portal:request_{name}", args=[reference, number] if number else [reference])
    return _keep(request, ticket, pane, {"text": request.POST.get("text", "")[:LONGEST]}, sent_to)


@door("POST", right=RAISES)
def new_request_draft(request: HttpRequest) -> HttpResponse:
    """Keep what somebody has filled in of a new request."""
    said = {name: request.POST.get(name, "")[:LONGEST] for name in DRAFTED}
    return _keep(request, about_in(request), NEW, said, reverse("portal:new_request"))


def _keep(
    request: HttpRequest, ticket: Ticket | None, form: str, said: Mapping[str, str], sent_to: str
) -> HttpResponse:
    """Keep it, and say when. What arrives after its form was sent is kept no more: it would come back from the dead."""
    at, by = now(), me(request)
    if clients.was_sent(by=by, key=nonces.kept(request, path=sent_to)):
        return HttpResponse("", content_type="text/plain; charset=utf-8")
    try:
        draft = unsent.save(by=by, ticket=ticket, form=form, said=said, at=at)
    except CannotDo as error:
        return HttpResponse(spoken(error), status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(presenters.told(draft, desk_zone(), at=at), content_type="text/plain; charset=utf-8")
