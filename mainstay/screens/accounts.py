"""Sign-in: by e-mail, for who works the desk or has authority at a client, and nobody can sign up by themselves."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from mainstay.lib.time import now
from mainstay.orgs.access import active_memberships, works_the_desk
from mainstay.orgs.models import Person


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped for us
    """How allauth treats Mainstay's people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponseBase | None:
        """Turn away who has nothing to open here, after the password was right, so that nothing is enumerated."""
        refusal = super().pre_login(request, user, **kwargs)
        if refusal is not None or works_the_desk(cast(Person, user)) or _has_authority(user):
            return cast("HttpResponseBase | None", refusal)
        messages.error(request, "Your authority has ended. Ask your organisation's administrator, or ring us.")
        return redirect("account_login")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send staff to the desk and clients to the portal, where no other page was asked for."""
        return "/" if works_the_desk(cast(Person, request.user)) else "/portal/"

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Keep 'You have signed in' off the page: that one can see."""
        if level != messages.SUCCESS or "logged" not in str(kwargs.get("message_template", args[:1])):
            super().add_message(request, level, *args, **kwargs)


def _has_authority(person: Any) -> bool:
    return bool(person.is_active) and active_memberships(now()).filter(person=person).exists()
