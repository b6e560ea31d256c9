"""Clients: the list, one client's page, and the client itself."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.clocks import clients, listing
from mainstay.clocks.clients import Wanted
from mainstay.clocks.filters import Asked
from mainstay.console import client_forms as forms
from mainstay.console.access import door, me
from mainstay.console.presenters import clients as presenters
from mainstay.console.presenters.tickets import ticket_line
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.console.views.client_users import users_of
from mainstay.console.views.sheets import (
    MANAGER,
    Sheet,
    client_or_404,
    form_page,
    may_set_up,
    path,
    query,
    settled,
)
from mainstay.contracts import queries
from mainstay.contracts.models import Coverage
from mainstay.lib.time import now
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Change, Organisation
from mainstay.screens.zones import desk_zone
from mainstay.tickets.access import visible_tickets

SHOWN = 8  # users and tickets on a client's page; the rest has pages of its own
HISTORY = 30


@door("GET")
def client_list(request: HttpRequest) -> HttpResponseBase:
    """Show the clients, searched, sorted, a page at a time."""
    at, wanted = now(), _wanted(request)
    found = clients.page(visible_tickets(me(request), at=at), wanted, at=at)
    context = {
        "lines": [presenters.client_line(line, desk_zone(), at=at) for line in found.lines],
        "columns": _columns(wanted),
        "wanted": wanted,
        "coverages": [
            *((value, str(label), value == wanted.coverage) for value, label in Coverage.choices),
            ("none", "No contract", wanted.coverage == "none"),
        ],
        "filtered": bool(wanted.text or wanted.coverage),
        "next": _address(wanted, after=found.after) if found.after else "",
        "previous": _address(wanted, before=found.before) if found.before else "",
        "may": may_set_up(request),
    }
    return page(request, "clients/list.html", context, current="clients", at=at)


@door("GET")
def client(request: HttpRequest, client: str) -> HttpResponseBase:
    """Show one client: contracts, users, open tickets, history. A fixed number of queries, whatever it has."""
    at, organisation, zone = now(), client_or_404(client), desk_zone()
    current, earlier = presenters.contract_views(queries.contracts_of(organisation), zone, at=at)
    users = users_of(organisation, at)
    wanted = listing.Wanted(filters=(Asked("organisation", (organisation.key,)),))
    tickets = listing.page(me(request), wanted, at=at, size=SHOWN)
    history = Change.objects.filter(organisation=organisation).select_related("by", "person")
    context = {
        "client": organisation,
        "domains": ", ".join(organisation.domains),
        "since": presenters.day(organisation.created_at.astimezone(zone).date()),
        "contracts": current,
        "earlier": earlier,
        "in_force": any(contract.state.key == "now" for contract in current),
        "users": [presenters.user_line(one, zone) for one in users[:SHOWN]],
        "user_count": users.count(),
        "tickets": [ticket_line(line, at=at) for line in tickets.lines],
        "more_tickets": bool(tickets.after),
        "history": [presenters.entry(one, zone, at=at) for one in history.order_by("-id")[:HISTORY]],
        "may": may_set_up(request),
    }
    return page(request, "clients/client.html", context, current="clients", at=at)


@door("GET", "POST", role=MANAGER)
def client_add(request: HttpRequest) -> HttpResponseBase:
    """Add a client."""
    at, made = now(), []
    form = forms.ClientForm(request.POST or None)
    sheet = Sheet(
        "Add a client",
        "A client without a contract is supported on the standard agreement with core coverage.",
        "Add the client",
        reverse("console:clients"),
    )

    def act(said: dict[str, Any]) -> None:
        made.append(orgs.add_organisation(at=at, by=me(request), **said))

    if request.method == "POST" and settle(request, form, act, said="The client is added.", at=at):
        return onward(request, path("client", made[0]))
    return form_page(request, form, sheet)


@door("GET", "POST", role=MANAGER)
def client_edit(request: HttpRequest, client: str) -> HttpResponseBase:
    """Correct a client's name, hints or notes."""
    at, organisation = now(), client_or_404(client)
    form = forms.client_edit_form(organisation, request.POST or None)
    sheet = Sheet("Edit the client", "", "Save", path("client", organisation), organisation)

    def act(said: dict[str, Any]) -> None:
        fresh = Organisation.objects.get(pk=organisation.pk)
        orgs.change_organisation(organisation=fresh, by=me(request), at=at, **said)

    return settled(request, form, act, sheet, "Saved.", at)


def _wanted(request: HttpRequest) -> Wanted:
    names = {field.name for field in fields(Wanted)}
    asked = {name: request.GET.get(name, "") for name in names if request.GET.get(name)}
    return clients.checked(Wanted(**asked))


def _columns(wanted: Wanted) -> dict[str, tuple[str, str]]:
    """Return for each column that sorts: its address and its `aria-sort` ('' where it is not the one)."""
    ways = {sort: "descending" if order[0][1] < 0 else "ascending" for sort, order in clients.SORTS.items()}
    return {
        sort: (_address(wanted, sort=sort), way if sort == wanted.sort else "") for sort, way in ways.items()
    }


def _address(wanted: Wanted, **change: str) -> str:
    """Return the address of the list with something else; another sort or filter begins at the first page."""
    said = {"sort": wanted.sort, "text": wanted.text, "coverage": wanted.coverage, **change}
    said["sort"] = "" if said["sort"] == "name" else said["sort"]
    return reverse("console:clients") + query(said)
