"""Invitations: somebody is asked by mail to become an authorised user with an account (R5.1b).

The link is unguessable, opens once, and only its digest is kept. Looking at it changes nothing, because scanners of
mail servers look at every link; only accepting does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from mainstay.core.saying import Refusal
from mainstay.lib import keys
from mainstay.orgs import access, actions, changes
from mainstay.orgs.models import Invitation, Organisation, Person

LASTS = timedelta(days=7)
MOST_A_DAY = 50  # that one person writes: an invitation is a letter from us to an address that they chose


class InvitationRefused(Refusal, ValueError):
    """Nobody can be invited so; the message says why and what to do instead."""


class InvitationOver(Refusal, ValueError):
    """The link opens nothing, or nothing any more; the message says what to do."""


class SignInFirst(Refusal, ValueError):
    """The address belongs to an account that there is already; whoever has it signs in and accepts then."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody is invited as."""

    role: str
    may_raise: bool = True
    sees_all: bool = False
    administrates: bool = False

    @property
    def allowed(self) -> dict[str, bool]:
        """Return the rights by the names that `actions.authorise` takes."""
        return {key: getattr(self, key) for key in changes.RIGHTS}


@transaction.atomic
def invite(
    *, organisation: Organisation, email: str, name: str, rights: Rights, by: Person | None, at: datetime
) -> tuple[Invitation, str]:
    """Invite whoever has the address `email`; return the row and the secret of its link, which is told this once.

    Says the same whether or not we know the address from elsewhere. An authorised user who has written by mail so far
    keeps their rights and their history. Raises InvitationRefused, StaffAddress, NotAllowed.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    access.require_keeper(by, organisation.pk, at=at)
    email = email.strip().lower()
    _check_free(organisation, email, by=by, at=at)
    secret = keys.new()
    invitation = Invitation.objects.create(
        organisation=organisation, email=email, name=name.strip()[:200], role=rights.role.strip()[:120],
        **rights.allowed, digest=keys.digest_of(secret), invited_by=by, invited_at=at, sent_at=at,
        expires_at=at + LASTS,
    )  # fmt: skip
    told = changes.rights_in_words(rights.allowed)
    changes.note("user_invited", organisation=organisation, at=at, by=by, role=invitation.role, rights=told)
    return invitation, secret


def _check_free(organisation: Organisation, email: str, *, by: Person | None, at: datetime) -> None:
    person = access.person_with_address(email)
    if person is not None and person.staff_role:
        raise actions.StaffAddress(
            "%(email)s belongs to the support desk, whose people are nobody's authorised users. Use "
            "another address.",
            email=email,
        )
    if person is not None and access.has_account(person) and _belongs(person, organisation, at):
        raise InvitationRefused(
            "%(email)s belongs to an authorised user of yours, who has an account already.", email=email
        )
    known = _unsettled().filter(organisation=organisation, email=email).first()
    if known is not None and known.expires_at > at:
        raise InvitationRefused(
            "%(email)s has been invited already. Send that invitation again, or withdraw it.", email=email
        )
    if known is not None:
        Invitation.objects.filter(pk=known.pk).update(withdrawn_at=at, withdrawn_by=by)
    if by is not None:
        _check_pace(by, at)


def _check_pace(by: Person, at: datetime) -> None:
    sent = Invitation.objects.filter(invited_by=by, sent_at__gt=at - timedelta(days=1), sent_at__lte=at)
    if sent.count() >= MOST_A_DAY:
        raise InvitationRefused(
            "You have sent %(most)s invitations within a day. Send the next ones tomorrow, or ask "
            "support.",
            most=MOST_A_DAY,
        )


@transaction.atomic
def send_again(*, invitation: Invitation, by: Person | None, at: datetime) -> tuple[Invitation, str]:
    """Give an invitation a new link, good for as long as a first one; the old link opens nothing from now on.

    Raises InvitationOver, InvitationRefused, NotAllowed.
    """
    invitation = _settling(invitation, by=by, at=at)
    if by is not None:
        _check_pace(by, at)
    secret = keys.new()
    invitation.digest, invitation.sent_at, invitation.expires_at = keys.digest_of(secret), at, at + LASTS
    invitation.invited_by = by  # who answers for it from now on
    invitation.save(update_fields=["digest", "sent_at", "expires_at", "invited_by"])
    changes.note(
        "invitation_repeated", organisation=invitation.organisation, at=at, by=by, role=invitation.role
    )
    return invitation, secret


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Person | None, at: datetime) -> None:
    """Take an invitation back: its link opens nothing from now on. Raises InvitationOver, NotAllowed."""
    invitation = _settling(invitation, by=by, at=at)
    Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=at, withdrawn_by=by)
    changes.note(
        "invitation_withdrawn", organisation=invitation.organisation, at=at, by=by, role=invitation.role
    )


def _settling(invitation: Invitation, *, by: Person | None, at: datetime) -> Invitation:
    access.require_keeper(by, invitation.organisation_id, at=at)
    found = Invitation.objects.select_for_update().filter(pk=invitation.pk)
    row = found.first()
    if row is None or row.accepted_at is not None or row.withdrawn_at is not None:
        raise InvitationOver("This invitation has been accepted or withdrawn already. Reload to see which.")
    return row


def opened(secret: str, *, at: datetime) -> Invitation:
    """Return the invitation that a link opens, changing nothing. Raises InvitationOver with what to do instead."""
    return _opened(Invitation.objects.all(), secret, at)


def _opened(rows: QuerySet[Invitation], secret: str, at: datetime) -> Invitation:
    found = rows.filter(digest=keys.digest_of(secret)).first()
    if found is None or found.withdrawn_at is not None or not _still_meant(found, at):
        raise InvitationOver("This invitation is not open any more. Ask whoever invited you for a new one.")
    if found.accepted_at is not None:
        raise InvitationOver("This invitation has been accepted already. Sign in with your address.")
    if found.expires_at <= at:
        raise InvitationOver("This invitation has expired. Ask whoever invited you to send it again.")
    return found


def _still_meant(invitation: Invitation, at: datetime) -> bool:
    """Whether whoever invited may still do so: who has left the organisation lets nobody in."""
    try:
        access.require_keeper(invitation.invited_by, invitation.organisation_id, at=at)
    except access.NotAllowed:
        return False
    return True


def is_known(invitation: Invitation) -> bool:
    """Whether the address has an account already, so that only who is signed in with it can accept."""
    person = access.person_with_address(invitation.email)
    return person is not None and access.has_account(person)


def belongs_to(invitation: Invitation, person: Person) -> bool:
    """Whether the invitation was written to an address of `person`."""
    owner = access.person_with_address(invitation.email)
    return owner is not None and owner.pk == person.pk


@transaction.atomic
def accept(
    *, secret: str, at: datetime, name: str = "", password: str = "", signed_in: Person | None = None
) -> Person:
    """Accept the invitation that `secret` opens; return whose account it is. It cannot be accepted again.

    Somebody new gets an account with `name`, and `password` where one is given: without it they sign in by a code that
    we mail. Whoever has an account already must be `signed_in`, and name and password stay. An authorised user keeps
    the rights they have. Raises InvitationOver, SignInFirst, StaffAddress.
    """
    invitation = _opened(Invitation.objects.select_for_update(), secret, at)
    organisation = Organisation.objects.get(pk=invitation.organisation_id)
    person = access.person_with_address(invitation.email)
    if person is not None and person.staff_role:
        raise actions.StaffAddress("This address belongs to the support desk and cannot be a client's.")
    if person is not None and not person.is_active:
        raise InvitationOver("This account has been shut. Write to support, and a person will look into it.")
    if person is None:
        person = actions.add_person(name=name.strip() or invitation.name, email=invitation.email, at=at)
        _furnish(person, "", password)
    elif not access.has_account(person):
        _furnish(person, name, password)
    elif signed_in is None or signed_in.pk != person.pk:
        raise SignInFirst("You have an account already. Sign in with it, then open the link again to accept.")
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=at, accepted_by=person)
    changes.note(
        "invitation_accepted", organisation=organisation, person=person, at=at, by=person, role=invitation.role
    )
    if not _belongs(person, organisation, at):
        rights = {key: getattr(invitation, key) for key in changes.RIGHTS}
        actions.authorise(
            person=person, organisation=organisation, role=invitation.role, at=at, by=invitation.invited_by, **rights
        )
    return person


def _furnish(person: Person, name: str, password: str) -> None:
    person.name = name.strip() or person.name
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()
    person.save(update_fields=["name", "password"])


def open_of(organisation: Organisation) -> QuerySet[Invitation]:
    """Return what is neither accepted nor withdrawn at `organisation`, expired ones too, the newest first."""
    return (
        _unsettled().filter(organisation=organisation).select_related("invited_by").order_by("-sent_at", "-pk")
    )


def _unsettled() -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at=None, withdrawn_at=None)


def _belongs(person: Person, organisation: Organisation, at: datetime) -> bool:
    return access.active_memberships(at).filter(person=person, organisation=organisation).exists()
