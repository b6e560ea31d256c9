"""What a page says to caches: one that is the same for everybody may be asked for again by what it was."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, quote_etag


def for_everybody(request: HttpRequest, answer: HttpResponse, *, changed_at: datetime | None = None) -> HttpResponse:
    """Return `answer`, or 304 where whoever asks has it already. Who is signed in gets it for themselves alone.

    The mark is made of the page itself, so that whatever is different in it makes another.
    """
    patch_vary_headers(answer, ["Cookie"])
    if request.user.is_authenticated:
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
    etag = quote_etag(hashlib.sha256(answer.content).hexdigest()[:32])
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    when = int(changed_at.timestamp()) if changed_at else None
    if when is not None:
        answer.headers["Last-Modified"] = http_date(when)
    return cast(HttpResponse, get_conditional_response(request, etag, when, answer))
