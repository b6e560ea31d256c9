"""A desk served as it is in earnest, and a real Chromium in front of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from mainstay.console import render
from mainstay.lib.time import now
from mainstay.mail import letters
from mainstay.orgs import actions as orgs
from mainstay.screens import zones
from tests.conftest import CHROMIUM
from tests.desk import LONG_AGO, Desk

Open = Callable[..., Page]
PATIENCE = 30_000  # milliseconds; how long a sound machine may be busy, and half of what a page without its stream rests

# Count what the stream of a page says, so that a test can wait until it is open and see that it brought something.
LISTENS = """
  window.streams = 0;
  window.told = 0;
  const Plain = window.EventSource;
  window.EventSource = class extends Plain {
    constructor(...all) {
      super(...all);
      this.addEventListener("open", () => { window.streams += 1; });
      for (const kind of ["change", "here", "ringing"]) this.addEventListener(kind, () => { window.told += 1; });
    }
  };
"""


@pytest.fixture(autouse=True, scope="session")
def _patience() -> Iterator[None]:
    """A condition is waited for as long as a slow machine needs; what must be quick is measured where it is promised."""
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))
            if connection.vendor != "sqlite" and not item.get_closest_marker("either_database"):
                item.add_marker(pytest.mark.skip(reason="the pages are the same on either database"))


@pytest.fixture
def desk(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk of ten minutes ago, so that what the story does lies behind the browser, whose clock is the real one."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(render, "UNDO_SECONDS", PATIENCE // 1000)  # what can be undone stays in sight for slow hands too
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

    server = uvicorn.Server(uvicorn.Config(application, log_level="error", timeout_graceful_shutdown=1))
    with socket.create_server(("127.0.0.1", 0), backlog=128) as door:  # it is ours before anybody asks, and nobody else's
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        stream.close()
        server.should_exit = True
        thread.join(60)
    assert not thread.is_alive(), "the server goes on, and would serve the next test's desk"


def hands_wait_for_the_page(page: Page) -> None:
    """Press no key before the page's scripts are there to hear it: nobody types into a page that is still coming."""
    hands = page.keyboard
    for name in ("press", "type"):
        plain = getattr(hands, name)

        def patiently(*all: Any, _plain: Callable[..., None] = plain, **more: Any) -> None:
            page.wait_for_load_state("load")
            _plain(*all, **more)

        setattr(hands, name, patiently)


def is_complaint(said: ConsoleMessage, expected: str) -> bool:
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
        context.add_init_script(LISTENS)
        if who:
            client = Client()
            client.force_login(desk.person[who], backend="django.contrib.auth.backends.ModelBackend")
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}]
            )
        page = context.new_page()
        hands_wait_for_the_page(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said, expected) else None)
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
