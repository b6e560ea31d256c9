"""What every page has around it: the rail with its counts, who is asking, what has just happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mainstay.clocks import listing
from mainstay.console import counts
from mainstay.console.access import me
from mainstay.console.environment import url
from mainstay.console.looks import Look, look_of
from mainstay.console.presenters.people import Face, face
from mainstay.console.zones import desk_zone
from mainstay.lib.time import now
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Person, StaffRole
from mainstay.views.queries import MOST_COUNTED, views_of
from mainstay.views.queries import counts as saved_counts

VIEW_NAMES = {
    "open": ("All open", "inbox"),
    "mine": ("Mine", "person"),
    "team": ("My team", "people"),
    "unassigned": ("Unassigned", "circle"),
    "soon": ("Due within the hour", "clock"),
    "breached": ("Breached", "over"),
    "client": ("Waiting on client", "pause"),
    "third_party": ("Waiting on third party", "link"),
    "held": ("Held for verification", "shield"),
    "complaints": ("Complaints", "flag"),
    "snoozed": ("Snoozed", "moon"),
    "closed": ("Closed", "tick"),
    "all": ("All tickets", "list"),
}
SAVED_ICONS = {False: "flag", True: "people"}
TONES = {
    "breached": "grave",
    "soon": "warn",
    "held": "warn",
    "quarantine": "grave",
    "failed": "grave",
    "notices": "warn",
    "call_backs": "warn",
}
MOST = 999  # a count beyond this is shown as such


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the rail."""

    key: str
    label: str
    icon: str
    href: str
    count: str
    tone: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the rail with its lines."""

    key: str
    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Undo:
    """How something that has just happened is taken back, for so many seconds."""

    action: str
    label: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Toast:
    """One line that something has happened."""

    text: str
    undo: Undo | None = None


@dataclass(frozen=True, slots=True)
class CallBar:
    """The call that somebody is in, seen from every page: who, for how many seconds so far."""

    id: int
    who: str
    seconds: int
    here: bool  # the page is that of the call itself


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout shows around a page."""

    me: Face
    look: Look
    demo: bool
    events: str
    rail: tuple[Group, ...]
    call: CallBar | None
    toasts: tuple[Toast, ...]


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    current: str = "",
    status: int = 200,
    at: datetime | None = None,
) -> HttpResponse:
    """Return a whole page: `template` with `context`, inside the frame. `current` is the rail's line it belongs to."""
    frame = frame_of(request, current=current, at=at or now())
    return render(request, template, {**context, "frame": frame}, status=status)


def fragment(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return a part of a page, for scripts."""
    return render(request, template, dict(context), status=status)


def frame_of(request: HttpRequest, *, current: str, at: datetime) -> Frame:
    """Return the frame for who is asking. Three queries, and one more with saved views: all counts are in it."""
    person = me(request)
    around = counts.around(person, at=at)
    return Frame(
        me=face(person),
        look=look_of(request),
        demo=settings.DEMO,
        events="/events",
        rail=rail(person, current=current, at=at, waiting=around.waiting),
        call=_call_bar(around.call, request.path, at=at),
        toasts=tuple(
            _toast(message.message, message.extra_tags) for message in messages.get_messages(request)
        ),
    )


def _call_bar(running: counts.Running | None, path: str, *, at: datetime) -> CallBar | None:
    if running is None:
        return None
    seconds = max(0, int((at - running.started_at).total_seconds()))
    here = path == url("call", running.id)
    return CallBar(running.id, running.who, seconds, here)


def rail(
    person: Person, *, current: str, at: datetime, waiting: Mapping[str, int] | None = None
) -> tuple[Group, ...]:
    """Return the rail as `person` may use it. One query less where `waiting` (`counts.around`) is known already."""
    views, saved = listing.counts(person, at=at), list(views_of(person))
    desk = dict(counts.around(person, at=at).waiting if waiting is None else waiting)
    shown = {key: _shown(number) for key, number in (views | desk).items()}
    held = saved_counts(saved, person, zone=desk_zone(), at=at)
    shown |= {key: _shown(number, most=MOST_COUNTED - 1) for key, number in held.items()}

    def line(key: str, label: str, icon: str, route: str, *args: str) -> Item:
        tone, is_current = TONES.get(key, ""), key == current
        return Item(key, label, icon, url(route, *args), shown.get(key, ""), tone, is_current)

    def of_view(key: str) -> Item:
        label, icon = VIEW_NAMES[key]
        return (
            line(key, label, icon, "verification") if key == "held" else line(key, label, icon, "view", key)
        )

    groups = [
        Group("views", "Tickets", tuple(of_view(key) for key in VIEW_NAMES)),
        *_saved_groups(
            [(one.shared, line(one.key, one.name, SAVED_ICONS[one.shared], "view", one.key)) for one in saved]
        ),
        Group(
            "desk",
            "Desk",
            (
                line("notices", "Notices", "bell", "notices"),
                line("macros", "Macros", "file", "macros"),
                line("workload", "Workload", "half", "workload"),
                line("calls", "Calls", "phone", "calls"),
                line("call_backs", "Call-backs", "ring", "call_backs"),
                line("issues", "Known issues", "eye", "issues"),
                line("wallboard", "Wallboard", "eye", "wallboard"),
                line("quarantine", "Quarantine", "box", "quarantine"),
                line("failed", "Outbox", "out", "outbox"),
                line("arrivals", "Mail ledger", "list", "arrivals"),
            ),
        ),
    ]
    groups.append(
        Group(
            "clients",
            "Clients",
            (
                line("clients", "Clients", "globe", "clients"),
                line("agreements", "Agreements", "file", "agreements"),
                line("products", "Products", "box", "products"),
                line("teams", "Teams", "people", "teams"),
                line("tags", "Tags", "hash", "tags"),
                line("fields", "Fields", "file", "fields"),
                line("assignment", "Assignment", "person", "assignment"),
            ),
        )
    )
    if at_least(person, StaffRole.MANAGER):
        manage = [line("health", "Health", "pulse", "health")]
        if at_least(person, StaffRole.ADMINISTRATOR):
            manage += [
                line("people", "People and roles", "people", "people"),
                line("mailboxes", "Mailboxes", "mail", "mailboxes"),
                line("texts", "Message templates", "file", "texts"),
                line("components", "Components", "circle", "components"),
            ]
        groups.append(Group("manage", "Running the desk", tuple(manage)))
    else:
        groups.append(Group("manage", "Running the desk", (line("health", "Health", "pulse", "health"),)))
    return tuple(groups)


def _saved_groups(lines: Sequence[tuple[bool, Item]]) -> list[Group]:
    """Return the saved views below a heading each: one's own, and those of everybody."""
    named = (("own", "My views", False), ("shared", "Shared views", True))
    groups = [
        Group(key, label, tuple(item for its, item in lines if its == shared)) for key, label, shared in named
    ]
    return [group for group in groups if group.items]


def _shown(number: int, *, most: int = MOST) -> str:
    return "" if not number else f"{most}+" if number > most else str(number)


def _toast(text: str, tags: str) -> Toast:
    """Return what a view left as a message; `undo:<path>` in its tags makes it one that can be taken back."""
    for tag in tags.split():
        if tag.startswith("undo:"):
            return Toast(text, Undo(tag.removeprefix("undo:"), "Undo", UNDO_SECONDS))
    return Toast(text)


UNDO_SECONDS = 10
