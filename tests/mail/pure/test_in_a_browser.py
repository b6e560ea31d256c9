"""What has been cleaned runs nothing and loads nothing in a real browser, without any other wall (B1, B2, B6)."""

from __future__ import annotations

import pytest

from mainstay.mail import sanitise
from tests.mail.pure.hostile import CALLS_HOME, HOSTILE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


class Opened:
    """A page that shows one mail after the other, and remembers what a mail must not do: dialogs and requests."""

    ADDRESS = "http://desk.example/mail"

    def __init__(self, page) -> None:
        self.page = page
        self.source = ""
        self.happened: list[str] = []
        page.on("dialog", self._dialog)
        page.route("**/*", self._request)

    def show(self, source: str) -> None:
        self.source, self.happened = f"<!doctype html><body>{source}", []
        self.page.goto(self.ADDRESS)
        self.page.wait_for_timeout(20)

    def _dialog(self, dialog) -> None:
        self.happened.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, route) -> None:
        if route.request.url == self.ADDRESS:
            route.fulfill(body=self.source, content_type="text/html; charset=utf-8")
        else:
            self.happened.append(f"request: {route.request.url}")
            route.abort()


@pytest.fixture(scope="module")
def opened(page):
    return Opened(page)


def test_the_trap_catches_what_has_not_been_cleaned(opened):
    opened.show("<img src=x onerror=alert(1)><img src=//evil.example/beacon>")
    caught = {"dialog: 1", "request: http://evil.example/beacon", "request: http://desk.example/x"}
    for _ in range(600):
        if caught <= set(opened.happened):
            break
        opened.page.wait_for_timeout(50)
    assert caught <= set(opened.happened)


@pytest.mark.parametrize("shape", ["{}", "<p>a</p>{}<p>b</p>", "<table><tr><td>{}"])
def test_nothing_runs_and_nothing_is_loaded(opened, shape):
    mails = [sanitise.clean(shape.replace("{}", source)).html for source in (*HOSTILE, *CALLS_HOME)]
    for first in range(0, len(mails), 10):
        cleaned = "<hr>".join(mails[first : first + 10])
        opened.show(cleaned)
        assert opened.happened == [], cleaned
        # The browser reads the cleaned HTML as it was meant, so nothing can hide in its reading.
        assert sanitise.clean(opened.page.evaluate("document.body.innerHTML")).html == cleaned
