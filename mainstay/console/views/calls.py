"""The call screen: who is calling, found while somebody types, and each thing that can be done in one keystroke."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.call_acts import ACTS, Pane, Room, pane_of
from mainstay.console.presenters import calls as presenters
from mainstay.console.presenters.calls import Card
from mainstay.console.presenters.ringing import ringing_lines
from mainstay.console.render import fragment, page
from mainstay.contracts import queries as contracts
from mainstay.lib import telephone
from mainstay.lib.time import now
from mainstay.orgs.models import Organisation, Person
from mainstay.phone import actions, finding, hours, queries
from mainstay.phone.access import NotForThisCaller
from mainstay.phone.finding import Known
from mainstay.phone.models import Call, State
from mainstay.screens.zones import desk_zone
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.actions import CannotDo as TicketCannotDo
from mainstay.tickets.models import Ticket

REFUSALS = (
    actions.CannotDo, TicketCannotDo, NotForThisCaller, telephone.BadNumber, sending.Refused,
)  # fmt: skip


@door("GET", "POST")
def call_new(request: HttpRequest) -> HttpResponseBase:
    """Answer a call; without a word from the telephone system by one key, or show the number that rings.

    A telephone system opens `/calls/new/?number=+441632960123&call=ITS-OWN-ID`; nothing begins before somebody answers.
    """
    at = now()
    asked = request.POST if request.method == "POST" else request.GET
    number = _number(asked.get("number", ""))
    if request.method == "GET":
        people = finding.known(finding.with_number(number), at=at)
        context = {
            "number": telephone.shown(number), "dialled": number, "external": asked.get("call", "")[:200],
            "people": [presenters.option(one) for one in people], "hours": hours_of_desk(at),
        }  # fmt: skip
        return page(request, "calls/new.html", context, current="calls", at=at)
    try:
        begun = actions.start(by=me(request), at=at, number=number, external_id=asked.get("call", "")[:200])
    except actions.CannotDo as error:
        messages.error(request, str(error))
        return redirect("console:calls")
    return redirect("console:call", begun.pk)


@door("GET")
def ringing(request: HttpRequest) -> HttpResponseBase:
    """Return what rings now, for pages that were told of it."""
    at = now()
    lines = ringing_lines(me(request), at=at)
    context = {"ringing": lines, "busy": bool(lines) and actions.running_of(me(request)) is not None}
    return fragment(request, "calls/ringing.html", context)


@door("GET")
def call(request: HttpRequest, call_id: int) -> HttpResponseBase:
    """Show one call: its caller, what can be done, and what was done."""
    return screen(request, call_or_404(call_id), at=now())


@door("GET")
def found(request: HttpRequest, call_id: int) -> HttpResponseBase:
    """Return who may be calling, while somebody types."""
    at = now()
    context = {"call": call_or_404(call_id), **_found(request, request.GET.get("q", ""), at=at)}
    return fragment(request, "calls/found.html", context)


@door("GET")
def card(request: HttpRequest, call_id: int, person_id: int) -> HttpResponseBase:
    """Return the card of somebody who may be calling, for who walks down the list."""
    at = now()
    call_or_404(call_id)
    person = Person.objects.filter(pk=person_id, staff_role="").first()
    if person is None:
        raise Http404("There is no such caller.")
    shown = presenters.card(finding.known([person], at=at)[0], at=at)
    return fragment(request, "calls/card.html", {"card": shown, "call": None, "preview": True})


@door("POST")
def caller(request: HttpRequest, call_id: int) -> HttpResponseBase:
    """Take who is calling: a person, the name that was said, or whoever is behind a ticket."""
    at, spoken = now(), call_or_404(call_id)
    said = request.POST
    ticket = _ticket_in(request, said.get("ticket", ""), at=at)
    try:
        if said.get("person", "").isdecimal():
            person = Person.objects.filter(pk=said["person"][:18], staff_role="").first()
            organisation = _organisation(said.get("organisation", ""))
            actions.name_caller(call=spoken, person=person, organisation=organisation, at=at)
        elif said.get("name", "").strip():
            actions.name_caller(call=spoken, person=None, name=said["name"], at=at)
        elif ticket is None:
            raise actions.CannotDo("Choose who is calling, or write their name.")
        if ticket is not None:
            actions.take_in_hand(call=spoken, ticket=ticket)
    except actions.CannotDo as error:
        messages.error(request, str(error))
    return redirect("console:call", call_id)


@door("GET", "POST")
def call_act(request: HttpRequest, call_id: int, act: str) -> HttpResponseBase:
    """Show the pane of one act, or do it."""
    at, spoken = now(), call_or_404(call_id)
    if act not in ACTS:
        raise Http404("There is no such thing to do in a call.")
    shown = _card(spoken, at=at)
    room = Room(spoken, _at_hand(request, spoken, shown, at=at), me(request), at)
    pane = pane_of(act, room, request.POST if request.method == "POST" else None, request.GET.get("ticket", ""))
    if request.method == "POST" and pane.form.is_valid():
        try:
            with sending.once(request, at=at):
                said = ACTS[act].run(room, pane.form.cleaned_data)
            messages.success(request, said)
            return sending.done(request, reverse("console:call", args=[call_id]))
        except REFUSALS as error:
            pane.form.add_error(None, str(error))
    status = 422 if pane.form.errors else 200
    if sending.by_script(request):
        return fragment(request, "calls/pane.html", {"call": spoken, "pane": pane}, status=status)
    return screen(request, spoken, at=at, pane=pane, status=status)


@door("POST")
def call_end(request: HttpRequest, call_id: int) -> HttpResponseBase:
    """End the call."""
    actions.end(call=call_or_404(call_id), at=now())
    return redirect("console:call", call_id)


def screen(
    request: HttpRequest, spoken: Call, *, at: datetime, pane: Pane | None = None, status: int = 200
) -> HttpResponseBase:
    """Return the call's page, with a pane open where one is asked for."""
    shown = _card(spoken, at=at)
    asking = spoken.state == State.RUNNING and (not _is_named(spoken) or bool(request.GET.get("who")))
    context = {
        "call": spoken,
        "line": presenters.call_line(spoken, desk_zone(), at=at),
        "seconds": int(spoken.lasts(at).total_seconds()),
        "running": spoken.state == State.RUNNING,
        "hours": hours_of_desk(at),
        "card": shown,
        "asking": asking,
        "steps": presenters.steps(spoken, shown, has_ticket=spoken.ticket is not None),
        "spelled": presenters.spelled(spoken.ticket.reference) if spoken.ticket else "",
        "acts": [presenters.act_line(one, desk_zone(), at=at) for one in queries.acts_of(spoken)],
        "call_backs": [
            presenters.back_line(row, desk_zone(), at=at) for row in queries.open_call_backs().filter(call=spoken)
        ],
        "pane": pane,
        **(_found(request, request.GET.get("q", telephone.shown(spoken.number)), at=at) if asking else {}),
    }
    return page(request, "calls/call.html", context, current="calls", status=status, at=at)


def call_or_404(call_id: int) -> Call:
    """Return the call; everybody at the desk may see every call."""
    spoken = queries.call(call_id)
    if spoken is None:
        raise Http404("There is no such call.")
    return spoken


def _is_named(spoken: Call) -> bool:
    return spoken.person is not None or bool(spoken.caller_name)


def _card(spoken: Call, *, at: datetime) -> Card | None:
    if spoken.person is None:
        return None
    return presenters.card(Known(spoken.person, finding.known([spoken.person], at=at)[0].standings), at=at)


def _found(request: HttpRequest, text: str, *, at: datetime) -> dict[str, object]:
    """Return what the list of possible callers needs; the first one's card stands beside it."""
    result = finding.found(text, by=me(request), at=at)
    first = presenters.card(result.people[0], at=at) if result.people else None
    return {
        "found": result,
        "people": [presenters.option(one) for one in result.people],
        "number": telephone.shown(result.number),
        "preview": first,
    }


def _at_hand(request: HttpRequest, spoken: Call, shown: Card | None, *, at: datetime) -> list[Ticket]:
    """Return the tickets that something may be done to: the one in hand, and what is open for the caller."""
    ids = [line.id for line in shown.tickets] if shown else []
    if spoken.ticket_id is not None and spoken.ticket_id not in ids:
        ids.insert(0, spoken.ticket_id)
    rows = visible_tickets(me(request), at=at).select_related("terms__agreement").in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def _ticket_in(request: HttpRequest, key: str, *, at: datetime) -> Ticket | None:
    if not key.isdecimal():
        return None
    return visible_tickets(me(request), at=at).filter(pk=int(key[:18])).first()


def _organisation(key: str) -> Organisation | None:
    return Organisation.objects.filter(pk=int(key[:18])).first() if key.isdecimal() else None


def _number(text: str) -> str:
    """Return the number in an address: a plus sign that was not encoded has become a space on the way."""
    if text.startswith(" ") and text[1:2].isdecimal():
        text = f"+{text.strip()}"
    return telephone.found_in(text)


def hours_of_desk(at: datetime) -> presenters.Open | None:
    """Return whether the telephone is answered now; None before an agreement is installed."""
    try:
        return presenters.opening(hours.opening(hours.of_desk(at=at), at=at), at=at)
    except contracts.NoAgreement:
        return None
