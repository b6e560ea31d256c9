"""Complaints in the portal (R3.10a): one's own, with when each is answered, and making one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from mainstay.feedback import casework, complaints
from mainstay.feedback.casework import Case
from mainstay.lib.language import spoken
from mainstay.lib.time import now
from mainstay.mail import filenames
from mainstay.orgs.models import Membership
from mainstay.portal import nonces
from mainstay.portal.access import door, me, standing
from mainstay.portal.forms.complaints import ComplaintForm
from mainstay.portal.presenters.complaints import answered_within_for
from mainstay.portal.render import page
from mainstay.screens.moments import Moment, moment
from mainstay.screens.zones import desk_zone
from mainstay.tickets import clients
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.content import NewFile
from mainstay.tickets.models import Kind, State, Ticket

MOST = 100  # requests that the form offers, and complaints that the list shows


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One complaint of one's own: what was promised, and what became of it."""

    reference: str
    about: str
    came: Moment | None
    due: Moment | None
    answered: Moment | None
    closed: bool


@door("GET")
def complaint_list(request: HttpRequest) -> HttpResponseBase:
    """Show one's own complaints: nobody sees those of others here, administrators included."""
    at = now()
    found = list(casework.complaints(me(request), standing="all", at=at)[:MOST])
    lines = [_line(case, at) for case in casework.cases(found)]
    context = {"lines": lines, "within": _within(request, at)}
    return page(request, "portal/complaints/list.html", context, current="complaints")


@door("GET", "POST")
def complaint_new(request: HttpRequest) -> HttpResponseBase:
    """Make a complaint, about a request or alone. Whoever may use the portal may complain."""
    at, mine = now(), _requests(request)
    form = ComplaintForm(
        request.POST if request.method == "POST" else None, request.FILES or None,
        organisations=standing(request).organisations(), requests=mine, initial={"about": _asked_about(request, mine)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            ticket, _new = _filed(request, form.cleaned_data, at)
            messages.success(
                request, _("Your complaint is %(reference)s. We have written to you.") % {"reference": ticket.reference}
            )
            return HttpResponseRedirect(reverse("portal:complaints"))
        except CannotDo as error:
            form.add_error(None, spoken(error))
    status = 422 if form.errors else 200
    context = {"form": form, "nonce": nonces.shown(request), "within": _within(request, at)}
    return page(request, "portal/complaints/new.html", context, current="complaints", status=status)


def _within(request: HttpRequest, at: datetime) -> str:
    return answered_within_for(standing(request).organisations(), at=at)


def _filed(request: HttpRequest, said: dict[str, Any], at: datetime) -> tuple[Ticket, bool]:
    membership = _membership(request, said)
    return clients.once(
        by=me(request),
        key=nonces.kept(request),
        at=at,
        act=lambda: complaints.from_person(
            person=me(request), organisation=membership.organisation, role=membership.role, text=said["text"],
            about=said["about"], files=_files(said["attachments"]), at=at,
        ),
    )  # fmt: skip


def _membership(request: HttpRequest, said: dict[str, Any]) -> Membership:
    """Return for which organisation it is: the one chosen, else that of the request, else the only one."""
    mine = standing(request).memberships
    chosen = said.get("organisation") or (said["about"].organisation if said["about"] else None)
    return next((one for one in mine if chosen is not None and one.organisation_id == chosen.pk), mine[0])


def _requests(request: HttpRequest) -> list[Ticket]:
    found = visible_tickets(me(request), at=now()).exclude(kind=Kind.COMPLAINT).filter(merged_into=None)
    return list(found.order_by("-pk")[:MOST])


def _asked_about(request: HttpRequest, mine: Iterable[Ticket]) -> int | None:
    reference = request.GET.get("about", "").upper()
    return next((one.pk for one in mine if one.reference == reference), None)


def _files(uploaded: Iterable[Any]) -> list[NewFile]:
    files = []
    for one in uploaded:
        data = one.read()
        kind = filenames.served_type(data, one.content_type or "")
        files.append(NewFile(filenames.safe_name(one.name or "", kind), kind, data))
    return files


def _line(case: Case, at: datetime) -> CaseLine:
    ticket, clock, zone = case.ticket, case.clock, desk_zone()
    return CaseLine(
        ticket.reference, ticket.about.reference if ticket.about else "", moment(ticket.reported_at, zone, now=at),
        moment(clock.due, zone, now=at) if clock else None, moment(clock.stopped, zone, now=at) if clock else None,
        ticket.state == State.CLOSED,
    )  # fmt: skip
