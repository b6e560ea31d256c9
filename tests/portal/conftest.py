"""The desk of the stories, seen by its clients. Dee administrates Acme Health, Ana raises and sees her own, Bo neither."""

from __future__ import annotations

import pytest

from mainstay import urls
from mainstay.orgs import actions as orgs
from mainstay.orgs.access import active_memberships
from tests.console.conftest import Browse, browse, desk
from tests.desk import LONG_AGO, Desk

__all__ = ["Browse", "browse", "desk"]

assert urls.urlpatterns  # every door is loaded by now; one that is loaded at its first request keeps its own clock


@pytest.fixture(autouse=True)
def dee(desk: Desk) -> None:
    """Dee, who administrates Acme Health."""
    acme = active_memberships(desk.now).get(person=desk.person["ana"]).organisation
    dee = orgs.add_person(name="Dee Marsh", email="dee@acme.example", at=LONG_AGO)
    orgs.authorise(
        person=dee, organisation=acme, role="Practice manager", administrates=True, at=LONG_AGO, by=None
    )
    desk.person["dee"] = dee
