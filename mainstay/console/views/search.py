"""The search page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from mainstay.clocks.standings import standings
from mainstay.console.access import door, me
from mainstay.console.presenters import search as presenters
from mainstay.console.presenters.articles import found_line
from mainstay.console.presenters.knowledge import issue_line
from mainstay.console.render import page
from mainstay.core import asking
from mainstay.knowledge import finding
from mainstay.lib.time import now
from mainstay.screens.zones import desk_zone
from mainstay.tickets import narrowing, search

MOST_KNOWN = 3  # known issues, and articles, shown above the tickets


@door("GET")
def results(request: HttpRequest) -> HttpResponseBase:
    """Show what was found, the best first or all of it newest first; or how to ask, where nothing was asked."""
    at, zone, person = now(), desk_zone(), me(request)
    text = request.GET.get("q", "").replace("\x00", "")[: asking.LONGEST]
    after = _key(request.GET.get("after", ""))
    newest = request.GET.get("order") == "newest" or after is not None
    found = search.find(
        person, text, at=at, zone=zone, standings=standings(person, at=at), after=after, best=not newest
    )
    words = " ".join(found.asked.words) if after is None and not found.asked.narrowings else ""
    known = finding.known(person, words, at=at, limit=MOST_KNOWN + 1)
    ranked = not newest and bool(found.asked.terms)
    context = {
        "text": text,
        "lines": [presenters.hit_line(hit, zone, at=at) for hit in found.hits],
        "issues": [issue_line(one, zone, at=at) for one in known.issues[:MOST_KNOWN]],
        "articles": [found_line(one, known.words) for one in known.articles[:MOST_KNOWN]],
        "all_issues": _more("issues", known.text, known.issues),
        "all_articles": _more("articles", known.text, known.articles),
        "instead": known.instead,
        "troubles": found.troubles,
        "tries": presenters.others(found.asked),
        "ranked": ranked,
        "newest": presenters.address(text, order="newest"),
        "best": presenters.address(text) if found.asked.terms else "",
        "next": presenters.address(text, order="newest", after=found.after) if found.after else "",
        "first": after is None,
        "operators": narrowing.EXPLAINED.values(),
    }
    return page(request, "search/results.html", context, current="search", at=at)


def _more(where: str, text: str, found: Sequence[object]) -> str:
    """Return the list that has more than is shown here, '' where there is no more."""
    return f"{reverse(f'console:{where}')}?{urlencode({'text': text})}" if len(found) > MOST_KNOWN else ""


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
