"""How pages look: a theme and whether things move, per person, in the page from its first byte, without a script."""

from __future__ import annotations

import pytest
from django.test import Client

from mainstay.orgs.models import Person
from tests.console.conftest import Browse
from tests.console.test_sessions import signed_in
from tests.desk import Desk


def opening(browser: Client, path: str = "/account/") -> str:
    return browser.get(path).content.decode().partition("<head>")[0]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_a_theme_that_is_chosen_stands_in_the_page_itself(theme: str, desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    ida.post("/account/look/", {"theme": theme, "motion": "off"})
    assert f'data-theme="{theme}" data-motion="off"' in opening(ida)
    assert f'data-theme="{theme}"' in opening(ida, "/nowhere/"), "errors look the same"
    assert Person.objects.get(pk=desk.person["ida"].pk).theme == theme


def test_a_choice_follows_its_person_to_another_browser(desk: Desk, browse: Browse) -> None:
    browse("ida").post("/account/look/", {"theme": "contrast", "motion": "off"})
    other = signed_in(Person.objects.get(pk=desk.person["ida"].pk))
    assert 'data-theme="contrast" data-motion="off"' in opening(other)
    other.post("/accounts/logout/")
    assert 'data-theme="contrast"' in opening(other, "/accounts/login/"), "and stays in it before the door"


def test_going_back_to_the_systems_look_leaves_nothing_behind(browse: Browse) -> None:
    ida = browse("ida")
    ida.post("/account/look/", {"theme": "dark", "motion": "off"})
    ida.post("/account/look/", {"theme": "", "motion": ""})
    assert "data-" not in opening(ida)


def test_a_look_that_is_none_is_refused(browse: Browse) -> None:
    assert browse("ida").post("/account/look/", {"theme": 'x"><script>'}).status_code == 400


def test_the_page_of_components_shows_every_state(browse: Browse) -> None:
    page = browse("ada").get("/components/").content.decode()
    for part in ("left--over", "left--soon", "left--paused", "left--met", "left--none", "sev--none", "errorlist",
                 "notice--grave", "aria-busy", "empty", "toast", "disabled", 'class="ringing"'):  # fmt: skip
        assert part in page, part


def test_what_somebody_folds_in_the_rail_stays_folded_for_them_alone(desk: Desk, browse: Browse) -> None:
    ida, jon = browse("ida"), browse("jon")
    assert 'data-fold="desk" open' in ida.get("/views/open/").content.decode()
    assert ida.post("/account/rail/", {"key": "desk", "folded": "1"}).status_code == 204
    assert 'data-fold="desk">' in ida.get("/views/open/").content.decode()
    assert 'data-fold="desk" open' in jon.get("/views/open/").content.decode()
    assert ida.post("/account/rail/", {"key": "mail", "folded": "0"}).status_code == 204
    shown = ida.get("/views/open/").content.decode()
    assert 'data-fold="mail" open' in shown
    assert 'data-fold="desk">' in shown, "the others stay as they are"
    assert 'data-fold="desk" open' in ida.get("/calls/").content.decode(), "where somebody is, is in sight"
    assert ida.post("/account/rail/", {"key": "nowhere", "folded": "1"}).status_code == 400


def test_what_is_folded_away_still_says_what_waits_in_it(desk: Desk, browse: Browse) -> None:
    desk.mail("who@elsewhere.example", "Who am I?")
    page = browse("ida").get("/notices/").content.decode()
    assert 'data-count="below-views">1<' in page
    assert 'count--warn" data-count="below-views"' in page
