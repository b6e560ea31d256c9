"""Links taken away and put back, and what a merge would do to the clocks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.clocks.queries import reading_of
from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.forms import MergeForm
from mainstay.console.presenters.merging import Merging, merging_of
from mainstay.console.render import fragment
from mainstay.console.views.tickets import ticket_or_404
from mainstay.contracts import queries as contracts
from mainstay.lib.time import now
from mainstay.screens.promises import zone_of
from mainstay.tickets import links
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.merging import merge
from mainstay.tickets.models import Link, Ticket
from mainstay.tickets.queries import by_reference

BACK = "-back"  # behind a kind: the link was made from the other side


@door("POST")
def unlink(request: HttpRequest, reference: str, link_id: int) -> HttpResponseBase:
    """Take a link away; the line that says so can undo it."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    mine = Link.objects.filter(Q(source=found) | Q(target=found), pk=link_id)
    link = mine.select_related("source", "target").first()
    if link is None:
        raise Http404("There is no such link.")
    other, way = (link.target, "") if link.source_id == found.pk else (link.source, BACK)
    try:
        links.unlink(link=link, by=me(request), at=at)
        back = reverse("console:relink", args=[reference, link.kind + way, other.reference])
        messages.info(request, f"{other.reference} is no longer linked.", extra_tags=f"undo:{back}")
    except CannotDo as error:
        messages.error(request, str(error))
    return sending.done(request, reverse("console:ticket", args=[reference]))


@door("POST")
def relink(request: HttpRequest, reference: str, kind: str, other: str) -> HttpResponseBase:
    """Put back a link that was taken away."""
    at = now()
    found, there = ticket_or_404(request, reference, at=at), ticket_or_404(request, other, at=at)
    name = kind.removesuffix(BACK)
    if name not in links.BY_HAND:
        raise Http404("There is no such kind of link.")
    source, target = (there, found) if kind.endswith(BACK) else (found, there)
    try:
        links.link(ticket=source, other=target, kind=name, by=me(request), at=at)
        messages.info(request, f"{there.reference} is linked again.")
    except CannotDo as error:
        messages.error(request, str(error))
    return sending.done(request, reverse("console:ticket", args=[reference]))


@door("POST")
def merging(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show what merging would do to the clocks: it is done, read, and taken back again."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    terms = contracts.load(found.terms)
    form = MergeForm(request.POST, ticket=found, terms=terms, zone=zone_of(terms), person=me(request))
    context: dict[str, Any] = {"merging": None, "trouble": ""}
    if form.is_valid():
        try:
            other = by_reference(form.cleaned_data["into"].strip().strip("[]"), person=me(request), at=at)
            goes, stays = (found, other) if form.cleaned_data["way"] == "into" else (other, found)
            context["merging"] = _rehearsed(request, goes, stays)
        except (CannotDo, TicketNotFound) as error:
            context["trouble"] = str(error)
    return fragment(request, "tickets/merging.html", context)


def _rehearsed(request: HttpRequest, goes: Ticket, stays: Ticket) -> Merging:
    at = now()
    before = {one.pk: reading_of(one, at=at)[0] for one in (goes, stays)}
    with transaction.atomic():
        merge(ticket=goes, into=stays, by=me(request), at=at)
        merged = Ticket.objects.select_related("terms").get(pk=stays.pk)
        after, terms = reading_of(merged, at=at)
        transaction.set_rollback(True)
    return merging_of(goes, stays, before=before, after=after, terms=terms, at=at)
