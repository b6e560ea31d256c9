"""Mentions in notes: '@Jon Reyes' tells Jon, '@Technical Team' tells everybody in it. Staff only.

A mention in a reply to the client is plain text: nobody calls `record` for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch

from mainstay.escalation import actions as escalation
from mainstay.orgs.models import Person, Team
from mainstay.tickets.models import Message
from mainstay.writing.models import Mention


def named_in(text: str, names: Iterable[str]) -> list[str]:
    """Return which of `names` stand in `text` behind an @, each once, in their order there. Pure.

    The longest fitting name wins, so that '@Jon Reyes-Hall' is not Jon Reyes. An @ inside a word, as in an address,
    is none. Capitals make no difference.
    """
    by_length = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    lowered, found = _folded(text), []
    at = lowered.find("@")
    while at >= 0:
        if at == 0 or not (lowered[at - 1].isalnum() or lowered[at - 1] in "._-+"):
            rest = lowered[at + 1 : at + 201]
            name = next((one for one in by_length if _begins(rest, one)), None)
            if name is not None and name not in found:
                found.append(name)
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
    named = set(named_in(note.text, [*(one.name for one in people), *(one.name for one in teams)]))
    persons = [one for one in people if one.name in named]
    groups = [one for one in teams if one.name in named]
    Mention.objects.bulk_create(
        [Mention(message=note, person=one, by=by, at=at) for one in persons]
        + [Mention(message=note, team=one, by=by, at=at) for one in groups]
    )
    members = [person for team in groups for person in team.working]  # type: ignore[attr-defined]  # prefetched
    told = [one for one in dict.fromkeys([*persons, *members]) if one.pk != by.pk]
    text = f"{by.name} mentioned you in a note on {note.ticket.reference}"
    escalation.tell_people(told, ticket=note.ticket, kind="mention", text=text, at=at)
    return told
