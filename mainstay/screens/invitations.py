"""Inviting somebody: a link to choose a password, which is the same as for one that was forgotten."""

from __future__ import annotations

from allauth.account.forms import ResetPasswordForm
from django.http import HttpRequest

from mainstay.orgs.models import Person


def send(request: HttpRequest, person: Person) -> None:
    """Send `person` a link to choose a password. It goes through the outbox like every letter."""
    form = ResetPasswordForm(data={"email": person.email})
    if form.is_valid():
        form.save(request)
