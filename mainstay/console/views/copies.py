"""Who gets copies of a ticket's letters: accepted, refused, added and removed, each with who and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.forms import CopyDecisionForm, CopyForm
from mainstay.console.presenters.copies import recipients
from mainstay.console.render import fragment, page
from mainstay.console.views.tickets import ticket_or_404
from mainstay.contracts import queries as contracts
from mainstay.lib.time import now
from mainstay.mail import copies as mail_copies
from mainstay.screens.promises import zone_of
from mainstay.tickets import participants, queries
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket


@door("GET", "POST")
def copies(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show who gets copies, and decide about one of them. The page below fetches its own line anew."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    form: CopyDecisionForm = CopyForm()
    confirm, status = 0, 200
    if request.method == "POST":
        form = (CopyForm if request.POST.get("do") == "add" else CopyDecisionForm)(request.POST)
        if form.is_valid():
            try:
                _decide(found, request, form.cleaned_data, at)
                if not sending.by_script(request):
                    return redirect("console:copies", reference)
                form = CopyForm()
            except mail_copies.NeedsASecondWord as error:
                form.add_error(None, str(error))
                confirm = form.cleaned_data["participant"] or -1
            except CannotDo as error:
                form.add_error(None, str(error))
        status = 422 if form.errors else 200
    return _show(request, found, form, confirm, at=at, status=status)


def _decide(found: Ticket, request: HttpRequest, said: dict[str, Any], at: datetime) -> None:
    by = me(request)
    if said["do"] == "add":
        mail_copies.add(
            ticket=found, address=said["address"], name=said["name"], by=by, at=at, confirmed=said["confirmed"]
        )
    elif said["do"] == "accept":
        mail_copies.accept(
            ticket=found, participant=said["participant"] or 0, by=by, at=at, confirmed=said["confirmed"]
        )
    else:
        participants.decline(ticket=found, participant=said["participant"] or 0, by=by, at=at)


def _show(
    request: HttpRequest, found: Ticket, form: CopyDecisionForm, confirm: int, *, at: datetime, status: int
) -> HttpResponseBase:
    """Show the list; `confirm` is the participant about whom a second word is asked, -1 for a new one."""
    zone = zone_of(contracts.load(found.terms))
    context = {
        "recipients": recipients(queries.file_of(found, person=me(request), at=at), zone, at=at),
        "form": form,
        "adding": form if isinstance(form, CopyForm) else CopyForm(),
        "confirm": confirm,
        "reference": found.reference,
        "subject": found.subject or "(no subject)",
        "heading": "h2" if sending.by_script(request) else "h1",
    }
    if not sending.by_script(request):
        return page(request, "tickets/copies_page.html", context, status=status, at=at)
    answer = fragment(request, "tickets/copies.html", context, status=status)
    if request.method == "POST":
        answer.headers["HX-Trigger"] = "mainstay:stale"
    return answer
