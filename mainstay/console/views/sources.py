"""The products that people may write from: their origins, and the secrets that they sign with. For administrators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.feedback_forms import OriginsForm, SourceForm
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.feedback import sources
from mainstay.feedback.models import Secret, Source
from mainstay.lib.time import now
from mainstay.orgs.models import StaffRole
from mainstay.screens.moments import moment
from mainstay.screens.zones import desk_zone
from mainstay.tickets.actions import CannotDo

ADMINISTRATOR = StaffRole.ADMINISTRATOR


@door("GET", "POST", role=ADMINISTRATOR)
def source_list(request: HttpRequest) -> HttpResponseBase:
    """Show the products that people may write from, and add one. Its secret is shown in that answer and never again."""
    at = now()
    form = SourceForm(request.POST if request.method == "POST" else None)
    shown: dict[str, str] = {}

    def act(said: dict[str, Any]) -> None:
        source, secret = sources.open_source(product=said["product"], origins=said["origins"], by=me(request), at=at)
        shown.update(_shown(source, secret))

    if request.method == "POST" and settle(request, form, act, said="Copy the secret now.", at=at):
        return _page(request, SourceForm(), shown)
    return _page(request, form, {})


@door("POST", role=ADMINISTRATOR)
def source_rotate(request: HttpRequest, source_id: int) -> HttpResponseBase:
    """Make a new secret and show it, once."""
    source = _source_or_404(source_id)
    try:
        secret = sources.rotate(source=source, by=me(request), at=now())
    except CannotDo as error:
        messages.error(request, str(error))
        return onward(request, reverse("console:sources"))
    return _page(request, SourceForm(), _shown(source, secret))


@door("POST", role=ADMINISTRATOR)
def source_origins(request: HttpRequest, source_id: int) -> HttpResponseBase:
    """Change which pages may show our form."""
    source, form = _source_or_404(source_id), OriginsForm(request.POST)
    said = form.cleaned_data["origins"] if form.is_valid() else []
    return _done(
        request, lambda: sources.set_origins(source=source, origins=said, by=me(request), at=now()), "Saved."
    )


@door("POST", role=ADMINISTRATOR)
def source_end(request: HttpRequest, source_id: int) -> HttpResponseBase:
    """Let nobody write from inside this product any more."""
    source = _source_or_404(source_id)
    return _done(request, lambda: sources.close_source(source=source, by=me(request), at=now()), "Ended.")


@door("POST", role=ADMINISTRATOR)
def secret_end(request: HttpRequest, secret_id: int) -> HttpResponseBase:
    """Revoke one secret at once."""
    secret = Secret.objects.filter(pk=secret_id).first()
    if secret is None:
        raise Http404("There is no such secret.")
    revoked = "Revoked. What is signed with it is refused."
    return _done(request, lambda: sources.revoke(secret=secret, by=me(request), at=now()), revoked)


def _done(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponseBase:
    try:
        act()
        messages.success(request, said)
    except CannotDo as error:
        messages.error(request, str(error))
    return onward(request, reverse("console:sources"))


def _page(request: HttpRequest, form: SourceForm, shown: dict[str, str]) -> HttpResponseBase:
    at, zone = now(), desk_zone()
    good = sources.good_at(at).order_by("-pk")
    lines = [
        {
            "source": source,
            "origins": OriginsForm(initial={"origins": "\n".join(source.origins)}, auto_id=f"id_{source.pk}_%s"),
            "secrets": [
                (secret, moment(secret.made_at, zone, now=at), moment(secret.ends_at, zone, now=at))
                for secret in good
                if secret.source_id == source.pk
            ],
        }
        for source in sources.open_sources()
    ]
    context = {"lines": lines, "form": form, "shown": shown, "base": settings.BASE_URL, "nonce": sending.nonce()}
    status = 422 if form.errors else 200
    return page(request, "feedback/sources.html", context, current="sources", status=status, at=at)


def _shown(source: Source, secret: str) -> dict[str, str]:
    newest = Secret.objects.filter(source=source).latest("pk")
    return {"product": source.product.name, "key": source.key, "key_id": newest.key_id, "secret": secret}


def _source_or_404(source_id: int) -> Source:
    found = Source.objects.select_related("product").filter(pk=source_id, ended_at=None).first()
    if found is None:
        raise Http404("There is no such product to write from.")
    return found
