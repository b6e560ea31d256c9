"""Sign-in: by e-mail, for who works the desk or has authority at a client, and nobody can sign up by themselves.

Password with or without a second factor and passkeys are for everybody, a code by mail is for clients' people. Whether
an address is known shows nowhere: the same pages come, and a letter goes out either way.
"""

from __future__ import annotations

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from mainstay.lib.time import now
from mainstay.mail import account_letters, addresses
from mainstay.orgs import signin_links
from mainstay.orgs.access import active_memberships, has_account, works_the_desk
from mainstay.orgs.identity import providers
from mainstay.orgs.models import Person
from mainstay.screens import entering

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
        if refusal is not None or works_the_desk(cast(Person, user)):
            return cast("HttpResponseBase | None", refusal)
        if _has_authority(user):
            return _led(request, user, entering.provider_of(kwargs))
        messages.error(
            request,
            _("Your authority at your organisation has ended. Ask its administrator, or write to support."),
        )
        return redirect("account_login")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a client who asked for a page of the desk to the portal: they came by its front door."""
        asked = kwargs.get("redirect_url")
        if asked and not works_the_desk(cast(Person, user)):
            kwargs["redirect_url"] = goal_of(str(asked)) or CLIENTS
        return cast(HttpResponseBase, super().post_login(request, user, **kwargs))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send staff to the desk and clients to the portal, where no other page was asked for."""
        return "/" if works_the_desk(cast(Person, request.user)) else CLIENTS

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter as every other of ours, in words that the vendor can change."""
        at, person = now(), Person.objects.filter(email=email.lower()).first()
        if template_prefix == "account/email/login_code" and person is not None:
            goal = get_next_redirect_url(context["request"]) or ""
            account_letters.sign_in(person=person, address=email, code=context["code"], goal=goal, at=at)
        elif template_prefix == "account/email/password_reset_key":
            path = reset_path(context["uid"], context["key"])
            account_letters.new_password(person=context["user"], address=email, path=path, at=at)
        elif template_prefix == "account/email/unknown_account":
            account_letters.no_account(address=email, at=at)
        else:
            raise LookupError(f"There is no letter of ours for {template_prefix}.")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link to a new password: on the address that we were given, whatever host was asked for."""
        uid, _, secret = key.partition("-")
        return f"{settings.BASE_URL}{reset_path(uid, secret)}"

    def is_safe_url(self, url: str) -> bool:
        """Whether to go on to `url` after signing in: a path of ours and nothing else (class C14)."""
        return is_ours(url)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Keep 'You have signed in' and 'A code has been sent' off the page: that one can see."""
        said = str(kwargs.get("message_template", args[:1]))
        if level != messages.SUCCESS or ("logged" not in said and "login_code_sent" not in said):
            super().add_message(request, level, *args, **kwargs)


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]  # allauth is untyped for us
    """Whom a code is mailed to: a client's person with an account. Everybody else gets a letter that says so."""

    def clean_email(self) -> str:
        """Forget whose address it is where that person signs in by a password only."""
        email = reachable(cast(str, super().clean_email()))
        person = cast("Person | None", getattr(self, "_user", None))
        if person is not None and not (signin_links.may_use_one(person, at=now()) and _may_choose(person)):
            self._user = None
        return email


class ResetForm(ResetPasswordForm):  # type: ignore[misc]  # allauth is untyped for us
    """Whom a link for a new password is mailed to: whoever has an account. An invitation gives one."""

    def clean_email(self) -> str:
        """Forget people without an account, for authority alone opens no page, and whom only their provider lets in."""
        email = reachable(cast(str, super().clean_email()))
        found = cast("list[Person]", getattr(self, "users", []))  # whom allauth found
        self.users = [person for person in found if has_account(person) and _may_choose(person)]
        return email


def is_ours(path: str) -> bool:
    """Whether this is a path of ours and nothing else (class C14)."""
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


def goal_of(asked: str) -> str:
    """Return the path that a client asked for, or nothing where it is none of theirs."""
    return asked if is_ours(asked) and asked.startswith(CLIENT_PATHS) else ""


def ways(request: HttpRequest) -> dict[str, Any]:
    """Tell the sign-in page which further ways there are. Asked only by the page that shows them."""
    return {"organisations_sign_in": providers.are_any}


def reachable(email: str) -> str:
    """Return `email`. Raises ValidationError where no letter could go to it, whoever's it is."""
    try:
        addresses.check(email)
    except addresses.BadAddress as error:
        raise ValidationError(_("No letter can be sent to this address. Look whether it is written right.")) from error
    return email


def reset_path(uid: str, key: str) -> str:
    """Return the path of the page that takes a new password."""
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})


def _may_choose(person: Person) -> bool:
    """Whether `person` may sign in otherwise than through their organisation's provider."""
    return providers.only_through(person, at=now()) is None


def _led(request: HttpRequest, person: Person, through: int | None) -> HttpResponseBase | None:
    """Lead whose organisation wants no other way to its provider; None where they may come in as they do."""
    wanted = providers.only_through(person, at=now())
    if wanted is None or wanted.pk == through:
        return None
    messages.error(request, _("Your organisation signs its people in itself. Give your address here to go there."))
    return redirect("portal:provider")


def _has_authority(person: Any) -> bool:
    return bool(person.is_active) and active_memberships(now()).filter(person=person).exists()
