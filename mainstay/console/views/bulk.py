"""Acts on many tickets: their forms, how far the worker is, their result, where they are found later, and undo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from mainstay.clocks import listing
from mainstay.console import bulk, sending
from mainstay.console.access import door, me
from mainstay.console.places import Question, address
from mainstay.console.presenters.batches import batch_line, batch_view, tickets
from mainstay.console.render import fragment, page
from mainstay.console.views.narrowing import question_or_404, shown
from mainstay.lib.time import now
from mainstay.screens.zones import desk_zone
from mainstay.views import batches
from mainstay.views.batches import MOST, CannotRun
from mainstay.views.models import Batch

LISTED = 50  # acts on many tickets that their page shows


@door("GET", "POST")
def form(request: HttpRequest, key: str, act: str) -> HttpResponseBase:
    """Ask what is to be done to the selected tickets, or to all that the list's address matches; then begin it."""
    if act not in bulk.BULKS:
        raise Http404("There is no such act.")
    if request.method == "POST":
        return _begin(request, key, bulk.BULKS[act])
    said = request.GET.copy()
    chosen, every = said.pop("ticket", []), said.pop("every", [])
    asked = question_or_404(request, key, said)
    ids, more = _all_that_match(request, asked) if every == ["yes"] else (_ids(chosen), "")
    return _ask(request, asked, bulk.BULKS[act], bulk.BULKS[act].form(label_suffix=""), ids, more=more)


def _begin(request: HttpRequest, key: str, act: bulk.Bulk) -> HttpResponseBase:
    asked, at = question_or_404(request, key), now()
    said, ids = act.form(request.POST, label_suffix=""), _ids(request.POST.get("tickets", "").split(","))
    if said.is_valid():
        try:
            with sending.once(request, at=at):
                batch = batches.begin(
                    act=act.key, ticket_ids=ids, values=said.cleaned_data, by=me(request), at=at
                )
            return _show(request, batch) if sending.by_script(request) else _to(batch)
        except (CannotRun, sending.Refused) as error:
            said.add_error(None, str(error))
    return _ask(request, asked, act, said, ids, status=422)


@door("GET")
def index(request: HttpRequest) -> HttpResponseBase:
    """Show one's own acts on many tickets, the newest first."""
    at, zone = now(), desk_zone()
    found = batches.newest_of(me(request), most=LISTED)
    lines = [batch_line(one, progress, zone=zone, at=at) for one, progress in found]
    return page(request, "desk/batches.html", {"lines": lines, "more": len(lines) == LISTED}, current="notices", at=at)


@door("GET", "POST")
def batch(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Show how far a batch of one's own is; a POST has the worker go on with one that stands still."""
    found = _batch_or_404(request, batch_id)
    if request.method == "POST" and found.finished_at is None:
        batches.ask_for(found, at=now())
    return _show(request, found) if sending.by_script(request) or request.method == "GET" else _to(found)


@door("POST")
def undo(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Put back what a batch of one's own has changed, where nobody changed it since."""
    found = _batch_or_404(request, batch_id)
    try:
        undoing = batches.begin_undo(found, by=me(request), at=now())
    except CannotRun as error:
        messages.error(request, str(error))
        return _show(request, _batch_or_404(request, batch_id))
    return _show(request, undoing) if sending.by_script(request) else _to(undoing)


def _to(batch: Batch) -> HttpResponseBase:
    return redirect("console:batch", batch.pk)


def _show(request: HttpRequest, batch: Batch) -> HttpResponseBase:
    at = now()
    context: dict[str, Any] = {"batch": batch_view(batch, batches.progress_of(batch), zone=desk_zone(), at=at)}
    if sending.by_script(request):
        return fragment(request, "tickets/batch.html", {**context, "heading": "h2"})
    context |= {"part": "tickets/batch.html", "page_title": "Many tickets", "back": "/", "heading": "h1"}
    return page(request, "tickets/one_form.html", context, at=at)


def _ask(
    request: HttpRequest,
    asked: Question,
    act: bulk.Bulk,
    said: forms.Form,
    ids: list[int],
    *,
    more: str = "",
    status: int = 200,
) -> HttpResponseBase:
    title = act.title.format(tickets(len(ids)))
    context = {
        "title": title,
        "explains": act.explains,
        "button": act.button,
        "form": said,
        "action": address(asked.place, asked.wanted, "bulk", act.key),
        "nonce": sending.nonce(),
        "ids": ",".join(map(str, ids)),
        "more": more,
    }
    return shown(request, "tickets/bulk.html", context, asked, title=title, status=status)


def _all_that_match(request: HttpRequest, asked: Question) -> tuple[list[int], str]:
    """Return the tickets of all pages, with a word where these are more than one batch takes."""
    wanted = replace(asked.wanted, after="", before="")
    found = listing.first(me(request), wanted, at=now(), most=MOST + 1)
    if len(found) <= MOST:
        return found, ""
    return found[:MOST], f"More than {MOST} match. This does the first {MOST} in the list's order; then do the next."


def _ids(said: list[str]) -> list[int]:
    numbers = (one.strip() for one in said)
    return list(dict.fromkeys(int(one) for one in numbers if one.isascii() and one.isdecimal() and len(one) < 19))


def _batch_or_404(request: HttpRequest, batch_id: int) -> Batch:
    found = batches.of(me(request), batch_id)
    if found is None:
        raise Http404("There is no such act on many tickets.")
    return found
