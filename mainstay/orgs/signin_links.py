"""Links to sign in by: unguessable, good once and for a short time, for clients' people with an account.

Looking at one changes nothing, because scanners of mail servers look at every link; only using it does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from mainstay.core.saying import Refusal
from mainstay.lib import keys
from mainstay.orgs import access
from mainstay.orgs.models import Person, SignInLink

# Long enough for a mail server that lets a new sender wait, short enough that an old mailbox opens nothing. The code in
# the same letter lasts as long, so that the letter names one time.
LASTS = timedelta(minutes=10)
REMEMBERED = timedelta(days=7)  # how long one that is over is kept, to say why it opens nothing
LONGEST_GOAL = 300


class LinkOver(Refusal, ValueError):
    """The link signs nobody in, or not any more; the message says what to do."""


@transaction.atomic
def give(*, person: Person, goal: str = "", at: datetime) -> str:
    """Return the secret of a new link for `person`, told this once. Which mailbox gets it is the caller's care.

    `goal` is the path to go on to; one that is too long is left out.
    """
    secret = keys.new()
    SignInLink.objects.create(
        person=person, digest=keys.digest_of(secret), goal=goal if len(goal) <= LONGEST_GOAL else "", made_at=at,
        expires_at=at + LASTS,
    )  # fmt: skip
    return secret


def opened(secret: str, *, at: datetime) -> SignInLink:
    """Return the link of that secret, changing nothing. Raises LinkOver."""
    return _opened(SignInLink.objects.select_related("person"), secret, at)


@transaction.atomic
def use(secret: str, *, at: datetime) -> SignInLink:
    """Use the link of that secret up, and return it. It signs nobody in again. Raises LinkOver."""
    link = _opened(SignInLink.objects.select_for_update(), secret, at)
    link.used_at = at
    link.save(update_fields=["used_at"])
    return link


def end_all(person: Person, *, at: datetime) -> None:
    """End every link that `person` could still use: they are in. One write."""
    _open_at(at).filter(person=person).update(ended_at=at)


def forget_old(at: datetime) -> None:
    """Forget the links that were over long ago."""
    SignInLink.objects.filter(expires_at__lt=at - REMEMBERED).delete()


def _opened(rows: QuerySet[SignInLink], secret: str, at: datetime) -> SignInLink:
    link = rows.filter(digest=keys.digest_of(secret)).first()
    if link is None:
        raise LinkOver("Copy all of it from your newest mail, or ask for a new one.")
    if link.used_at is not None:
        raise LinkOver("This link has been used already; each works once. Ask for a new one.")
    if link.ended_at is not None:
        raise LinkOver("You have signed in since this link was sent, so it has ended. Ask for a new one.")
    if link.expires_at <= at:
        raise LinkOver("This link has expired: it was good for ten minutes. Ask for a new one.")
    if not may_use_one(link.person, at=at):
        raise LinkOver("Your access has ended. Ask your organisation's administrator, or write to support.")
    return link


def may_use_one(person: Person, *, at: datetime) -> bool:
    """Whether `person` may sign in by mail at `at`: an account at a client, with authority; nobody of the desk."""
    if person.staff_role or not access.has_account(person):
        return False
    return access.active_memberships(at).filter(person=person).exists()


def _open_at(at: datetime) -> QuerySet[SignInLink]:
    return SignInLink.objects.filter(used_at=None, ended_at=None, expires_at__gt=at)
