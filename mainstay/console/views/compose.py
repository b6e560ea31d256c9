"""Writing on a ticket: sending, drafts kept while somebody types, and who else is at it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from mainstay.console import composing, sending
from mainstay.console.access import door, me
from mainstay.console.forms import LONGEST
from mainstay.console.presenters import composer as presenters
from mainstay.console.presenters.ticket import ticket_page
from mainstay.console.render import fragment, page
from mainstay.console.seen import guard, seen_in
from mainstay.console.views.tickets import ticket_or_404
from mainstay.console.ways import way_of
from mainstay.contracts import queries as contracts
from mainstay.lib.time import now
from mainstay.mail import correspondence
from mainstay.screens.people import face
from mainstay.screens.promises import zone_of
from mainstay.screens.uploads import attachments
from mainstay.tickets import actions, queries
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from mainstay.writing import crossing, drafts, macros, mentions, presence

Refusals = (CannotDo, sending.Refused, correspondence.CannotWrite)


@door("POST")
def write(request: HttpRequest, reference: str, pane: str) -> HttpResponseBase:
    """Take what the composer sends: a reply that can be taken back for ten seconds, or a note."""
    at, crossed = now(), None
    found = ticket_or_404(request, reference, at=at)
    if pane not in composing.PANES:
        raise Http404("There is no such way to write.")
    form = composing.PANES[pane](request.POST, request.FILES, auto_id=f"{pane}_%s", **composing.options(request, found))
    if form.is_valid():
        try:
            with sending.once(request, at=at):
                _write(pane, found, request, form.cleaned_data, at)
            return sending.done(request, reverse("console:ticket", args=[reference]) + "#end")
        except crossing.Crossed as error:
            crossed = error
        except Refusals as error:
            form.add_error(None, str(error))
    refused = composing.refused_pane(request, pane, form, found, at=at, crossed=crossed)
    if sending.by_script(request):
        context: dict[str, Any] = {"pane": refused, "reference": reference}
        return fragment(request, "tickets/pane.html", context, status=422)
    shown = ticket_page(queries.file_of(found, person=me(request), at=at), person=me(request), at=at)
    context = {
        "ticket": shown,
        "composer": composing.composer_of(request, found, shown, at=at, refused=refused),
    }
    return page(request, "tickets/ticket.html", context, status=422, at=at)


def _write(pane: str, found: Ticket, request: HttpRequest, said: dict[str, Any], at: datetime) -> None:
    by, text, files = me(request), said["text"], attachments(said["attached"])
    found = actions.locked(found)
    if pane == "reply":
        guard(request, found)
        way = way_of(said["how"])
        sent = way.send(found, by, said, files, at)
        sending.offer_undo(request, sent, way.told)
        sending.remember(request, sent, text)
    else:
        channel = "phone" if pane == "phone" else "console"
        note = actions.add_note(ticket=found, by=by, text=text, files=files, at=at, channel=channel)
        mentions.record(note=note, by=by, at=at)
    macros.use(ids=_macros_in(request), ticket=found, by=by, at=at)
    drafts.drop(ticket=found, by=by, pane=pane)


def _macros_in(request: HttpRequest) -> list[int]:
    """Return the macros that the message came from, as the composer says; what is no number is none."""
    return [int(one) for one in request.POST.getlist("macro") if one.isdecimal() and len(one) < 19]


@door("POST")
def draft(request: HttpRequest, reference: str, pane: str) -> HttpResponseBase:
    """Keep what somebody has typed so far, and say when it was kept.

    A save that arrives after its form was sent is none: it would bring back what has gone.
    """
    at = now()
    found = ticket_or_404(request, reference, at=at)
    if pane not in composing.PANES:
        raise Http404("There is no such way to write.")
    if sending.is_spent(request, reverse("console:write", args=[reference, pane])):
        return HttpResponse("")
    kept = drafts.save(
        ticket=found,
        by=me(request),
        pane=pane,
        text=request.POST.get("text", "")[:LONGEST],
        seen=seen_in(request) or 0,
        at=at,
    )
    zone = zone_of(contracts.load(found.terms))
    return HttpResponse(presenters.saved_words(kept, zone, at=at), content_type="text/plain; charset=utf-8")


@door("GET", "POST")
def here(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Say who else is at the ticket; with POST, first note that this page is, or that it is closed."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    said, by = request.POST, me(request)
    where = said.get("page", "")[:32]
    if request.method == "POST" and where:
        if said.get("leaving"):
            presence.leave(ticket=found, by=by, page=where)
            return HttpResponse(status=204)
        typing = said.get("typing", "")
        presence.say(
            ticket=found, by=by, page=where, typing=typing if typing in composing.PANES else "", at=at
        )
    zone = zone_of(contracts.load(found.terms))
    others = [(face(one.person), one.typing) for one in presence.others(found, than=by, at=at)]
    typing_now = {one.id for one, typing in others if typing}
    resting = [one for one in drafts.of_ticket(found) if one.person_id not in typing_now]
    begun = presenters.drafts_of_others(resting, than=by, zone=zone, at=at)
    return fragment(request, "tickets/here.html", {"others": others, "drafts": begun})


@door("GET")
def names(request: HttpRequest) -> HttpResponseBase:
    """Return whom a note can mention, for the composer to offer."""
    people, teams = mentions.mentionable()
    return fragment(request, "tickets/names.html", {"people": people, "teams": teams})
