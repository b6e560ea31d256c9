"""No address and no cookie holds a NUL: no database keeps one in a text, and nobody types one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from mainstay.screens import errors


class NoNul:
    """Middleware that leaves NULs out of a query, and says 400 to a path with one, before any page looks for it.

    A cookie with one, which is written `\\000` on its way, is none of ours and is not looked at.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path:
            return errors.bad_request(request)
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        return self.get_response(request)
