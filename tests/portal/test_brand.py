"""The vendor's brand on the pages for clients: name, logo and colours that can be read, at no query more."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainstay.lib.colours import READABLE, ratio
from mainstay.orgs import brand as brands
from mainstay.orgs import worn
from mainstay.orgs.brand import Look
from mainstay.orgs.models import Brand
from mainstay.screens import brands as pages_of_it
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk
from tests.orgs.test_brand import png

Committing = Callable[..., AbstractContextManager[Any]]
PAGES = ("/portal/", "/hub/", "/portal/account/")


def wear(desk: Desk, **named: Any) -> Brand:
    look = Look(**{"name": "Blaupause", "accent": "#7a1f5c", "accent_dark": "#e59ccc", **named})
    return brands.change(look=look, by=desk.person["ada"], at=desk.now)


def sheet_in(page: Any) -> str:
    found = re.search(r'href="(/vendor/brand.css[^"]*)"', page.content.decode())
    return found[1] if found else ""


def test_the_shipped_brand_needs_no_sheet(desk: Desk, browse: Browse) -> None:
    for address in PAGES:
        assert sheet_in(browse("ana").get(address)) == ""


def test_name_logo_and_colours_are_on_every_page_for_clients_and_on_none_of_the_desk(
    desk: Desk, browse: Browse
) -> None:
    wear(desk, logo=png(480, 96))
    ana = browse("ana")
    seen = [ana.get(address) for address in PAGES] + [Client().get("/hub/"), Client().get("/accounts/login/")]
    for page in seen:
        body = page.content.decode()
        assert re.search(r'<img class="brand-logo" src="/vendor/logo/[0-9a-f]{64}" alt="Blaupause" width="180" height="36">', body)
        assert "· Blaupause</title>" in body
        assert sheet_in(page)
        assert body.index("tokens") < body.index("/vendor/brand.css") < body.index("contrast"), "high contrast wins"
    kept = ana.get(sheet_in(seen[0]))
    assert (kept["Content-Type"], kept["Cache-Control"]) == ("text/css; charset=utf-8", "public, max-age=31536000, immutable")
    assert ":root { --accent: #7a1f5c;" in kept.content.decode()
    desk_page = browse("ida").get("/views/open/").content.decode()
    assert "vendor/" not in desk_page
    assert "Blaupause" not in desk_page


def test_an_earlier_address_of_the_sheet_gets_todays_colours_and_is_not_kept(desk: Desk, browse: Browse) -> None:
    wear(desk)
    before = sheet_in(Client().get("/hub/"))
    wear(desk, accent="#114488")
    assert sheet_in(Client().get("/hub/")) != before
    old = Client().get(before)
    assert "#114488" in old.content.decode()
    assert old["Cache-Control"] == "no-cache"
    assert Client().post(before).status_code == 405


def test_a_logo_is_handed_out_as_a_picture_and_nothing_else(desk: Desk) -> None:
    wear(desk, logo=png())
    [address] = re.findall(r'src="(/vendor/logo/[^"]+)"', Client().get("/hub/").content.decode())
    answer = Client().get(address)
    assert (answer["Content-Type"], answer.content) == ("image/png", png())
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Client().get("/vendor/logo/" + "0" * 64).status_code == 404


@pytest.mark.parametrize("accent", ["#7a1f5c", "#767676", "#5c5c00", "#c00000", "#0000ff", "#000000"])
def test_whatever_colour_was_accepted_can_be_read_on_every_ground(desk: Desk, accent: str) -> None:
    made = wear(desk, accent=accent if ratio(accent, brands.LIGHT_PAPER) >= READABLE else "#5a5a5a", accent_dark="")
    text = Client().get("/vendor/brand.css").content.decode()
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part)) for part in text.splitlines()[:2])
    for shades, grounds in ((light, ("#ffffff", "#f6f7f8", "#eff1f3")), (dark, ("#0e141a", "#151d25", "#1a242d"))):
        for ground in grounds:
            assert ratio(shades["accent"], ground) >= READABLE, (made.accent, ground)
            assert ratio(shades["focus"], ground) >= 3
        for ground in (shades["accent-soft"], shades["chosen"], grounds[0], grounds[1]):
            assert ratio(shades["accent-ink"], ground) >= READABLE, (made.accent, ground)
        assert ratio(shades["accent-on"], shades["accent"]) >= READABLE
        assert ratio(shades["accent-on"], shades["accent-hover"]) >= READABLE


def test_no_page_costs_a_query_more(desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    ana.get("/hub/")
    with CaptureQueriesContext(connection) as plain:
        ana.get("/hub/")
    wear(desk, logo=png())
    ana.get("/hub/")
    with CaptureQueriesContext(connection) as branded:
        ana.get("/hub/")
    assert len(branded) <= len(plain)


def test_a_change_in_another_process_is_worn_once_it_is_committed(
    desk: Desk, django_capture_on_commit_callbacks: Committing
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        Client().get("/hub/")
        worn_here = worn.worn()
        wear(desk)
        worn.put_on(worn_here)  # as a process that did not hear of it
    assert "Blaupause" not in pages.text(Client().get("/hub/"))
    for callback in callbacks:
        callback()
    stamp = worn._stamp()
    os.utime(stamp, ns=(1, stamp.stat().st_mtime_ns + 1))  # whatever steps the disk keeps time in
    assert "Blaupause" in pages.text(Client().get("/hub/"))


def test_the_name_leads_signed_out_readers_and_staff_to_the_hub_and_clients_home(desk: Desk, browse: Browse) -> None:
    for who, home in ((Client(), "/hub/"), (browse("ida"), "/hub/"), (browse("ana"), "/portal/")):
        assert f'<a class="brand" href="{home}">' in who.get("/hub/").content.decode()
    assert pages_of_it.dress().sheet == ""
