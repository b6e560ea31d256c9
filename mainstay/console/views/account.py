"""One's own account with its live sessions, and everybody's for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from mainstay.console import rails
from mainstay.console.access import door, me
from mainstay.console.render import page
from mainstay.lib.time import now
from mainstay.orgs import preferences, signins
from mainstay.orgs.models import SignIn, StaffRole
from mainstay.screens import looks
from mainstay.screens.people import face
from mainstay.screens.session_lines import session_line, signed
from mainstay.screens.sessions import this_one
from mainstay.screens.zones import desk_zone

ADMINISTRATOR = StaffRole.ADMINISTRATOR


@door("GET")
def account(request: HttpRequest) -> HttpResponseBase:
    """Show who is signed in, where, and the ways to change how they sign in."""
    at, mine = now(), this_one(request)
    live = list(signins.live([me(request)], at=at))
    context = {
        "person": face(me(request)),
        "sessions": [session_line(one, desk_zone(), mine=mine, at=at) for one in live],
        "signs": signins.signs_of_sharing(live),
        "look": looks.look_of(request),
        "themes": looks.THEMES.items(),
        "motions": looks.MOTIONS.items(),
        "single_keys": me(request).single_keys,
    }
    return page(request, "admin/account.html", context, current="account", at=at)


@door("POST")
def look(request: HttpRequest) -> HttpResponseBase:
    """Choose how pages look, for this person and at once in this browser."""
    theme, motion = request.POST.get("theme", ""), request.POST.get("motion", looks.look_of(request).motion)
    if theme not in looks.THEMES or motion not in looks.MOTIONS:
        raise BadRequest("There is no such look.")
    preferences.choose_look(person=me(request), theme=theme, motion=motion)
    by_script = request.headers.get("HX-Request") == "true"
    response = HttpResponse(status=204) if by_script else _back(request)
    looks.remember(response, looks.Look(theme, motion))
    return response


@door("POST")
def fold(request: HttpRequest) -> HttpResponseBase:
    """Fold a heading of the rail, or open it again, on every page from now on."""
    key = request.POST.get("key", "")
    if key not in rails.GROUPS:
        raise BadRequest("The rail has no such heading.")
    folded = rails.folded_by(me(request))
    preferences.fold(person=me(request), folded=folded | {key} if request.POST.get("folded") == "1" else folded - {key})
    return HttpResponse(status=204)


@door("POST")
def keys(request: HttpRequest) -> HttpResponseBase:
    """Choose whether keys of one character do something (WCAG 2.1.4)."""
    single = request.POST.get("single", "")
    if single not in ("on", "off"):
        raise BadRequest("Single keys are on or off.")
    preferences.choose_keys(person=me(request), single=single == "on")
    messages.success(request, f"Single keys are {single}.")
    return _back(request)


@door("POST")
def session_end(request: HttpRequest, session_id: int) -> HttpResponseBase:
    """End one of one's own sessions."""
    found = SignIn.objects.filter(pk=session_id, person=me(request))
    _end_or_404(request, found)
    return redirect("console:account")


@door("POST")
def session_end_others(request: HttpRequest) -> HttpResponseBase:
    """End all of one's own sessions but this one."""
    ended = signins.end_all(me(request), at=now(), by=me(request), but=this_one(request))
    messages.success(request, f"Ended: {ended}. Only this session is left.")
    return redirect("console:account")


@door("GET", role=ADMINISTRATOR)
def sessions(request: HttpRequest) -> HttpResponseBase:
    """Show who of the staff is signed in, and what looks like a shared account."""
    at, mine = now(), this_one(request)
    live = signins.live(at=at).exclude(person__staff_role="")
    found = signed(live, desk_zone(), mine=mine, at=at)
    return page(request, "admin/sessions.html", {"people": found}, current="people", at=at)


@door("POST", role=ADMINISTRATOR)
def staff_session_end(request: HttpRequest, session_id: int) -> HttpResponseBase:
    """End a session of anybody on the staff."""
    _end_or_404(request, SignIn.objects.filter(pk=session_id).exclude(person__staff_role=""))
    return redirect("console:sessions")


def _back(request: HttpRequest) -> HttpResponse:
    """Return to the page from which it was chosen: the palette is on every page."""
    goal = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(goal, allowed_hosts=None) and goal.startswith("/")
    return redirect(goal if here else reverse("console:account"))


def _end_or_404(request: HttpRequest, found: QuerySet[SignIn]) -> None:
    if not found.exists():
        raise Http404("There is no such session.")
    signins.end(found, at=now(), by=me(request))
    messages.success(request, "The session is ended.")
