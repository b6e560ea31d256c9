"""Following a ticket and waking it, each with one press."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.views.tickets import ticket_or_404
from mainstay.lib.time import now
from mainstay.tickets import attention


@door("POST")
def follow(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Follow a ticket."""
    at = now()
    attention.follow(ticket=ticket_or_404(request, reference, at=at), person=me(request), at=at)
    messages.success(
        request, "You are told when the client writes, the severity changes or a promise is missed."
    )
    return sending.done(request, reverse("console:ticket", args=[reference]))


@door("POST")
def unfollow(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Follow a ticket no more; the line that says so can undo it."""
    attention.unfollow(ticket=ticket_or_404(request, reference, at=now()), person=me(request))
    back = reverse("console:follow", args=[reference])
    messages.info(request, "You no longer follow this ticket.", extra_tags=f"undo:{back}")
    return sending.done(request, reverse("console:ticket", args=[reference]))


@door("POST")
def unsnooze(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show a snoozed ticket in one's own list again."""
    at = now()
    attention.unsnooze(ticket=ticket_or_404(request, reference, at=at), person=me(request), at=at)
    messages.success(request, "It is in your list again.")
    return sending.done(request, reverse("console:ticket", args=[reference]))
