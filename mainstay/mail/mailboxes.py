"""Where mailboxes come from, and how their passwords are kept.

Sealed, or only named and left in the environment.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F

from mainstay.lib import sealed
from mainstay.lib.environment import BadSetting
from mainstay.mail.imap_session import Account
from mainstay.mail.models import After, Mailbox, Security

CONFIGURED = "MAINSTAY_MAIL_IN"  # `secret_from` of a mailbox whose password stands in that setting
_PURPOSE = "mailbox"
_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}
_EXAMPLE = "write for example imaps://user:password@mail.example.org/INBOX"


class NoSecret(LookupError):
    """The password of a mailbox cannot be found or opened; the message says where it was looked for."""


@dataclass(frozen=True, slots=True)
class Configured:
    """A mailbox as one URL of MAINSTAY_MAIL_IN describes it."""

    fields: dict[str, Any]
    password: str = field(repr=False)

    def describes(self, mailbox: Mailbox) -> bool:
        """Say whether `mailbox` is the one at this address."""
        names = ("security", "host", "port", "username", "folder")
        return all(getattr(mailbox, name) == self.fields[name] for name in names)


def read_url(url: str) -> Configured:
    """Read `imaps://user:password@host[:port][/folder][?options]`. Raises BadSetting, never naming the
    password.

    Options: `name`, `address` (whose mail it is), `move` (folder to move taken mail to), `authserv` (whose
    Authentication-Results are believed), `received_by` (host names of the border, separated by blanks),
    `strips_forged=yes`.
    """
    parts = urlsplit(url)
    if parts.scheme not in Security.values or not parts.hostname or not parts.username:
        raise BadSetting(f"{CONFIGURED}: a mailbox needs a scheme, a user and a host; {_EXAMPLE}")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := set(options) - {"name", "address", "move", "authserv", "received_by", "strips_forged"}:
        raise BadSetting(f"{CONFIGURED}: unknown option {', '.join(sorted(unknown))}; {_EXAMPLE}")
    username, folder = unquote(parts.username), unquote(parts.path.strip("/")) or "INBOX"
    fields = {
        "name": options.get("name")
        or f"{username} at {parts.hostname}" + ("" if folder == "INBOX" else f", {folder}"),
        "address": options.get("address") or (username.lower() if "@" in username else ""),
        "security": parts.scheme,
        "host": parts.hostname,
        "port": parts.port or _PORTS[Security(parts.scheme)],
        "username": username,
        "folder": folder,
        "after": After.MOVE if options.get("move") else After.KEEP,
        "move_to": options.get("move", ""),
        "authserv_id": options.get("authserv", settings.TRUSTED_AUTHSERV_ID),
        "received_by": options.get("received_by", "").split(),
        "strips_forged": options.get("strips_forged", "").lower() in ("1", "yes", "true"),
    }
    return Configured(fields, unquote(parts.password or ""))


@transaction.atomic
def adopt_configured_mailboxes(at: datetime) -> list[Mailbox]:
    """Make a row for each mailbox of MAINSTAY_MAIL_IN that has none yet.

    What people changed since is left alone.
    """
    adopted = []
    known = list(Mailbox.objects.all())
    for url in settings.MAIL_IN:
        configured = read_url(url)
        if any(configured.describes(mailbox) for mailbox in known):
            continue
        mailbox = Mailbox.objects.create(**configured.fields, secret_from=CONFIGURED, created_at=at)
        known.append(mailbox)
        adopted.append(mailbox)
    return adopted


def add_mailbox(*, password: str = "", secret_from: str = "", at: datetime, **fields: Any) -> Mailbox:
    """Add a mailbox.

    Its password is sealed, or stays in the environment variable that `secret_from` names.
    """
    kept = sealed.seal(password, purpose=_PURPOSE) if password else ""
    return Mailbox.objects.create(sealed_secret=kept, secret_from=secret_from, created_at=at, **fields)


def change_mailbox(*, mailbox: Mailbox, password: str | None = None, **fields: Any) -> Mailbox:
    """Change a mailbox; whoever reads it now lets go and begins anew with what was changed. None keeps the
    password.

    Another server, user or folder begins with an empty cursor; mail that is here already is recognised.
    """
    if password is not None:
        fields |= {"sealed_secret": sealed.seal(password, purpose=_PURPOSE), "secret_from": ""}
    places = ("host", "port", "username", "folder")
    if any(name in fields and fields[name] != getattr(mailbox, name) for name in places):
        fields |= {"uidvalidity": None, "last_uid": 0}
    Mailbox.objects.filter(pk=mailbox.pk).update(
        **fields, fence=F("fence") + 1, lease_until=None, next_try_at=None, failures=0, stuck_uid=None
    )
    mailbox.refresh_from_db()
    return mailbox


def account_of(mailbox: Mailbox) -> Account:
    """Return how to reach `mailbox`. Raises NoSecret."""
    return Account(
        security=mailbox.security,
        host=mailbox.host,
        port=mailbox.port,
        username=mailbox.username,
        password=password_of(mailbox),
        folder=mailbox.folder,
    )


def password_of(mailbox: Mailbox) -> str:
    """Return the password of `mailbox`. Raises NoSecret."""
    if mailbox.secret_from == CONFIGURED:
        for url in settings.MAIL_IN:
            configured = read_url(url)
            if configured.describes(mailbox):
                return configured.password
        raise NoSecret(f"{CONFIGURED} no longer names {mailbox.username} at {mailbox.host}")
    if mailbox.secret_from:
        return _from_environment(mailbox.secret_from)
    if not mailbox.sealed_secret:
        raise NoSecret("no password has been entered")
    try:
        return sealed.unseal(mailbox.sealed_secret, purpose=_PURPOSE)
    except sealed.Unreadable as error:
        raise NoSecret(str(error)) from error


def _from_environment(name: str) -> str:
    if name in os.environ:
        return os.environ[name]
    file = os.environ.get(f"{name}_FILE")
    if not file:
        raise NoSecret(f"the environment has neither {name} nor {name}_FILE")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NoSecret(f"{name}_FILE={file}: {error.strerror}") from error
