"""The desk's mail: the verification queue, quarantine, the ledger of arrivals, the outbox, and who was told what."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.clickjacking import xframe_options_sameorigin

from mainstay.clocks import listing
from mainstay.clocks.listing import Wanted
from mainstay.console.access import door, me
from mainstay.console.hidden import is_hidden, letters_hidden_from
from mainstay.console.presenters import mail as presenters
from mainstay.console.presenters.tickets import ticket_line
from mainstay.console.render import page
from mainstay.lib.time import now
from mainstay.mail import actions as mail_actions
from mainstay.mail import queries as mail
from mainstay.mail.imap_session import ImapTrouble
from mainstay.mail.models import Arrival, Outcome
from mainstay.outbox import actions as outbox
from mainstay.outbox import queries as letters_of
from mainstay.outbox.models import Letter
from mainstay.screens import mailframe
from mainstay.screens.zones import desk_zone
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.queries import by_reference

PAGE = 50


@door("GET")
def verification(request: HttpRequest) -> HttpResponseBase:
    """Show who is asking and is not known to be authorised, those whose promises end first on top."""
    at = now()
    found = listing.page(
        me(request), replace(Wanted(view="held"), after=request.GET.get("after", "")), at=at, size=20
    )
    lines = [presenters.held_line(line, ticket_line(line, at=at), at=at) for line in found.lines]
    presenters.with_first_words(lines)
    return page(
        request, "desk/verification.html", {"lines": lines, "next": found.after}, current="held", at=at
    )


@door("GET")
def arrivals(request: HttpRequest) -> HttpResponseBase:
    """Show the mail ledger: every mail that came, with what became of it and why."""
    at = now()
    outcome, before = request.GET.get("outcome", ""), _place(request)
    text = _text(request)
    arrivals = mail.narrowed(me(request), text, at=at)
    if outcome in Outcome.values:
        arrivals = arrivals.filter(outcome=outcome)
    if before is not None:
        arrivals = arrivals.filter(
            Q(received_at__lt=before[0])
            | Q(received_at=before[0], pk__lt=int(before[1]) if before[1].isdecimal() else 0)
        )
    found = list(arrivals[: PAGE + 1])
    context = {
        "lines": [presenters.arrival_line(one, desk_zone(), at=at, hidden=one.hidden) for one in found[:PAGE]],
        "next": f"{found[PAGE - 1].received_at.isoformat()}_{found[PAGE - 1].pk}"
        if len(found) > PAGE
        else "",
        "outcomes": presenters.outcomes(outcome),
        "outcome": outcome,
        "text": text,
    }
    return page(request, "desk/arrivals.html", context, current="arrivals", at=at)


@door("GET")
def quarantine(request: HttpRequest) -> HttpResponseBase:
    """Show the mails that could not be taken in, and wait for a person."""
    at = now()
    found = list(mail.shown_to(me(request), mail.quarantined(), at=at)[:200])
    lines = [presenters.arrival_line(one, desk_zone(), at=at, hidden=one.hidden) for one in found]
    return page(request, "desk/quarantine.html", {"lines": lines}, current="quarantine", at=at)


@door("GET")
def arrival(request: HttpRequest, arrival_id: int) -> HttpResponseBase:
    """Show one arrival with its raw text, which nothing on this page can make act."""
    at = now()
    found = _arrival_or_404(arrival_id, request, at=at)
    raw = mail.raw_of(found)
    context = {
        "line": presenters.arrival_line(found, desk_zone(), at=at),
        "raw": presenters.raw_text(raw),
        "size": len(raw),
    }
    current = "quarantine" if found.outcome == "quarantined" else "arrivals"
    return page(request, "desk/arrival.html", context, current=current, at=at)


@door("GET")
def arrival_raw(request: HttpRequest, arrival_id: int) -> HttpResponseBase:
    """Hand out a mail's bytes as a download."""
    found = _arrival_or_404(arrival_id, request, at=now())
    raw = mail.raw_of(found)
    if not raw:
        raise Http404("The bytes of this mail were never handed over to us.")
    return _download(raw, f"arrival-{found.pk}.eml")


@door("POST")
def retake(request: HttpRequest, arrival_id: int) -> HttpResponseBase:
    """Take a quarantined mail in again."""
    at = now()
    try:
        mail_actions.reimport(arrival=_arrival_or_404(arrival_id, request, at=at), by=me(request), at=at)
        messages.success(request, "It is being taken in again.")
    except (mail_actions.NotQuarantined, ImapTrouble) as error:
        messages.error(request, str(error))
    return redirect("console:arrival", arrival_id)


@door("POST")
def discard(request: HttpRequest, arrival_id: int) -> HttpResponseBase:
    """Put a quarantined mail away. Its bytes and its line stay."""
    at = now()
    try:
        mail_actions.discard(arrival=_arrival_or_404(arrival_id, request, at=at), by=me(request), at=at)
        messages.success(request, "Put away. The mail itself is kept, and the ledger says who did it.")
    except mail_actions.NotQuarantined as error:
        messages.error(request, str(error))
    return redirect("console:quarantine")


@door("GET")
def outbox_list(request: HttpRequest) -> HttpResponseBase:
    """Show the letters that leave, newest first, and whether they can."""
    at = now()
    state = request.GET.get("state", "")
    state = state if state in Letter.State.values else ""
    text = _text(request)
    about = _about(text, request, at=at)
    found = letters_of.letters(
        state=state, about=about, to="" if about else text, hidden=letters_hidden_from(me(request), at=at),
        before=_letter_place(request), limit=PAGE + 1,
    )  # fmt: skip
    context = {
        "way": presenters.way_out(letters_of.way_out(at=at), desk_zone(), at=at),
        "lines": [presenters.letter_line(one, desk_zone(), at=at, hidden=one.hidden) for one in found[:PAGE]],
        "next": presenters.letter_cursor(found[PAGE - 1]) if len(found) > PAGE else "",
        "states": presenters.letter_states(state),
        "state": state,
        "text": text,
    }
    return page(request, "desk/outbox.html", context, current="failed", at=at)


@door("GET")
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponseBase:
    """Show one letter: where it goes, what became of it, and its text."""
    at = now()
    found = _letter_or_404(letter_id, request, at=at)
    context = {"letter": presenters.letter_page(found, desk_zone(), at=at)}
    return page(request, "desk/letter.html", context, current="failed", at=at)


@door("GET")
def letter_raw(request: HttpRequest, letter_id: UUID) -> HttpResponseBase:
    """Hand out a letter's bytes as a download."""
    found = _open_letter_or_404(letter_id, request)
    if presenters.holds_key(found):
        raise Http404("There is no such letter.")
    return _download(found.body, f"letter-{letter_id}.eml")


@door("GET")
@xframe_options_sameorigin
def letter_html(request: HttpRequest, letter_id: UUID) -> HttpResponseBase:
    """Serve a letter as its recipient sees it, for its sandboxed frame."""
    found = _open_letter_or_404(letter_id, request)
    response = HttpResponse(mailframe.document(presenters.html_of(found.body)))
    response.headers["Content-Security-Policy"] = mailframe.POLICY
    return response


@door("POST")
def letter_retry(request: HttpRequest, letter_id: UUID) -> HttpResponseBase:
    """Send a letter that failed again, to whom it did not reach."""
    at = now()
    try:
        outbox.retry(_letter_or_404(letter_id, request, at=at), at)
        messages.success(request, "It goes out again.")
    except outbox.NothingToRetry:
        messages.error(request, "There is nothing to send again: it has left, or was taken back.")
    return redirect("console:letter", letter_id)


@door("GET")
def demo_outgoing(request: HttpRequest) -> HttpResponseBase:
    """In a demonstration, show what would have been sent."""
    if not settings.DEMO:
        raise Http404("This page belongs to the demonstration.")
    at = now()
    hidden = letters_hidden_from(me(request), at=at)
    found = letters_of.letters(hidden=hidden, before=_letter_place(request), limit=21)
    shown = [letter for letter in found[:20] if not letter.hidden]
    context = {
        "lines": [presenters.letter_page(letter, desk_zone(), at=at) for letter in shown],
        "next": presenters.letter_cursor(found[19]) if len(found) > 20 else "",
    }
    return page(request, "desk/outgoing.html", context, current="outgoing", at=at)


def _arrival_or_404(arrival_id: int, request: HttpRequest, *, at: datetime) -> Arrival:
    found = mail.arrival_for(me(request), arrival_id, at=at)
    if found is None:
        raise Http404("There is no such mail.")
    return found


def _letter_or_404(letter_id: UUID, request: HttpRequest, *, at: datetime) -> Letter:
    found = letters_of.letter(letter_id)
    if found is None or is_hidden(found, me(request), at=at):
        raise Http404("There is no such letter.")
    return found


def _open_letter_or_404(letter_id: UUID, request: HttpRequest) -> Letter:
    """Return a letter that may be read. One with somebody's key in it is nobody's to read but theirs."""
    found = _letter_or_404(letter_id, request, at=now())
    if presenters.is_sealed(found):
        raise Http404("There is no such letter.")
    return found


def _text(request: HttpRequest) -> str:
    return request.GET.get("text", "").replace("\x00", "").strip()[:200]


def _about(text: str, request: HttpRequest, *, at: datetime) -> str:
    """Return what letters of the ticket are about whose reference `text` is, or "" where it is none to be seen."""
    try:
        return f"ticket:{by_reference(text, person=me(request), at=at).pk}"
    except TicketNotFound:
        return ""


def _place(request: HttpRequest) -> tuple[datetime, str] | None:
    """Return where the page begins, (moment, key), None for the first page and for what makes no sense."""
    moment, _, key = request.GET.get("before", "").partition("_")
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (when, key) if when.tzinfo and (key.isdecimal() or len(key) == 36) else None


def _letter_place(request: HttpRequest) -> tuple[datetime, UUID] | None:
    place = _place(request)
    try:
        return (place[0], UUID(place[1])) if place else None
    except ValueError:
        return None


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
