"""What every page has around it: the rail with its counts, who is asking, what has just happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from markupsafe import Markup

from mainstay.console import commands, counts, palette
from mainstay.console.access import me
from mainstay.console.commands import Command
from mainstay.console.environment import url
from mainstay.console.presenters.ringing import RingingLine, ringing_lines
from mainstay.console.rails import Group, rail
from mainstay.lib.time import now
from mainstay.screens.looks import Look, look_of
from mainstay.screens.people import Face, face


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
    ringing: tuple[RingingLine, ...]
    toasts: tuple[Toast, ...]
    single_keys_off: bool
    here: str  # the address of this page, to come back to
    first: Markup  # what the palette shows before the network answers


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    current: str = "",
    status: int = 200,
    at: datetime | None = None,
) -> HttpResponse:
    """Return a whole page: `template` with `context`, inside the frame. `current` is the rail's line it belongs to.

    `can` in the context names what the page itself can do, for the palette.
    """
    frame = frame_of(request, current=current, at=at or now(), can=context.get("can", ()))
    return render(request, template, {**context, "frame": frame}, status=status)


def fragment(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return a part of a page, for scripts."""
    return render(request, template, dict(context), status=status)


def frame_of(request: HttpRequest, *, current: str, at: datetime, can: Collection[str] = ()) -> Frame:
    """Return the frame for who is asking. Three queries, and one more with saved views: all counts are in it."""
    person = me(request)
    around = counts.around(person, at=at)
    groups = rail(person, current=current, at=at, waiting=around.waiting)
    return Frame(
        me=face(person),
        look=look_of(request),
        demo=settings.DEMO,
        events=f"/events?after={around.newest}",
        rail=groups,
        call=_call_bar(around.call, request.path, at=at),
        ringing=ringing_lines(person, at=at) if around.ringing else (),
        toasts=tuple(
            _toast(message.message, message.extra_tags) for message in messages.get_messages(request)
        ),
        single_keys_off=not person.single_keys,
        here=request.get_full_path() if request.method == "GET" else "/",
        first=_first(
            tuple(commands.of_desk(person)[: palette.FEW]),
            tuple(commands.place(item) for group in groups for item in group.items),
            (*can, *ALWAYS),
        ),
    )


ALWAYS = ("help", "back")  # what every page can do, as its scripts find it


@lru_cache(maxsize=256)
def _first(desk: tuple[Command, ...], lines: tuple[Command, ...], can: tuple[str, ...]) -> Markup:
    """Draw what the palette begins with; it is the same for everybody of one role on one kind of page."""
    return Markup(render_to_string("parts/found.html", {"parts": palette.first(desk, lines, can)}))


def _call_bar(running: counts.Running | None, path: str, *, at: datetime) -> CallBar | None:
    if running is None:
        return None
    seconds = max(0, int((at - running.started_at).total_seconds()))
    here = path == url("call", running.id)
    return CallBar(running.id, running.who, seconds, here)


def _toast(text: str, tags: str) -> Toast:
    """Return what a view left as a message; `undo:<path>` in its tags makes it one that can be taken back."""
    for tag in tags.split():
        if tag.startswith("undo:"):
            return Toast(text, Undo(tag.removeprefix("undo:"), "Undo", UNDO_SECONDS))
    return Toast(text)


UNDO_SECONDS = 10
