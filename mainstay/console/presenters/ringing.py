"""A telephone that rings, in one line: who it may be, from where, and what of theirs is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mainstay.orgs.models import Person
from mainstay.phone import ringing

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class RingingLine:
    """One call that rings. `dialled` is its number for a machine, `external` the telephone system's name for it."""

    who: str
    where: str
    about: str
    external: str
    dialled: str
    seconds_left: int


def ringing_lines(person: Person, *, at: datetime) -> tuple[RingingLine, ...]:
    """Return what rings, as `person` may see it."""
    return tuple(_line(one) for one in ringing.for_person(person, at=at))


def _line(one: ringing.Ringing) -> RingingLine:
    names = [person.name for person in one.people]
    more = f" or {len(names) - MOST_NAMES} others" if len(names) > MOST_NAMES else ""
    number = one.number or "a number that is not shown"
    return RingingLine(
        who=" or ".join(names[:MOST_NAMES]) + more if names else number,
        where=" and ".join(found.name for found in one.organisations[:MOST_NAMES]),
        about=_about(one.open) if names else "Nobody we know has this number" if one.number else "",
        external=one.call.external_id,
        dialled=one.call.number,
        seconds_left=one.seconds_left,
    )


def _about(number: int) -> str:
    return "no open ticket" if not number else f"{number} open ticket{'' if number == 1 else 's'}"
