"""The acts of a ticket's page, each a route of its own with its own role, all shown and run in the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.act import Act, situation_of
from mainstay.console.acts import ACTS
from mainstay.console.forms import SeverityForm
from mainstay.console.presenters.crossing import Meanwhile, meanwhile
from mainstay.console.render import fragment, page
from mainstay.console.seen import guard, seen_in
from mainstay.console.views.tickets import ticket_or_404
from mainstay.contracts import queries as contracts
from mainstay.lib.time import now
from mainstay.mail import correspondence
from mainstay.orgs.access import NotAllowed
from mainstay.screens.promises import zone_of
from mainstay.tickets import actions, queries
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Ticket
from mainstay.writing import crossing
from mainstay.writing.crossing import Crossed

DEGREE_WORDS = {"high": "High", "medium": "Medium", "low": "Low"}


def view_of(act: Act) -> Callable[..., HttpResponseBase]:
    """Return the view of one act."""

    @door("GET", "POST", role=act.role)
    def do(request: HttpRequest, reference: str) -> HttpResponseBase:
        at = now()
        ticket = ticket_or_404(request, reference, at=at)
        terms = contracts.load(ticket.terms)
        typed = request.POST if request.method == "POST" else None
        form = act.form(
            typed,
            ticket=ticket,
            terms=terms,
            zone=zone_of(terms),
            person=me(request),
            initial=request.GET.dict(),
        )
        if request.method == "GET":
            return _show(request, act, form, ticket, status=200)
        crossed = None
        if form.is_valid():
            try:
                with sending.once(request, at=at):
                    if act.rests:
                        guard(request, actions.locked(ticket))
                    made = act.run(ticket, me(request), form.cleaned_data, at)
                _tell(request, act, made)
                return sending.done(request, reverse("console:ticket", args=[reference]))
            except Crossed as error:
                crossed = meanwhile(error, form.zone, at=at)
            except (CannotDo, NotAllowed, sending.Refused, correspondence.CannotWrite) as error:
                form.add_error(None, str(error))
        return _show(request, act, form, ticket, crossed, status=422)

    do.__name__ = f"act_{act.key}"
    return do


def preview_of(act: Act) -> Callable[..., HttpResponseBase]:
    """Return the view that shows the letter which an act would send."""

    @door("POST", role=act.role)
    def show(request: HttpRequest, reference: str) -> HttpResponseBase:
        at = now()
        ticket = ticket_or_404(request, reference, at=at)
        terms = contracts.load(ticket.terms)
        form = act.form(request.POST, ticket=ticket, terms=terms, zone=zone_of(terms), person=me(request))
        context: dict[str, Any] = {"letter": None, "trouble": "Fill in the form to read the letter here."}
        if form.is_valid():
            try:
                said = form.cleaned_data
                context["letter"] = sending.rehearse(lambda: act.run(ticket, me(request), said, at))
            except (CannotDo, NotAllowed, correspondence.CannotWrite) as error:
                context["trouble"] = str(error)
        return fragment(request, "tickets/letter.html", context)

    show.__name__ = f"preview_{act.key}"
    return show


def _tell(request: HttpRequest, act: Act, made: object) -> None:
    if act.sends:
        sending.offer_undo(request, made, act.done)
    elif act.done:
        messages.success(request, act.done)


def _show(
    request: HttpRequest,
    act: Act,
    form: Any,
    ticket: Ticket,
    crossed: Meanwhile | None = None,
    *,
    status: int,
) -> HttpResponseBase:
    seen = seen_in(request)
    context: dict[str, Any] = {
        "act": act,
        "form": form,
        "reference": ticket.reference,
        "subject": ticket.subject or "(no subject)",
        "possible": act.when(situation_of(queries.file_of(ticket, person=me(request), at=now()))),
        "nonce": sending.nonce(),
        "seen": crossing.newest(ticket) if seen is None else seen,
        "meanwhile": crossed,
        "action": request.path,
        "heading": "h2" if sending.by_script(request) else "h1",
    }
    if isinstance(form, SeverityForm):
        context |= severity_context(form)
    if sending.by_script(request):
        return fragment(request, "tickets/act.html", context, status=status)
    return page(request, "tickets/act_page.html", context, status=status)


def severity_context(form: SeverityForm) -> dict[str, Any]:
    """Return the grid of urgency and impact with what the agreement makes of each pair."""
    names = {level.level: level.name for level in form.terms.severities}
    urgency = form.data.get("urgency") or form.fields["urgency"].initial
    impact = form.data.get("impact") or form.fields["impact"].initial
    rows = []
    for row in DEGREE_WORDS:
        cells = []
        for column in DEGREE_WORDS:
            grade = form.terms.grade(row, column)
            level = grade.severity or grade.suggested
            cells.append(
                {
                    "urgency": row,
                    "impact": column,
                    "level": level,
                    "name": names.get(level, "") if level else "For a person to grade",
                    "given": grade.severity is not None,
                    "chosen": (row, column) == (urgency, impact),
                }
            )
        rows.append({"label": DEGREE_WORDS[row], "cells": cells})
    return {
        "grid": rows,
        "columns": list(DEGREE_WORDS.values()),
        "levels": form.terms.severities,
        "assessed": bool(form.ticket.claimed_urgency),
    }


VIEWS = {act.key: view_of(act) for act in ACTS}
PREVIEWS = {act.key: preview_of(act) for act in ACTS if act.letter}
