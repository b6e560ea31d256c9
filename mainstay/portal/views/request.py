"""One request: its page, what a client does on it, its files, and where the time of each promise went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.clocks import queries as clocks
from mainstay.escalation import wishes
from mainstay.lib import files
from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.portal import nonces
from mainstay.portal.access import View, door, me
from mainstay.portal.forms.requests import WordsForm
from mainstay.portal.presenters import drafts, promises
from mainstay.portal.presenters import request as presenters
from mainstay.portal.render import page
from mainstay.screens import mailframe
from mainstay.screens.uploads import LARGEST_FILES, MOST_FILES, attachments
from mainstay.screens.zones import desk_zone
from mainstay.tickets import clients, shown
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from mainstay.writing import unsent


@dataclass(frozen=True, slots=True)
class Act:
    """What a client does with a form on the page. `does` takes ticket, by, text and at, and files where `files`."""

    pane: str  # which form it is
    does: Callable[..., object]
    told: object  # translated when it is shown
    files: bool = False


@door("GET")
def request_page(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Show a request: how it stands, what is promised, and what was written."""
    return _page(request, ticket_or_404(request, reference), at=now())


def ticket_or_404(request: HttpRequest, reference: str) -> Ticket:
    """Return the request if whoever asks may see it. Raises Http404, which does not say whether it exists."""
    try:
        return shown.ticket_of(reference, person=me(request), at=now())
    except TicketNotFound as error:
        raise Http404(str(error)) from None


def _page(
    request: HttpRequest, ticket: Ticket, *, at: datetime, pane: str = "", form: WordsForm | None = None
) -> HttpResponse:
    found = shown.shown(ticket, at=at)
    context = {
        "it": presenters.page_of(found, me(request), at=at),
        "key": nonces.shown(request),
        "drafts": drafts.by_form(unsent.of(me(request), ticket), desk_zone(), at=at),
        "pane": pane,  # the form that came back, with what was typed
        "typed": request.POST.get("text", "") if form is not None else "",
        "troubles": [str(one) for found in form.errors.values() for one in found] if form is not None else [],
        "most": MOST_FILES,
        "largest": LARGEST_FILES,
    }
    return page(
        request, "portal/requests/request.html", context, current="requests", status=422 if form is not None else 200
    )


def _done(request: HttpRequest, reference: str, act: Act) -> HttpResponseBase:
    """Do what a form on the page asks, once however often it is sent; its words come back where it cannot be done.

    GET is whoever signed in again after their form met a closed door: the page has kept their words.
    """
    ticket, by, at = ticket_or_404(request, reference), me(request), now()
    if request.method == "GET":
        return redirect("portal:request", reference)
    form = WordsForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        files: dict[str, Any] = {"files": attachments(said["attached"])} if act.files else {}

        def do() -> Ticket:
            act.does(ticket=ticket, by=by, text=said["text"], at=at, **files)
            unsent.drop(by=by, ticket=ticket, form=act.pane)
            return ticket

        try:
            _ticket, fresh = clients.once(by=by, key=nonces.kept(request), at=at, act=do)
        except CannotDo as error:
            form.add_error(None, spoken(error))
        else:
            if fresh:
                messages.success(request, str(act.told))
            return redirect("portal:request", reference)
    return _page(request, ticket_or_404(request, reference), at=at, pane=act.pane, form=form)


def _view(act: Act) -> View:
    """Return the view that takes the form of `act`."""

    @door("GET", "POST")
    def view(request: HttpRequest, reference: str) -> HttpResponseBase:
        return _done(request, reference, act)

    return view


write = _view(Act("write", clients.write, gettext_lazy("Your message is with us."), files=True))
accept = _view(Act("fix", clients.accept, gettext_lazy("Thank you for telling us. The request is closed.")))
reject = _view(
    Act(
        "reject", clients.reject,
        gettext_lazy("Thank you for telling us. We go on with it; the time that we had used still counts."), files=True,
    )
)  # fmt: skip
escalate = _view(
    Act("escalate", wishes.ask, gettext_lazy("Our managers have been told. One of them looks at it and writes to you."))
)
visit = _view(
    Act("visit", clients.ask_for_visit, gettext_lazy("We know that you want somebody to come. A person answers you."))
)
withdraw = _view(Act("withdraw", clients.withdraw, gettext_lazy("Your request is closed.")))


@door("GET", "POST")
def answer(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """Answer a question of the desk."""

    def does(*, ticket: Ticket, **said: Any) -> object:
        question = ticket.diagnostics.filter(pk=number).first()
        if question is None:
            raise Http404("There is no such question.")
        return clients.answer(question=question, **said)

    told = gettext_lazy("Thank you. Your answer is with us, and we go on.")
    return _done(request, reference, Act(f"answer-{number}", does, told, files=True))


@door("POST")
def share(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Have a colleague get what we write about a request."""
    ticket, at = ticket_or_404(request, reference), now()
    found = {str(one.pk): one for one in clients.colleagues(ticket, at=at)}
    colleague = found.get(request.POST.get("colleague", ""))
    if colleague is not None and not _refused(
        request, lambda: clients.share(ticket=ticket, colleague=colleague, by=me(request), at=at)
    ):
        told = _("%(name)s gets by e-mail what we write from now on.") % {"name": colleague.name}
        messages.success(request, told)
    return redirect("portal:request", reference)


@door("POST")
def unshare(request: HttpRequest, reference: str) -> HttpResponseBase:
    """End the part of somebody in copy."""
    ticket, at = ticket_or_404(request, reference), now()
    number = next(iter(_numbers(request, "participant")), 0)
    if not _refused(request, lambda: clients.unshare(ticket=ticket, participant=number, by=me(request), at=at)):
        messages.success(request, _("They get no more of what we write."))
    return redirect("portal:request", reference)


def _refused(request: HttpRequest, act: Callable[[], object]) -> bool:
    """Do `act`; where it cannot be done, say why on the next page."""
    try:
        act()
    except CannotDo as error:
        messages.error(request, spoken(error))
        return True
    return False


@door("POST")
def seen(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Note that the reporter has had the page before their eyes: their browser says so once it has been visible."""
    ticket, at = ticket_or_404(request, reference), now()
    number = next(iter(_numbers(request, "confirmation")), None)
    confirmation = shown.message_of(ticket, number, at=at) if number is not None else None
    also = _numbers(request, "shown")
    clients.saw(ticket=ticket, by=me(request), confirmation=confirmation, also=also, at=at)
    return HttpResponse(status=204) if _by_script(request) else redirect("portal:request", reference)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    """Return the numbers that a form says by that name; what is none is left out."""
    return [int(one) for one in request.POST.getlist(name)[:100] if one.isdecimal() and len(one) < 19]


@door("GET")
def news(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Say whether the page of a request says something else than it did: 204 while it does not."""
    at = now()
    mark = presenters.mark_of(shown.shown(ticket_or_404(request, reference), at=at))
    if request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    return HttpResponse(_("There is news on this request."), content_type="text/plain; charset=utf-8")


@door("GET")
def file(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """Hand out a file as a download, never to be shown in place, whatever type its sender claims."""
    found = shown.attachment_of(ticket_or_404(request, reference), number, at=now())
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
def message(request: HttpRequest, reference: str, number: int) -> HttpResponseBase:
    """Serve a mail's HTML for its sandboxed frame: its own policy, no scripts, nothing remote."""
    found = shown.message_of(ticket_or_404(request, reference), number, at=now())
    if found is None or not found.html:
        raise Http404("There is no such message.")
    pictures = mailframe.pictures_of(found.attachments.order_by("id"))
    response = HttpResponse(mailframe.document(found.html, pictures))
    response.headers["Content-Security-Policy"] = mailframe.POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@door("GET")
def account(request: HttpRequest, reference: str, clock: str) -> HttpResponse:
    """Show where the time of one promise went, line by line."""
    ticket, at = ticket_or_404(request, reference), now()
    reading, terms = clocks.reading_of(ticket, at=at)
    asked = reading.clock(clock)
    if asked is None:
        raise Http404("The agreement has no such promise.")
    context: dict[str, Any] = {
        "account": promises.account(asked, terms, at=at), "reference": ticket.reference, "subject": ticket.subject,
    }  # fmt: skip
    return page(request, "portal/requests/account.html", context, current="requests")


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
