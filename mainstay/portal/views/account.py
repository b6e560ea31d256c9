"""One's own account: name, how pages look, how one signs in and where, and which mails one gets."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from mainstay.lib import telephone
from mainstay.lib.time import now
from mainstay.orgs import actions as orgs
from mainstay.orgs import preferences, signins, wishes
from mainstay.orgs.models import SignIn
from mainstay.portal.access import door, me, standing
from mainstay.portal.environment import url
from mainstay.portal.forms.people import AboutForm
from mainstay.portal.presenters.account import choices
from mainstay.portal.presenters.people import rights_words
from mainstay.portal.render import page
from mainstay.screens import looks
from mainstay.screens.session_lines import session_line
from mainstay.screens.sessions import this_one
from mainstay.screens.zones import desk_zone


@door("GET", "POST")
def account(request: HttpRequest) -> HttpResponseBase:
    """Show one's account, and correct name and telephone number."""
    at, person = now(), me(request)
    form = AboutForm(
        request.POST or None, initial={"name": person.name, "phone": telephone.shown(person.phone)}
    )
    if request.method == "POST" and form.is_valid():
        orgs.describe_self(person=person, at=at, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(url("account"))
    live = list(signins.live([person], at=at))
    context = {
        "person": person,
        "form": form,
        "homes": [(one.organisation.name, one.role, rights_words(one)) for one in standing(request).memberships],
        "sessions": [session_line(one, desk_zone(), mine=this_one(request), at=at) for one in live],
        "signs": signins.signs_of_sharing(live),
        "look": looks.look_of(request),
        "themes": looks.THEMES.items(),
        "motions": looks.MOTIONS.items(),
        "zone": desk_zone().key,
        "choices": choices(wishes.of(person)),
        "has_password": person.has_usable_password(),
    }
    return page(
        request, "portal/account/account.html", context, current="account", status=422 if form.errors else 200
    )


@door("POST")
def look(request: HttpRequest) -> HttpResponseBase:
    """Choose how pages look, for this person and at once in this browser."""
    theme, motion = request.POST.get("theme", ""), request.POST.get("motion", "")
    if theme not in looks.THEMES or motion not in looks.MOTIONS:
        raise BadRequest("There is no such look.")
    preferences.choose_look(person=me(request), theme=theme, motion=motion)
    messages.success(request, _("Saved."))
    response = redirect(url("account"))
    looks.remember(response, looks.Look(theme, motion))
    return response


@door("POST")
def mails(request: HttpRequest) -> HttpResponseBase:
    """Choose which mails one gets about one's own requests, and about colleagues'."""
    try:
        for about in wishes.CHOICES:
            wishes.choose(person=me(request), about=about, wants=request.POST.get(about, ""), at=now())
    except wishes.NoSuchWish:
        raise BadRequest("There is no such choice.") from None
    messages.success(request, _("Saved. It holds for mails from now on."))
    return redirect(url("account"))


@door("POST")
def session_end(request: HttpRequest, number: int) -> HttpResponseBase:
    """End one of one's own sessions."""
    found = SignIn.objects.filter(pk=number, person=me(request))
    if not found.exists():
        raise Http404("There is no such session.")
    signins.end(found, at=now(), by=me(request))
    messages.success(request, _("The session is ended."))
    return redirect(url("account"))


@door("POST")
def session_end_others(request: HttpRequest) -> HttpResponseBase:
    """End all of one's own sessions but this one."""
    signins.end_all(me(request), at=now(), by=me(request), but=this_one(request))
    messages.success(request, _("Only this session is left."))
    return redirect(url("account"))
