"""The components in every theme, and at every width from a telephone to a wall: nothing axe finds, nothing cut off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import Desk

THEMES = [
    ("light", "light"), ("dark", "light"), ("contrast", "light"), ("contrast", "dark"),
]  # fmt: skip


def choose(page: Page, theme: str) -> None:
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
    page.reload()


@pytest.mark.parametrize(("theme", "scheme"), THEMES)
def test_axe_finds_nothing_on_the_components(theme: str, scheme: str, open_page: Open) -> None:
    page = open_page("ada", "/components/", color_scheme=scheme)
    choose(page, theme)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_system_that_asks_for_contrast_gets_it(scheme: str, open_page: Open) -> None:
    page = open_page("ada", "/components/", color_scheme=scheme)
    page.emulate_media(color_scheme=scheme, contrast="more")
    assert faults(page) == []
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == {"light": "rgb(0, 0, 0)", "dark": "rgb(255, 255, 255)"}[scheme]


def test_colours_that_the_system_forces_leave_edges(open_page: Open) -> None:
    page = open_page("ada", "/components/", forced_colors="active")
    for part in (".chip", ".button", ".notice", ".toast", ".sev b"):
        assert page.evaluate(f"getComputedStyle(document.querySelector('main {part}')).borderTopStyle") == "solid"


@pytest.mark.parametrize("width", [320, 768, 1280, 1920, 3840])
@pytest.mark.parametrize("path", ["/components/", "/wallboard/", "/account/", "/notices/when/"])
def test_nothing_is_wider_than_its_window(path: str, width: int, open_page: Open) -> None:
    page = open_page("ada", path, width=width, height=900)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_motion_can_be_turned_off_by_hand(open_page: Open) -> None:
    page = open_page("ada", "/components/")
    page.emulate_media(reduced_motion="no-preference")
    place = "getComputedStyle(document.querySelector('main .button')).transitionDuration"
    assert page.evaluate(place) != "0s"
    page.context.add_cookies([{"name": "motion", "value": "off", "url": page.url}])
    page.reload()
    assert page.evaluate(place) == "0s"


def test_axe_finds_nothing_on_the_wall(open_page: Open) -> None:
    assert faults(open_page("ada", "/wallboard/")) == []


def test_a_ticket_on_paper_is_the_ticket_alone_and_as_wide_as_the_paper(desk: Desk, open_page: Open) -> None:
    ticket = desk.mail("ana", "Cards")
    page = open_page("ida", f"/tickets/{ticket.reference}/", width=700, height=900)
    page.emulate_media(media="print")
    assert page.evaluate("document.querySelector('main').offsetWidth === innerWidth")
    for part in ("#rail", ".composer", ".masthead .actions"):
        assert not page.locator(part).first.is_visible(), part
    assert page.get_by_text("Promises", exact=True).is_visible()
