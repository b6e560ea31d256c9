"""Keeping note of live sessions at the door: who signs in, from what device, and whether they are still there.

A page costs no query for it: the row's number lies in the session itself, and is written to once a minute.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any, cast

from allauth.account.signals import password_changed, password_reset
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext

from mainstay.lib.time import now
from mainstay.orgs import one_session, signin_links, signins
from mainstay.orgs.models import Person, SignIn
from mainstay.screens import looks

KEY = "sign_in"  # where the session keeps the number of its row
EVERY = timedelta(minutes=1)
MOST = 10_000  # rows that one process remembers; more are only written to more often

_noted: dict[int, datetime] = {}

BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chromium", "Chromium"), ("Chrome", "Chrome"),
    ("Safari", "Safari"), ("curl", "curl"), ("python", "a script"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


class LiveSessions:
    """Middleware, after the one that knows who is asking."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = request.session.session_key
        response = self.get_response(request)
        if request.session.accessed and (sign_in := request.session.get(KEY)) is not None:
            moved = request.session.session_key != before
            _note(request, int(sign_in), moved=moved)
            if moved and isinstance(request.user, Person):
                looks.remember(response, looks.Look(request.user.theme, request.user.motion))
        return response


def listen() -> None:
    """Hear of whoever signs in or out, or changes their password. Safe to repeat."""
    user_logged_in.connect(_begun, dispatch_uid="mainstay.sessions.begun")
    user_logged_out.connect(_ended, dispatch_uid="mainstay.sessions.ended")
    password_changed.connect(_password_is_new, dispatch_uid="mainstay.sessions.changed")
    password_reset.connect(_password_is_new, dispatch_uid="mainstay.sessions.reset")


def this_one(request: HttpRequest) -> int | None:
    """Return the number of the session that asks; its key may change while it lives, this does not."""
    found = request.session.get(KEY)
    return None if found is None else int(found)


def tell_why(request: HttpRequest) -> None:
    """Tell whoever is sent to sign in that a newer sign-in of theirs ended this one, where that is so. One query."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if key and one_session.ended_for_it(key[:40]) is not None:
        told = gettext(
            "You have signed in elsewhere since, and your organisation wants one live session per person. "
            "If that was not you, sign in and change your password."
        )
        messages.warning(request, told, fail_silently=True)


def device_of(agent: str) -> str:
    """Return what a browser calls itself in few words: 'Firefox on Linux'. Only our own words, never its."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "An unknown program")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    version = re.search(r"(?:Firefox|Edg|OPR|Chrome|Version)/(\d{1,4})", agent)
    named = f"{browser} {version[1]}" if version and browser in ("Firefox", "Chrome", "Edge") else browser
    return f"{named} on {system}" if system else named


def network_of(address: str) -> str:
    """Return the network that an address is of: '203.0.113.x', '2001:db8:1::'. What is no address gives nothing."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv4Address):
        return f"{address.rpartition('.')[0]}.x"
    if found.ipv4_mapped is not None:
        return network_of(str(found.ipv4_mapped))
    return str(ip_network((found, 48), strict=False).network_address)


def _note(request: HttpRequest, sign_in: int, *, moved: bool) -> None:
    at, last = now(), _noted.get(sign_in)
    if not moved and last is not None and abs(at - last) < EVERY:
        return
    _remember(sign_in, at)
    signins.see(sign_in_id=sign_in, session_key=request.session.session_key or "", at=at, **_whence(request))


def _remember(sign_in: int, at: datetime) -> None:
    if len(_noted) >= MOST:
        _noted.clear()
    _noted[sign_in] = at


def _whence(request: HttpRequest) -> dict[str, str]:
    return {
        "device": device_of(request.META.get("HTTP_USER_AGENT", "")),
        "network": network_of(request.META.get("REMOTE_ADDR", "")),
    }


def _begun(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    if request.session.session_key is None:
        request.session.save()  # gives it its key
    at, key = now(), request.session.session_key or ""
    sign_in = signins.begin(person=cast(Person, user), session_key=key, at=at, **_whence(request))
    request.session[KEY] = sign_in.pk
    _remember(sign_in.pk, at)
    signin_links.end_all(cast(Person, user), at=at)
    if one_session.keep(cast(Person, user), this=sign_in.pk, at=at):
        told = gettext("You were signed in elsewhere too; that session ended. Your organisation wants one per person.")
        messages.info(request, told, fail_silently=True)


def _ended(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    sign_in = request.session.get(KEY)
    if sign_in is not None and user is not None:
        signins.end(SignIn.objects.filter(pk=sign_in, person=user), at=now(), by=user)


def _password_is_new(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    """End every other session: whoever knew the old password is out."""
    signins.end_all(cast(Person, user), at=now(), by=user, but=this_one(request))
