"""Signing somebody in who has shown who they are by other means than a password: one place for the library's way in.

It is the library's own entry for such callers, which asks our adapter first whether they may come in, then for the
second factor of whoever has one, and gives the session a new name. Tests hold it to all three.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponseBase

from mainstay.orgs.models import IdentityProvider, Person

THROUGH = "through"  # by which provider, as the adapter is told it


def enter(
    request: HttpRequest, person: Person, *, goal: str, through: IdentityProvider | None = None
) -> HttpResponseBase:
    """Sign `person` in and send them on to the path `goal`, by way of their second factor where they have one.

    `through` is the identity provider that has vouched for them, where one has.
    """
    told: dict[str, Any] = {THROUGH: through.pk} if through else {}
    answer = perform_login(request, person, email=person.email, redirect_url=goal, signal_kwargs=told)
    return cast(HttpResponseBase, answer)


def provider_of(told: dict[str, Any]) -> int | None:
    """Return through which provider somebody comes, of what the library hands to the adapter."""
    return cast("int | None", (told.get("signal_kwargs") or {}).get(THROUGH))
