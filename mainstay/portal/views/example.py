"""A product of the demonstration with the script in it, to be tried at once. There is none outside a demonstration."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from mainstay.feedback import sources, tokens
from mainstay.feedback.models import Source
from mainstay.feedback.tokens import Claims
from mainstay.lib.time import now
from mainstay.orgs.access import active_memberships
from mainstay.orgs.models import Membership
from mainstay.portal.access import public
from mainstay.portal.render import fragment


@public("GET")
def example(request: HttpRequest) -> HttpResponseBase:
    """Show a page as a product has it, with the script that opens the form."""
    source, member = _shown_or_404()
    context = {"key": source.key, "product": source.product.name, "name": member.person.name}
    return _kept_by_nobody(fragment(request, "portal/products/example.html", context))


@public("GET")
def token(request: HttpRequest) -> HttpResponseBase:
    """Sign for the one who is signed in at the example, as a product's own server does."""
    at, (source, member) = now(), _shown_or_404()
    secret = sources.good_at(at).filter(source=source).order_by("-pk").first()
    if secret is None:
        raise Http404(_("This product has no secret."))
    claims = Claims(secrets.token_hex(16), member.person.email, member.person.name, member.organisation.key)
    signed = tokens.sign(claims, key_id=secret.key_id, secret=sources.unsealed(secret), at=at)
    return _kept_by_nobody(HttpResponse(signed, content_type="text/plain; charset=utf-8"))


def _shown_or_404() -> tuple[Source, Membership]:
    """Return the product, and the client's person who is taken to be signed in there."""
    source = sources.open_sources().first() if settings.DEMO else None
    members = active_memberships(now()).filter(may_raise=True, person__is_active=True)
    member = members.select_related("person", "organisation").order_by("pk").first() if source else None
    if source is None or member is None:
        raise Http404(_("There is an example in the demonstration only."))
    return source, member


def _kept_by_nobody(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
