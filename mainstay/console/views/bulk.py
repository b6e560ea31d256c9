"""Acts on many tickets: their forms, their progress a slice at a time, their result, and taking them back."""

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
from mainstay.console.presenters.batches import batch_view, tickets
from mainstay.console.render import fragment, page
from mainstay.console.views.narrowing import question_or_404, shown
from mainstay.console.zones import desk_zone
from mainstay.lib.time import now
from mainstay.views import batches
from mainstay.views.batches import MOST, CannotRun
from mainstay.views.models import Batch

SLICE = 20  # tickets of one request: well under a second, so that progress is seen


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
            return _go_on(request, batch)
        except (CannotRun, sending.Refused) as error:
            said.add_error(None, str(error))
    return _ask(request, asked, act, said, ids, status=422)


@door("GET", "POST")
def batch(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Show how far a batch of one's own is; a POST does its next slice."""
    found = _batch_or_404(request, batch_id)
    return _go_on(request, found) if request.method == "POST" else _show(request, found)


@door("POST")
def undo(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Put back what a batch of one's own has changed, where nobody changed it since."""
    found = _batch_or_404(request, batch_id)
    try:
        return _go_on(request, batches.begin_undo(found, by=me(request), at=now()))
    except CannotRun as error:
        messages.error(request, str(error))
        return _show(request, _batch_or_404(request, batch_id))


def _go_on(request: HttpRequest, batch: Batch) -> HttpResponseBase:
    at = now()
    act = bulk.act_of(batch, me(request), at)
    batches.go_on(batch, act, refusals=bulk.REFUSALS, by=me(request), at=at, size=SLICE)
    if not sending.by_script(request):
        return redirect("console:batch", batch.pk)
    return _show(request, batch)


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
