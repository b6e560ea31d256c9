"""Tags: taken off a ticket and put back, and the list that managers keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.organising_forms import FreeForm, NameOfTagForm
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.console.views.tickets import ticket_or_404
from mainstay.lib.time import now
from mainstay.orgs.access import at_least
from mainstay.orgs.models import StaffRole
from mainstay.tickets import tags
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Tag


@door("POST")
def untag(request: HttpRequest, reference: str, tag_id: int) -> HttpResponseBase:
    """Take a tag off a ticket; the line that says so can undo it."""
    at = now()
    found, tag = ticket_or_404(request, reference, at=at), _tag_or_404(tag_id)
    tags.untag(ticket=found, name=tag.name, by=me(request), at=at)
    back = reverse("console:retag", args=[reference, tag_id])
    messages.info(request, f"The tag {tag.name} is off.", extra_tags=f"undo:{back}")
    return sending.done(request, reverse("console:ticket", args=[reference]))


@door("POST")
def retag(request: HttpRequest, reference: str, tag_id: int) -> HttpResponseBase:
    """Put a tag back on a ticket."""
    at = now()
    found, tag = ticket_or_404(request, reference, at=at), _tag_or_404(tag_id)
    try:
        tags.tag(ticket=found, name=tag.name, by=me(request), at=at)
        messages.info(request, f"The tag {tag.name} is on again.")
    except CannotDo as error:
        messages.error(request, str(error))
    return sending.done(request, reverse("console:ticket", args=[reference]))


@door("GET")
def tag_list(request: HttpRequest) -> HttpResponseBase:
    """Show every tag with how many tickets carry it."""
    return _list(request)


@door("POST", role=StaffRole.MANAGER)
def tag_add(request: HttpRequest) -> HttpResponseBase:
    """Put a tag on the list, or back on it."""
    at, form = now(), NameOfTagForm(request.POST, auto_id="tag_%s")

    def act(said: dict[str, Any]) -> None:
        tags.add(name=said["name"], by=me(request), at=at)

    if settle(request, form, act, said="The tag is on the list.", at=at):
        return onward(request, reverse("console:tags"))
    return _list(request, form)


@door("POST", role=StaffRole.MANAGER)
def tag_rename(request: HttpRequest, tag_id: int) -> HttpResponseBase:
    """Give a tag another name, on every ticket at once."""
    tag = _tag_or_404(tag_id)
    form = NameOfTagForm(request.POST)
    return _done(
        request, form, lambda said: tags.rename(tag=tag, name=said["name"], by=me(request)), "Renamed."
    )


@door("POST", role=StaffRole.MANAGER)
def tag_retire(request: HttpRequest, tag_id: int) -> HttpResponseBase:
    """Offer a tag no more."""
    at, tag = now(), _tag_or_404(tag_id)
    said = f"{tag.name} is no longer offered. Tickets that carry it keep it."
    return _done(request, FreeForm(request.POST), lambda _: tags.retire(tag=tag, by=me(request), at=at), said)


@door("POST", role=StaffRole.MANAGER)
def tag_choice(request: HttpRequest) -> HttpResponseBase:
    """Decide whether anybody at the desk may make a new tag."""
    at = now()
    return _done(
        request,
        FreeForm(request.POST),
        lambda said: tags.let_anybody_make(free=said["free"], by=me(request), at=at),
        "Saved.",
    )


def _done(
    request: HttpRequest, form: Any, act: Callable[[dict[str, Any]], object], said: str
) -> HttpResponseBase:
    """Do what a small form asks and go back to the list; what was wrong with it is told above the page."""
    if not settle(request, form, act, said=said, at=now()):
        for faults in form.errors.values():
            messages.error(request, " ".join(map(str, faults)))
    return onward(request, reverse("console:tags"))


def _list(request: HttpRequest, form: NameOfTagForm | None = None) -> HttpResponseBase:
    context = {
        "lines": tags.listed(),
        "form": form or NameOfTagForm(auto_id="tag_%s"),
        "free": tags.anybody_makes(),
        "may": at_least(me(request), StaffRole.MANAGER),
        "nonce": sending.nonce(),
    }
    return page(request, "order/tags.html", context, current="tags", status=422 if form else 200)


def _tag_or_404(tag_id: int) -> Tag:
    found = Tag.objects.filter(pk=tag_id).first()
    if found is None:
        raise Http404("There is no such tag.")
    return found
