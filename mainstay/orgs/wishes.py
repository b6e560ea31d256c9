"""Which mails a person wants. What a contract prescribes is no wish: that is sent whatever is chosen here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mainstay.orgs.models import Person, Wish

OWN, COLLEAGUES = "own", "colleagues"
ALL, COPIED, ACT, NONE = "all", "copied", "act", "none"
CHOICES: Mapping[str, tuple[str, ...]] = {OWN: (ALL, ACT), COLLEAGUES: (COPIED, ACT, NONE)}


class NoSuchWish(ValueError):
    """There is no such choice."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person wants: everything about their own requests, and copies where they take part, unless chosen."""

    own: str = ALL
    colleagues: str = COPIED


def choose(*, person: Person, about: str, wants: str, at: datetime) -> None:
    """Keep what `person` wants from now on. Raises NoSuchWish."""
    if wants not in CHOICES.get(about, ()):
        raise NoSuchWish(f"{about}: {wants}")
    Wish.objects.update_or_create(person=person, about=about, defaults={"wants": wants, "chosen_at": at})


def of(person: Person) -> Wishes:
    """Return what `person` wants. One query."""
    return of_all([person.pk])[person.pk]


def of_all(people: Iterable[int]) -> dict[int, Wishes]:
    """Return what each of these people wants, by their key. One query."""
    chosen: dict[int, dict[str, str]] = {pk: {} for pk in people}
    for wish in Wish.objects.filter(person__in=chosen):
        chosen[wish.person_id][wish.about] = wish.wants
    return {pk: Wishes(**said) for pk, said in chosen.items()}
