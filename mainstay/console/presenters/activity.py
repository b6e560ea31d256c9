"""Everything that happened to a ticket, in words, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mainstay.console.presenters.happenings import happened
from mainstay.core import clock
from mainstay.screens.moments import Moment, moment
from mainstay.tickets import events as e
from mainstay.tickets.models import Event
from mainstay.tickets.queries import File

PAGE = 100
GROUPS = {
    "": "Everything",
    "promises": "What clocks listen to",
    "messages": "Messages and letters",
    "people": "Who has it",
    "order": "Tags, links and details",
}
_MESSAGES = {
    e.MESSAGE_RECEIVED, e.AUTOMATIC_REPLY_RECORDED, e.MESSAGE_WRITTEN, e.MESSAGE_DELIVERED, e.DELIVERY_FAILED,
    e.NOTE_ADDED, e.NOTE_WITHDRAWN,
}  # fmt: skip
_PEOPLE = {e.ASSIGNED, e.ESCALATED, e.REQUESTER_AUTHORISED, e.REQUESTER_REFUSED}
_PROMISES = {*clock.KINDS, e.STEP_FIRED, e.TERMS_APPLIED, e.CALENDAR_CHANGED}
MACHINES = {
    "allocation": "the desk's usual way",
    "outbox": "the outbox",
    "correspondence": "Mainstay",
    "ladder": "the ladder",
    "closing": "the rule of silence",
    "sender": "the client",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One event: what, by whom, when it happened, and when it was written down where that was later."""

    number: int
    text: str
    detail: str
    who: str
    when: Moment | None
    recorded: Moment | None


@dataclass(frozen=True, slots=True)
class Activity:
    """One page of the log, the newest first. `older` is the number before which the next page goes on."""

    deeds: tuple[Deed, ...]
    total: int
    older: int | None
    groups: tuple[tuple[str, str, bool], ...]
    group: str


def activity_of(file: File, zone: ZoneInfo, *, group: str, before: int | None, at: datetime) -> Activity:
    """Return what happened of `group`, before the event numbered `before`. No query."""
    group = group if group in GROUPS else ""
    found = [event for event in reversed(file.events) if _belongs(event.kind, group)]
    rest = [event for event in found if before is None or event.number < before]
    shown = rest[:PAGE]
    return Activity(
        deeds=tuple(_deed(event, file, zone, at) for event in shown),
        total=len(found),
        older=shown[-1].number if len(rest) > PAGE else None,
        groups=tuple((key, label, key == group) for key, label in GROUPS.items()),
        group=group,
    )


def _belongs(kind: str, group: str) -> bool:
    kinds = {"promises": _PROMISES, "messages": _MESSAGES, "people": _PEOPLE}
    if group == "order":
        return not any(kind in one for one in kinds.values())
    return not group or kind in kinds[group]


def _deed(event: Event, file: File, zone: ZoneInfo, at: datetime) -> Deed:
    line = happened(event, file.people, zone, at=at, names=file.names)
    late = (event.recorded_at - event.at).total_seconds() >= 1
    return Deed(
        event.number,
        line.text,
        line.detail,
        line.who or MACHINES.get(event.actor, event.actor.partition(":")[0]),
        line.when,
        moment(event.recorded_at, zone, now=at) if late else None,
    )
