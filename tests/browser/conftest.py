"""A desk served as it is in earnest, and a real Chromium in front of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page

from mainstay.lib.time import now
from mainstay.mail import letters
from mainstay.orgs import actions as orgs
from mainstay.screens import zones
from tests.conftest import CHROMIUM
from tests.desk import LONG_AGO, Desk

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))
            if connection.vendor != "sqlite" and not item.get_closest_marker("either_database"):
                item.add_marker(pytest.mark.skip(reason="the pages are the same on either database"))


@pytest.fixture
def desk(transactional_db: None, settings: Any) -> Iterator[Desk]:
    """The desk of ten minutes ago, so that what the story does lies behind the browser, whose clock is the real one."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["*"]
    desk = Desk(start=(now() - timedelta(minutes=10)).isoformat())
    desk.person["ada"] = orgs.add_person(
        name="Ada Whit", email="ada@vendor.example", at=LONG_AGO, staff_role="administrator"
    )
    yield desk
    letters._vendor.cache_clear()
    zones._zone.cache_clear()


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Serve the desk on the loopback, with the server and the application that `mainstay web` uses."""
    from mainstay.asgi import application, stream

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(
        application, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    stream.close()
    server.should_exit = True
    thread.join(10)


def _is_complaint(said: ConsoleMessage, expected: str) -> bool:
    """An answer of 422 is a form that was refused: the browser lists it, and the page shows it.

    `expected` is what the story itself brings about, such as a session that has ended; several are parted by `|`.
    axe writes to every frame, also to a mail's, which its sandbox gives no origin; the desk itself posts no messages.
    """
    usual = ("status of 422", "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided")
    known = any(words in said.text for words in (*usual, *expected.split("|")) if words)
    return said.type in ("error", "warning") and not known


@pytest.fixture
def open_page(desk: Desk, address: str, chromium: Browser) -> Iterator[Open]:
    """Return a way to look at the desk: `open_page("ida", "/views/open/", width=320)`.

    What the browser complains of (a broken policy, an exception in a script, a thing not found) fails the test.
    """
    contexts, complaints = [], []

    def opened(
        who: str, path: str = "/", *, width: int = 1280, height: int = 900, expected: str = "", **options: Any
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", timezone_id="Europe/London",
            reduced_motion="reduce", **options,
        )  # fmt: skip
        contexts.append(context)
        if who:
            client = Client()
            client.force_login(desk.person[who], backend="django.contrib.auth.backends.ModelBackend")
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said, expected) else None)
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture(scope="session", autouse=True)
def _nobody_left_in_the_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The server's threads live as long as the run; what they still hold of PostgreSQL ends before the database does."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
