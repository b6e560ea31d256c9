"""Where a telephone system reports calls: `POST /hooks/telephone/`, signed, taken once, answered 202."""

from __future__ import annotations

import json
import logging

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from mainstay.lib.time import now
from mainstay.phone import reports, signature

LARGEST = 64 * 1024  # octets of one report; a real one has a few hundred
log = logging.getLogger(__name__)


@csrf_exempt
@transaction.non_atomic_requests
def telephone(request: HttpRequest) -> HttpResponse:
    """Take one report. 202: taken, now or before. 401: not genuine. 400: no JSON object. 413: too large.

    Where no secret is set there is no such address (404).

    Nothing of a message is looked at before its signature is known to be right, and no secret is ever logged.
    """
    if not settings.TELEPHONE_SECRETS:
        raise Http404("No telephone system reports here.")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _refused(413, "A report has at most 64 kB.")
    at, headers = now(), request.headers
    try:
        signature.check(
            [signature.key_of(secret) for secret in settings.TELEPHONE_SECRETS],
            message_id=headers.get("webhook-id", ""),
            timestamp=headers.get("webhook-timestamp", ""),
            signatures=headers.get("webhook-signature", ""),
            body=body,
            at=at,
        )
    except signature.NotGenuine as error:
        log.warning("A report of the telephone system was refused: %s", error)
        return _refused(401, str(error))
    try:
        reports.take(webhook_id=headers["webhook-id"], body=json.loads(body), at=at)
    except (reports.Unreadable, ValueError, RecursionError):
        return _refused(400, "The body is no JSON object.")
    return JsonResponse({"taken": True}, status=202)


def _refused(status: int, words: str) -> HttpResponse:
    return JsonResponse({"error": words}, status=status)
