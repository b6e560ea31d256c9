"""P8 of reliability: no page, file, count or search of one client shows a word of another, whatever is asked for.

The routes come from the address books, and what is asked for comes from the database, so a new route is tried with
everything there is as soon as it has an address. A kind of part that nobody knows fails until it has its line. The live stream
is the desk's alone: `tests/console/test_live.py` shuts it to clients.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from mainstay.knowledge.models import ArticleFile
from mainstay.tickets.models import Attachment, Event, Message, Ticket
from tests.desk import Desk
from tests.portal.conftest import Browse
from tests.portal.test_doors import BOOKS, SAMPLES, routes
from tests.portal.world import ROOMS, STAFF_ONLY, THREAD, World, furnish, keys, words

OURS, THEIRS = "quillwort", "sandpiper"
NOT_OF_THE_PORTAL = {"console"}  # tests/console/test_doors.py shuts every door of it to clients
# What a part of an address may be, by its name. Secrets are not guessed: whoever holds one is whom it was made for.
POOLS: dict[str, Callable[[], set[str]]] = {
    "reference": lambda: {ticket.reference for ticket in Ticket.objects.all()},
    "slug": lambda: words("slug", "key", "path"),
    "key": lambda: words("slug", "key"),
    "clock": lambda: {"response", "resolution"},
    "digest": lambda: set(ArticleFile.objects.values_list("digest", flat=True)),
    "name": lambda: set(ArticleFile.objects.values_list("name", flat=True)),
    "pane": lambda: {"write"},
    "token": set,
}
PAGES = re.compile(r"text/|json|xml")
CHANGES = re.compile(  # what is new on each page: keys of forms, and what the example's own server signs
    rb'(name="(?:csrfmiddlewaretoken|nonce|key)" value|data-csrf)="[^"]*"|eyJ[\w-]+\.[\w-]+\.[\w-]+'
)
SEARCHES = ("", "?q=printer", "?text=printer", "?search=printer", "?subject=printer&q=printer", "?page=2")


@pytest.fixture
def worlds(desk: Desk) -> tuple[World, World]:
    return furnish(desk, desk.acme, OURS), furnish(desk, desk.carrow, THEIRS)


def paths(name: str) -> Iterator[str]:
    """Return every path that a route can have with what is in the database, and one with what is not."""
    parts = routes()[name].pattern.converters
    pools: list[list[Any]] = []
    for part, converter in parts.items():
        if converter.regex == "[0-9]+":
            pools.append([*sorted(keys(THREAD if "reference" in parts else ROOMS)), 1_000_000])
        elif part == "reference" and len(parts) > 1:
            pools.append([*sorted(_with_a_file()), SAMPLES[part]])
        else:
            assert part in POOLS, f"say in POOLS what <{part}> of {name} may be"
            pools.append([*sorted(POOLS[part]()), SAMPLES.get(part, "nothing")])
    for chosen in itertools.product(*pools):
        yield reverse(name, kwargs=dict(zip(parts, chosen, strict=True)))


def _with_a_file() -> set[str]:
    """Return the requests that have something of each kind, so that not everything is tried with everything."""
    return {file.message.ticket.reference for file in Attachment.objects.select_related("message__ticket")}


def said(answer: HttpResponseBase, path: str = "") -> str:
    """Return everything of an answer that somebody could read: headers, and content of whatever kind.

    But for the `path` itself, which whoever asked knew, and which a sign-in page leads back to.
    """
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return f"{dict(answer.headers)} {content.decode('utf-8', 'replace')}".replace(path or "\0", "").lower()


def test_every_address_book_is_tried() -> None:
    """A book that is mounted beside the portal and is not in the table test would be tried by nobody."""
    mounted = {one.namespace for one in get_resolver().url_patterns if isinstance(one, URLResolver) and one.namespace}
    assert mounted - NOT_OF_THE_PORTAL == set(BOOKS)


def test_the_worlds_can_be_told_apart(worlds: tuple[World, World], browse: Browse) -> None:
    """The test can fail: each reads their own words, and not the other's, where they have a request."""
    for world in worlds:
        assert Message.objects.filter(ticket__organisation=world.organisation, text__contains=world.word).count() > 10
        assert Message.objects.filter(ticket__organisation=world.organisation, text__contains=STAFF_ONLY).exists()
        assert world.word in said(browse(world.administrator).get("/portal/"))


def test_no_page_file_or_search_shows_what_is_not_for_whoever_asks(worlds: tuple[World, World], browse: Browse) -> None:
    """Nobody reads a word of another client; nor a colleague what only its requester, or who sees all, may read.

    Whoever is copied in on a request reads that one beside their own, and whoever sees all no complaint of another's.
    """
    ours, theirs = worlds
    first, shared, grief = ours.own_word, ours.shared_word, ours.grief
    viewers = [
        (browse(who), (*hidden, other.word, STAFF_ONLY))
        for who, other, hidden in (
            (ours.administrator, theirs, (grief,)), (ours.colleague, theirs, (first, shared)),
            (ours.reader, theirs, (first, shared, grief)), (ours.copied, theirs, (first, grief)),
            (theirs.administrator, ours, ()), (theirs.reader, ours, ()),
        )
    ]  # fmt: skip
    leaks, asked = [], 0
    for name, route in routes().items():
        if "GET" not in route.callback.door[0]:  # type: ignore[union-attr]  # set by `access.door`
            continue
        searches = SEARCHES if not route.pattern.converters else ("",)
        for path, (browser, hidden) in itertools.product(paths(name), viewers):
            for search in searches:
                answer = browser.get(path + search)
                asked += 1
                text = said(answer, path)
                leaks += [f"{path}{search}: {word}" for word in hidden if word in text]
                assert answer.status_code < 500, path
    assert asked > len(routes())
    assert leaks == []
    assert shared in said(browse(ours.copied).get("/portal/requests/"))
    assert grief in said(browse(ours.colleague).get("/portal/requests/?text=full"))


def test_what_is_anothers_answers_as_what_does_not_exist_and_cannot_be_changed(
    worlds: tuple[World, World], browse: Browse
) -> None:
    """Nobody learns from a status that there is such a thing, nor writes into it."""
    ours, theirs = worlds
    before = _all_of(theirs)
    foreign = {ticket.reference for ticket in Ticket.objects.filter(organisation=theirs.organisation)}
    wrong = []
    for name, route in routes().items():
        if "reference" not in route.pattern.converters:
            continue
        parts = route.pattern.converters
        for who in (ours.administrator, ours.colleague, ours.copied):
            browser = browse(who)
            for method in route.callback.door[0]:  # type: ignore[union-attr]  # set by `access.door`
                send = getattr(browser, method.lower())
                answers = {
                    send(reverse(name, kwargs={part: SAMPLES.get(part, 1_000_000) for part in parts} | {"reference": one}),
                         {"text": "Written by a stranger.", "reason": "Written by a stranger."}).status_code
                    for one in (*foreign, SAMPLES["reference"])
                }  # fmt: skip
                if len(answers) != 1 or answers & {200, 302}:
                    wrong.append(f"{who} {method} {name}: {answers}")
    assert wrong == []
    assert _all_of(theirs) == before


def _all_of(world: World) -> tuple[int, int, int]:
    mine = {"ticket__organisation": world.organisation}
    return (
        Ticket.objects.filter(organisation=world.organisation).count(),
        Event.objects.filter(**mine).count(),
        Message.objects.filter(**mine).count(),
    )


def test_what_another_client_does_changes_nothing_on_our_pages(desk: Desk, browse: Browse) -> None:
    """No count, order, suggestion or link of ours hangs on what is theirs: the pages are the same to the letter."""
    ours = furnish(desk, desk.acme, OURS)
    desk.advance(minutes=2)  # what was held back for a moment has left
    moment = desk.now
    shown = [path for name in routes() for path in paths(name)]
    browsers = {who: browse(who) for who in (ours.administrator, ours.colleague)}
    before = _pages(browsers, shown)
    furnish(desk, desk.carrow, THEIRS)
    desk.now = moment
    after = _pages(browsers, shown)
    assert set(after) == set(before)
    assert [line for path in before for line in _differences(path, before[path], after[path])] == []


def _differences(path: str, before: str, after: str) -> list[str]:
    if before == after:
        return []
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [f"{path}: {line[:300]}" for line in lines if not line.startswith(("---", "+++", "@@"))]


def _pages(browsers: dict[str, Client], found: list[str]) -> dict[str, str]:
    pages = {}
    for who, browser in browsers.items():
        for path in found:
            answer = browser.get(path)
            if answer.status_code == 200 and PAGES.search(answer["Content-Type"]):
                pages[f"{who} {path}"] = CHANGES.sub(b"", answer.content).decode()
    return pages


def test_somebody_signed_out_reads_nobodys_words(worlds: tuple[World, World]) -> None:
    stranger = Client()
    for name, route in routes().items():
        if "GET" in route.callback.door[0]:  # type: ignore[union-attr]  # set by `access.door`
            for path in paths(name):
                text = said(stranger.get(path), path)
                assert OURS not in text, path
                assert THEIRS not in text, path
