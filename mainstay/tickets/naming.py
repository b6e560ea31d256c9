"""What the ids in events are called now. The log holds ids only, so that a name can change or be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from mainstay.orgs.models import Person, Team
from mainstay.tickets import events
from mainstay.tickets.models import Event, Participant
from mainstay.tickets.rows.allocation import Rule
from mainstay.tickets.rows.fields import Field
from mainstay.tickets.rows.tags import Tag

# What events may speak of: where it is kept, by which of its columns they name it, and which of them it is called by.
KINDS = {
    "person": (Person, "pk", "name"),
    "team": (Team, "key", "name"),
    "tag": (Tag, "pk", "name"),
    "rule": (Rule, "pk", "name"),
    "field": (Field, "pk", "name"),
    "participant": (Participant, "pk", "address"),
}


def names_in(history: Iterable[Event]) -> dict[str, str]:
    """Return names by `kind:id`, such as `tag:3`, `team:support` or `person:7`. At most one query."""
    asked: dict[str, set[object]] = {kind: set() for kind in KINDS}
    for event in history:
        _note(event, asked)
    parts = [_called(kind, ids) for kind, ids in asked.items() if ids]
    if not parts:
        return {}
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {f"{kind}:{key}": name for kind, key, name in found}


def people_of(names: Mapping[str, str]) -> dict[int, str]:
    """Return the people among `names`, by id."""
    return {int(key.partition(":")[2]): name for key, name in names.items() if key.startswith("person:")}


def _note(event: Event, asked: dict[str, set[object]]) -> None:
    """Note whom and what `event` speaks of."""
    said = event.payload
    kind, _, number = event.actor.partition(":")
    if kind == "person" and number.isdecimal():
        asked["person"].add(int(number))
    if event.kind in (events.TAGGED, events.UNTAGGED):
        asked["tag"].add(said["tag"])
    elif event.kind == events.ASSIGNED:
        for key, name in (("assignee", "person"), ("team", "team"), ("rule", "rule")):
            if said.get(key):
                asked[name].add(said[key])
    elif event.kind in (events.COMPLAINED_OF_NAMED, events.COMPLAINED_OF_CLEARED):
        asked["person"].add(said["person"])
    elif event.kind == events.FIELD_SET:
        asked["field"].add(said["field"])
    elif "participant" in said:
        asked["participant"].add(said["participant"])


def _called(kind: str, ids: set[object]) -> QuerySet[Person, tuple[str, str, str]]:
    """Return kind, id and name of each, all as text, so that a database can lay kinds below one another."""
    model, key, name = KINDS[kind]
    rows = model.objects.filter(**{f"{key}__in": ids}).order_by()  # type: ignore[attr-defined]  # of six models
    said = rows.annotate(
        said_kind=Value(kind, output_field=TextField()),
        said_key=Cast(F(key), TextField()),
        said_name=Cast(F(name), TextField()),
    )
    found: QuerySet[Person, tuple[str, str, str]] = said.values_list("said_kind", "said_key", "said_name")
    return found
