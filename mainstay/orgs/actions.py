"""Writes about organisations, people, authority and teams."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from mainstay.orgs import access
from mainstay.orgs.models import Address, Membership, Organisation, Person, StaffRole, Team


class AddressTaken(ValueError):
    """The e-mail address belongs to another person already."""


def add_organisation(
    *, name: str, at: datetime, domains: list[str] | None = None, key: str = ""
) -> Organisation:
    """Add a client organisation. `domains` only hint at where an unknown sender may belong; they give no right."""
    return Organisation.objects.create(
        name=name.strip(), key=key or slugify(name)[:40], domains=domains or [], created_at=at
    )


def add_person(*, name: str, email: str, at: datetime, phone: str = "", staff_role: str = "") -> Person:
    """Add a person. Raises AddressTaken where the address is somebody's already."""
    if access.person_with_address(email):
        raise AddressTaken(f"{email} belongs to somebody already; open that person instead.")
    return Person.objects.create_user(
        email=email, name=name, phone=phone, staff_role=staff_role, created_at=at
    )


def add_address(*, person: Person, email: str) -> Address:
    """Give `person` a further e-mail address. Raises AddressTaken."""
    owner = access.person_with_address(email)
    if owner is not None and owner != person:
        raise AddressTaken(f"{email} belongs to {owner.name}.")
    return Address.objects.get_or_create(person=person, email=email.lower())[0]


@transaction.atomic
def authorise(
    *,
    person: Person,
    organisation: Organisation,
    role: str,
    at: datetime,
    by: Person | None = None,
    may_raise: bool = True,
    sees_all: bool = False,
    administrates: bool = False,
) -> Membership:
    """Make `person` an Authorised User of `organisation` from `at` on. Safe to repeat: the newest word counts."""
    membership, _ = Membership.objects.update_or_create(
        person=person,
        organisation=organisation,
        active_to=None,
        defaults={
            "role": role,
            "may_raise": may_raise,
            "sees_all": sees_all,
            "administrates": administrates,
            "granted_by": by,
        },
        create_defaults={
            "role": role,
            "may_raise": may_raise,
            "sees_all": sees_all,
            "administrates": administrates,
            "granted_by": by,
            "active_from": at,
        },
    )
    return membership


def end_authority(*, membership: Membership, at: datetime) -> None:
    """End an authority at `at` (exclusive). What the person did before stays theirs."""
    Membership.objects.filter(pk=membership.pk, active_to=None).update(active_to=at)


def add_team(*, key: str, name: str, members: list[Person] | None = None) -> Team:
    """Add a team, or return the one with that key."""
    team, _ = Team.objects.get_or_create(key=key, defaults={"name": name})
    if members:
        team.members.add(*members)
    return team


def set_staff_role(*, person: Person, role: str, by: Person) -> None:
    """Give or take a staff role. Only an administrator may; nobody may demote the last administrator."""
    access.require(by, StaffRole.ADMINISTRATOR)
    _keep_one_administrator(person, still_one=role == StaffRole.ADMINISTRATOR and person.is_active)
    Person.objects.filter(pk=person.pk).update(staff_role=role)


def set_active(*, person: Person, active: bool, by: Person) -> None:
    """Let a person in or shut them out. Sessions end with the next request, because each asks for an active person."""
    access.require(by, StaffRole.ADMINISTRATOR)
    _keep_one_administrator(person, still_one=active and person.staff_role == StaffRole.ADMINISTRATOR)
    Person.objects.filter(pk=person.pk).update(is_active=active)


def _keep_one_administrator(person: Person, *, still_one: bool) -> None:
    others = Person.objects.filter(staff_role=StaffRole.ADMINISTRATOR, is_active=True).exclude(pk=person.pk)
    if not still_one and not others.exists():
        raise access.NotAllowed("This is the last administrator. Make somebody else one first.")
