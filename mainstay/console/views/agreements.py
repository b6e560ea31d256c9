"""What is promised: agreements by version in plain words, and holiday tables with what a changed one moves."""

from __future__ import annotations

import tomllib
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from mainstay.clocks import holidays as clocks
from mainstay.console import agreement_forms as forms
from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.presenters import agreements as presenters
from mainstay.console.render import fragment, page
from mainstay.console.settling import faults_of, onward, settle
from mainstay.contracts import actions as contracts
from mainstay.contracts import faults, holiday_lines, queries
from mainstay.contracts.models import AgreementVersion, HolidayTable
from mainstay.contracts.names import CALLED
from mainstay.core.plain_words import describe, difference
from mainstay.core.terms import Agreement, AgreementFaults
from mainstay.lib.time import now
from mainstay.orgs.access import at_least
from mainstay.orgs.models import StaffRole
from mainstay.screens.zones import desk_zone

ADMINISTRATOR = StaffRole.ADMINISTRATOR
"""Who installs agreements and holiday tables. Everybody at the desk may read them."""
MOVES = 200  # clocks shown of those that a changed table moves


@door("GET")
def agreement_list(request: HttpRequest) -> HttpResponseBase:
    """Show the installed agreements and the holiday tables."""
    at = now()
    versions = AgreementVersion.objects.annotate(signed=Count("contracts"))
    tables = list(HolidayTable.objects.order_by("name", "-pk"))
    newest = queries.newest_holidays()
    default = _default(at)
    context = {
        "lines": [
            presenters.version_line(one, desk_zone(), contracts=one.signed, default=default, at=at)
            for one in versions.order_by("name", "-effective_from", "-pk")
        ],
        "tables": [
            presenters.table_line(one, desk_zone(), in_force=newest.get(one.name) == one.version, at=at)
            for one in tables
        ],
        "may": at_least(me(request), ADMINISTRATOR),
    }
    return page(request, "clients/agreements.html", context, current="agreements", at=at)


@door("GET")
def agreement(request: HttpRequest, agreement_id: int) -> HttpResponseBase:
    """Tell what an agreement promises, in plain words with every clause; or what differs from another."""
    at, version = now(), _agreement_or_404(agreement_id)
    asked = request.GET.get("against", "")
    other = _agreement_or_404(int(asked)) if asked.isdecimal() and len(asked) < 10 else None
    told = queries.agreement_of(version)
    lines = difference(queries.agreement_of(other), told, CALLED) if other else describe(told, CALLED)
    context = {
        "version": presenters.version_line(
            version, desk_zone(), contracts=version.contracts.count(), default=_default(at), at=at
        ),
        "parts": presenters.parts(lines),
        "everyone": presenters.everyone(),
        "against": presenters.titled(str(other)) if other else "",
        "others": list(AgreementVersion.objects.exclude(pk=version.pk).order_by("name", "-effective_from")),
        "source": version.source,
    }
    template = "clients/compared.html" if other else "clients/agreement.html"
    return page(request, template, context, current="agreements", at=at)


@door("GET")
def agreement_file(request: HttpRequest, agreement_id: int) -> HttpResponseBase:
    """Hand out an agreement as it was installed, to be changed and installed anew."""
    version = _agreement_or_404(agreement_id)
    response = HttpResponse(version.source, content_type="application/toml; charset=utf-8")
    name = f"{version.name}-{version.version}".replace('"', "").replace("\n", " ")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return response


@door("GET", "POST", role=ADMINISTRATOR)
def agreement_install(request: HttpRequest) -> HttpResponseBase:
    """Install a version that is pasted or uploaded; every fault is told with its line."""
    at = now()
    form = forms.AgreementForm(request.POST or None, request.FILES or None)

    def act(said: dict[str, Any]) -> None:
        _install(said["source"], by=me(request).name, at=at)

    if request.method == "POST" and settle(request, form, act, said="The version is installed.", at=at):
        return onward(request, reverse("console:agreements"))
    typed = getattr(form, "cleaned_data", {}).get("source", "") or form.data.get("source", "")
    if typed:  # a file that was uploaded comes back as text, so that its faults can be mended in place
        form.data = {**dict(form.data.items()), "source": typed}
    context = {"form": form, "nonce": sending.nonce(), **_previewed(typed)}
    if faults_of(form):
        context["faults"] = faults_of(form)
    status = 422 if form.errors else 200
    return page(request, "clients/install.html", context, current="agreements", status=status, at=at)


@door("POST", role=ADMINISTRATOR)
def agreement_preview(request: HttpRequest) -> HttpResponseBase:
    """Say what is wrong with an agreement that is being typed, or what it changes beside the newest of its name."""
    form = forms.AgreementForm(request.POST, request.FILES)
    form.is_valid()
    return fragment(request, "clients/checked.html", _previewed(form.cleaned_data.get("source", "")))


def _install(source: str, *, by: str, at: datetime) -> None:
    source = source.replace("\r\n", "\n")
    try:
        contracts.install_agreement(source=source, at=at, by=by[:80])
    except tomllib.TOMLDecodeError:
        faults.parsed(source)
        raise
    except AgreementFaults as error:
        raise faults.in_file(source, error) from error


def _previewed(source: str) -> dict[str, Any]:
    source = source.replace("\r\n", "\n")
    context: dict[str, Any] = {"faults": (), "changes": [], "name": "", "than": None, "everyone": ""}
    if not source.strip():
        return context
    try:
        read = Agreement.from_dict(faults.parsed(source), holidays=_tables())
    except faults.Faulty as error:
        return {**context, "faults": error.found}
    except AgreementFaults as error:
        return {**context, "faults": faults.in_file(source, error).found}
    newest = AgreementVersion.objects.filter(name=read.name).order_by("-effective_from", "-pk").first()
    told = difference(queries.agreement_of(newest), read, CALLED) if newest else ()
    return {
        **context,
        "name": f"{read.name} {read.version}",
        "than": newest,
        "changes": presenters.parts(told),
        "everyone": presenters.everyone(),
    }


def _tables() -> dict[str, dict[str, Any]]:
    return {
        table.name: {"version": table.version, "dates": table.dates} for table in contracts.newest_tables()
    }


# ---- Holidays ----------------------------------------------------------------------------------------------


@door("GET")
def holiday_table(request: HttpRequest, table_id: int) -> HttpResponseBase:
    """Show the days of one version of a table."""
    at, table = now(), _table_or_404(table_id)
    in_force = queries.newest_holidays().get(table.name) == table.version
    context = {
        "table": presenters.table_line(table, desk_zone(), in_force=in_force, at=at),
        "years": presenters.years(table, this_year=at.astimezone(desk_zone()).year),
        "may": at_least(me(request), ADMINISTRATOR) and in_force,
    }
    return page(request, "clients/holidays.html", context, current="agreements", at=at)


@door("GET", "POST", role=ADMINISTRATOR)
def holiday_change(request: HttpRequest, table_id: int) -> HttpResponseBase:
    """Write a changed table, see which clocks it moves, and install it; the worker then moves them."""
    at, table = now(), _table_or_404(table_id)
    form = forms.HolidayForm(
        request.POST or None, initial={"name": table.name, "dates": holiday_lines.written(table.dates)}
    )
    context: dict[str, Any] = {"previewed": False, "moves": [], "more": False}
    if request.method == "POST" and request.POST.get("step") != "install":
        if form.is_valid():
            context |= _moves(form, at)
    elif request.method == "POST" and settle(
        request,
        form,
        lambda said: _change(said, request, at),
        said="Installed. The clocks are being moved.",
        at=at,
    ):
        return onward(request, reverse("console:agreements"))
    context |= {
        "form": form, "faults": faults_of(form), "nonce": sending.nonce(), "table": table,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return page(request, "clients/holiday_change.html", context, current="agreements", status=status, at=at)


def _change(said: dict[str, Any], request: HttpRequest, at: datetime) -> None:
    clocks.install(
        name=said["name"], version=said["version"], dates=holiday_lines.read(said["dates"]), reason=said["reason"],
        by=me(request), at=at,
    )  # fmt: skip


def _moves(form: forms.HolidayForm, at: datetime) -> dict[str, Any]:
    said = form.cleaned_data
    try:
        dates = holiday_lines.read(said["dates"])
    except faults.Faulty as error:
        form.add_error("dates", "Not every line is a day; see beside. What you typed is kept.")
        form.faults = error.found  # type: ignore[attr-defined]  # read by `faults_of`
        return {}
    table = HolidayTable(name=said["name"], version=said["version"], dates=dates)
    found = list(islice(clocks.preview(table, at=at), MOVES + 1))
    moves = [presenters.move_line(move, desk_zone(), at=at) for move in found[:MOVES]]
    return {"previewed": True, "moves": moves, "more": len(found) > MOVES}


def _default(at: datetime) -> AgreementVersion | None:
    try:
        return queries.default_agreement(at)
    except queries.NoAgreement:
        return None


def _agreement_or_404(agreement_id: int) -> AgreementVersion:
    found = AgreementVersion.objects.filter(pk=agreement_id).first()
    if found is None:
        raise Http404("There is no such agreement.")
    return found


def _table_or_404(table_id: int) -> HolidayTable:
    found = HolidayTable.objects.filter(pk=table_id).first()
    if found is None:
        raise Http404("There is no such table.")
    return found
