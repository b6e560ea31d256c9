"""Somebody wrote from a domain of the organisation and is not known: its administrator says whether they are theirs."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.portal.access import ADMINISTRATES, door, me
from mainstay.portal.environment import url
from mainstay.portal.forms.people import VouchForm
from mainstay.portal.presenters.people import strangers
from mainstay.portal.render import page
from mainstay.screens.zones import desk_zone
from mainstay.tickets import vouching
from mainstay.tickets.actions import CannotDo


@door("GET", "POST", right=ADMINISTRATES)
def stranger(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show who wrote, and authorise them or say that they are not of the organisation."""
    at = now()
    asked = [one for one in vouching.waiting(me(request), at=at) if one.ticket.pk == number]
    if not asked:
        raise Http404("There is no such person.")
    ours = request.POST.get("answer") != "not"
    form = VouchForm(request.POST if request.method == "POST" and ours else None)
    if request.method == "POST" and (not ours or form.is_valid()):
        try:
            if ours:
                vouching.vouch(ticket_id=number, role=form.cleaned_data["role"], by=me(request), at=at)
                messages.success(request, _("Authorised. Their request goes on; its time runs from when they wrote."))
            else:
                vouching.disown(ticket_id=number, by=me(request), at=at)
                messages.success(request, _("Thank you. Support is told."))
            return redirect(url("people"))
        except CannotDo as refusal:
            messages.error(request, spoken(refusal))
            return redirect(url("people"))
    context = {"stranger": strangers(asked, desk_zone(), at=at)[0], "form": form}
    return page(request, "portal/people/stranger.html", context, current="people", status=422 if form.errors else 200)
