"""What clients said of the support: results of surveys, answers, how is asked, complaints, remarks (R3.9, R3.10a)."""

from __future__ import annotations

import csv
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.dateparse import parse_date

from mainstay.console import sending
from mainstay.console.access import door, me
from mainstay.console.feedback_forms import MannerForm
from mainstay.console.presenters import feedback as presenters
from mainstay.console.render import page
from mainstay.console.settling import onward, settle
from mainstay.contracts.models import Product
from mainstay.feedback import casework, remarks, results, surveys
from mainstay.feedback.models import Part, Remark
from mainstay.feedback.results import BY, Wanted
from mainstay.lib.time import now
from mainstay.orgs.models import Organisation, StaffRole
from mainstay.screens.zones import desk_zone
from mainstay.tickets.models import Finding

MANAGER = StaffRole.MANAGER
PAGE = 50  # lines of a list
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


@door("GET", role=MANAGER)
def feedback(request: HttpRequest) -> HttpResponseBase:
    """Show the results of surveys in groups, and below them what was answered."""
    at, zone = now(), desk_zone()
    wanted, parts, low = _wanted(request, zone), surveys.parts_rated(), surveys.manner().low
    lines = results.table(wanted, parts, zone=zone)
    found = list(results.answers(wanted, low=low, before=_before(request))[: PAGE + 1])
    asked = _asked(request)
    context = {
        "lines": presenters.result_lines(lines),
        "parts": [part.words for part in parts],
        "few": results.FEW,
        "by": BY[wanted.by][0],
        "ways": [(key, words, key == wanted.by) for key, (words, _) in BY.items()],
        "answers": [presenters.answer_line(one, zone, low=low, at=at) for one in found[:PAGE]],
        "next": _query(asked | {"before": str(found[PAGE - 1].pk)}) if len(found) > PAGE else "",
        "file": reverse("console:feedback_csv") + _query(asked),
        "asked": asked,
        "clients": Organisation.objects.order_by("name", "pk").values_list("key", "name"),
        "products": Product.objects.order_by("name", "pk").values_list("key", "name"),
    }
    return page(request, "feedback/results.html", context, current="feedback", at=at)


@door("GET", role=MANAGER)
def feedback_csv(request: HttpRequest) -> HttpResponseBase:
    """Hand out the results as a file for spreadsheets."""
    zone = desk_zone()
    wanted, parts = _wanted(request, zone), surveys.parts_rated()
    lines = results.table(wanted, parts, zone=zone)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="feedback-by-{wanted.by}.csv"'
    writer = csv.writer(response)
    for row in presenters.sheet(lines, [part.words for part in parts], BY[wanted.by][0]):
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return response


@door("GET", "POST", role=MANAGER)
def survey_manner(request: HttpRequest) -> HttpResponseBase:
    """Show and change how often is asked, what is low and what is rated."""
    at = now()
    if request.method == "POST":
        surveys.begin_with_usual_parts()
    parts = list(Part.objects.filter(agreed=False).order_by("position", "pk")) or surveys.usual_parts()
    form = MannerForm(request.POST if request.method == "POST" else None, manner=surveys.manner(), parts=parts)

    def act(said: dict[str, Any]) -> None:
        surveys.set_manner(apart_days=said["apart_days"], low=said["low"], by=me(request), at=at)
        surveys.set_parts(words=form.words(), new=said["new"], at=at)

    if request.method == "POST" and settle(request, form, act, said="Saved. It holds for the next closing.", at=at):
        return onward(request, reverse("console:feedback"))
    context = {"form": form, "nonce": sending.nonce()}
    status = 422 if form.errors else 200
    return page(request, "feedback/manner.html", context, current="feedback", status=status, at=at)


@door("GET", role=MANAGER)
def complaint_list(request: HttpRequest) -> HttpResponseBase:
    """Show the complaints with their clocks and outcomes."""
    at, zone = now(), desk_zone()
    standing = request.GET.get("standing", "open")
    standing = standing if standing in casework.STANDINGS else "open"
    finding = request.GET.get("finding", "")
    found = list(
        casework.complaints(me(request), standing=standing, finding=finding, before=_before(request), at=at)[: PAGE + 1]
    )
    asked = {"standing": standing, "finding": finding}
    context = {
        "lines": [presenters.case_line(case, zone, at=at) for case in casework.cases(found[:PAGE])],
        "next": _query(asked | {"before": str(found[PAGE - 1].pk)}) if len(found) > PAGE else "",
        "standings": [(one, one.capitalize(), one == standing) for one in casework.STANDINGS],
        "findings": [(value, label, value == finding) for value, label in Finding.choices],
    }
    return page(request, "feedback/complaints.html", context, current="complaint_list", at=at)


@door("GET")
def remark_list(request: HttpRequest) -> HttpResponseBase:
    """Show what people said from inside products."""
    at, zone = now(), desk_zone()
    unseen = request.GET.get("show") != "all"
    found = list(remarks.remarks(unseen=unseen, before=_before(request))[: PAGE + 1])
    asked = {"show": "" if unseen else "all"}
    context = {
        "lines": [presenters.remark_line(one, zone, at=at) for one in found[:PAGE]],
        "next": _query(asked | {"before": str(found[PAGE - 1].pk)}) if len(found) > PAGE else "",
        "unseen": unseen,
    }
    return page(request, "feedback/remarks.html", context, current="remarks", at=at)


@door("POST")
def remark_seen(request: HttpRequest, remark_id: int) -> HttpResponseBase:
    """Note that somebody has read a remark."""
    found = Remark.objects.filter(pk=remark_id).first()
    if found is None:
        raise Http404("There is no such remark.")
    remarks.see(remark=found, by=me(request), at=now())
    return onward(request, reverse("console:remarks"))


def _wanted(request: HttpRequest, zone: ZoneInfo) -> Wanted:
    asked = _asked(request)
    until = _day(asked["until"], zone)
    return Wanted(
        by=asked["by"] if asked["by"] in BY else "month",
        since=_day(asked["since"], zone),
        until=until + timedelta(days=1) if until else None,
        client=asked["client"],
        product=asked["product"],
        low=asked["low"] == "1",
    )


def _asked(request: HttpRequest) -> dict[str, str]:
    names = ("by", "since", "until", "client", "product", "low")
    return {name: request.GET.get(name, "").replace("\x00", "")[:40] for name in names}


def _day(text: str, zone: ZoneInfo) -> datetime | None:
    """Return when a day begins at the desk; None for what is no day."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), tzinfo=zone) if day else None


def _before(request: HttpRequest) -> int | None:
    before = request.GET.get("before", "")[:18]
    return int(before) if before.isascii() and before.isdecimal() else None


def _query(said: dict[str, str]) -> str:
    kept = {name: value for name, value in said.items() if value}
    return f"?{urlencode(kept)}" if kept else ""
