"""The portal in a real browser, page by page as its address books name them: WCAG 2.2 AA, keyboard, 320 pixels, paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.browser.test_keyboard import walked
from tests.desk import Desk
from tests.portal.test_doors import routes
from tests.portal.test_tenants import OURS, paths
from tests.portal.world import World, furnish

WIDE = "document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def world(desk: Desk) -> World:
    return furnish(desk, desk.acme, OURS)


def pages_of(desk: Desk, who: str) -> list[str]:
    """Return one page of each route that shows `who` a page, found by asking for all that there is.

    Without what stands inside somebody else's product, which has no look of its own: see `test_feedback`.
    """
    client = Client()
    if who:
        client.force_login(desk.person[who], backend="django.contrib.auth.backends.ModelBackend")
    own = [name for name in routes() if not name.startswith("feedback:")]
    return [path for name in own if (path := _first(client, paths(name)))]


def _first(client: Client, found: Iterator[str]) -> str:
    for path in found:
        answer = client.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            return path if b"<html" in answer.content else ""
    return ""


@pytest.fixture
def ours(desk: Desk, world: World) -> list[str]:
    found = pages_of(desk, world.administrator)
    assert len(found) > 9
    return found


def test_axe_finds_nothing_on_any_page_in_any_look(
    ours: list[str], world: World, open_page: Open, address: str
) -> None:
    page, found = open_page(world.administrator, "/portal/"), []
    for look in ("light", "dark", "contrast"):
        page.context.add_cookies([{"name": "theme", "value": look, "url": f"{address}/"}])
        for path in ours:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.dataset.theme") == look
            found += faults(page)
    assert found == []


def test_axe_finds_nothing_where_nobody_is_signed_in(desk: Desk, world: World, open_page: Open, address: str) -> None:
    page, found = open_page("", "/accounts/login/", expected="status of 404"), []
    for path in [*pages_of(desk, ""), "/accounts/login/", "/portal/nothing/here/"]:
        page.goto(address + path)
        found += faults(page)
    assert found == []


def test_no_page_is_wider_than_a_telephone_or_than_paper(
    ours: list[str], world: World, open_page: Open, address: str
) -> None:
    """WCAG 1.4.10, and a sheet of paper, on which the page stands without the frame around it."""
    page, wrong = open_page(world.administrator, "/portal/", width=320, height=800), []
    for path in ours:
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(address + path)
        if page.evaluate(WIDE):
            wrong.append(f"{path} on a telephone")
        page.set_viewport_size({"width": 700, "height": 900})
        page.emulate_media(media="print")
        if page.evaluate(WIDE):
            wrong.append(f"{path} on paper")
        if page.locator("nav.portal-places").first.is_visible():
            wrong.append(f"{path} prints its places")
    assert wrong == []


def test_every_page_has_its_heading_and_can_be_walked_with_tab(
    ours: list[str], world: World, open_page: Open, address: str
) -> None:
    page, troubles = open_page(world.administrator, "/portal/"), []
    for path in ours:
        page.goto(address + path)
        if page.locator("h1").count() != 1:
            troubles.append(f"{path} has {page.locator('h1').count()} main headings")
        troubles += walked(page)
    assert troubles == []
