"""The ways in besides a password, in a real browser: a link by mail, and the client's own provider on another site."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from playwright.sync_api import expect

from mainstay.lib.time import now
from mainstay.orgs.identity import providers
from mainstay.orgs.invitations import Rights, accept, invite
from mainstay.orgs.models import Organisation, Person
from mainstay.outbox.models import Letter
from tests import provider as own
from tests.browser.conftest import Open
from tests.browser.test_accessible import faults
from tests.desk import Desk
from tests.provider import CLIENT, SECRET, Provider


def with_account(desk: Desk) -> Person:
    ana = desk.person["ana"]
    _, secret = invite(organisation=desk.acme, email=ana.email, name="", rights=Rights("x"), by=None, at=desk.now)
    return accept(secret=secret, at=desk.now)


def test_a_link_by_mail_is_asked_for_and_opened(desk: Desk, open_page: Open, address: str) -> None:
    """Nothing on the way has a fault that axe finds, and nothing is wider than a telephone."""
    with_account(desk)
    page = open_page("", "/accounts/login/?next=/portal/contact/", expected="status of 410", width=320, height=700)
    found = faults(page)
    page.get_by_role("link", name="Send me a link by mail").click()
    page.get_by_label("Email").fill("ana@acme.example")
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("heading", name="Look in your mailbox")).to_be_visible()
    found += faults(page)
    body = Letter.objects.get(kind="sign_in").body.decode().replace("=\r\n", "")
    link = re.search(rf"{re.escape(configured.BASE_URL)}(/portal/sign-in/[\w-]+/)", body)
    assert link is not None
    page.goto(address + link[1])
    found += faults(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Sign in").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/contact/")
    other = open_page("", link[1], expected="status of 410", width=320, height=700)
    expect(other.get_by_role("heading", name="This link signs nobody in")).to_be_visible()
    assert [*found, *faults(other)] == []


def test_a_clients_own_provider_on_another_site_signs_in(
    desk: Desk, open_page: Open, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Our policy lets the browser leave, and our cookie comes back with it from another site."""
    certificate = own.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings.PRIVATE_PROVIDERS, settings.BASE_URL = frozenset({"localhost"}), address
    Organisation.objects.filter(pk=desk.acme.pk).update(domains=["acme.example"])
    with own.running(Provider(clock=now), certificate) as provider:
        providers.enter(
            organisation=desk.acme, issuer=provider.issuer, client_id=CLIENT, secret=SECRET, only=True, by=None,
            at=desk.now,
        )  # fmt: skip
        page = open_page("", "/accounts/login/", ignore_https_errors=True, width=320, height=700)
        page.get_by_role("link", name="Sign in through your organisation").click()
        assert faults(page) == []
        page.get_by_label("E-mail address at work").fill("ana@acme.example")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/portal/")
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
