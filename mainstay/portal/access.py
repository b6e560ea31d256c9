"""Who may enter which route of the portal. Each is wrapped by `door` or `public`; a test holds the table complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from mainstay.lib.time import now
from mainstay.orgs.access import active_memberships, works_the_desk
from mainstay.orgs.models import Membership, Organisation, Person
from mainstay.screens.errors import Ended
from mainstay.screens.sessions import tell_why

View = Callable[..., HttpResponseBase]
ANY, RAISES, SEES_ALL, ADMINISTRATES = "", "may_raise", "sees_all", "administrates"
RIGHTS = (ANY, RAISES, SEES_ALL, ADMINISTRATES)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is asking, and what they may do where, at the moment of the request."""

    person: Person
    memberships: tuple[Membership, ...]

    def may(self, right: str) -> bool:
        """Whether they have `right` at any of their organisations. Who administrates sees all."""
        return bool(self.organisations(right))

    def organisations(self, right: str = ANY) -> tuple[Organisation, ...]:
        """Return the organisations at which they have `right`."""
        return tuple(one.organisation for one in self.memberships if _has(one, right))


def door(*methods: str, right: str = ANY) -> Callable[[View], View]:
    """Let only clients' people through whose authority is in force and includes `right`, by `methods` only.

    HEAD comes with GET. Nobody signed in: to the sign-in page and back afterwards; a fragment asked for by script gets
    401. Staff, ended authority or too small a right: 403, in words that say whom to ask.
    """
    allowed = {*methods, *({"HEAD"} if "GET" in methods else set())}
    assert right in RIGHTS

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request)
            standing = standing_of(request.user)
            if works_the_desk(standing.person):
                raise PermissionDenied(_("The portal is for clients. Your desk shows you all that they see, and more."))
            if not standing.memberships:
                raise Ended
            if not standing.may(right):
                raise PermissionDenied(_("Your account does not include this. Ask your organisation's administrator."))
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            request.standing = standing  # type: ignore[attr-defined]  # read by `standing`
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        guarded.door = (frozenset(methods), right)  # type: ignore[attr-defined]  # read by the table test
        return guarded

    return wrap


def public(*methods: str) -> Callable[[View], View]:
    """Let everybody through, signed in or not, by `methods` only. The view scopes what it shows by itself."""
    allowed = {*methods, *({"HEAD"} if "GET" in methods else set())}

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            return view(request, *args, **kwargs)

        guarded.door = (frozenset(methods), None)  # type: ignore[attr-defined]  # read by the table test
        return guarded

    return wrap


def standing(request: HttpRequest) -> Standing:
    """Return who is asking and what they may do; only behind a `door`."""
    return cast(Standing, request.standing)  # type: ignore[attr-defined]  # put there by `door`


def me(request: HttpRequest) -> Person:
    """Return who is asking; only behind a `door`."""
    return standing(request).person


def standing_of(person: Person) -> Standing:
    """Return what `person` may do now. One query."""
    if not person.is_active:
        return Standing(person, ())
    found = active_memberships(now()).filter(person=person).select_related("organisation").order_by("pk")
    return Standing(person, tuple(found))


def _has(membership: Membership, right: str) -> bool:
    if right == SEES_ALL:
        return membership.sees_all or membership.administrates
    return right == ANY or bool(getattr(membership, right))


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(
            _("You are signed out. Sign in again in another tab; what you typed is kept."), status=401
        )
    tell_why(request)
    return redirect_to_login(request.get_full_path())
