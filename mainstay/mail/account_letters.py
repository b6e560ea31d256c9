"""Letters that somebody asked for on the sign-in page: a way in, a new password, or that there is no account.

Links are made of the address that this installation was given, never of what a browser says whom it asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import ngettext

from mainstay.lib.language import ours
from mainstay.mail import circulars, phrases
from mainstay.mail.parsed import Address
from mainstay.orgs import signin_links
from mainstay.orgs.models import Person

PATH = "/portal/sign-in/"
ABOUT = "account"


@transaction.atomic
@ours
def sign_in(*, person: Person, address: str, code: str, goal: str, at: datetime) -> None:
    """Send `person` a link to sign in by, and the code that the page asks for; either works once.

    `goal` is the path to go on to, or empty.
    """
    secret = signin_links.give(person=person, goal=goal, at=at)
    link, lasts = f"{settings.BASE_URL}{PATH}{secret}/", _in_words(signin_links.LASTS)
    _post("sign_in", address, at, greeting=phrases.greeting(person.name), code=code, link=link, lasts=lasts)


@transaction.atomic
@ours
def new_password(*, person: Person, address: str, path: str, at: datetime) -> None:
    """Send `person` the link to choose a password; `path` is where on our pages."""
    lasts = _in_words(timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))
    link = f"{settings.BASE_URL}{path}"
    _post("new_password", address, at, greeting=phrases.greeting(person.name), link=link, lasts=lasts)


@transaction.atomic
def no_account(*, address: str, at: datetime) -> None:
    """Tell whoever reads `address` that nobody can sign in with it so. Pages say the same to everybody."""
    _post("no_account", address, at, address=address)


def _post(key: str, to: str, at: datetime, **values: str) -> None:
    circulars.send(key, values, to=Address("", to), about=ABOUT, at=at)


def _in_words(span: timedelta) -> str:
    days, rest = divmod(span, timedelta(days=1))
    if days and not rest:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    minutes = span // timedelta(minutes=1)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
