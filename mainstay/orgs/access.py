"""Who may see and do what. Every door, search, count, export and live stream asks here.

A reference is a hint, authority is a key: knowing the number of a thing gives nobody a right to it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from mainstay.core.saying import Refusal
from mainstay.orgs.models import Membership, Person, StaffRole

RANK = {
    "": 0,
    StaffRole.SUPPORT: 1,
    StaffRole.TECHNICAL: 1,
    StaffRole.MANAGER: 2,
    StaffRole.ADMINISTRATOR: 3,
}


class NotAllowed(Refusal, PermissionError):
    """The person's role does not include this; the message says which role does."""


def works_the_desk(person: Person) -> bool:
    """Whether `person` is active staff."""
    return bool(person.is_active and person.staff_role)


def any_staff(pk: int, role: str = StaffRole.SUPPORT) -> Person:
    """Return somebody of that role to build a question of staff with, which is then asked for whoever asks."""
    return Person(pk=pk, staff_role=role, is_active=True)


def manages(person: Person) -> bool:
    """Whether `person` is an active manager, or an administrator."""
    return at_least(person, StaffRole.MANAGER)


def at_least(person: Person, role: StaffRole) -> bool:
    """Whether `person` is active staff with `role` or one that includes it."""
    return person.is_active and RANK.get(person.staff_role, 0) >= RANK[role]


def require(person: Person, role: StaffRole) -> None:
    """Raise NotAllowed unless `person` has at least `role`."""
    if not at_least(person, role):
        raise NotAllowed("This needs the role %(role)s. Ask somebody who has it.", role=StaffRole(role).label)


def active_memberships(at: datetime) -> QuerySet[Membership]:
    """Return the memberships in force at `at`."""
    return Membership.objects.filter(Q(active_to=None) | Q(active_to__gt=at), active_from__lte=at)


def person_with_address(address: str) -> Person | None:
    """Return whom an e-mail address belongs to, by first or further address, whether or not still active."""
    address = address.lower()
    return Person.objects.filter(Q(email=address) | Q(addresses__email=address)).first()


def authority_of(person: Person, *, at: datetime) -> list[Membership]:
    """Return the organisations that `person` may raise support requests for at `at` (pack, clause 3.2)."""
    if not person.is_active:
        return []
    return list(
        active_memberships(at)
        .filter(person=person, may_raise=True)
        .select_related("organisation")
        .order_by("id")
    )


def may_see_requests_of(person: Person, organisation_id: int | None, *, at: datetime) -> bool:
    """Whether a client's person may see all requests of that organisation at `at`."""
    if organisation_id is None or not person.is_active:
        return False
    return (
        active_memberships(at)
        .filter(Q(sees_all=True) | Q(administrates=True), person=person, organisation_id=organisation_id)
        .exists()
    )


def administers(person: Person, organisation_id: int, *, at: datetime) -> bool:
    """Whether `person` administrates the users of that organisation at `at`."""
    if not person.is_active:
        return False
    found = active_memberships(at).filter(
        person=person, organisation_id=organisation_id, administrates=True
    )
    return found.exists()


def require_keeper(by: Person | None, organisation_id: int, *, at: datetime) -> None:
    """Raise NotAllowed unless `by` may say who that organisation's users are: a manager, or its own administrator.

    None is a command.
    """
    if by is None or at_least(by, StaffRole.MANAGER) or administers(by, organisation_id, at=at):
        return
    raise NotAllowed("This needs an administrator of the organisation, or the role Manager. Ask one of them.")


def has_account(person: Person) -> bool:
    """Whether `person` can sign in: staff, whoever has a password, accepted an invitation, or came by their provider.

    Authority alone opens no page: who writes to us by mail has no account until somebody invites them.
    """
    if not person.is_active:
        return False
    if person.staff_role or person.has_usable_password():
        return True
    return person.invitations.exists() or person.provider_subjects.exists()
