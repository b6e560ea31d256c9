"""Clients: the list, one client's page, and every form that sets something up for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.clocks import clients, listing
from mainstay.clocks.clients import Wanted
from mainstay.clocks.filters import Asked
from mainstay.console import client_forms as forms
from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.presenters import clients as presenters
from mainstay.console.presenters.tickets import ticket_line
from mainstay.console.render import fragment, page
from mainstay.console.settling import faults_of, onward, settle
from mainstay.console.zones import desk_zone
from mainstay.contracts import actions as contracts
from mainstay.contracts import faults as faults_in
from mainstay.contracts import out_of_hours, queries
from mainstay.contracts.models import AgreementVersion, Contract, Coverage, OutOfHours, Override
from mainstay.core.terms import AgreementFaults
from mainstay.lib import telephone
from mainstay.lib.time import now
from mainstay.orgs import access
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Address, Change, Membership, Organisation, StaffRole
from mainstay.tickets.access import visible_tickets

MANAGER = StaffRole.MANAGER
"""Who changes contracts, what was agreed otherwise, and authority. Everybody at the desk may read."""
SHOWN = 8  # users and tickets on a client's page; the rest has pages of its own
PAGE = 50
HISTORY = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around a form: heading, explanation, button, and the way back."""

    title: str
    lead: str
    button: str
    back: str
    client: Organisation | None = None
    grave: bool = False


# ---- Looking -----------------------------------------------------------------------------------------------


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
        "may": _may(request),
    }
    return page(request, "clients/list.html", context, current="clients", at=at)


@door("GET")
def client(request: HttpRequest, client: str) -> HttpResponseBase:
    """Show one client: contracts, users, open tickets, history. A fixed number of queries, whatever it has."""
    at, organisation, zone = now(), _client_or_404(client), desk_zone()
    current, earlier = presenters.contract_views(queries.contracts_of(organisation), zone, at=at)
    users = _users(organisation, at)
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
        "may": _may(request),
    }
    return page(request, "clients/client.html", context, current="clients", at=at)


@door("GET")
def users(request: HttpRequest, client: str) -> HttpResponseBase:
    """Show all authorised users of a client, those whose authority has ended too if they are asked for."""
    at, organisation = now(), _client_or_404(client)
    ended, text = request.GET.get("ended") == "yes", request.GET.get("text", "").replace("\x00", "")[:200]
    found = _ended(organisation, at) if ended else _users(organisation, at)
    for word in text.split()[:8]:
        found = found.filter(
            Q(person__name__icontains=word) | Q(person__email__icontains=word) | Q(role__icontains=word)
        )
    after = request.GET.get("after", "")
    if after.isdecimal():
        found = found.filter(_after(after[:18]))
    rows = list(found[: PAGE + 1])
    asked = {"text": text, "ended": "yes" if ended else ""}
    context = {
        "client": organisation,
        "lines": [presenters.user_line(one, desk_zone()) for one in rows[:PAGE]],
        "text": text,
        "ended": ended,
        "next": _query({**asked, "after": str(rows[PAGE - 1].pk)}) if len(rows) > PAGE else "",
        "later": bool(after),
        "may": _may(request),
    }
    return page(request, "clients/users.html", context, current="clients", at=at)


@door("GET")
def user(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Show one authorised user: what they may do, their addresses, who changed what."""
    return _user(request, _client_or_404(client), membership_id)


# ---- The client --------------------------------------------------------------------------------------------


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
        return onward(request, _path("client", made[0]))
    return _form(request, form, sheet)


@door("GET", "POST", role=MANAGER)
def client_edit(request: HttpRequest, client: str) -> HttpResponseBase:
    """Correct a client's name, hints or notes."""
    at, organisation = now(), _client_or_404(client)
    form = forms.client_edit_form(organisation, request.POST or None)
    sheet = Sheet("Edit the client", "", "Save", _path("client", organisation), organisation)

    def act(said: dict[str, Any]) -> None:
        fresh = Organisation.objects.get(pk=organisation.pk)
        orgs.change_organisation(organisation=fresh, by=me(request), at=at, **said)

    return _settled(request, form, act, sheet, "Saved.", at)


# ---- Contracts ---------------------------------------------------------------------------------------------


@door("GET", "POST", role=MANAGER)
def contract_add(request: HttpRequest, client: str) -> HttpResponseBase:
    """Record a signed contract, in place of another where it renews one."""
    at, organisation = now(), _client_or_404(client)
    current = queries.in_force(organisation, at=at)
    form = forms.ContractForm(
        request.POST or None, zone=desk_zone(), current=current, initial=_as_before(current, at)
    )
    sheet = Sheet(
        "Sign a contract",
        "What it promises holds for requests reported from its first day on. "
        "A ticket keeps the terms that it was reported under.",
        "Record the contract",
        _path("client", organisation),
        organisation,
    )

    def act(said: dict[str, Any]) -> None:
        contracts.sign_contract(
            organisation=organisation, agreement=said["agreement"], coverage=said["coverage"],
            document=said["document"], active_from=said["active_from"], active_to=said["active_to"],
            products=form.covered(), replaces=said.get("replaces"), at=at, by=me(request),
        )  # fmt: skip

    if request.method == "POST" and settle(request, form, act, said="The contract is recorded.", at=at):
        return onward(request, sheet.back)
    return _form(request, form, sheet, template="clients/contract.html")


@door("GET", "POST", role=MANAGER)
def contract_end(request: HttpRequest, client: str, contract_id: int) -> HttpResponseBase:
    """Ask for the last day of a contract."""
    at, organisation = now(), _client_or_404(client)
    contract = _contract_or_404(organisation, contract_id)
    form = forms.EndForm(request.POST or None, zone=desk_zone())
    sheet = Sheet(
        f"End {contract.document}",
        "Requests reported later run on another contract, or else on the standard agreement. "
        "Open tickets keep their terms.",
        "End the contract",
        _path("client", organisation),
        organisation,
        grave=True,
    )

    def act(said: dict[str, Any]) -> None:
        contracts.end_contract(contract=contract, active_to=form.active_to(), at=at, by=me(request))

    return _settled(request, form, act, sheet, "The end of the contract is recorded.", at)


# ---- Agreed otherwise --------------------------------------------------------------------------------------


@door("GET", "POST", role=MANAGER)
def override_add(request: HttpRequest, client: str, contract_id: int) -> HttpResponseBase:
    """Record what was agreed otherwise in writing, checked like an agreement file."""
    at, organisation = now(), _client_or_404(client)
    contract = _contract_or_404(organisation, contract_id)
    form = forms.OverrideForm(
        request.POST or None, zone=desk_zone(), initial={"first_day": at.astimezone(desk_zone()).date()}
    )
    sheet = Sheet(
        "Agree otherwise",
        f"Terms that differ from {contract.agreement} under {contract.document}, "
        "for requests reported from the first day on.",
        "Record it",
        _path("client", organisation),
        organisation,
    )

    def act(said: dict[str, Any]) -> None:
        contracts.agree_otherwise_in_toml(
            contract=contract, text=said["text"], document=said["document"], active_from=said["active_from"],
            active_to=said["active_to"], at=at, by=me(request),
        )  # fmt: skip

    if request.method == "POST" and settle(request, form, act, said="Recorded.", at=at):
        return onward(request, sheet.back)
    preview = {**_previewed(contract, form.data.get("text", ""), at), "contract": contract}
    if faults_of(form):
        preview["faults"] = faults_of(form)
    return _form(request, form, sheet, template="clients/override.html", **preview)


@door("POST", role=MANAGER)
def override_preview(request: HttpRequest, client: str, contract_id: int) -> HttpResponseBase:
    """Say what the terms that are being typed would change for this client, or what is wrong with them."""
    at = now()
    contract = _contract_or_404(_client_or_404(client), contract_id)
    form = forms.OverrideForm(request.POST, zone=desk_zone())
    form.is_valid()
    from_then = form.cleaned_data.get("active_from") or at
    return fragment(
        request,
        "clients/difference.html",
        _previewed(contract, request.POST.get("text", "")[:50_000], from_then),
    )


def _previewed(contract: Contract, text: str, at: datetime) -> dict[str, Any]:
    context: dict[str, Any] = {"words": (), "faults": (), "typed": bool(text.strip())}
    try:
        terms = faults_in.parsed(text)
        context["words"] = (
            presenters.in_words(queries.difference_for(contract, terms, at=at)) if terms else ()
        )
    except faults_in.Faulty as error:
        context["faults"] = error.found
    except AgreementFaults as error:
        data = queries.agreement_of(contract.agreement).data
        context["faults"] = faults_in.in_override(text, error, data).found
    return context


@door("GET", "POST", role=MANAGER)
def override_end(request: HttpRequest, client: str, override_id: int) -> HttpResponseBase:
    """Ask for the last day of what was agreed otherwise."""
    at, organisation = now(), _client_or_404(client)
    override = Override.objects.filter(pk=override_id, contract__organisation=organisation).first()
    if override is None:
        raise Http404("Nothing of the kind was agreed.")
    form = forms.EndForm(request.POST or None, zone=desk_zone())
    sheet = Sheet(
        f"End what {override.document} agrees",
        "Requests reported later run on the agreement again. Open tickets keep their terms.",
        "End it",
        _path("client", organisation),
        organisation,
        grave=True,
    )

    def act(said: dict[str, Any]) -> None:
        contracts.end_override(override=override, active_to=form.active_to(), at=at, by=me(request))

    return _settled(request, form, act, sheet, "The end is recorded.", at)


@door("GET", "POST", role=MANAGER)
def out_of_hours_add(request: HttpRequest, client: str, contract_id: int) -> HttpResponseBase:
    """Record the number that this client rings outside hours."""
    at, organisation = now(), _client_or_404(client)
    contract = _contract_or_404(organisation, contract_id)
    form = forms.OutOfHoursForm(
        request.POST or None, zone=desk_zone(), initial={"first_day": at.astimezone(desk_zone()).date()}
    )
    sheet = Sheet(
        "Out-of-hours number",
        f"Its own number under {contract.document}. One that holds already ends where this one begins.",
        "Record it",
        _path("client", organisation),
        organisation,
    )

    def act(said: dict[str, Any]) -> None:
        out_of_hours.agree(
            contract=contract, number=said["number"], words=said["words"], active_from=said["active_from"],
            active_to=said["active_to"], at=at, by=me(request),
        )  # fmt: skip

    return _settled(request, form, act, sheet, "The out-of-hours number is recorded.", at)


@door("GET", "POST", role=MANAGER)
def out_of_hours_end(request: HttpRequest, client: str, number_id: int) -> HttpResponseBase:
    """Ask for the last day of an out-of-hours number."""
    at, organisation = now(), _client_or_404(client)
    row = OutOfHours.objects.filter(pk=number_id, contract__organisation=organisation).first()
    if row is None:
        raise Http404("There is no such out-of-hours number.")
    form = forms.EndForm(request.POST or None, zone=desk_zone())
    sheet = Sheet(
        f"End the out-of-hours number {telephone.shown(row.number)}",
        "From then on it is told to nobody.",
        "End it",
        _path("client", organisation),
        organisation,
        grave=True,
    )

    def act(said: dict[str, Any]) -> None:
        out_of_hours.end(row=row, active_to=form.active_to(), at=at, by=me(request))

    return _settled(request, form, act, sheet, "The end is recorded.", at)


# ---- Users -------------------------------------------------------------------------------------------------


@door("GET", "POST", role=MANAGER)
def user_add(request: HttpRequest, client: str) -> HttpResponseBase:
    """Authorise somebody to raise requests for a client."""
    at, organisation = now(), _client_or_404(client)
    form = forms.UserForm(request.POST or None)
    sheet = Sheet(
        "Authorise a user",
        "From now on their mail is a request of this client. Somebody whom we know already keeps the name they have.",
        "Authorise",
        _path("client", organisation),
        organisation,
    )

    def act(said: dict[str, Any]) -> None:
        orgs.authorise_address(organisation=organisation, at=at, by=me(request), **said)

    return _settled(request, form, act, sheet, "Authorised.", at)


@door("POST", role=MANAGER)
def user_change(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Change what an authorised user is called and may do."""
    at, organisation = now(), _client_or_404(client)
    membership, form = _membership_or_404(organisation, membership_id), forms.RightsForm(request.POST)

    def act(said: dict[str, Any]) -> None:
        orgs.change_authority(membership=membership, by=me(request), at=at, **said)

    if settle(request, form, act, said="Saved. It holds from now on.", at=at):
        return onward(request, _path("client_user", organisation, membership_id))
    return _user(request, organisation, membership_id, rights=form)


@door("POST", role=MANAGER)
def address_add(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Give an authorised user a further address."""
    at, organisation = now(), _client_or_404(client)
    membership = _membership_or_404(organisation, membership_id)
    form = forms.AddressForm(request.POST, auto_id="address_%s")

    def act(said: dict[str, Any]) -> None:
        orgs.add_address(
            person=membership.person, email=said["email"], at=at, by=me(request), organisation=organisation
        )

    if settle(request, form, act, said="Mail from that address is theirs now.", at=at):
        return onward(request, _path("client_user", organisation, membership_id))
    return _user(request, organisation, membership_id, address=form)


@door("POST", role=MANAGER)
def address_remove(
    request: HttpRequest, client: str, membership_id: int, address_id: int
) -> HttpResponseBase:
    """Take a further address away."""
    at, organisation = now(), _client_or_404(client)
    membership = _membership_or_404(organisation, membership_id)
    address = Address.objects.filter(pk=address_id, person=membership.person).select_related("person").first()
    if address is None:
        raise Http404("There is no such address.")

    def act(said: dict[str, Any]) -> None:
        orgs.remove_address(address=address, by=me(request), at=at, organisation=organisation)

    settle(
        request, forms.EmptyForm(request.POST), act, said="Mail from it is a stranger's from now on.", at=at
    )
    return onward(request, _path("client_user", organisation, membership_id))


@door("GET", "POST", role=MANAGER)
def user_end(request: HttpRequest, client: str, membership_id: int) -> HttpResponseBase:
    """Ask whether an authority shall end."""
    at, organisation = now(), _client_or_404(client)
    membership = _membership_or_404(organisation, membership_id)
    form = forms.EmptyForm(request.POST if request.method == "POST" else None)
    sheet = Sheet(
        f"End the authority of {membership.person.name}",
        "From this moment their mail is a stranger's and is held for verification. "
        f"What they did for {organisation.name} stays.",
        "End the authority",
        _path("client_user", organisation, membership_id),
        organisation,
        grave=True,
    )

    def act(said: dict[str, Any]) -> None:
        orgs.end_authority(membership=membership, at=at, by=me(request))

    return _settled(request, form, act, sheet, "The authority has ended.", at)


# ---- Shared ------------------------------------------------------------------------------------------------


def _settled(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], object],
    sheet: Sheet,
    said: str,
    at: datetime,
) -> HttpResponseBase:
    """Do what the form of `sheet` asks and go back, or show it."""
    if request.method == "POST" and settle(request, form, act, said=said, at=at):
        return onward(request, sheet.back)
    return _form(request, form, sheet)


def _form(
    request: HttpRequest, form: Any, sheet: Sheet, *, template: str = "clients/form.html", **more: Any
) -> HttpResponseBase:
    context = {"form": form, "sheet": sheet, "nonce": sending.nonce(), **more}
    return page(request, template, context, current="clients", status=422 if form.errors else 200)


def _user(
    request: HttpRequest,
    organisation: Organisation,
    membership_id: int,
    *,
    rights: forms.RightsForm | None = None,
    address: forms.AddressForm | None = None,
) -> HttpResponseBase:
    at, membership = now(), _membership_or_404(organisation, membership_id)
    person = membership.person
    said = {
        "name": person.name, "role": membership.role, "phone": telephone.shown(person.phone),
        **orgs.rights_of(membership),
    }  # fmt: skip
    history = Change.objects.filter(organisation=organisation, person=membership.person)
    context = {
        "client": organisation,
        "user": presenters.user_line(membership, desk_zone()),
        "addresses": presenters.addresses_of(membership),
        "rights": rights or forms.RightsForm(initial=said),
        "address": address or forms.AddressForm(auto_id="address_%s"),
        "history": [
            presenters.entry(one, desk_zone(), at=at)
            for one in history.select_related("by", "person").order_by("-id")[:HISTORY]
        ],
        "nonce": sending.nonce(),
        "may": _may(request) and membership.active_to is None,
    }
    status = 422 if (rights and rights.errors) or (address and address.errors) else 200
    return page(request, "clients/user.html", context, current="clients", status=status, at=at)


def _may(request: HttpRequest) -> bool:
    return access.at_least(me(request), MANAGER)


def _users(organisation: Organisation, at: datetime) -> QuerySet[Membership]:
    found = access.active_memberships(at).filter(organisation=organisation)
    return _with_people(found).order_by("person__name", "pk")


def _ended(organisation: Organisation, at: datetime) -> QuerySet[Membership]:
    found = Membership.objects.filter(organisation=organisation, active_to__lte=at)
    return _with_people(found).order_by("person__name", "pk")


def _with_people(found: QuerySet[Membership]) -> QuerySet[Membership]:
    return found.select_related("person", "granted_by").prefetch_related("person__addresses")


def _after(membership_id: str) -> Q:
    """Return the rows after that membership in the order of names, the key last."""
    place = Membership.objects.filter(pk=membership_id).values_list("person__name", "pk").first()
    name, key = place or ("", 0)
    return Q(person__name__gt=name) | Q(person__name=name, pk__gt=key)


def _as_before(current: list[Contract], at: datetime) -> dict[str, Any]:
    """Return what a new contract most likely says: as the one in force, from where that one ends."""
    try:
        initial: dict[str, Any] = {"agreement": queries.default_agreement(at)}
    except queries.NoAgreement:
        initial = {"agreement": AgreementVersion.objects.order_by("-pk").first()}
    for contract in current[:1]:
        initial |= {"coverage": contract.coverage, "replaces": contract.pk}
        if contract.active_to:
            initial["first_day"] = contract.active_to.astimezone(desk_zone()).date()
        for line in contract.products.all():
            initial[f"product_{line.product_id}"] = forms.HOSTED if line.hosted else forms.ELSEWHERE
    return initial


def _client_or_404(key: str) -> Organisation:
    found = Organisation.objects.filter(key=key).first()
    if found is None:
        raise Http404("There is no such client.")
    return found


def _contract_or_404(organisation: Organisation, contract_id: int) -> Contract:
    found = (
        Contract.objects.filter(pk=contract_id, organisation=organisation)
        .select_related("agreement", "organisation")
        .prefetch_related("overrides")
        .first()
    )
    if found is None:
        raise Http404("There is no such contract.")
    return found


def _membership_or_404(organisation: Organisation, membership_id: int) -> Membership:
    found = (
        Membership.objects.filter(pk=membership_id, organisation=organisation)
        .select_related("person", "organisation", "granted_by")
        .prefetch_related("person__addresses")
        .first()
    )
    if found is None:
        raise Http404("There is no such user.")
    return found


def _path(route: str, organisation: Organisation, *more: object) -> str:
    return reverse(f"console:{route}", args=[organisation.key, *more])


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
    return reverse("console:clients") + _query(said)


def _query(said: dict[str, str]) -> str:
    kept = {name: value for name, value in said.items() if value}
    return f"?{urlencode(kept)}" if kept else "?"
