"""The texts of letters and how they look, as the administrator's screens show them."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache

from mainstay.core.differing import differences
from mainstay.mail import known, letterhead, wording
from mainstay.mail.letterhead import Letterhead
from mainstay.mail.models import Template, TextEdit
from mainstay.mail.rehearsal import Shown
from mainstay.orgs import brand as brands
from mainstay.orgs.models import Brand, Logo, Person
from mainstay.screens.moments import Moment, moment

TO = {
    "client": "The client", "account": "Whose account it is", "sender": "Whoever wrote", "other": "Service coordinator",
    "staff": "Colleagues",
}  # fmt: skip
KEPT = 15 * 60  # seconds that a preview can be looked at
HISTORY = 20


@dataclass(frozen=True, slots=True)
class TextLine:
    """One text that we send: where it comes from, to whom it goes, and whose words it has."""

    key: str
    title: str
    when: str
    to: str
    automatic: bool
    edited: Moment | None
    by: str


@dataclass(frozen=True, slots=True)
class Look:
    """A letter that can be looked at in frames: `token` opens them for a while, for this person."""

    token: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """One entry of a history."""

    id: int
    who: str
    what: str
    at: Moment | None


def text_lines(zone: ZoneInfo, *, at: datetime) -> list[TextLine]:
    """Return every text. One query."""
    edited = {row.key: row for row in Template.objects.select_related("edited_by")}
    lines = []
    for kind in wording.KINDS.values():
        row = edited.get(kind.key)
        by = row.edited_by.name if row and row.edited_by else ""
        when = moment(row.edited_at, zone, now=at) if row else None
        lines.append(TextLine(kind.key, kind.title, kind.when, TO[kind.to], not kind.by_person, when, by))
    return lines


def text_page(key: str, typed: wording.Text, zone: ZoneInfo, *, at: datetime) -> dict[str, Any]:
    """Return what the editor shows of a text beside its preview. Two queries."""
    kind, shipped = wording.KINDS[key], known.shipped(key)
    edits = TextEdit.objects.filter(key=key).select_related("by").order_by("-id")[:HISTORY]
    return {
        "key": key,
        "title": kind.title,
        "when": kind.when,
        "to": TO[kind.to],
        "names": [(name, wording.NAMES[name][0], name in kind.needs) for name in sorted(kind.names)],
        "edited": Template.objects.filter(key=key).exists(),
        "changes": differences(_whole(shipped), _whole(typed)),
        "history": [
            Made(row.pk, row.by.name if row.by else "Somebody", _edit_words(row), moment(row.at, zone, now=at))
            for row in edits
        ],
    }


def _edit_words(row: TextEdit) -> str:
    return f"wrote it anew, with the subject '{row.subject}'" if row.text else "went back to the shipped text"


def _whole(text: wording.Text) -> str:
    return f"Subject: {text.subject}\n\n{text.body}"


def kept_look(shown: Shown, person: Person) -> Look:
    """Keep a letter for its frames, and return what opens them."""
    token = secrets.token_urlsafe(16)
    head = with_logo(shown.paper.head, shown)
    pages = {scheme: letterhead.rich(shown.sheet, head, scheme=scheme) for scheme in ("light", "dark")}
    cache.set(_kept(token, person), pages, KEPT)
    return Look(token, shown.subject, shown.text)


def with_logo(head: Letterhead, shown: Shown) -> Letterhead:
    """Return the head with its logo in its address: a frame has no mail to read it from."""
    for one in shown.paper.pictures:
        return letterhead.with_picture(head, _address(one.content_type, one.data))
    return head


def looked_up(token: str, scheme: str, person: Person) -> str | None:
    """Return the page of a kept letter, None where there is none any more, or none for this person."""
    pages = cache.get(_kept(token, person)) or {}
    found = pages.get(scheme)
    return str(found) if found is not None else None


def _kept(token: str, person: Person) -> str:
    return f"letter-look-{person.pk}-{token}"


def logo_address(logo: Logo | None) -> str:
    """Return a logo as an address that a page can show."""
    return _address(logo.media, bytes(logo.data)) if logo else ""


def _address(media: str, data: bytes) -> str:
    return f"data:{media};base64,{base64.b64encode(data).decode('ascii')}"


def brand_history(zone: ZoneInfo, *, at: datetime) -> list[Made]:
    """Return who made the brand what it is, the newest first. One query."""
    rows: list[Brand] = list(brands.history()[: HISTORY + 1])
    older = [*rows[1:], None][: len(rows)]
    return [
        Made(
            row.pk, row.made_by.name if row.made_by else "Somebody",
            f"changed {', '.join(brands.changed(row, before)) or 'nothing'}", moment(row.made_at, zone, now=at),
        )
        for row, before in zip(rows[:HISTORY], older, strict=False)
    ]  # fmt: skip
