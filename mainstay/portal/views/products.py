"""What people write from inside a product: the script that shows a form there, the form, and the signed endpoint.

No cookie has any say here: who writes is what the product's signed token says, and a frame on another site gets no
cookies anyway. The form may be framed by the origins of its product only; the script asks this desk and nobody else.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from mainstay.feedback import products, sources
from mainstay.feedback.models import Source
from mainstay.feedback.products import BadWords, NotGenuine, Said, Taken, TooMany, UsedOtherwise
from mainstay.feedback.tokens import Claims
from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.mail import filenames
from mainstay.portal.access import public
from mainstay.portal.forms.products import LARGEST_FILES, ProductForm
from mainstay.portal.render import fragment
from mainstay.screens.vendor import vendor_name
from mainstay.tickets.content import NewFile

LARGEST = LARGEST_FILES + 200_000  # octets of one message, its files and the marks between them included
STATUS: dict[type[Exception], int] = {NotGenuine: 401, TooMany: 429, UsedOtherwise: 409, BadWords: 422}
REFUSALS = tuple(STATUS)


class TooLarge(BadWords):
    """The message is larger than one may be."""


@public("GET")
def widget(request: HttpRequest) -> HttpResponseBase:
    """Hand out the script that a product's pages load. It holds no secret and is the same for all."""
    found = finders.find("portal/widget.js")
    if not isinstance(found, str):
        raise Http404("There is no script.")
    with open(found, "rb") as file:
        response = HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@csrf_exempt  # the signed token is the authority, and no cookie is looked at
@public("GET", "POST")
def frame(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show the form inside a product's page, or take what was written in it."""
    source = sources.open_sources().filter(key=key).first()
    if source is None:
        raise Http404(_("There is no such form. Ask whoever runs this product."))
    at = now()
    return _framed(_answered(request, source, at), source)


def _answered(request: HttpRequest, source: Source, at: datetime) -> HttpResponse:
    if request.method == "GET":
        kind = request.GET.get("kind", "")
        form = ProductForm(initial={"kind": kind} if kind in products.KINDS else None)
        return fragment(request, "portal/products/form.html", _context(form, source, secrets.token_urlsafe(12)))
    form = ProductForm(request.POST, request.FILES)
    nonce = request.POST.get("nonce", "")[:40]
    if form.is_valid():
        try:
            known, claims = _who(request.POST.get("token", ""), request, at, only=source)
            taken = _take(known, claims, form.cleaned_data, nonce, at)
            context = {"taken": taken, "vendor": vendor_name(), "product": source.product.name}
            return fragment(request, "portal/products/taken.html", context)
        except REFUSALS as error:
            form.add_error(None, spoken(error))
    return fragment(request, "portal/products/form.html", _context(form, source, nonce), status=422)


def _context(form: ProductForm, source: Source, nonce: str) -> dict[str, Any]:
    return {"form": form, "product": source.product.name, "vendor": vendor_name(), "nonce": nonce}


def _framed(response: HttpResponse, source: Source) -> HttpResponse:
    """Let the pages of the product show this in a frame, and nobody else's."""
    response.xframe_options_exempt = True  # the older header can name no origins
    response._csp_update = {"frame-ancestors": list(source.origins)}  # type: ignore[attr-defined]  # read by django-csp
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@csrf_exempt  # the signed token is the authority, and no cookie is looked at
@public("POST")
def send(request: HttpRequest) -> HttpResponseBase:
    """Take a message from a product's own server: JSON, or a form with files.

    201: taken. 200: taken before. 401: token not genuine. 409: token or key used for something else. 413: too large.
    422: something to change. 429: too many. Every refusal says why, as `application/problem+json`.
    """
    at = now()
    try:
        source, claims = _who(_bearer(request), request, at)  # first: a stranger's files are not even unpacked
        said = _body(request)
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > 255:
            raise BadWords("The Idempotency-Key has at most 255 characters.")
        form = ProductForm(said, request.FILES)
        if not form.is_valid():
            return _problem(422, " ".join(dict.fromkeys(str(one) for errors in form.errors.values() for one in errors)))
        taken = _take(source, claims, form.cleaned_data, key, at)
    except TooLarge as error:
        return _problem(413, str(error))
    except REFUSALS as error:
        return _problem(STATUS[type(error)], str(error))
    told = {"kind": taken.kind, "reference": taken.reference, "message": thanks(taken)}
    return JsonResponse(told, status=200 if taken.before else 201)


def thanks(taken: Taken) -> str:
    """Return the answer in words; the same to whoever is known and to whoever is not."""
    if not taken.reference:
        return _("Thank you. Your words are read by the people who make this.")
    words = _("Thank you. Your reference is %(reference)s; a mail with it is on its way.")
    return words % {"reference": taken.reference}


def _who(token: str, request: HttpRequest, at: datetime, *, only: Source | None = None) -> tuple[Source, Claims]:
    """Return whom the token names. One that is not genuine is counted. Raises NotGenuine, TooMany."""
    try:
        source, claims = products.who(token, at=at)
        if only is not None and source.pk != only.pk:
            raise NotGenuine("The token is another product's.")
    except NotGenuine:
        products.knock(request.META.get("REMOTE_ADDR", ""), at=at)
        raise
    return source, claims


def _take(source: Source, claims: Claims, said: dict[str, Any], key: str, at: datetime) -> Taken:
    words = Said(said["kind"], said["text"], said["subject"], said["page"], _files(said["attachments"]))
    return products.take(source=source, claims=claims, said=words, key=key, at=at)


def _files(uploaded: Iterable[Any]) -> list[NewFile]:
    """Return what was uploaded under names that are safe to show, with the type that the bytes themselves say."""
    files = []
    for one in uploaded:
        data = one.read()
        kind = filenames.served_type(data, one.content_type or "")
        files.append(NewFile(filenames.safe_name(one.name or "", kind), kind, data))
    return files


def _body(request: HttpRequest) -> Any:
    """Return the fields of the body. Raises BadWords, TooLarge."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise TooLarge("The message is too large. Please send at most 10 MB.")
    if request.content_type != "application/json":
        return request.POST
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadWords("The body is no JSON object.") from None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise BadWords("The body has to be a JSON object of text: kind, text, subject, page.")
    return said


def _bearer(request: HttpRequest) -> str:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _problem(status: int, words: str) -> JsonResponse:
    """Return a refusal as RFC 9457 has it."""
    problem = {"type": "about:blank", "status": status, "title": "Not taken", "detail": words}
    return JsonResponse(problem, status=status, content_type="application/problem+json")
