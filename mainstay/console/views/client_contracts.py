"""A client's contracts, what was agreed otherwise in them, and their out-of-hours numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from mainstay.console import client_forms as forms
from mainstay.console.access import door, me
from mainstay.console.presenters import clients as presenters
from mainstay.console.render import fragment
from mainstay.console.settling import faults_of, onward, settle
from mainstay.console.views.sheets import MANAGER, Sheet, client_or_404, form_page, path, settled
from mainstay.contracts import actions as contracts
from mainstay.contracts import faults as faults_in
from mainstay.contracts import out_of_hours, queries
from mainstay.contracts.models import AgreementVersion, Contract, OutOfHours, Override
from mainstay.core.terms import AgreementFaults
from mainstay.lib import telephone
from mainstay.lib.time import now
from mainstay.orgs.models import Organisation
from mainstay.screens.zones import desk_zone


@door("GET", "POST", role=MANAGER)
def contract_add(request: HttpRequest, client: str) -> HttpResponseBase:
    """Record a signed contract, in place of another where it renews one."""
    at, organisation = now(), client_or_404(client)
    current = queries.in_force(organisation, at=at)
    form = forms.ContractForm(
        request.POST or None, zone=desk_zone(), current=current, initial=_as_before(current, at)
    )
    sheet = Sheet(
        "Sign a contract",
        "What it promises holds for requests reported from its first day on. "
        "A ticket keeps the terms that it was reported under.",
        "Record the contract",
        path("client", organisation),
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
    return form_page(request, form, sheet, template="clients/contract.html")


@door("GET", "POST", role=MANAGER)
def contract_end(request: HttpRequest, client: str, contract_id: int) -> HttpResponseBase:
    """Ask for the last day of a contract."""
    at, organisation = now(), client_or_404(client)
    contract = _contract_or_404(organisation, contract_id)
    form = forms.EndForm(request.POST or None, zone=desk_zone())
    sheet = Sheet(
        f"End {contract.document}",
        "Requests reported later run on another contract, or else on the standard agreement. "
        "Open tickets keep their terms.",
        "End the contract",
        path("client", organisation),
        organisation,
        grave=True,
    )

    def act(said: dict[str, Any]) -> None:
        contracts.end_contract(contract=contract, active_to=form.active_to(), at=at, by=me(request))

    return settled(request, form, act, sheet, "The end of the contract is recorded.", at)


@door("GET", "POST", role=MANAGER)
def override_add(request: HttpRequest, client: str, contract_id: int) -> HttpResponseBase:
    """Record what was agreed otherwise in writing, checked like an agreement file."""
    at, organisation = now(), client_or_404(client)
    contract = _contract_or_404(organisation, contract_id)
    form = forms.OverrideForm(
        request.POST or None, zone=desk_zone(), initial={"first_day": at.astimezone(desk_zone()).date()}
    )
    sheet = Sheet(
        "Agree otherwise",
        f"Terms that differ from {contract.agreement} under {contract.document}, "
        "for requests reported from the first day on.",
        "Record it",
        path("client", organisation),
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
    return form_page(request, form, sheet, template="clients/override.html", **preview)


@door("POST", role=MANAGER)
def override_preview(request: HttpRequest, client: str, contract_id: int) -> HttpResponseBase:
    """Say what the terms that are being typed would change for this client, or what is wrong with them."""
    at = now()
    contract = _contract_or_404(client_or_404(client), contract_id)
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
    at, organisation = now(), client_or_404(client)
    override = Override.objects.filter(pk=override_id, contract__organisation=organisation).first()
    if override is None:
        raise Http404("Nothing of the kind was agreed.")
    form = forms.EndForm(request.POST or None, zone=desk_zone())
    sheet = Sheet(
        f"End what {override.document} agrees",
        "Requests reported later run on the agreement again. Open tickets keep their terms.",
        "End it",
        path("client", organisation),
        organisation,
        grave=True,
    )

    def act(said: dict[str, Any]) -> None:
        contracts.end_override(override=override, active_to=form.active_to(), at=at, by=me(request))

    return settled(request, form, act, sheet, "The end is recorded.", at)


@door("GET", "POST", role=MANAGER)
def out_of_hours_add(request: HttpRequest, client: str, contract_id: int) -> HttpResponseBase:
    """Record the number that this client rings outside hours."""
    at, organisation = now(), client_or_404(client)
    contract = _contract_or_404(organisation, contract_id)
    form = forms.OutOfHoursForm(
        request.POST or None, zone=desk_zone(), initial={"first_day": at.astimezone(desk_zone()).date()}
    )
    sheet = Sheet(
        "Out-of-hours number",
        f"Its own number under {contract.document}. One that holds already ends where this one begins.",
        "Record it",
        path("client", organisation),
        organisation,
    )

    def act(said: dict[str, Any]) -> None:
        out_of_hours.agree(
            contract=contract, number=said["number"], words=said["words"], active_from=said["active_from"],
            active_to=said["active_to"], at=at, by=me(request),
        )  # fmt: skip

    return settled(request, form, act, sheet, "The out-of-hours number is recorded.", at)


@door("GET", "POST", role=MANAGER)
def out_of_hours_end(request: HttpRequest, client: str, number_id: int) -> HttpResponseBase:
    """Ask for the last day of an out-of-hours number."""
    at, organisation = now(), client_or_404(client)
    row = OutOfHours.objects.filter(pk=number_id, contract__organisation=organisation).first()
    if row is None:
        raise Http404("There is no such out-of-hours number.")
    form = forms.EndForm(request.POST or None, zone=desk_zone())
    sheet = Sheet(
        f"End the out-of-hours number {telephone.shown(row.number)}",
        "From then on it is told to nobody.",
        "End it",
        path("client", organisation),
        organisation,
        grave=True,
    )

    def act(said: dict[str, Any]) -> None:
        out_of_hours.end(row=row, active_to=form.active_to(), at=at, by=me(request))

    return settled(request, form, act, sheet, "The end is recorded.", at)


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
