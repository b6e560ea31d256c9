"""People as screens show them."""

from __future__ import annotations

from dataclasses import dataclass

from mainstay.orgs.models import Person, StaffRole


@dataclass(frozen=True, slots=True)
class Face:
    """A person in a small circle: initials only, because the name always stands beside it."""

    id: int
    name: str
    initials: str
    role: str
    email: str


def face(person: Person) -> Face:
    """Return `person` for a screen."""
    role = StaffRole(person.staff_role).label if person.staff_role else "Client"
    return Face(
        person.pk, person.name or person.email, initials(person.name or person.email), role, person.email
    )


def initials(name: str) -> str:
    """Return one or two letters for a name, a dot where it has none."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[:1].isalnum()]
    letters = [word[0] for word in (words[:1] + words[1:][-1:])]
    return "".join(letters).upper() or "·"
