"""Who may enter which route. Every route of the console is wrapped by `door`; a test holds the table complete."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from mainstay.orgs.access import at_least, works_the_desk
from mainstay.orgs.models import Person, StaffRole

View = Callable[..., HttpResponseBase]


def door(*methods: str, role: StaffRole = StaffRole.SUPPORT) -> Callable[[View], View]:
    """Let only active staff with at least `role` through, by `methods` only (HEAD comes with GET).

    Nobody signed in: to the sign-in page and back afterwards; a fragment asked for by script gets 401, so that the page
    can say so without losing what was typed. Too small a role: 403.
    """
    allowed = {*methods, *({"HEAD"} if "GET" in methods else set())}

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request)
            person = request.user
            if not works_the_desk(person):
                if request.path == reverse("console:home"):  # a client who typed no more than our name
                    return redirect("portal:home")
                raise PermissionDenied("This console is for people who work the desk.")
            if not at_least(person, role):
                raise PermissionDenied(f"This page needs the role {role.label}. Ask somebody who has it.")
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        guarded.door = (frozenset(methods), role)  # type: ignore[attr-defined]  # read by the table test
        return guarded

    return wrap


def me(request: HttpRequest) -> Person:
    """Return who is asking; only behind a `door`."""
    return cast(Person, request.user)


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(
            "You are signed out. Sign in again in another tab; what you typed is kept.", status=401
        )
    return redirect_to_login(request.get_full_path())
