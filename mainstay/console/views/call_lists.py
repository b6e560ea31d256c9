"""The lists of the telephone: calls, and the call-backs that wait until somebody is done with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from mainstay.console.access import door, me
from mainstay.console.presenters import calls as presenters
from mainstay.console.render import page
from mainstay.console.views.calls import hours_of_desk
from mainstay.lib.time import now
from mainstay.orgs.models import Organisation, Person
from mainstay.phone import actions, queries
from mainstay.phone import call_backs as promises
from mainstay.phone.models import CallBack
from mainstay.phone.queries import Wanted
from mainstay.screens.zones import desk_zone

VIEW_NAMES = (("recent", "All"), ("mine", "Answered by me"), ("missed", "Missed"), ("running", "Running now"))
MOST_BACK = 200


@door("GET")
def calls(request: HttpRequest) -> HttpResponseBase:
    """Show the calls, newest first: all, mine, missed, those of a caller or of a client."""
    at, wanted = now(), _wanted(request)
    found = queries.page(me(request), wanted)
    lines = [presenters.call_line(one, desk_zone(), at=at) for one in found.calls]
    last = found.calls[-1] if found.more else None
    context = {
        "lines": lines,
        "views": [(key, label, _address(wanted, view=key), key == wanted.view) for key, label in VIEW_NAMES],
        "view": wanted.view,
        "narrowed": _narrowed(wanted),
        "clear": _address(Wanted(view=wanted.view)),
        "text": wanted.text,
        "kept": [(name, value) for name, value in _said(wanted).items() if value and name != "text"],
        "next": _address(wanted, before=f"{last.began_at.isoformat()}_{last.pk}") if last else "",
        "hours": hours_of_desk(at),
        "unread": [(one.kind or "no type", one.note) for one in queries.unread_reports(at=at)],
    }
    return page(request, "calls/list.html", context, current="calls", at=at)


@door("GET")
def call_backs(request: HttpRequest) -> HttpResponseBase:
    """Show whom to ring back, those due first on top; or those that are done."""
    at, done = now(), request.GET.get("show") == "done"
    mine = request.GET.get("whose") == "mine"
    if done:
        rows = queries.done_call_backs()
    else:
        rows = queries.open_call_backs(keeper=me(request) if mine else None)
    found = list(rows[: MOST_BACK + 1])
    context = {
        "lines": [presenters.back_line(row, desk_zone(), at=at) for row in found[:MOST_BACK]],
        "more": len(found) > MOST_BACK,
        "done": done,
        "mine": mine,
    }
    return page(request, "calls/backs.html", context, current="call_backs", at=at)


@door("POST")
def call_back_done(request: HttpRequest, call_back_id: int) -> HttpResponseBase:
    """Say that somebody was rung back, or needs no ringing; it can be undone."""
    row = promises.done(call_back=_call_back_or_404(call_back_id), by=me(request), at=now())
    undo = reverse("console:call_back_undo", args=[row.pk])
    messages.info(request, f"Done: {row.call.who}.", extra_tags=f"undo:{undo}")
    return redirect("console:call_backs")


@door("POST")
def call_back_undo(request: HttpRequest, call_back_id: int) -> HttpResponseBase:
    """Open a call-back again."""
    row = promises.undo(call_back=_call_back_or_404(call_back_id), at=now())
    messages.info(request, f"Open again: {row.call.who}.")
    return redirect("console:call_backs")


@door("POST")
def call_back_ring(request: HttpRequest, call_back_id: int) -> HttpResponseBase:
    """Ring somebody back: a call of ours begins, with what is known of them."""
    begun = actions.ring(call_back=_call_back_or_404(call_back_id), by=me(request), at=now())
    return redirect("console:call", begun.pk)


def _call_back_or_404(call_back_id: int) -> CallBack:
    row = queries.call_back(call_back_id)
    if row is None:
        raise Http404("There is no such call-back.")
    return row


def _wanted(request: HttpRequest) -> Wanted:
    """Read the list's address; what makes no sense is left out."""
    asked = request.GET
    moment, _, key = asked.get("before", "").partition("_")
    try:
        when = datetime.fromisoformat(moment)
        before = (when, int(key[:18])) if when.tzinfo and key.isdecimal() else None
    except ValueError:
        before = None
    person = asked.get("person", "")
    return Wanted(
        view=asked.get("view", "") if asked.get("view") in queries.VIEWS else "recent",
        person=int(person[:18]) if person.isdecimal() else None,
        organisation=asked.get("organisation", "").replace("\x00", "")[:40],
        text=asked.get("text", "").replace("\x00", "").strip()[:200],
        before=before,
    )


def _narrowed(wanted: Wanted) -> str:
    """Return whose calls these are, in words."""
    person = Person.objects.filter(pk=wanted.person).first() if wanted.person is not None else None
    client = Organisation.objects.filter(key=wanted.organisation).first() if wanted.organisation else None
    named = [one.name for one in (person, client) if one is not None]
    unknown = "Nobody known" if (wanted.person is not None or wanted.organisation) else ""
    return ", ".join(named) or unknown


def _address(wanted: Wanted, *, view: str = "", before: str = "") -> str:
    said = _said(replace(wanted, view=view or wanted.view)) | {"before": before}
    kept = {name: value for name, value in said.items() if value}
    path = reverse("console:calls")
    return f"{path}?{urlencode(kept)}" if kept else path


def _said(wanted: Wanted) -> dict[str, str]:
    """Return what the list's address says of them; the first page of all calls says nothing."""
    return {
        "view": "" if wanted.view == "recent" else wanted.view,
        "person": str(wanted.person or ""),
        "organisation": wanted.organisation,
        "text": wanted.text,
    }
