"""Pages whose address is a secret: whoever knows it may do what the page does."""

from __future__ import annotations

from django.http import HttpResponseBase


def private(response: HttpResponseBase) -> HttpResponseBase:
    """Keep the secret of the link to this page: out of caches, out of what other pages are told, out of indexes.

    Not `no-referrer`: with it a browser sends its form without an origin, which no form of ours is taken from.
    `strict-origin` tells the host alone, never the path with the secret.
    """
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
