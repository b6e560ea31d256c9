"""Signing in through one's organisation: to its identity provider, and back from it.

What has been begun lies in the session of the browser that began it, so that no answer is taken from another. Whether
we know a person shows nowhere: the mail domain alone decides, and refusals are the same for every reason.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.orgs.identity import flow, providers
from mainstay.orgs.identity.flow import Begun, SignInFailed
from mainstay.orgs.identity.providers import NotOurs
from mainstay.orgs.models import IdentityProvider
from mainstay.portal.access import public
from mainstay.portal.environment import url
from mainstay.portal.forms.entrance import ProviderForm
from mainstay.portal.render import page
from mainstay.portal.secrecy import private
from mainstay.screens import limits
from mainstay.screens.accounts import goal_of
from mainstay.screens.entering import enter

KEPT = "provider sign-ins"  # where the session has what was begun
MOST = 4  # begun at once in one browser: tabs
TRIES = 60  # in an hour from one network, of which an organisation may be one


@public("GET", "POST")
def provider(request: HttpRequest) -> HttpResponseBase:
    """Ask for an address, and send its browser to the provider of its mail domain."""
    if request.user.is_authenticated:
        return redirect(goal_of(request.GET.get("next", "")) or url("home"))
    form = ProviderForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if request.method == "POST" and form.is_valid():
        found = providers.for_address(form.cleaned_data["email"])
        if not limits.within(request, "provider", most=TRIES):
            form.add_error(None, _("Too many tries came from your network. Wait an hour, or sign in by mail."))
        elif found is None:
            form.add_error(
                "email", _("No organisation's own sign-in is known for this address. Sign in by password or by mail.")
            )
        else:
            return _led(request, found, form)
    return private(page(request, "portal/entrance/provider.html", {"form": form}, status=422 if form.errors else 200))


@public("GET")
def back(request: HttpRequest, key: str) -> HttpResponseBase:
    """Take a browser back from the provider of the client of that key, and sign its person in."""
    if request.user.is_authenticated:
        return redirect(url("home"))
    begun, at = _begun(request, request.GET.get("state", "")), now()
    found = IdentityProvider.objects.select_related("organisation").filter(pk=begun.provider_id) if begun else None
    known = found.first() if found is not None else None
    if begun is None or begun.is_over(at) or known is None or known.organisation.key != key:
        return _refused(
            request, _("This sign-in was begun in another browser, or more than ten minutes ago. Begin again.")
        )
    said = {name: request.GET[name] for name in ("code", "error", "iss") if name in request.GET}
    try:
        person = flow.finish(known, begun, said, back=_back_to(known), at=at)
    except (SignInFailed, NotOurs) as refusal:
        return _refused(request, spoken(refusal))
    return private(enter(request, person, goal=begun.goal or url("home"), through=known))


def _led(request: HttpRequest, found: IdentityProvider, form: ProviderForm) -> HttpResponseBase:
    """Send the browser on by a page: a form of ours may lead to no other site (its Content-Security-Policy)."""
    said = form.cleaned_data
    try:
        goal = goal_of(said["next"])
        where, begun = flow.begin(found, back=_back_to(found), email=said["email"], goal=goal, at=now())
    except SignInFailed as refusal:
        form.add_error(None, spoken(refusal))
        return private(page(request, "portal/entrance/provider.html", {"form": form}, status=422))
    kept: dict[str, Any] = request.session.get(KEPT, {})
    newest = dict(list(kept.items())[-(MOST - 1) :])
    request.session[KEPT] = {**newest, begun.state: asdict(begun)}
    context = {"where": where, "host": urlsplit(where).hostname}
    return private(page(request, "portal/entrance/leaving.html", context))


def _begun(request: HttpRequest, state: str) -> Begun | None:
    """Return what was begun under that state in this browser; it is taken, and comes back no second time."""
    kept: dict[str, Any] = request.session.get(KEPT, {})
    if not state or state not in kept:
        return None
    begun = Begun(**kept.pop(state))
    request.session[KEPT] = kept
    return begun


def _back_to(found: IdentityProvider) -> str:
    return f"{settings.BASE_URL}{url('provider_back', found.organisation.key)}"


def _refused(request: HttpRequest, words: str) -> HttpResponseBase:
    return private(page(request, "portal/entrance/refused.html", {"words": words}, status=403))
