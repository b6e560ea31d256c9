"""The desk of the stories, seen through the console by whoever is signed in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from mainstay.console import urls
from mainstay.lib import time
from mainstay.mail import letters
from mainstay.orgs import actions as orgs
from mainstay.screens import zones
from tests.desk import LONG_AGO, Desk

Browse = Callable[[str], Client]


@pytest.fixture
def desk(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk on Monday at eight. The console's doors read its clock in place of the system's."""
    settings.DEMO = True
    desk = Desk()
    desk.person["ada"] = orgs.add_person(
        name="Ada Whit", email="ada@vendor.example", at=LONG_AGO, staff_role="administrator"
    )
    assert (
        urls.urlpatterns
    )  # all doors are loaded by now; one that is loaded at its first request keeps its own clock
    for name, module in list(sys.modules.items()):
        if name.startswith(("mainstay.console", "mainstay.portal", "mainstay.screens")) and getattr(module, "now", None) is time.now:
            monkeypatch.setattr(module, "now", lambda: desk.now)
    yield desk
    letters._vendor.cache_clear()
    zones._zone.cache_clear()


@pytest.fixture
def browse(desk: Desk) -> Browse:
    """Return somebody's browser: `browse("ida").get("/views/open/")`."""

    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(desk.person[who], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
