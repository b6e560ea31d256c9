"""What the ids in events are called now. The log holds ids only, so that a name can change or be forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from mainstay.tickets import events
from mainstay.tickets.models import Event, Participant
from mainstay.tickets.rows.allocation import Rule
from mainstay.tickets.rows.fields import Field
from mainstay.tickets.rows.tags import Tag


def names_in(history: Iterable[Event]) -> dict[str, str]:
    """Return names by `kind:id`, such as `tag:3`. A query for each kind of which events speak, none otherwise."""
    asked: dict[str, set[int]] = {"tag": set(), "rule": set(), "field": set(), "participant": set()}
    for event in history:
        if event.kind in (events.TAGGED, events.UNTAGGED):
            asked["tag"].add(event.payload["tag"])
        elif event.kind == events.ASSIGNED and "rule" in event.payload:
            asked["rule"].add(event.payload["rule"])
        elif event.kind == events.FIELD_SET:
            asked["field"].add(event.payload["field"])
        elif "participant" in event.payload:
            asked["participant"].add(event.payload["participant"])
    rows = {
        "tag": Tag.objects.all(),
        "rule": Rule.objects.all(),
        "field": Field.objects.all(),
        "participant": Participant.objects.all(),
    }
    called = {"tag": "name", "rule": "name", "field": "name", "participant": "address"}
    return {
        f"{kind}:{pk}": name
        for kind, ids in asked.items()
        if ids
        for pk, name in rows[kind].filter(pk__in=ids).values_list("pk", called[kind])
    }
