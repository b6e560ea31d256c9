"""Mentions in notes: '@Jon Reyes' tells Jon, '@Technical Team' tells everybody in it. Staff only.

A mention in a reply to the client is plain text: nobody calls `record` for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Prefetch, Q, When

from mainstay.escalation import actions as escalation
from mainstay.orgs.models import Person, Team
from mainstay.tickets.models import Direction, Message
from mainstay.writing.models import Mention


@dataclass(frozen=True, slots=True)
class Place:
    """Where a note mentions somebody: its characters from `start` up to `end`; whether that is whoever reads it."""

    start: int
    end: int
    me: bool


def named_in(text: str, names: Iterable[str]) -> list[str]:
    """Return which of `names` stand in `text` behind an @, each once, in their order there. Pure."""
    return list(places_in(text, names))


def places_in(text: str, names: Iterable[str]) -> dict[str, list[list[int]]]:
    """Return where which of `names` stand in `text`, each with its @, in the order of the first places. Pure.

    The longest fitting name wins, so that '@Jon Reyes-Hall' is not Jon Reyes. An @ inside a word, as in an address,
    is none. Capitals make no difference.
    """
    by_length = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    lowered = _folded(text)
    found: dict[str, list[list[int]]] = {}
    at = lowered.find("@")
    while at >= 0:
        if at == 0 or not (lowered[at - 1].isalnum() or lowered[at - 1] in "._-+"):
            rest = lowered[at + 1 : at + 201]
            name = next((one for one in by_length if _begins(rest, one)), None)
            if name is not None:
                found.setdefault(name, []).append([at, at + 1 + len(name)])
        at = lowered.find("@", at + 1)
    return found


def _folded(text: str) -> str:
    """Return `text` without capitals and of the same length: a letter that would grow stays as it is."""
    return "".join(char.casefold() if len(char.casefold()) == 1 else char for char in text)


def _begins(rest: str, name: str) -> bool:
    wanted = _folded(name)
    return rest.startswith(wanted) and not rest[len(wanted) : len(wanted) + 1].isalnum()


def mentionable() -> tuple[Sequence[Person], Sequence[Team]]:
    """Return whom a note can mention: active staff, and teams that have some. Three queries."""
    working = Person.objects.filter(is_active=True).exclude(staff_role="")
    teams = Team.objects.filter(members__in=working).distinct().order_by("name", "id")
    with_members = teams.prefetch_related(Prefetch("members", queryset=working, to_attr="working"))
    return list(working.order_by("name", "id")), list(with_members)


@transaction.atomic
def record(*, note: Message, by: Person, at: datetime) -> list[Person]:
    """Write down whom `note` mentions and tell them, once each and never the writer. Returns who was told."""
    if "@" not in note.text:
        return []
    people, teams = mentionable()
    named = places_in(note.text, [*(one.name for one in people), *(one.name for one in teams)])
    persons = [one for one in people if one.name in named]
    groups = [one for one in teams if one.name in named]
    Mention.objects.bulk_create(
        [Mention(message=note, person=one, by=by, at=at, places=named[one.name]) for one in persons]
        + [Mention(message=note, team=one, by=by, at=at, places=named[one.name]) for one in groups]
    )
    members = [person for team in groups for person in team.working]  # type: ignore[attr-defined]  # prefetched
    told = [one for one in dict.fromkeys([*persons, *members]) if one.pk != by.pk]
    text = f"{by.name} mentioned you in a note on {note.ticket.reference}"
    escalation.tell_people(told, ticket=note.ticket, kind="mention", text=text, at=at)
    return told


def places(notes: Iterable[Message], *, reader: Person) -> dict[int, list[Place]]:
    """Return where `notes` mention whom, by note, in the order of the text. One query where any has an @ at all."""
    asked = [note.pk for note in notes if note.direction == Direction.NOTE and "@" in note.text]
    if not asked:
        return {}
    mine = Q(person=reader) | Q(team__in=reader.teams.values("pk"))
    found: dict[int, dict[tuple[int, int], bool]] = {}
    rows = Mention.objects.filter(message__in=asked).annotate(mine=Case(When(mine, then=True), default=False))
    for note, spans, me in rows.values_list("message_id", "places", "mine"):
        for start, end in spans:
            here = found.setdefault(note, {})
            here[start, end] = here.get((start, end), False) or me
    return {note: [Place(*span, me) for span, me in sorted(here.items())] for note, here in found.items()}
