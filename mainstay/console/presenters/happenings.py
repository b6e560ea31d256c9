"""What happened to a ticket, one line for each event, in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.contracts.names import promise as name_of
from mainstay.escalation.words import used
from mainstay.phone.models import Did
from mainstay.screens.moments import Moment, moment
from mainstay.tickets import events as e
from mainstay.tickets.links import BACKWARDS
from mainstay.tickets.models import Cause, Event, Finding
from mainstay.tickets.rows.links import LinkKind

CHANNELS = {
    "mail": "by e-mail", "phone": "by telephone", "portal": "in the portal", "api": "by the API",
    "survey": "in the survey", "product": "from the product",
}  # fmt: skip
# What the thread tells in one line; everything else is there for whoever asks for all activity.
TOLD = {
    e.SEVERITY_PROVIDED, e.SEVERITY_CHANGED, e.WAITING_ON_CLIENT, e.CLIENT_REPLIED, e.WAITING_ON_THIRD_PARTY,
    e.THIRD_PARTY_REPLIED, e.WORKAROUND_PROVIDED, e.SERVICE_LOST, e.FIX_PROVIDED, e.ACCEPTANCE_REJECTED, e.ACCEPTED,
    e.CLOSED, e.REOPENED, e.COMPLAINT_ANSWERED, e.MERGED, e.FORCE_MAJEURE_BEGAN, e.FORCE_MAJEURE_ENDED,
    e.ESCALATED, e.CALENDAR_CHANGED, e.DELIVERY_FAILED, e.ASSIGNED, e.REQUESTER_AUTHORISED, e.REQUESTER_REFUSED,
    e.DETAILS_COMPLETED, e.PROGRESS_UPDATED, e.SPLIT, e.PARTICIPANT_ADDED, e.PARTICIPANT_ACCEPTED,
    e.PARTICIPANT_REFUSED, e.PARTICIPANT_REMOVED, e.CALL_RECORDED, e.KNOWN_ISSUE_LINKED, e.ARTICLE_BEGUN,
    e.METHOD_AGREED,
    e.ON_SITE_REQUESTED, e.ESCALATION_REQUESTED, e.CLOSING_WITHDRAWN, e.NOTE_WITHDRAWN,
    e.RELEASE_SCHEDULED, e.RELEASED, e.OUTCOME_RECORDED, e.COMPLAINED_OF_NAMED, e.COMPLAINED_OF_CLEARED,
    e.COMPLAINT_ABOUT_SET, e.SURVEY_ANSWERED,
}  # fmt: skip
GRAVE = {e.DELIVERY_FAILED, e.SERVICE_LOST, e.ACCEPTANCE_REJECTED}
GOOD = {e.ACCEPTED, e.FIX_PROVIDED, e.WORKAROUND_PROVIDED, e.CLOSED, e.COMPLAINT_ANSWERED}


@dataclass(frozen=True, slots=True)
class Happened:
    """One line between the messages: something that happened."""

    kind: str  # happened
    key: str
    at: datetime
    text: str
    detail: str
    who: str
    when: Moment | None
    tone: str
    icon: str
    minor: bool
    version: str
    href: str = ""


def happened(
    event: Event,
    people: Mapping[int, str],
    zone: ZoneInfo,
    *,
    at: datetime,
    names: Mapping[str, str] = MappingProxyType({}),
) -> Happened:
    """Return one line about an event."""
    tone = "grave" if event.kind in GRAVE or _is_breach(event) else "good" if event.kind in GOOD else ""
    return Happened(
        kind="happened",
        key=f"event-{event.number}",
        at=event.at,
        text=_text(event),
        detail=_detail(event, people, names) or _expected(event, zone, at),
        who=_who(event.actor, people, names),
        when=moment(event.at, zone, now=at),
        tone=tone,
        icon={"grave": "over", "good": "tick"}.get(
            tone, "phone" if event.kind == e.CALL_RECORDED else "dot"
        ),
        minor=event.kind not in TOLD and not _is_breach(event),
        version="",
        href=reverse("console:call", args=[event.payload["call"]]) if event.payload.get("call") else "",
    )


def _is_breach(event: Event) -> bool:
    return event.kind == e.STEP_FIRED and event.payload.get("kind") == "breach"


def _text(event: Event) -> str:
    said = event.payload
    if event.kind == e.STEP_FIRED:
        clock = name_of(str(said.get("clock", "")))
        return {"breach": f"{clock} missed", "warning": f"{clock}: {used(str(said.get('name')))}"}.get(
            str(said.get("kind")), f"{clock} is due"
        )
    if event.kind == e.SEVERITY_PROVIDED:
        return f"Severity {said.get('severity')} confirmed to the client"
    if event.kind == e.SEVERITY_CHANGED:
        return f"Severity changed to {said.get('severity')}"
    if event.kind == e.CALL_RECORDED and said.get("did") in Did.values:
        return f"On the telephone: {Did(said['did']).label[:1].lower()}{Did(said['did']).label[1:]}"
    if event.kind in (e.RELEASE_SCHEDULED, e.RELEASED):
        return _release(event)
    if event.kind == e.ESCALATED:
        return f"Escalated to {said.get('whom')}"
    return e.WORDS.get(event.kind, event.kind.replace("_", " ").capitalize())


def _release(event: Event) -> str:
    """Return what the log says of a release, by its name where it has one."""
    said = event.payload
    name = str(said.get("name") or "The release")
    if event.kind == e.RELEASED:
        return f"{name} is out with the solution" if said.get("includes_fix") else f"{name} came out without it"
    return f"Planned for {name}" if said.get("release_at") else f"{name} is no longer planned"


def _detail(event: Event, people: Mapping[int, str], names: Mapping[str, str]) -> str:
    said = event.payload
    if event.kind in (e.TAGGED, e.UNTAGGED):
        return names.get(f"tag:{said['tag']}", "")
    if event.kind == e.FIELD_SET:
        return names.get(f"field:{said['field']}", "") + (" emptied" if said["empty"] else "")
    if "participant" in said:
        return names.get(f"participant:{said['participant']}", "")
    if event.kind == e.ASSIGNED:
        person = people.get(int(said["assignee"])) if said.get("assignee") else ""
        return (
            " · ".join(
                filter(
                    None,
                    [f"to {person}" if person else "", names.get(f"team:{said.get('team')}", "")],
                )
            )
            or "to nobody"
        )
    if event.kind == e.CLOSED and said.get("cause"):
        return f"cause: {Cause(said['cause']).label.lower()}" if said["cause"] in Cause.values else ""
    if event.kind in (e.KNOWN_ISSUE_LINKED, e.KNOWN_ISSUE_UNLINKED):
        return f"KI-{said['issue']}"
    if event.kind == e.MERGED:
        return f"into {said['into']}" if said.get("into") else str(said.get("reference", ""))
    if event.kind in (e.LINKED, e.UNLINKED):
        return f"{how_of(said)} {said['other']}"
    if event.kind in (e.COMPLAINED_OF_NAMED, e.COMPLAINED_OF_CLEARED):
        return people.get(int(said["person"]), "")
    if event.kind == e.OUTCOME_RECORDED:
        return Finding(said["finding"]).label.lower()
    if event.kind == e.COMPLAINT_ABOUT_SET:
        return str(said["about"])
    if event.kind == e.SPLIT:
        return f"into {said['into']}" if said.get("into") else f"off from {said.get('from')}"
    if event.kind == e.METHOD_AGREED:
        return CHANNELS.get(str(said["way"]), "")
    if event.kind == e.ON_SITE_REQUESTED:
        return f"{'included' if said['included'] else 'not included'}, clause {said['clause'] or '4'}"
    if event.kind in (e.ESCALATED, e.STEP_FIRED) and said.get("clause"):
        return f"clause {said['clause']}"
    return ""


def _expected(event: Event, zone: ZoneInfo, at: datetime) -> str:
    """Return when a progress update said that the solution is expected, or for when its release is planned."""
    if event.kind == e.RELEASE_SCHEDULED and event.payload.get("release_at"):
        due = moment(datetime.fromisoformat(str(event.payload["release_at"])), zone, now=at)
        return f"due {due.text}" if due else ""
    if event.kind != e.PROGRESS_UPDATED or not event.payload.get("eta"):
        return ""
    eta = moment(datetime.fromisoformat(str(event.payload["eta"])), zone, now=at)
    return f"solution expected {eta.text}" if eta else ""


def how_of(said: Mapping[str, Any]) -> str:
    """Return how this ticket stands to the other of a link, in small letters."""
    kind = LinkKind(said["how"])
    return (kind.label if said["way"] == "to" else BACKWARDS[kind]).lower()


def _who(actor: str, people: Mapping[int, str], names: Mapping[str, str]) -> str:
    kind, _, number = actor.partition(":")
    if kind == "person" and number.isdecimal():
        return people.get(int(number), "")
    return f"the rule '{names[actor]}'" if actor in names else ""
