"""The survey's page, and the form inside a product's page on another origin under a strict policy of its own."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from mainstay.contracts.models import Product
from mainstay.feedback import sources, tokens
from mainstay.feedback.models import Secret, Survey
from mainstay.feedback.tokens import Claims
from mainstay.lib.time import now
from mainstay.tickets.models import Ticket
from tests.browser.conftest import is_complaint
from tests.browser.test_accessible import faults
from tests.desk import LONG_AGO, Desk
from tests.house import floor


class Visitor:
    """A browser that is signed in nowhere, with what it complained of and whom it asked."""

    def __init__(self, chromium: Browser, **options: Any) -> None:
        self.context = chromium.new_context(**options)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: set[str] = set()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if is_complaint(said, "") else None
        )
        self.page.on("request", lambda request: self.asked.add("/".join(request.url.split("/")[:3])))


@pytest.fixture
def survey(desk: Desk) -> str:
    ticket = desk.mail("ana")
    desk.confirm("ida", ticket, 2)
    desk.advance(seconds=20)
    desk.close("ida", ticket)
    desk.advance(seconds=20)
    found = re.search(r"/survey/[\w-]+/", "".join(desk.sent("ana", kind="closure")[-1].text.split()))
    assert found
    return found[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_survey_is_answered_on_a_telephone_by_keys_alone(
    survey: str, address: str, chromium: Browser, scheme: Any
) -> None:
    visitor = Visitor(chromium, viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = visitor.page
    page.goto(address + survey)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert visitor.context.cookies() == []

    page.get_by_role("group", name="How soon we answered").get_by_role("radio", name="Very good").focus()
    page.keyboard.press("Space")
    page.get_by_label("Anything you would like to tell us").focus()
    page.keyboard.type("Ida was kind.")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert faults(page) == []
    assert Survey.objects.get().ratings.get().value == 5
    assert visitor.asked == {address}
    assert visitor.complaints == []
    visitor.context.close()


@pytest.fixture
def product(desk: Desk, address: str) -> Iterator[str]:
    """A product on an origin of its own: the page of the documents, with the desk's address in it, and its token address."""
    given: dict[str, str] = {}

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/support-token":
                claims = Claims(f"token-{now().timestamp()}", "ana@acme.example", "Ana Okafor", "")
                token = tokens.sign(claims, key_id=given["key_id"], secret=given["secret"], at=now())
                body, kind = json.dumps({"token": token}), "application/json"
            else:
                text = (floor.ROOT / "docs/examples/widget.html").read_text(encoding="utf-8")
                body = text.replace("https://support.example.org", address).replace("KEY", given["key"])
                kind = "text/html; charset=utf-8"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    origin = f"http://127.0.0.1:{server.server_port}"
    made = Product.objects.create(key="lantern", name="Lantern")
    source, secret = sources.open_source(product=made, origins=[origin], by=desk.person["ada"], at=LONG_AGO)
    given.update(key=source.key, secret=secret, key_id=Secret.objects.get().key_id)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield origin
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("width", [1200, 320])
def test_the_form_opens_inside_a_product_and_what_is_written_becomes_a_request(
    product: str, address: str, chromium: Browser, width: int
) -> None:
    visitor = Visitor(chromium, viewport={"width": width, "height": 700})
    page = visitor.page
    page.goto(f"{product}/boards")
    opens = page.get_by_role("button", name="Help and feedback")
    opens.focus()
    page.keyboard.press("Enter")
    form = page.frame_locator("iframe")
    expect(form.get_by_role("heading", name="Help and feedback")).to_be_visible()
    frame = next(one for one in page.frames if "/feedback/frame/" in one.url)
    frame.wait_for_load_state()  # words are there before the sheets that lay them out
    assert frame.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []

    form.get_by_label("What happened, or what would you like to tell us?").fill("None of our smartcards are read.")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("heading", name="Thank you")).to_be_visible()
    ticket = Ticket.objects.get()
    expect(form.get_by_text(ticket.reference)).to_be_visible()
    assert (ticket.channel, ticket.verified, ticket.requester_name) == ("product", True, "Ana Okafor")
    assert "/boards" in ticket.messages.earliest("pk").text

    form.get_by_role("button", name="Close").click()
    expect(page.locator("iframe")).to_have_count(0)
    expect(opens).to_be_focused()

    page.goto(f"{address}/feedback/example/")  # the demonstration's own product
    expect(page.get_by_role("button", name="Help and feedback")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []
    assert visitor.asked == {product, address}
    assert visitor.complaints == []
    visitor.context.close()


def test_a_page_that_is_not_the_products_cannot_frame_the_form(
    desk: Desk, product: str, address: str, chromium: Browser
) -> None:
    """Class C15: what may frame it is a row, and the browser holds it."""
    sources.set_origins(
        source=Secret.objects.get().source, origins=["https://elsewhere.example"], by=desk.person["ada"], at=LONG_AGO
    )
    visitor = Visitor(chromium)
    visitor.page.goto(f"{product}/boards")
    visitor.page.get_by_role("button", name="Help and feedback").click()
    visitor.page.wait_for_timeout(500)
    assert any("frame-ancestors" in said for said in visitor.complaints)
    assert visitor.page.frame_locator("iframe").get_by_role("heading", name="Help and feedback").count() == 0
    visitor.context.close()
