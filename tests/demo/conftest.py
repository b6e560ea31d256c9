"""One world for all tests of a moment: it is built through the real doors, which takes some seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import TransactionTestCase, override_settings

from mainstay.cli.demo import world
from mainstay.cli.demo.desk import Desk
from mainstay.contracts import actions as contracts
from mainstay.contracts import queries

MOMENTS = {
    "Wednesday before noon": datetime(2026, 11, 18, 11, 20, 5, tzinfo=UTC),
    "the night on which the clocks go back": datetime(2026, 10, 25, 3, 10, 0, tzinfo=UTC),
}


class Emptied(TransactionTestCase):
    """Borrowed for emptying the tables."""

    def runTest(self) -> None: ...


@pytest.fixture(scope="module", params=MOMENTS.values(), ids=MOMENTS.keys())
def desk(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker) -> Iterator[Desk]:
    """The desk at one of the moments, with everything that led there."""
    with django_db_blocker.unblock(), override_settings(DEMO=True):
        try:
            contracts.install_shipped(at=request.param)
            yield world.populate(at=request.param)
        finally:
            Emptied("runTest")._fixture_teardown()
            queries._load.cache_clear()
