"""What all tests share: the database with its append-only log, cheap password hashes, and one Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from mainstay.lib import sql
from mainstay.tickets.models import Event

CHROMIUM = next(
    (path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), ""
)


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.DATABASES["default"].setdefault("TEST", {})
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        # A file, not memory: threads and processes of a test must see the same database.
        settings.DATABASES["default"]["TEST"]["NAME"] = str(settings.DATA / "test.sqlite3")


_teardown = TransactionTestCase._fixture_teardown


def _emptying_with_the_log_unlocked(self: TransactionTestCase) -> None:
    """Empty the tables after a transactional test; the append-only log must let go of its rows for that moment."""
    table = Event._meta.db_table
    with connection.schema_editor() as editor:
        sql.make_changeable(table)(None, editor)
    try:
        _teardown(self)
    finally:
        with connection.schema_editor() as editor:
            sql.make_append_only(table)(None, editor)


TransactionTestCase._fixture_teardown = _emptying_with_the_log_unlocked


@pytest.fixture
def on_sqlite() -> bool:
    return connection.vendor == "sqlite"


@pytest.fixture(autouse=True)
def _fresh_terms() -> Iterator[None]:
    """Terms are read once per process; each test has a database, and so terms, of its own."""
    from mainstay.contracts import queries

    yield
    queries._load.cache_clear()
    queries._version.cache_clear()


@pytest.fixture(autouse=True)
def _shipped_brand() -> None:
    """Pages wear the shipped brand until a test changes it: what another one left is in no database of this one."""
    from mainstay.orgs import worn
    from mainstay.orgs.models import Brand

    worn.put_on(Brand())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of a run; each gets a context of its own. Two in one process get in each other's way."""
    if not CHROMIUM:
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()
