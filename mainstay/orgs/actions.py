"""Writes about organisations, people and their authority.

`by` is who does it; None is a command or the program itself, which answer to whoever runs the machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from mainstay.core.saying import Refusal
from mainstay.lib import telephone
from mainstay.orgs import access, changes, signins
from mainstay.orgs.domains import tidied
from mainstay.orgs.models import Address, Membership, Organisation, Person, StaffRole


class AddressTaken(Refusal, ValueError):
    """The e-mail address belongs to another person already."""


class NameTaken(Refusal, ValueError):
    """There is a client, team or product of that name or key already."""


class AuthorityEnded(Refusal, ValueError):
    """The authority has been ended already; a new one begins by authorising again."""


class LastAdministrator(Refusal, ValueError):
    """Nobody would be left who administrates the organisation's users; the message says what to do first."""


class StaffAddress(Refusal, ValueError):
    """The address is that of a colleague, who cannot be a client's authorised user at the same time."""


@transaction.atomic
def add_organisation(
    *,
    name: str,
    at: datetime,
    domains: Iterable[str] | None = None,
    key: str = "",
    notes: str = "",
    by: Person | None = None,
) -> Organisation:
    """Add a client organisation. `domains` only hint at where an unknown sender may belong; they give no right.

    Raises NameTaken, BadDomain, and NotAllowed unless `by` is a manager.
    """
    _require(by, StaffRole.MANAGER)
    name, key = name.strip(), key or key_for(name)
    if Organisation.objects.filter(name__iexact=name).exists():
        raise NameTaken("There is a client called %(name)s already.", name=name)
    if Organisation.objects.filter(key=key).exists():
        raise NameTaken("The key %(key)s is another client's. Choose one that differs.", key=key)
    organisation = Organisation.objects.create(
        name=name, key=key, domains=tidied(domains or []), notes=notes, created_at=at
    )
    changes.note("client_added", organisation=organisation, at=at, by=by)
    return organisation


def key_for(name: str) -> str:
    """Return the key that a name gives, such as `acme-health` for 'Acme Health'."""
    return slugify(name)[:40].strip("-") or "client"


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, name: str, domains: Iterable[str], notes: str, by: Person, at: datetime
) -> Organisation:
    """Correct a client's name, hints or notes. Its key stays, because addresses and files name it.

    Raises NameTaken, BadDomain, NotAllowed.
    """
    access.require(by, StaffRole.MANAGER)
    if Organisation.objects.filter(name__iexact=name.strip()).exclude(pk=organisation.pk).exists():
        raise NameTaken("There is a client called %(name)s already.", name=name.strip())
    wanted = {"name": name.strip(), "domains": tidied(domains), "notes": notes}
    what = [key for key, value in wanted.items() if getattr(organisation, key) != value]
    if what:
        for key in what:
            setattr(organisation, key, wanted[key])
        organisation.save(update_fields=what)
        changes.note("client_changed", organisation=organisation, at=at, by=by, what=" and ".join(what))
    return organisation


def add_person(*, name: str, email: str, at: datetime, phone: str = "", staff_role: str = "") -> Person:
    """Add a person. Raises AddressTaken where the address is somebody's already, and BadNumber."""
    if access.person_with_address(email):
        raise AddressTaken("%(email)s belongs to somebody already; open that person instead.", email=email)
    return Person.objects.create_user(
        email=email, name=name, phone=telephone.e164(phone), staff_role=staff_role, created_at=at
    )


@transaction.atomic
def set_phone(
    *, person: Person, phone: str, at: datetime, by: Person | None = None, organisation: Organisation | None = None
) -> None:
    """Keep the number that `person` rings from, as E.164. It says who may be calling and gives no right.

    Raises BadNumber, and NotAllowed. Says nothing where it is kept already.
    """
    _require(by, StaffRole.MANAGER)
    number = telephone.e164(phone)
    if number != person.phone:
        Person.objects.filter(pk=person.pk).update(phone=number)
        person.phone = number
        changes.note("phone_changed", organisation=organisation, person=person, at=at, by=by)


@transaction.atomic
def add_address(
    *,
    person: Person,
    email: str,
    at: datetime,
    by: Person | None = None,
    organisation: Organisation | None = None,
) -> Address:
    """Give `person` a further e-mail address: mail from it is theirs. Raises AddressTaken, and NotAllowed.

    `organisation` is the client in whose history it is noted.
    """
    _require(by, StaffRole.MANAGER)
    owner = access.person_with_address(email)
    if owner is not None and owner != person:
        raise AddressTaken("%(email)s belongs to %(owner)s.", email=email, owner=owner.name)
    if owner == person and person.email == email.lower():
        raise AddressTaken("%(email)s is their first address already.", email=email)
    address, made = Address.objects.get_or_create(person=person, email=email.lower())
    if made:
        changes.note("address_added", organisation=organisation, person=person, at=at, by=by)
    return address


@transaction.atomic
def remove_address(
    *, address: Address, by: Person, at: datetime, organisation: Organisation | None = None
) -> None:
    """Take a further address away: mail from it is a stranger's from now on. Raises NotAllowed."""
    access.require(by, StaffRole.MANAGER)
    changes.note("address_removed", organisation=organisation, person=address.person, at=at, by=by)
    address.delete()


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
    rights = {"may_raise": may_raise, "sees_all": sees_all, "administrates": administrates}
    said = {"role": role, **rights}
    told = {"role": role, "rights": changes.rights_in_words(rights)}
    membership, made = Membership.objects.get_or_create(
        person=person,
        organisation=organisation,
        active_to=None,
        defaults={**said, "active_from": at, "granted_by": by},
    )
    if made:
        changes.note("user_authorised", organisation=organisation, person=person, at=at, by=by, **told)
    elif any(getattr(membership, key) != value for key, value in said.items()):
        before = f"{membership.role}: {changes.rights_in_words(rights_of(membership))}"
        for key, value in said.items():
            setattr(membership, key, value)
        membership.granted_by = by
        membership.save()
        changes.note(
            "user_changed", organisation=organisation, person=person, at=at, by=by, before=before, **told
        )
    return membership


def rights_of(membership: Membership) -> dict[str, bool]:
    """Return what a membership allows, by the names that `authorise` takes."""
    return {key: getattr(membership, key) for key in changes.RIGHTS}


@transaction.atomic
def authorise_address(
    *,
    organisation: Organisation,
    email: str,
    name: str,
    role: str,
    at: datetime,
    by: Person | None = None,
    may_raise: bool = True,
    sees_all: bool = False,
    administrates: bool = False,
    phone: str = "",
) -> Membership:
    """Make whoever has the address `email` an Authorised User, adding the person called `name` if nobody has it.

    A person who is known keeps the name they have. Raises StaffAddress, BadNumber, and NotAllowed unless `by` is a
    manager.
    """
    _require(by, StaffRole.MANAGER)
    person = access.person_with_address(email)
    if person is not None and person.staff_role:
        raise StaffAddress(
            "%(email)s belongs to %(person)s of the desk. Staff write requests down with New ticket.",
            email=email,
            person=person.name,
        )
    person = person or add_person(name=name.strip(), email=email, at=at)
    if phone.strip():
        set_phone(person=person, phone=phone, at=at, by=by, organisation=organisation)
    return authorise(
        person=person, organisation=organisation, role=role.strip(), at=at, by=by, may_raise=may_raise,
        sees_all=sees_all, administrates=administrates,
    )  # fmt: skip


@transaction.atomic
def change_authority(
    *,
    membership: Membership,
    name: str,
    role: str,
    may_raise: bool,
    sees_all: bool,
    administrates: bool,
    by: Person,
    at: datetime,
    phone: str | None = None,
) -> Membership:
    """Change what an authorised user is called and may do from now on, and the number they ring from.

    Raises AuthorityEnded, BadNumber, NotAllowed.
    """
    access.require(by, StaffRole.MANAGER)
    membership = Membership.objects.select_related("person", "organisation").get(pk=membership.pk)
    if membership.active_to is not None:
        raise AuthorityEnded(
            "The authority of %(person)s has ended. Authorise them again.", person=membership.person.name
        )
    person, organisation = membership.person, membership.organisation
    if name.strip() and name.strip() != person.name:
        Person.objects.filter(pk=person.pk).update(name=name.strip())
        changes.note("user_renamed", organisation=organisation, person=person, at=at, by=by)
    if phone is not None:
        set_phone(person=person, phone=phone, at=at, by=by, organisation=organisation)
    return authorise(
        person=person, organisation=organisation, role=role.strip(), at=at, by=by, may_raise=may_raise,
        sees_all=sees_all, administrates=administrates,
    )  # fmt: skip


@transaction.atomic
def change_rights(
    *,
    membership: Membership,
    role: str,
    may_raise: bool,
    sees_all: bool,
    administrates: bool,
    by: Person,
    at: datetime,
) -> Membership:
    """Change what an authorised user may do, as an administrator of the organisation or a manager of ours.

    Their name and telephone number are theirs. Raises AuthorityEnded, LastAdministrator, NotAllowed.
    """
    membership = _of_whoever_keeps(membership, by=by, at=at)
    if membership.active_to is not None:
        raise AuthorityEnded(
            "The authority of %(person)s has ended. Invite them again.", person=membership.person.name
        )
    if not administrates:
        _keep_one_keeper(membership, by=by, at=at)
    return authorise(
        person=membership.person, organisation=membership.organisation, role=role.strip(), at=at, by=by,
        may_raise=may_raise, sees_all=sees_all, administrates=administrates,
    )  # fmt: skip


@transaction.atomic
def end_authority(*, membership: Membership, at: datetime, by: Person | None = None) -> None:
    """End an authority at `at` (exclusive). What the person did before stays theirs. Safe to repeat.

    Whoever is left without any authority is signed out everywhere. Raises LastAdministrator, NotAllowed.
    """
    membership = _of_whoever_keeps(membership, by=by, at=at)
    if membership.active_to is not None:
        return
    _keep_one_keeper(membership, by=by, at=at)
    person = membership.person
    Membership.objects.filter(pk=membership.pk).update(active_to=at)
    changes.note("user_ended", organisation=membership.organisation, person=person, at=at, by=by)
    if not person.staff_role and not access.active_memberships(at).filter(person=person).exists():
        signins.end_all(person, at=at, by=by)


def _of_whoever_keeps(membership: Membership, *, by: Person | None, at: datetime) -> Membership:
    """Return the membership as it stands, with its organisation locked: two who end each other go one by one."""
    organisation = Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    access.require_keeper(by, organisation.pk, at=at)
    return Membership.objects.select_related("person", "organisation").get(pk=membership.pk)


def _keep_one_keeper(membership: Membership, *, by: Person | None, at: datetime) -> None:
    """Refuse to leave an organisation without an administrator; a manager of ours may, who can authorise another."""
    if not membership.administrates or by is None or access.at_least(by, StaffRole.MANAGER):
        return
    others = access.active_memberships(at).filter(
        organisation=membership.organisation, administrates=True, person__is_active=True
    )
    if not others.exclude(pk=membership.pk).exists():
        raise LastAdministrator(
            "%(person)s is the last administrator of %(organisation)s. Make somebody else an "
            "administrator first, then do this again.",
            person=membership.person.name,
            organisation=membership.organisation.name,
        )


@transaction.atomic
def describe_self(*, person: Person, name: str, phone: str, at: datetime) -> None:
    """Let somebody correct their own name and the number they ring from. Raises BadNumber.

    It is noted at each organisation that they are an authorised user of.
    """
    number, said = telephone.e164(phone), name.strip()
    homes = [one.organisation for one in access.active_memberships(at).filter(person=person)
             .select_related("organisation").order_by("pk")]  # fmt: skip
    if said and said != person.name:
        Person.objects.filter(pk=person.pk).update(name=said)
        for home in homes:
            changes.note("user_renamed", organisation=home, person=person, at=at, by=person)
    if number != person.phone:
        Person.objects.filter(pk=person.pk).update(phone=number)
        for home in homes:
            changes.note("phone_changed", organisation=home, person=person, at=at, by=person)


def set_staff_role(*, person: Person, role: str, by: Person) -> None:
    """Give or take a staff role. Only an administrator may; nobody may demote the last administrator."""
    access.require(by, StaffRole.ADMINISTRATOR)
    _keep_one_administrator(person, still_one=role == StaffRole.ADMINISTRATOR and person.is_active)
    Person.objects.filter(pk=person.pk).update(staff_role=role)


@transaction.atomic
def set_active(*, person: Person, active: bool, by: Person, at: datetime) -> None:
    """Let a person in or shut them out, which ends their sessions; each request asks for an active person besides."""
    access.require(by, StaffRole.ADMINISTRATOR)
    _keep_one_administrator(person, still_one=active and person.staff_role == StaffRole.ADMINISTRATOR)
    Person.objects.filter(pk=person.pk).update(is_active=active)
    if not active:
        signins.end_all(person, at=at, by=by)


def _require(by: Person | None, role: StaffRole) -> None:
    if by is not None:
        access.require(by, role)


def _keep_one_administrator(person: Person, *, still_one: bool) -> None:
    others = Person.objects.filter(staff_role=StaffRole.ADMINISTRATOR, is_active=True).exclude(pk=person.pk)
    if not still_one and not others.exists():
        raise access.NotAllowed("This is the last administrator. Make somebody else one first.")
