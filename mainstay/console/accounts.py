"""Sign-in: by e-mail, for active staff only, and nobody can sign up by themselves."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from mainstay.orgs.access import works_the_desk
from mainstay.orgs.models import Person


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped for us
    """How allauth treats Mainstay's people."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponseBase | None:
        """Turn away people who do not work the desk, after the password was right, so that nothing is enumerated."""
        refusal = super().pre_login(request, user, **kwargs)
        if refusal is not None or works_the_desk(cast(Person, user)):
            return cast("HttpResponseBase | None", refusal)
        messages.error(request, "This account cannot use the console. Ask an administrator of your desk.")
        return redirect("account_login")

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Keep 'You have signed in' off the page: that one can see."""
        if level != messages.SUCCESS or "logged" not in str(kwargs.get("message_template", args[:1])):
            super().add_message(request, level, *args, **kwargs)
