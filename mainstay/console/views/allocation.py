"""Giving tickets to people: the rules and skills that managers keep, and who has how much to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.clocks import workload as loads
from mainstay.console import allocation_forms as forms
from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.presenters import allocation as presenters
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.contracts import queries as contracts
from mainstay.core.terms import Severity
from mainstay.lib.time import now
from mainstay.orgs.access import at_least
from mainstay.orgs.models import Person, StaffRole
from mainstay.screens.zones import desk_zone
from mainstay.tickets import allocating, allocation
from mainstay.tickets.access import TicketNotFound
from mainstay.tickets.allocation import Case
from mainstay.tickets.models import Rule, Skill
from mainstay.tickets.queries import by_reference

MANAGER = StaffRole.MANAGER


@door("GET")
def workload(request: HttpRequest) -> HttpResponseBase:
    """Show who has how much to do, whoever is free first."""
    at = now()
    found = loads.of_desk(me(request), at=at)
    context = {
        "tables": presenters.team_tables(found, desk_zone(), at=at),
        "severities": presenters.severity_names(found.severities),
    }
    return page(request, "order/workload.html", context, current="workload", at=at)


@door("GET")
def assignment(request: HttpRequest) -> HttpResponseBase:
    """Show the rules in their order, what they would do with a ticket, and who can do what."""
    return _assignment(request)


@door("GET", "POST", role=MANAGER)
def rule_add(request: HttpRequest) -> HttpResponseBase:
    """Write a new rule behind the others."""
    return _rule(request, None)


@door("GET", "POST", role=MANAGER)
def rule_edit(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Change a rule. Tickets that it took stay where they are."""
    return _rule(request, _rule_or_404(rule_id))


@door("POST", role=MANAGER)
def rule_move(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Ask a rule one place earlier or later."""
    at, rule = now(), _rule_or_404(rule_id)
    form = forms.MoveForm(request.POST)
    return _done(
        request,
        form,
        lambda said: allocating.move(rule=rule, up=said["up"], by=me(request), at=at),
        f"'{rule.name}' has another place.",
    )


@door("POST", role=MANAGER)
def rule_retire(request: HttpRequest, rule_id: int) -> HttpResponseBase:
    """Ask a rule no more."""
    at, rule = now(), _rule_or_404(rule_id)
    said = f"'{rule.name}' is asked no more. What it gave to people stays with them."
    form = forms.MoveForm(request.POST)
    return _done(request, form, lambda _: allocating.retire(rule=rule, by=me(request), at=at), said)


@door("POST", role=MANAGER)
def skill_add(request: HttpRequest) -> HttpResponseBase:
    """Note what somebody can do."""
    at, form = now(), forms.SkillForm(request.POST, auto_id="skill_%s")

    def act(said: dict[str, Any]) -> None:
        allocating.add_skill(
            person=said["person"], product=said["product"], name=said["word"], by=me(request), at=at
        )

    if settle(request, form, act, said="The skill is noted.", at=at):
        return onward(request, reverse("console:assignment"))
    return _assignment(request, form)


@door("POST", role=MANAGER)
def skill_remove(request: HttpRequest, skill_id: int) -> HttpResponseBase:
    """Forget that somebody can do something."""
    skill = Skill.objects.filter(pk=skill_id).first()
    if skill is None:
        raise Http404("There is no such skill.")
    form = forms.MoveForm(request.POST)
    return _done(request, form, lambda _: allocating.remove_skill(skill=skill, by=me(request)), "Removed.")


def _rule(request: HttpRequest, rule: Rule | None) -> HttpResponseBase:
    at = now()
    typed = request.POST if request.method == "POST" else None
    form = forms.RuleForm(typed, levels=_levels(), initial=forms.RuleForm.typed(rule) if rule else None)

    def act(said: dict[str, Any]) -> None:
        allocating.set_rule(rule=rule, by=me(request), at=at, **said)

    if typed is not None and settle(request, form, act, said="The rule is saved.", at=at):
        return onward(request, reverse("console:assignment"))
    context = {
        "form": form,
        "title": f"Change the rule '{rule.name}'" if rule else "Add a rule",
        "nonce": sending.nonce(),
        "back": reverse("console:assignment"),
    }
    status = 422 if form.errors else 200
    return page(request, "order/rule.html", context, current="assignment", status=status, at=at)


def _assignment(request: HttpRequest, form: forms.SkillForm | None = None) -> HttpResponseBase:
    at = now()
    rules = list(
        Rule.objects.filter(retired_at=None)
        .select_related("team", "product", "organisation")
        .order_by("position", "pk")
    )
    staff = Person.objects.filter(is_active=True).exclude(staff_role="").order_by("name", "pk")
    skills = Skill.objects.select_related("product").order_by("person", "product__name", "word")
    trying = forms.TryForm(
        request.GET if "try" in request.GET else None, levels=_levels(), auto_id="try_%s"
    )
    context = {
        "rules": presenters.rule_lines(rules),
        "empty_teams": allocation.teams_without_people(rules),
        "skills": presenters.skill_lines(staff, skills),
        "trying": trying,
        "tried": _try(request, trying) if trying.is_bound and trying.is_valid() else "",
        "form": form or forms.SkillForm(auto_id="skill_%s"),
        "may": at_least(me(request), MANAGER),
        "nonce": sending.nonce(),
    }
    return page(
        request, "order/assignment.html", context, current="assignment", status=422 if form else 200, at=at
    )


def _try(request: HttpRequest, form: forms.TryForm) -> str:
    said = form.cleaned_data
    if not said["reference"].strip():
        product, client = said["product"], said["organisation"]
        case = Case(said["severity"], product and product.pk, client and client.pk, said["coverage"])
        return presenters.said_of(allocation.attempt(case))
    try:
        found = by_reference(said["reference"].strip().strip("[]"), person=me(request), at=now())
    except TicketNotFound as error:
        return str(error)
    return presenters.said_of(allocation.attempt(allocation.case_of(found)))


def _levels() -> tuple[Severity, ...]:
    """Return the severities of the agreement that holds for whoever signed nothing else."""
    try:
        agreement = contracts.agreement_of(contracts.default_agreement(now()))
    except contracts.NoAgreement:
        return ()
    return next(iter(agreement.coverages.values())).severities


def _done(
    request: HttpRequest, form: Any, act: Callable[[dict[str, Any]], object], said: str
) -> HttpResponseBase:
    """Do what a small form asks and go back; what was wrong with it is told above the page."""
    if not settle(request, form, act, said=said, at=now()):
        for faults in form.errors.values():
            messages.error(request, " ".join(map(str, faults)))
    return onward(request, reverse("console:assignment"))


def _rule_or_404(rule_id: int) -> Rule:
    found = Rule.objects.filter(pk=rule_id, retired_at=None).first()
    if found is None:
        raise Http404("There is no such rule.")
    return found
