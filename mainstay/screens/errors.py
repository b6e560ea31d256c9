"""Pages for what went wrong: plain words, a way back, and nothing of the inside."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from mainstay.screens import looks


class Ended(PermissionDenied):
    """Somebody is signed in whose authority at every organisation has ended: nothing is theirs to see any more."""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the address or form makes no sense."""
    return _page(
        request,
        400,
        _("That cannot be read"),
        _("The address or the form is not one of ours. Go back and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say whose page it is. The words are ours: PermissionDenied is only raised by `access.door`."""
    ended = isinstance(exception, Ended)
    words = str(exception) if exception and str(exception) else _("Your role does not include this.")
    words = _ended() if ended else words
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
    return _page(request, 403, _("Your access has ended") if ended else _("Not yours to open"), words, out=ended)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing, for this person, at this address."""
    return _page(
        request,
        404,
        _("There is nothing here"),
        _("The address may be mistyped, or it is not for you to see."),
    )


def _ended() -> str:
    return _(
        "You are no longer an authorised user of an organisation here. What you reported stays with it. If that is a "
        "mistake, ask its administrator to invite you again, or write to %(address)s."
    ) % {"address": settings.SUPPORT_ADDRESS}


def shut(request: HttpRequest) -> HttpResponse:
    """Answer at an address that a library brings along and that we do not offer."""
    return not_found(request)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that we are at fault. Needs no database and no session: they may be what failed."""
    return _page(
        request,
        500,
        _("Something went wrong here"),
        _("It is our fault, not yours, and it is in the log. Go back and try again."),
    )


def _page(request: HttpRequest, status: int, title: str, words: str, *, out: bool = False) -> HttpResponse:
    context = {
        "status": status,
        "title": title,
        "words": words,
        "home": "/portal/" if request.path.startswith("/portal/") else "/",
        "out": out,
        "look": looks.Look(request.COOKIES.get("theme", "")) if status == 500 else looks.look_of(request),
    }
    return HttpResponse(render_to_string("error.html", context), status=status)
