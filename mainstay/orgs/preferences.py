"""What people choose for themselves: how pages look to them, what they have folded, and which keys do something."""

from __future__ import annotations

from collections.abc import Collection

from mainstay.orgs.models import Person


def choose_look(*, person: Person, theme: str, motion: str) -> None:
    """Keep how pages look to `person`."""
    Person.objects.filter(pk=person.pk).update(theme=theme, motion=motion)


def fold(*, person: Person, folded: Collection[str]) -> None:
    """Keep which headings of the rail `person` has folded."""
    Person.objects.filter(pk=person.pk).update(folded=sorted(folded))


def choose_keys(*, person: Person, single: bool) -> None:
    """Keep whether keys of one character do something for `person`."""
    Person.objects.filter(pk=person.pk).update(single_keys=single)
