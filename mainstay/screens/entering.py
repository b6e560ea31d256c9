"""Signing somebody in who has shown who they are by other means than a password: one place for the library's way in.

It is the library's own entry for such callers, which asks our adapter first whether they may come in, then for the
second factor of whoever has one, and gives the session a new name. Tests hold it to all three.
"""

from __future__ import annotations

from typing import cast

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponseBase

from mainstay.orgs.models import Person


def enter(request: HttpRequest, person: Person, *, goal: str) -> HttpResponseBase:
    """Sign `person` in and send them on to the path `goal`, by way of their second factor where they have one."""
    return cast(HttpResponseBase, perform_login(request, person, email=person.email, redirect_url=goal))
