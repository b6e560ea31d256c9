"""The ticket list, its fragment for the live page, and the palette's search."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from mainstay.clocks import listing
from mainstay.clocks.listing import Wanted
from mainstay.console import render
from mainstay.console.access import door, me
from mainstay.console.presenters.tickets import ticket_line
from mainstay.console.render import VIEW_NAMES, fragment, page
from mainstay.lib.time import now
from mainstay.orgs.models import Organisation, Person, Team
from mainstay.tickets import search
from mainstay.tickets.models import State

FILTERS = ("organisation", "severity", "state", "assignee", "team", "text")


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the list with its options, the first of which is 'any'."""

    key: str
    label: str
    options: tuple[Choice, ...]
    set: bool


@door("GET")
def home(request: HttpRequest) -> HttpResponseBase:
    """Go to where work begins."""
    return redirect("console:view", "open")


@door("GET")
def view(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show one view of the tickets, filtered, sorted, a page at a time."""
    if key not in listing.VIEWS:
        return redirect("console:view", "open")
    at, wanted = now(), wanted_in(request, key)
    context = {**rows_context(request, wanted, at=at), **controls(wanted)}
    return page(request, "tickets/list.html", context, current=key, at=at)


@door("GET")
def rows(request: HttpRequest, key: str) -> HttpResponseBase:
    """Return the rows alone with the rail's counts, for a page that something has happened to."""
    at, wanted = now(), wanted_in(request, key)
    context = rows_context(request, wanted, at=at)
    return fragment(
        request, "tickets/rows.html", {**context, "rail": render.rail(me(request), current=key, at=at)}
    )


@door("GET")
def rail(request: HttpRequest) -> HttpResponseBase:
    """Return the counts of the rail alone."""
    groups = render.rail(me(request), current="", at=now())
    return fragment(request, "parts/counts.html", {"rail": groups})


@door("GET")
def palette(request: HttpRequest) -> HttpResponseBase:
    """Answer the command palette: tickets that a reference or words point to, then places."""
    at, text = now(), request.GET.get("q", "").replace("\x00", "")[:200]
    found = search.while_typing(me(request), text, at=at)
    needle = text.lower().strip()
    places = [
        item
        for group in render.rail(me(request), current="", at=at)
        for item in group.items
        if needle in item.label.lower()
    ]
    context = {"tickets": found, "places": places[:7] if needle else places[:6], "text": text}
    return fragment(request, "parts/found.html", context)


def wanted_in(request: HttpRequest, key: str) -> Wanted:
    """Read the list's address: view, filters, sort and place; what makes no sense is left out."""
    names = {field.name for field in fields(Wanted)} - {"view"}
    asked = {name: request.GET.get(name, "") for name in names if request.GET.get(name)}
    return listing.checked(
        replace(Wanted(view=key if key in listing.VIEWS else "open", sort=_usual_sort(key)), **asked)
    )


def rows_context(request: HttpRequest, wanted: Wanted, *, at: datetime) -> dict[str, Any]:
    """Return what the rows' template needs."""
    found = listing.page(me(request), wanted, at=at)
    return {
        "view": wanted.view,
        "lines": [ticket_line(line, at=at) for line in found.lines],
        "columns": _columns(wanted),
        "next": _address(replace(wanted, after=found.after, before="")) if found.after else "",
        "previous": _address(replace(wanted, after="", before=found.before)) if found.before else "",
        "filtered": any(getattr(wanted, name) for name in FILTERS),
        "clear": reverse("console:view", args=[wanted.view]),
        "rows_href": _address(wanted, route="rows"),
    }


def controls(wanted: Wanted) -> dict[str, Any]:
    """Return the heading and the filters. Three small queries, whatever the list holds."""
    label, _ = VIEW_NAMES[wanted.view]
    people = Person.objects.exclude(staff_role="").filter(is_active=True).order_by("name", "pk")
    teams = Team.objects.order_by("name", "pk")
    organisations = Organisation.objects.order_by("name", "pk")[:500]
    filters = (
        _filter(
            "severity",
            "Severity",
            wanted,
            [(str(n), f"Severity {n}") for n in range(1, 5)] + [("none", "Not graded")],
        ),
        _filter("state", "State", wanted, [(value, str(label)) for value, label in State.choices]),
        _filter("organisation", "Organisation", wanted, [(one.key, one.name) for one in organisations]),
        _filter(
            "assignee", "Assignee", wanted, [("none", "Nobody"), *((str(one.pk), one.name) for one in people)]
        ),
        _filter("team", "Team", wanted, [(one.key, one.name) for one in teams]),
    )
    return {
        "title": label,
        "filters": filters,
        "wanted": wanted,
        "here": reverse("console:view", args=[wanted.view]),
    }


def _filter(key: str, label: str, wanted: Wanted, options: list[tuple[str, str]]) -> Filter:
    value = getattr(wanted, key)
    choices = tuple(Choice(option, words, option == value) for option, words in options)
    return Filter(key, label, choices, set=bool(value))


def _columns(wanted: Wanted) -> dict[str, tuple[str, str]]:
    """Return for each column that sorts: its address and its `aria-sort` ('' where it is not the one)."""
    ways = {"due": "ascending", "severity": "ascending", "reported": "descending", "changed": "descending"}
    return {
        sort: (_address(replace(wanted, sort=sort, after="", before="")), way if sort == wanted.sort else "")
        for sort, way in ways.items()
    }


def _address(wanted: Wanted, *, route: str = "view") -> str:
    usual = Wanted(view=wanted.view, sort=_usual_sort(wanted.view))
    asked = {
        field.name: getattr(wanted, field.name)
        for field in fields(Wanted)
        if field.name != "view" and getattr(wanted, field.name) != getattr(usual, field.name)
    }
    path = reverse(f"console:{route}", args=[wanted.view])
    return f"{path}?{urlencode(asked)}" if asked else path


def _usual_sort(view: str) -> str:
    return "changed" if view == "closed" else "due"
