"""How a client's people sign in: through their own organisation's identity provider, or as everybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console.access import door, me
from mainstay.console.client_forms import ProviderForm
from mainstay.console.settling import onward, settle
from mainstay.console.views.sheets import MANAGER, Sheet, client_or_404, form_page, path
from mainstay.lib.fetch import FetchFailed
from mainstay.lib.time import now
from mainstay.orgs.identity import providers, talking
from mainstay.orgs.models import IdentityProvider
from mainstay.screens.moments import moment
from mainstay.screens.zones import desk_zone


@door("GET", "POST", role=MANAGER)
def client_sign_in(request: HttpRequest, client: str) -> HttpResponseBase:
    """Enter, change or end a client's identity provider. It is asked before it is entered."""
    organisation, at = client_or_404(client), now()
    known = providers.of(organisation)
    form = ProviderForm(request.POST or None, initial=_first(known))
    sheet = Sheet(
        f"How people of {organisation.name} sign in", "By password, passkey or mail, or with the account that they "
        "have at work, if their organisation runs an identity provider.", "Save", path("client", organisation),
        organisation,
    )  # fmt: skip

    def act(said: dict[str, Any]) -> None:
        if not said.pop("own"):
            providers.end(organisation=organisation, by=me(request), at=at)
        else:
            providers.enter(organisation=organisation, by=me(request), at=at, **said)

    if request.method == "POST" and form.is_valid():
        _ask(form)
        if settle(request, form, act, said="Saved. It holds from the next sign-in on.", at=at):
            return onward(request, sheet.back)
    about = {
        "back": f"{settings.BASE_URL}{reverse('portal:provider_back', args=[organisation.key])}",
        "domains": ", ".join(organisation.domains),
        "trouble": known.trouble if known else "",
        "trouble_at": moment(known.trouble_at, desk_zone(), now=at, days=True) if known else None,
    }
    return form_page(request, form, sheet, template="clients/sign_in.html", **about)


def _first(known: IdentityProvider | None) -> dict[str, Any]:
    if known is None:
        return {"own": False}
    return {"own": True, "issuer": known.issuer, "client_id": known.client_id, "only": known.only}


def _ask(form: ProviderForm) -> None:
    """Hang it on the issuer where nothing usable answers there, before any row is locked."""
    if not form.cleaned_data["own"]:
        return
    try:
        talking.discover(form.cleaned_data["issuer"])
    except FetchFailed as error:
        form.add_error("issuer", f"It was asked, and could not be used: {error}.")
