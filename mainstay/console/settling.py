"""What the screens that set something up share: a form is done once, and a refusal stands beside what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

from mainstay.console import sending
from mainstay.contracts.actions import AlreadyInstalled, ContractRefused
from mainstay.contracts.faults import Faulty
from mainstay.orgs.access import NotAllowed
from mainstay.orgs.actions import AddressTaken, AuthorityEnded, LastAdministrator, NameTaken, StaffAddress
from mainstay.orgs.domains import BadDomain
from mainstay.orgs.identity.providers import ProviderRefused
from mainstay.orgs.invitations import InvitationRefused
from mainstay.tickets.actions import CannotDo

PLACES: dict[type[Exception], tuple[str, ...]] = {
    NameTaken: ("name",),
    CannotDo: ("name",),
    BadDomain: ("domains",),
    AddressTaken: ("email",),
    StaffAddress: ("email",),
    InvitationRefused: ("email",),
    ProviderRefused: ("secret",),
    ContractRefused: ("last_day", "document"),
    AlreadyInstalled: ("version", "source"),
    Faulty: ("text", "source", "dates"),
}
REFUSALS: tuple[type[Exception], ...] = (*PLACES, AuthorityEnded, LastAdministrator, NotAllowed)


def settle(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], object],
    *,
    said: str,
    at: datetime,
) -> bool:
    """Do what a valid form asks, once, and say so. False where it must be shown again, with the reason in it."""
    if not form.is_valid():
        return False
    try:
        with sending.once(request, at=at):
            act(form.cleaned_data)
    except sending.Refused:
        form.add_error(None, "This was saved already. Look at the page before you save it again.")
        return False
    except REFUSALS as error:
        _hang(form, error)
        return False
    messages.success(request, said)
    return True


def _hang(form: forms.Form, error: Exception) -> None:
    field = next((name for name in PLACES.get(type(error), ()) if name in form.fields), None)
    if isinstance(error, Faulty):
        number = len(error.found)
        form.add_error(
            field, f"{number} fault{'' if number == 1 else 's'}, told beside. What you typed is kept."
        )
        form.faults = error.found  # type: ignore[attr-defined]  # read by `faults_of`
    else:
        form.add_error(field, str(error))


def faults_of(form: forms.Form) -> tuple[Any, ...]:
    """Return the faults that `settle` met in what was typed."""
    return tuple(getattr(form, "faults", ()))


def onward(request: HttpRequest, href: str) -> HttpResponseBase:
    """Send the browser on after a change."""
    return sending.done(request, href)
