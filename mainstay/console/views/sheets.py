"""Sheets: the forms that set a client up, what stands around each, and where they lead back to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import me
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.orgs import access
from mainstay.orgs.models import Organisation, StaffRole

MANAGER = StaffRole.MANAGER
"""Who changes contracts, what was agreed otherwise, and authority. Everybody at the desk may read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around a form: heading, explanation, button, and the way back."""

    title: str
    lead: str
    button: str
    back: str
    client: Organisation | None = None
    grave: bool = False


def settled(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], object],
    sheet: Sheet,
    said: str,
    at: datetime,
) -> HttpResponseBase:
    """Do what the form of `sheet` asks and go back, or show it."""
    if request.method == "POST" and settle(request, form, act, said=said, at=at):
        return onward(request, sheet.back)
    return form_page(request, form, sheet)


def form_page(
    request: HttpRequest, form: Any, sheet: Sheet, *, template: str = "clients/form.html", **more: Any
) -> HttpResponseBase:
    """Show the form of `sheet`; with faults in it the answer is 422."""
    context = {"form": form, "sheet": sheet, "nonce": sending.nonce(), **more}
    return page(request, template, context, current="clients", status=422 if form.errors else 200)


def may_set_up(request: HttpRequest) -> bool:
    """Whether whoever asks may change what stands here."""
    return access.at_least(me(request), MANAGER)


def client_or_404(key: str) -> Organisation:
    """Return the client of that key. Raises Http404."""
    found = Organisation.objects.filter(key=key).first()
    if found is None:
        raise Http404("There is no such client.")
    return found


def path(route: str, organisation: Organisation, *more: object) -> str:
    """Return the address of a page of a client."""
    return reverse(f"console:{route}", args=[organisation.key, *more])


def query(said: dict[str, str]) -> str:
    """Return the query of an address without what is empty; `?` alone leads back to the bare page."""
    kept = {name: value for name, value in said.items() if value}
    return f"?{urlencode(kept)}" if kept else "?"
