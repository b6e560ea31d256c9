"""One ticket: its page, its live fragment, files, and why a clock stands where it stands."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from mainstay.clocks.queries import reading_of
from mainstay.console import composing, keymap, sending
from mainstay.console.access import door, me
from mainstay.console.forms import NewTicketForm
from mainstay.console.presenters.activity import activity_of
from mainstay.console.presenters.ticket import TicketPage, ticket_page
from mainstay.console.render import fragment, page
from mainstay.contracts import queries as contracts
from mainstay.lib import files
from mainstay.lib.time import now
from mainstay.mail import correspondence
from mainstay.orgs import access
from mainstay.outbox import actions as outbox
from mainstay.outbox.models import Letter
from mainstay.screens import mailframe
from mainstay.screens.promises import zone_of
from mainstay.screens.timeline import why as why_of
from mainstay.tickets import actions, log, queries
from mainstay.tickets.access import TicketNotFound, visible_tickets
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.content import NewMessage
from mainstay.tickets.models import Direction, Kind, Ticket


def ticket_or_404(request: HttpRequest, reference: str, *, at: datetime) -> Ticket:
    """Return the ticket that the address names, if who asks may see it."""
    try:
        return queries.by_reference(reference, person=me(request), at=at)
    except TicketNotFound as error:
        raise Http404(str(error)) from None


@door("GET")
def ticket(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show one ticket."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    shown = _page_of(found, request, at=at)
    can = [*(key.does for key in keymap.at(keymap.TICKET)), *(act.key for act in shown.acts), "copies", "complaint"]
    context = {"ticket": shown, "composer": composing.composer_of(request, found, shown, at=at), "can": can}
    return page(request, "tickets/ticket.html", context, current="held" if shown.is_held else "", at=at)


@door("GET")
def live(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Return the parts of the ticket's page that change by themselves."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    return fragment(request, "tickets/live.html", {"ticket": _page_of(found, request, at=at)})


@door("POST")
def undo(request: HttpRequest, letter_id: str) -> HttpResponseBase:
    """Take a letter back while it is held. What it said goes back into the composer."""
    at = now()
    letter = Letter.objects.filter(pk=letter_id).first()
    message = letter.messages.select_related("ticket").first() if letter else None
    if letter is None or message is None:
        raise Http404("There is no such letter.")
    reference = ticket_or_404(request, message.ticket.reference, at=at).reference
    try:
        correspondence.take_back(message=message, by=me(request), at=at)
        messages.info(request, "Taken back. Nobody has received it.")
    except outbox.TooLate:
        messages.error(request, "Too late: it has left already.")
        return redirect("console:ticket", reference)
    return redirect(
        reverse("console:ticket", args=[reference])
        + ("?again=1#compose" if sending.again(request, letter.pk) else "#end")
    )


@door("GET")
@xframe_options_sameorigin
def message_html(request: HttpRequest, reference: str, message_id: int) -> HttpResponseBase:
    """Serve a mail's HTML for its sandboxed frame: its own policy, no scripts, nothing remote."""
    found = queries.message_of(ticket_or_404(request, reference, at=now()), message_id)
    if found is None or not found.html:
        raise Http404("There is no such message.")
    response = HttpResponse(mailframe.document(found.html, mailframe.pictures_of(found.attachments.order_by("id"))))
    response.headers["Content-Security-Policy"] = mailframe.POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@door("GET")
def file(request: HttpRequest, reference: str, file_id: int) -> HttpResponseBase:
    """Hand out a file as a download, never to be shown in place, whatever type its sender claims."""
    found = queries.attachment_of(ticket_or_404(request, reference, at=now()), file_id)
    if found is None:
        raise Http404("There is no such file.")
    try:
        stored = BytesIO(files.read(found.digest))
    except (files.FileMissing, files.FileDamaged) as error:
        raise Http404(str(error)) from None
    response = FileResponse(
        stored, as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@door("GET")
def activity(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show everything that happened to a ticket, a page of the log at a time."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    before = request.GET.get("before", "")
    shown = activity_of(
        queries.file_of(found, person=me(request), at=at),
        zone_of(contracts.load(found.terms)),
        group=request.GET.get("show", ""),
        before=int(before) if before.isdecimal() and len(before) < 10 else None,
        at=at,
    )
    context = {"activity": shown, "reference": reference, "subject": found.subject or "(no subject)"}
    if sending.by_script(request):
        return fragment(request, "tickets/activity_table.html", context)
    return page(request, "tickets/activity.html", context, at=at)


@door("GET")
def why(request: HttpRequest, reference: str, clock: str) -> HttpResponseBase:
    """Show why a clock stands where it stands: the ledger, drawn and as a table that adds up."""
    at = now()
    found = ticket_or_404(request, reference, at=at)
    reading, terms = reading_of(found, at=at)
    asked = reading.clock(clock)
    if asked is None:
        raise Http404("The agreement has no such promise.")
    account = why_of(asked, terms, log.history(found), at=at)
    context = {"why": account, "reference": reference, "subject": found.subject or "(no subject)"}
    return page(request, "tickets/why.html", context, at=at)


@door("GET", "POST")
def new_ticket(request: HttpRequest) -> HttpResponseBase:
    """Write down a request that came by telephone, or a complaint about another ticket."""
    at = now()
    about = ticket_or_404(request, request.GET["about"], at=at) if request.GET.get("about") else None
    form = NewTicketForm(request.POST or None, initial=_about(about), label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            with sending.once(request, at=at):
                opened = _open(form.cleaned_data, about, at)
            messages.success(request, f"{opened.reference} is open. Read the reference out to the caller.")
            return sending.done(request, _onward(opened, about, request, at=at))
        except (CannotDo, sending.Refused, correspondence.CannotWrite) as error:
            form.add_error(None, str(error))
    status = 422 if form.errors else 200
    context = {"form": form, "about": about, "nonce": sending.nonce()}
    return page(request, "tickets/new.html", context, status=status, at=at)


def _onward(opened: Ticket, about: Ticket | None, request: HttpRequest, *, at: datetime) -> str:
    """Return where to go on: to what was opened, or, where only managers see that, to what it is about."""
    if visible_tickets(me(request), at=at).filter(pk=opened.pk).exists():
        return reverse("console:ticket", args=[opened.reference])
    messages.info(request, "A complaint is for managers; they have been told of it.")
    return reverse("console:ticket", args=[about.reference]) if about else reverse("console:home")


def _about(about: Ticket | None) -> dict[str, Any]:
    if about is None:
        return {}
    return {
        "address": about.requester_address,
        "name": about.requester_name,
        "kind": Kind.COMPLAINT,
        "subject": f"Complaint: {about.subject}",
    }


def _open(said: dict[str, Any], about: Ticket | None, at: datetime) -> Ticket:
    """Take the request for the caller's organisation, or hold it where nobody knows the caller."""
    person = access.person_with_address(said["address"])
    authority = access.authority_of(person, at=at) if person else []
    membership = authority[0] if len(authority) == 1 else None
    message = NewMessage(
        Direction.IN,
        said["channel"],
        said["text"],
        author=person,
        author_name=said["name"],
        author_address=said["address"],
    )
    opened = actions.open_ticket(
        at=at, channel=said["channel"], subject=said["subject"], message=message, requester_address=said["address"],
        requester_name=said["name"], requester=person, requester_role=membership.role if membership else "",
        organisation=membership.organisation if membership else None, verified=membership is not None,
        reason="" if membership else "The caller is not known to be authorised for one organisation.",
        urgency=said["urgency"], impact=said["impact"], kind=said["kind"], about=about,
    )  # fmt: skip
    if opened.verified:
        correspondence.acknowledge(opened, at)
    else:
        correspondence.neutral_acknowledgement(opened, at)
    return opened


def _page_of(found: Ticket, request: HttpRequest, *, at: datetime) -> TicketPage:
    return ticket_page(queries.file_of(found, person=me(request), at=at), person=me(request), at=at)
