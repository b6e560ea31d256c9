"""Notices as their page shows them, and as a desktop is told of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from mainstay.escalation.attention import MOST, Burst
from mainstay.escalation.models import Notice
from mainstay.screens.moments import Moment, moment

NAMES = {
    "breach": "Breaches",
    "escalation": "Escalations",
    "escalation_request": "Clients who ask for escalation",
    "warning": "Warnings",
    "update_due": "Updates due",
    "unanswered": "Questions without an answer",
    "call_back": "Call-backs to come",
    "call_back_due": "Call-backs due",
    "complaint": "Complaints",
    "low_rating": "Low ratings",
    "assignment": "Assignments to me",
    "reply": "Answers from clients",
    "mention": "Mentions of me",
    "severity": "New severities",
    "woken": "Back from a snooze",
    "release": "Releases that need a date",
}
ONE = {
    "breach": ("Breach", "grave", "over"),
    "escalation": ("Escalation", "accent", "up"),
    "escalation_request": ("Client asks", "warn", "up"),
    "warning": ("Warning", "warn", "clock"),
    "update_due": ("Update due", "warn", "pulse"),
    "unanswered": ("No answer", "warn", "help"),
    "call_back": ("Call back", "accent", "phone"),
    "call_back_due": ("Call back now", "warn", "phone"),
    "complaint": ("Complaint", "warn", "flag"),
    "low_rating": ("Low rating", "warn", "flag"),
    "assignment": ("Assigned", "accent", "person"),
    "reply": ("Answer", "", "mail"),
    "mention": ("Mention", "accent", "note"),
    "severity": ("Severity", "", "flag"),
    "woken": ("Back", "", "moon"),
    "release": ("Release", "warn", "box"),
}


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Something a member of staff was told."""

    id: int
    text: str
    kind: str
    tone: str
    icon: str
    href: str
    subject: str
    new: bool
    when: Moment | None


def notice_line(notice: Notice, zone: ZoneInfo, *, at: datetime) -> NoticeLine:
    """Return one notice. No query where its ticket is loaded."""
    kind, tone, icon = ONE.get(notice.kind, ("Due", "", "clock"))
    return NoticeLine(
        notice.pk, notice.text, kind, tone, icon, _href(notice), notice.ticket.subject if notice.ticket else "",
        notice.seen_at is None, moment(notice.at, zone, now=at),
    )  # fmt: skip


def _href(notice: Notice) -> str:
    """Return where a notice leads: to its call-back, or else to its ticket."""
    if notice.about.startswith("call_back:"):
        return f"{reverse('console:call_backs')}#{notice.about.replace(':', '-')}"
    if notice.about.startswith("late:"):
        return reverse("console:release", args=[int(notice.about.split(":")[1])])
    if notice.about.startswith("no_release:"):
        return reverse("console:releases")
    return reverse("console:ticket", args=[notice.ticket.reference]) if notice.ticket else ""


def kinds(chosen: str) -> list[tuple[str, str, bool]]:
    """Return the choices of the filter: value, words, whether it is chosen."""
    return [(key, name, key == chosen) for key, name in NAMES.items()]


def told(burst: Burst) -> dict[str, Any]:
    """Return one desktop notification for the whole burst; an empty title is none. It names no person."""
    if not burst.notices:
        return {"last": burst.last, "title": ""}
    if len(burst.notices) == 1:
        [notice] = burst.notices
        address = _href(notice)
        title = ONE.get(notice.kind, ("Due", "", ""))[0]
        body = "Somebody waits for your call." if notice.about else notice.text
    else:
        address = reverse("console:notices")
        number = f"{MOST} or more" if len(burst.notices) >= MOST else str(len(burst.notices))
        title, body = f"{number} notices", _summed_up(burst)
    return {"last": burst.last, "title": title, "body": body, "address": address}


def _summed_up(burst: Burst) -> str:
    """Return how many there are of each kind, the gravest kind first."""
    counted = Counter(notice.kind for notice in burst.notices)
    return ", ".join(f"{NAMES[kind]}: {counted[kind]}" for kind in NAMES if counted[kind])
