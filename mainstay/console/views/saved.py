"""Saved views: keeping the question that a list asks, naming, moving, sharing and removing it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from mainstay.console import columns, places, sending
from mainstay.console.access import door, me
from mainstay.console.places import Place, Question
from mainstay.console.presenters.filters import chips
from mainstay.console.views.lists import columns_of
from mainstay.console.views.narrowing import question_or_404, shown
from mainstay.lib.time import now
from mainstay.orgs.access import NotAllowed, at_least
from mainstay.orgs.models import StaffRole
from mainstay.views import actions
from mainstay.views.actions import CannotKeep, ViewNotFound
from mainstay.views.models import SavedView

REFUSALS = (CannotKeep, NotAllowed, ViewNotFound)


@door("GET", "POST")
def save(request: HttpRequest, key: str) -> HttpResponseBase:
    """Keep what the list asks as a view."""
    asked, at, trouble = question_or_404(request, key), now(), ""
    if request.method == "POST":
        try:
            with sending.once(request, at=at):
                view = actions.save(
                    name=request.POST.get("name", ""),
                    wanted=asked.wanted,
                    by=me(request),
                    at=at,
                    columns=_columns(request, asked),
                    shared=request.POST.get("shared") == "yes",
                )
            messages.success(request, f"'{view.name}' is in the rail now.")
            return sending.done(request, reverse("console:view", args=[view.key]))
        except (*REFUSALS, sending.Refused) as error:
            trouble = str(error)
    return _named(request, asked, "Save as a view", trouble, asks=_asks(asked), new=True)


@door("POST")
def change(request: HttpRequest, key: str) -> HttpResponseBase:
    """Have a saved view ask what its list asks now; the form carries the parts of the address."""
    place = _saved_or_404(request, key)
    said = request.POST.copy()
    said.pop("csrfmiddlewaretoken", None)
    wanted = places.question(place, said).wanted
    _say(
        request, lambda: actions.change(view_id=_id(place), wanted=wanted, by=me(request), at=now()), "'{}' is changed."
    )
    return redirect("console:view", key)


@door("GET", "POST")
def rename(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give a saved view another name."""
    asked, trouble = question_or_404(request, key), ""
    place = _saved_or_404(request, key)
    if request.method == "POST":
        try:
            actions.rename(view_id=_id(place), name=request.POST.get("name", ""), by=me(request), at=now())
            return sending.done(request, reverse("console:view", args=[key]))
        except REFUSALS as error:
            trouble = str(error)
    return _named(request, asked, f"Rename '{place.label}'", trouble, asks="", new=False)


@door("POST")
def move(request: HttpRequest, key: str) -> HttpResponseBase:
    """Move a saved view a place up or down in the rail."""
    place, up = _saved_or_404(request, key), request.POST.get("way") == "up"
    _say(request, lambda: actions.move(view_id=_id(place), up=up, by=me(request), at=now()), "")
    return redirect("console:view", key)


@door("POST")
def share(request: HttpRequest, key: str) -> HttpResponseBase:
    """Let everybody see a saved view, or its maker alone again."""
    place, shared = _saved_or_404(request, key), request.POST.get("shared") == "yes"
    said = "Everybody sees '{}' now." if shared else "Only you see '{}' now."
    _say(request, lambda: actions.share(view_id=_id(place), shared=shared, by=me(request), at=now()), said)
    return redirect("console:view", key)


@door("POST")
def remove(request: HttpRequest, key: str) -> HttpResponseBase:
    """Delete a saved view; for a while this can be taken back."""
    place = _saved_or_404(request, key)
    undo = f"undo:{reverse('console:view_restore', args=[_id(place)])}"
    kept = _say(request, lambda: actions.remove(view_id=_id(place), by=me(request), at=now()), "'{}' is deleted.", undo)
    return redirect("console:view", key if kept is None else kept.base)


@door("POST")
def restore(request: HttpRequest, view_id: int) -> HttpResponseBase:
    """Bring back a saved view that was just deleted."""
    kept = _say(request, lambda: actions.restore(view_id=view_id, by=me(request), at=now()), "'{}' is back.")
    return redirect("console:view", "open" if kept is None else kept.key)


def _say(request: HttpRequest, act: Callable[[], SavedView], words: str, tags: str = "") -> SavedView | None:
    """Do it and say so; where it is refused say why, and return None."""
    try:
        view = act()
    except REFUSALS as error:
        messages.error(request, str(error))
        return None
    if words:
        messages.success(request, words.format(view.name), extra_tags=tags)
    return view


def _saved_or_404(request: HttpRequest, key: str) -> Place:
    place = places.place_of(me(request), key)
    if place is None or place.saved is None:
        raise Http404("There is no such view.")
    return place


def _id(place: Place) -> int:
    assert place.saved is not None
    return place.saved.pk


def _columns(request: HttpRequest, asked: Question) -> list[str]:
    """Return the columns that the list shows, nothing for the usual ones."""
    shown_now = [column.key for column in columns_of(request, asked)]
    return [] if tuple(shown_now) == columns.USUAL else shown_now


def _asks(asked: Question) -> str:
    said = [f"{chip.label.lower()} {chip.verb} {chip.words}".replace("  ", " ") for chip in chips(asked)]
    said += [f"words '{asked.wanted.text}'"] if asked.wanted.text else []
    return f"{asked.place.label}, with {'; '.join(said)}." if said else f"{asked.place.label}, without a filter."


def _named(
    request: HttpRequest, asked: Question, title: str, trouble: str, *, asks: str, new: bool
) -> HttpResponseBase:
    context = {
        "title": title,
        "asks": asks,
        "action": request.get_full_path(),
        "name": request.POST.get("name", "" if new else asked.place.label),
        "shared": request.POST.get("shared") == "yes",
        "trouble": trouble,
        "nonce": sending.nonce(),
        "hidden": (),
        "may_share": new and at_least(me(request), StaffRole.MANAGER),
    }
    return shown(
        request, "tickets/keep.html", context, asked, title=title, status=422 if trouble else 200
    )
