"""The composer of a request: its forms, the drafts that belong into them, and what stands beside them.

Other pages put words into it in two ways: `put_in` before going to a ticket's page, or, on that page, a button with
`data-put` (see `static/console/reply.js`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import me
from mainstay.console.forms import ActForm, NoteForm, ReplyForm
from mainstay.console.presenters import composer as presenters
from mainstay.console.presenters.composer import Composer, Pane, pane_of
from mainstay.console.presenters.thread import Entry
from mainstay.console.presenters.ticket import TicketPage
from mainstay.console.seen import seen_in
from mainstay.contracts import queries as contracts
from mainstay.screens.promises import zone_of
from mainstay.tickets.models import Ticket
from mainstay.writing import drafts
from mainstay.writing.crossing import Crossed

PANES: Mapping[str, type[ActForm]] = {"reply": ReplyForm, "note": NoteForm, "phone": NoteForm}


def options(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """Return what every form about `ticket` is made with."""
    terms = contracts.load(ticket.terms)
    return {"ticket": ticket, "terms": terms, "zone": zone_of(terms), "person": me(request), "prefix": None}


def put_in(request: HttpRequest, ticket: Ticket, text: str) -> str:
    """Have `text` stand in the reply when the page of `ticket` is opened next, and return that page's address."""
    sending.remember(request, None, text)
    return reverse("console:ticket", args=[ticket.reference]) + "?again=1#compose"


def composer_of(
    request: HttpRequest, ticket: Ticket, shown: TicketPage, *, at: datetime, refused: Pane | None = None
) -> Composer:
    """Return the composer below the thread that is `shown`. One query: the drafts on the ticket.

    `refused` is a pane whose form came back. A letter that was taken back is in the reply again.
    """
    found = drafts.of_ticket(ticket)
    mine, zone = presenters.own(found, me(request)), options(request, ticket)["zone"]
    newest = max((item.id for item in shown.thread if isinstance(item, Entry)), default=0)
    again = sending.remembered(request) if request.GET.get("again") else ""
    nonce = sending.nonce()

    def pane(key: str, form: type[ActForm]) -> Pane:
        if refused is not None and refused.key == key:
            return refused
        empty = form(auto_id=f"{key}_%s", **options(request, ticket))
        return pane_of(
            key, empty, ticket, nonce=nonce, seen=newest, text=again if key == "reply" else "", draft=mine.get(key),
            zone=zone, at=at,
        )  # fmt: skip

    asked = request.GET.get("write", "")
    usual = asked if asked in PANES else "reply" if shown.can_write else "note"
    return Composer(
        reference=ticket.reference,
        panes=tuple(pane(key, form) for key, form in PANES.items() if key != "reply" or shown.can_write),
        chosen=refused.key if refused else usual,
        drafts=presenters.drafts_of_others(found, than=me(request), zone=zone, at=at),
    )


def refused_pane(
    request: HttpRequest,
    key: str,
    form: ActForm,
    ticket: Ticket,
    *,
    at: datetime,
    crossed: Crossed | None = None,
) -> Pane:
    """Return the pane whose form came back, with what was typed and what came meanwhile. No query."""
    return pane_of(
        key, form, ticket, nonce=sending.nonce(), seen=seen_in(request) or 0, crossed=crossed, zone=form.zone,
        at=at,
    )  # fmt: skip
