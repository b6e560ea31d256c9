"""Whether letters to a client carry words or only a link, for those whose rules for secure mail allow no content."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from mainstay.console.access import door, me
from mainstay.console.client_forms import SecureMailForm
from mainstay.console.views.sheets import MANAGER, Sheet, client_or_404, path, settled
from mainstay.lib.time import now
from mainstay.mail import secure


@door("GET", "POST", role=MANAGER)
def secure_mail(request: HttpRequest, client: str) -> HttpResponseBase:
    """Have letters to a client carry links only, or their words again."""
    organisation, at = client_or_404(client), now()
    rule = secure.of(organisation)
    first = {"links_only": rule is not None, "may_carry": rule.may_carry if rule else []}
    sheet = Sheet(
        f"Mail to {organisation.name}",
        "Rules for secure mail (DCB1596) may allow no content. A letter then holds the reference, the severity "
        "where it is confirmed, and a link; what we write and attach stands in the portal. It holds for copies too.",
        "Save",
        path("client", organisation),
        organisation,
    )
    return settled(
        request,
        SecureMailForm(request.POST or None, initial=first),
        lambda said: secure.set_rule(organisation=organisation, **said, by=me(request), at=at),
        sheet,
        "Saved. Every letter from now on goes so.",
        at,
    )
