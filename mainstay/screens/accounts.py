"""Sign-in: by e-mail, for who works the desk or has authority at a client, and nobody can sign up by themselves.

Password with or without a second factor and passkeys are for everybody, a code by mail is for clients' people. Whether
an address is known shows nowhere: the same pages come, and a letter goes out either way.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from mainstay.lib.time import now
from mainstay.mail import account_mail
from mainstay.orgs.access import active_memberships, has_account, works_the_desk
from mainstay.orgs.models import Person

CLIENTS = "/portal/"
CLIENT_PATHS = (CLIENTS, "/hub/", "/survey/", "/feedback/", "/accounts/")  # where a client may come from


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
        messages.error(
            request,
            _("Your authority at your organisation has ended. Ask its administrator, or write to support."),
        )
        return redirect("account_login")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a client who asked for a page of the desk to the portal: they came by its front door."""
        asked = kwargs.get("redirect_url")
        if asked and not works_the_desk(cast(Person, user)) and not str(asked).startswith(CLIENT_PATHS):
            kwargs["redirect_url"] = CLIENTS
        return cast(HttpResponseBase, super().post_login(request, user, **kwargs))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send staff to the desk and clients to the portal, where no other page was asked for."""
        return "/" if works_the_desk(cast(Person, request.user)) else CLIENTS

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        """Write account mail on the vendor's paper, as every other letter."""
        return account_mail.dressed(super().render_mail(template_prefix, email, context, headers), at=now())

    def is_safe_url(self, url: str) -> bool:
        """Whether to go on to `url` after signing in: a path of ours and nothing else (class C14)."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Keep 'You have signed in' and 'A code has been sent' off the page: that one can see."""
        said = str(kwargs.get("message_template", args[:1]))
        if level != messages.SUCCESS or ("logged" not in said and "login_code_sent" not in said):
            super().add_message(request, level, *args, **kwargs)


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth is untyped for us
    """Whom a code is mailed to: a client's person with an account. Everybody else gets a letter that says so."""

    def clean_email(self) -> str:
        """Forget whose address it is where that person signs in by a password only."""
        email = cast(str, super().clean_email())
        person = cast("Person | None", getattr(self, "_user", None))
        if person is not None and (person.staff_role or not has_account(person)):
            self._user = None
        return email


class ResetForm(ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped for us
    """Whom a link for a new password is mailed to: whoever has an account. An invitation gives one."""

    def clean_email(self) -> str:
        """Forget people without an account: authority alone opens no page."""
        email = cast(str, super().clean_email())
        found = cast("list[Person]", getattr(self, "users", []))  # whom allauth found
        self.users = [person for person in found if has_account(person)]
        return email


def _has_authority(person: Any) -> bool:
    return bool(person.is_active) and active_memberships(now()).filter(person=person).exists()
