"""The ticket list, its fragment for the live page, and the palette's search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect

from mainstay.clocks import filters, listing
from mainstay.console import columns, keymap, places, rails
from mainstay.console import palette as palettes
from mainstay.console.access import door, me
from mainstay.console.environment import url
from mainstay.console.places import Question, address
from mainstay.console.presenters import filters as presenters
from mainstay.console.presenters.tickets import ticket_line
from mainstay.console.render import fragment, page
from mainstay.lib.time import now
from mainstay.orgs.access import at_least
from mainstay.orgs.models import StaffRole
from mainstay.views import queries

WAYS = {1: "ascending", -1: "descending"}


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of one column: where it sorts by it, and its `aria-sort`, empty where it is not the one."""

    label: str
    style: str
    href: str
    way: str


@door("GET")
def home(request: HttpRequest) -> HttpResponseBase:
    """Go to where work begins."""
    return redirect("console:view", "open")


@door("GET")
def view(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show one view of the tickets, filtered, sorted, a page at a time."""
    asked = question_or_none(request, key)
    if asked is None:
        return redirect("console:view", "open")
    at = now()
    context = {**rows_context(request, asked, at=at), **controls(request, asked)}
    return page(request, "tickets/list.html", context, current=key, at=at)


@door("GET")
def rows(request: HttpRequest, key: str) -> HttpResponseBase:
    """Return the rows alone with the rail's counts, for a page that something has happened to."""
    at, asked = now(), question_or_none(request, key) or question_or_none(request, "open")
    assert asked is not None
    context = rows_context(request, asked, at=at)
    return fragment(
        request, "tickets/rows.html", {**context, "rail": rails.rail(me(request), current=key, at=at)}
    )


@door("GET")
def rail(request: HttpRequest) -> HttpResponseBase:
    """Return the counts of the rail alone."""
    groups = rails.rail(me(request), current="", at=now())
    return fragment(request, "parts/counts.html", {"rail": groups})


@door("GET")
def palette(request: HttpRequest) -> HttpResponseBase:
    """Answer the command palette. `can` is what the open page can do, `recent` what was opened and used last."""
    text = request.GET.get("q", "").replace("\x00", "")[: palettes.LONGEST]
    can = set(request.GET.get("can", "").split(","))
    recent = request.GET.get("recent", "").replace("\x00", "").split(",")[: palettes.MOST]
    parts = palettes.answer(me(request), text, can=can, recent=recent, macros_too="macro" in can, at=now())
    return fragment(request, "parts/found.html", {"parts": parts})


def question_or_none(request: HttpRequest, key: str, said: QueryDict | None = None) -> Question | None:
    """Return what the list's address (or `said`) asks, None where there is no such view for who is asking."""
    place = places.place_of(me(request), key)
    return places.question(place, request.GET if said is None else said) if place is not None else None


def columns_of(request: HttpRequest, asked: Question) -> tuple[columns.Column, ...]:
    """Return the columns that somebody chose for this view, else those that it was saved with, else the usual ones."""
    mine = queries.columns_for(me(request), asked.place.key)
    saved = asked.place.saved
    keys = mine or (saved.columns if saved else ())
    return columns.chosen(keys, columns.own(keys))


def rows_context(request: HttpRequest, asked: Question, *, at: datetime) -> dict[str, Any]:
    """Return what the rows' template needs."""
    place, wanted = asked.place, asked.wanted
    shown = columns_of(request, asked)
    tags, fields = any(column.key == "tags" for column in shown), [columns.field_in(one.key) for one in shown]
    found = listing.page(me(request), wanted, at=at, tags=tags, fields=[one for one in fields if one])
    return {
        "view": "saved" if place.saved and not asked.changed else wanted.view,
        "lines": [ticket_line(line, at=at, columns=shown) for line in found.lines],
        "columns": shown,
        "headings": _headings(asked, shown),
        "wide": len(shown) > len(columns.USUAL),
        "picking": True,
        "next": address(place, replace(wanted, after=found.after, before="")) if found.after else "",
        "previous": address(place, replace(wanted, after="", before=found.before)) if found.before else "",
        "filtered": asked.changed if place.saved else bool(wanted.filters or wanted.text),
        "clear": url("view", place.key),
        "rows_href": address(place, wanted, "rows"),
    }


def controls(request: HttpRequest, asked: Question) -> dict[str, Any]:
    """Return the heading, the filters that are set, and what can be done with the view. No query."""
    place, wanted = asked.place, replace(asked.wanted, after="", before="")
    return {
        "title": place.label,
        "place": place,
        "chips": presenters.chips(asked),
        "choices": presenters.choices(asked),
        "left_out": presenters.left_out_words(asked.left_out),
        "text": wanted.text,
        "hidden": [(name, value) for name, value in places.pairs(place, wanted, but="text") if name != "text"],
        "here": url("view", place.key),
        "changed": asked.changed,
        "query": places.pairs(place, wanted),
        "save": address(place, wanted, "view_save"),
        "columns_href": address(place, wanted, "columns"),
        "bulk_href": address(place, wanted, "bulk", "assign"),
        "manager": at_least(me(request), StaffRole.MANAGER),
        "can": [
            *(key.does for key in keymap.at(keymap.LIST)),
            *(f"filter-{key}" for key in filters.FIELDS),
            "view-columns",
        ],
    }


def _headings(asked: Question, shown: tuple[columns.Column, ...]) -> list[Heading]:
    """Return the headings. Each sort stands once, at the column that is named for it where that is shown."""
    sorts, wanted = listing.sorts_of(asked.wanted.view), asked.wanted
    keys, headings = {column.key for column in shown}, []
    for column in shown:
        sort = column.sort if column.sort in sorts else ""
        if sort in keys and sort != column.key:
            sort = ""
        current = bool(sort) and wanted.sort.removeprefix("-") == sort
        next_sort = f"-{sort}" if wanted.sort == sort else sort
        href = address(asked.place, replace(wanted, sort=next_sort, after="", before="")) if sort else ""
        way = WAYS[listing.order_of(wanted.sort)[0][1]] if current else ""
        headings.append(Heading(column.label, column.style, href, way))
    return headings
