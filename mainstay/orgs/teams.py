"""Teams: who is in which. Agreements name them by their key.

`by` is who does it; None is a command or the program itself, which answer to whoever runs the machine.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.orgs import access, actions, changes
from mainstay.orgs.models import Person, StaffRole, Team


@transaction.atomic
def add(
    *,
    key: str,
    name: str,
    members: list[Person] | None = None,
    by: Person | None = None,
    at: datetime | None = None,
) -> Team:
    """Add a team, or return the one with that key. Given `by`, it is noted who did it."""
    if by is not None:
        access.require(by, StaffRole.ADMINISTRATOR)
    team, made = Team.objects.get_or_create(key=key, defaults={"name": name})
    if members:
        team.members.add(*members)
    if made and by is not None and at is not None:
        changes.note("team_added", at=at, by=by, team=name)
    return team


@transaction.atomic
def rename(*, team: Team, name: str, by: Person, at: datetime) -> None:
    """Give a team another name. Its key stays, because agreements name it. Raises NotAllowed."""
    access.require(by, StaffRole.ADMINISTRATOR)
    if name.strip() and name.strip() != team.name:
        changes.note("team_renamed", at=at, by=by, before=team.name, team=name.strip())
        Team.objects.filter(pk=team.pk).update(name=name.strip())


@transaction.atomic
def add_member(*, team: Team, email: str, by: Person, at: datetime, name: str = "") -> Person:
    """Put whoever has that address into a team; somebody outside the vendor is added with `name`, without any right.

    So the service coordinator of NHS Digital stands on the ladder (pack, clause 3.5). Raises NotAllowed.
    """
    access.require(by, StaffRole.ADMINISTRATOR)
    person = access.person_with_address(email) or actions.add_person(name=name.strip() or email, email=email, at=at)
    if not team.members.filter(pk=person.pk).exists():
        team.members.add(person)
        changes.note("member_added", person=person, at=at, by=by, team=team.name)
    return person


@transaction.atomic
def remove_member(*, team: Team, person: Person, by: Person, at: datetime) -> None:
    """Take somebody out of a team; their tickets stay theirs. Safe to repeat. Raises NotAllowed."""
    access.require(by, StaffRole.ADMINISTRATOR)
    if team.members.filter(pk=person.pk).exists():
        team.members.remove(person)
        changes.note("member_removed", person=person, at=at, by=by, team=team.name)
