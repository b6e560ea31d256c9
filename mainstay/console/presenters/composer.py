"""The composer: its panes with what was typed, who gets it, and what came meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.forms import Form

from mainstay.console.presenters.crossing import Meanwhile, meanwhile
from mainstay.console.ways import Way, ways_of
from mainstay.orgs.models import Person
from mainstay.screens.moments import Moment, moment
from mainstay.tickets.models import Ticket
from mainstay.writing.crossing import Crossed
from mainstay.writing.models import Draft

LABELS = {"reply": "Reply", "note": "Internal note", "phone": "Phone note"}
TITLES = {"reply": "Reply to the client", "note": "Internal note", "phone": "Note of a telephone call"}
BUTTONS = {"reply": "Send", "note": "Add note", "phone": "Add phone note"}
HINTS = {
    "reply": "Write to the client. The reference goes into the subject by itself.",
    "note": "For the desk only. The client never sees this. @ names a colleague or a team.",
    "phone": "Who rang, what was said, what was promised. For the desk only. @ names a colleague.",
}
WRITTEN = {"reply": "a reply", "note": "a note", "phone": "a phone note"}


@dataclass(frozen=True, slots=True)
class Pane:
    """One form of the composer. `seen` is the newest message its writer had before them."""

    key: str
    label: str
    title: str
    hint: str
    button: str
    form: Form
    text: str
    nonce: str
    seen: int
    saved: str
    saved_at: int  # milliseconds since 1970, 0 where the server has no draft
    ways: tuple[Way, ...]
    way: str
    meanwhile: Meanwhile | None = None


@dataclass(frozen=True, slots=True)
class Composer:
    """What stands below the thread."""

    reference: str
    panes: tuple[Pane, ...]
    chosen: str
    drafts: tuple[str, ...]  # who else has begun something, never what


def pane_of(
    key: str,
    form: Form,
    ticket: Ticket,
    *,
    nonce: str,
    seen: int,
    text: str = "",
    draft: Draft | None = None,
    crossed: Crossed | None = None,
    zone: ZoneInfo,
    at: datetime,
) -> Pane:
    """Return one pane, with what its form holds, or else `text`, or else the draft. No query."""
    chosen = str(form["how"].value() or "reply") if "how" in form.fields else ""
    return Pane(
        key=key,
        label=LABELS[key],
        title=TITLES[key],
        hint=HINTS[key],
        button=BUTTONS[key],
        form=form,
        text=str(form["text"].value() or "") if form.is_bound else text or (draft.text if draft else ""),
        nonce=nonce,
        seen=draft.seen if draft else seen,
        saved=saved_words(draft, zone, at=at),
        saved_at=int(draft.saved_at.timestamp() * 1000) if draft else 0,
        ways=ways_of(ticket) if key == "reply" else (),
        way=chosen,
        meanwhile=meanwhile(crossed, zone, at=at),
    )


def saved_words(draft: Draft | None, zone: ZoneInfo, *, at: datetime) -> str:
    """Say when a draft was kept: 'Draft saved 10:42 GMT'."""
    when = moment(draft.saved_at, zone, now=at) if draft else None
    return f"Draft saved {when.text}" if when else ""


def drafts_of_others(
    drafts: Sequence[Draft], *, than: Person, zone: ZoneInfo, at: datetime
) -> tuple[str, ...]:
    """Say who else has begun something and when, but none of their words."""
    return tuple(
        f"{draft.person.name} has {WRITTEN[draft.pane]} begun, "
        f"last touched {_text(moment(draft.saved_at, zone, now=at))}."
        for draft in drafts
        if draft.person_id != than.pk and draft.pane in WRITTEN
    )


def own(drafts: Sequence[Draft], person: Person) -> Mapping[str, Draft]:
    """Return the drafts of `person` by pane."""
    return {draft.pane: draft for draft in drafts if draft.person_id == person.pk}


def _text(when: Moment | None) -> str:
    return when.text if when else ""
