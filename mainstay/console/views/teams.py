"""Teams that tickets go to, and products that contracts cover."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.console import client_forms as forms
from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.presenters import agreements as presenters
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.contracts import actions as contracts
from mainstay.contracts import queries
from mainstay.contracts.models import ContractProduct, Product
from mainstay.lib.time import now
from mainstay.orgs import actions as orgs
from mainstay.orgs import teams as groups
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Person, StaffRole, Team

ADMINISTRATOR = StaffRole.ADMINISTRATOR
"""Who keeps teams and products. Everybody at the desk may read them."""


@door("GET")
def team_list(request: HttpRequest) -> HttpResponseBase:
    """Show the teams, and the levels of the ladder that none answers for."""
    return _teams(request)


@door("POST", role=ADMINISTRATOR)
def team_add(request: HttpRequest) -> HttpResponseBase:
    """Add a team."""
    at, form = now(), forms.TeamForm(request.POST, auto_id="team_%s")

    def act(said: dict[str, Any]) -> None:
        if Team.objects.filter(key=said["key"]).exists():
            raise orgs.NameTaken("There is a team of that key already.")
        groups.add(key=said["key"], name=said["name"], by=me(request), at=at)

    if settle(request, form, act, said="The team is added.", at=at):
        return onward(request, reverse("console:teams"))
    return _teams(request, form)


@door("POST", role=ADMINISTRATOR)
def team_rename(request: HttpRequest, team_id: int) -> HttpResponseBase:
    """Give a team another name."""
    at, team = now(), _team_or_404(team_id)
    return _done(
        request,
        forms.NameForm(request.POST),
        lambda said: groups.rename(team=team, name=said["name"], by=me(request), at=at),
        "Renamed.",
        "console:teams",
    )


@door("POST", role=ADMINISTRATOR)
def member_add(request: HttpRequest, team_id: int) -> HttpResponseBase:
    """Put a colleague, or somebody outside, into a team."""
    at, team = now(), _team_or_404(team_id)
    outside = "email" in request.POST
    form: Any = forms.OutsiderForm(request.POST) if outside else forms.ColleagueForm(request.POST)

    def act(said: dict[str, Any]) -> None:
        email = said["email"] if outside else said["person"].email
        groups.add_member(team=team, email=email, name=said.get("name", ""), by=me(request), at=at)

    return _done(request, form, act, f"Added to {team.name}.", "console:teams")


@door("POST", role=ADMINISTRATOR)
def member_remove(request: HttpRequest, team_id: int, person_id: int) -> HttpResponseBase:
    """Take somebody out of a team."""
    at, team = now(), _team_or_404(team_id)
    person = Person.objects.filter(pk=person_id, teams=team).first()
    if person is None:
        raise Http404("There is nobody like that in the team.")
    return _done(
        request,
        forms.EmptyForm(request.POST),
        lambda said: groups.remove_member(team=team, person=person, by=me(request), at=at),
        f"{person.name} is no longer in {team.name}.",
        "console:teams",
    )


@door("GET")
def product_list(request: HttpRequest) -> HttpResponseBase:
    """Show the products."""
    return _products(request)


@door("POST", role=ADMINISTRATOR)
def product_add(request: HttpRequest) -> HttpResponseBase:
    """Add a product."""
    at, form = now(), forms.ProductForm(request.POST, auto_id="product_%s")

    def act(said: dict[str, Any]) -> None:
        contracts.add_product(key=said["key"], name=said["name"], by=me(request), at=at)

    if settle(request, form, act, said="The product is added.", at=at):
        return onward(request, reverse("console:products"))
    return _products(request, form)


@door("POST", role=ADMINISTRATOR)
def product_rename(request: HttpRequest, product_id: int) -> HttpResponseBase:
    """Give a product another name."""
    at, product = now(), Product.objects.filter(pk=product_id).first()
    if product is None:
        raise Http404("There is no such product.")
    return _done(
        request,
        forms.NameForm(request.POST),
        lambda said: contracts.rename_product(product=product, name=said["name"], by=me(request), at=at),
        "Renamed.",
        "console:products",
    )


def _done(
    request: HttpRequest, form: Any, act: Callable[[dict[str, Any]], object], said: str, back: str
) -> HttpResponseBase:
    """Do what a small form asks and go back; what was wrong with it is told above the page."""
    if not settle(request, form, act, said=said, at=now()):
        for faults in form.errors.values():
            messages.error(request, " ".join(map(str, faults)))
    return onward(request, reverse(back))


def _teams(request: HttpRequest, form: forms.TeamForm | None = None) -> HttpResponseBase:
    at = now()
    try:
        agreement = queries.agreement_of(queries.default_agreement(at))
    except queries.NoAgreement:
        agreement = None
    teams = Team.objects.order_by("name", "pk").prefetch_related("members")
    views, missing = presenters.team_views(list(teams), agreement)
    context = {
        "teams": views,
        "missing": missing,
        "staff": Person.objects.exclude(staff_role="").filter(is_active=True).order_by("name", "pk"),
        "form": form or forms.TeamForm(auto_id="team_%s"),
        "nonce": sending.nonce(),
        "may": at_least(me(request), ADMINISTRATOR),
    }
    return page(request, "clients/teams.html", context, current="teams", status=422 if form else 200, at=at)


def _products(request: HttpRequest, form: forms.ProductForm | None = None) -> HttpResponseBase:
    covering = ContractProduct.objects.filter(product=OuterRef("pk")).values("product")
    context = {
        "lines": Product.objects.annotate(
            contracts=Subquery(covering.annotate(number=Count("pk")).values("number"))
        ).order_by("name", "pk"),
        "form": form or forms.ProductForm(auto_id="product_%s"),
        "nonce": sending.nonce(),
        "may": at_least(me(request), ADMINISTRATOR),
    }
    return page(request, "clients/products.html", context, current="products", status=422 if form else 200)


def _team_or_404(team_id: int) -> Team:
    found = Team.objects.filter(pk=team_id).first()
    if found is None:
        raise Http404("There is no such team.")
    return found
