"""Signing in by the link of a mail. Looking at it changes nothing: scanners look at every link (class C16)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.orgs import signin_links
from mainstay.orgs.models import Person
from mainstay.orgs.signin_links import LinkOver
from mainstay.portal.access import public
from mainstay.portal.environment import url
from mainstay.portal.render import page
from mainstay.portal.secrecy import private
from mainstay.screens import limits
from mainstay.screens.entering import enter

TRIES = 30  # in an hour from one network, of which an organisation may be one


@public("GET", "POST")
def sign_in(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show one button to whoever has the link, and sign them in when it is pressed."""
    return private(_signed_in(request, token))


def _signed_in(request: HttpRequest, token: str) -> HttpResponseBase:
    at = now()
    if request.method == "POST" and not limits.within(request, "sign-in-link", most=TRIES):
        return _over(request, _("Too many tries came from your network. Wait an hour, or use your password."), 429)
    try:
        link = signin_links.opened(token, at=at)
        if request.user.is_authenticated and request.user.pk == link.person_id:
            return redirect(link.goal or url("home"))
        if request.method == "POST" and not request.user.is_authenticated:
            used = signin_links.use(token, at=at)
            return enter(request, used.person, goal=used.goal or url("home"))
    except LinkOver as over:
        if isinstance(request.user, Person) and not request.user.staff_role:  # pressed twice, or opened again
            return redirect(url("home"))
        return _over(request, spoken(over), 410)
    stranger = request.user.email if isinstance(request.user, Person) else ""
    context = {"email": link.person.email, "stranger": stranger, "here": request.path}
    return page(request, "portal/entrance/link.html", context)


def _over(request: HttpRequest, words: str, status: int) -> HttpResponseBase:
    return page(request, "portal/entrance/over.html", {"words": words}, status=status)
