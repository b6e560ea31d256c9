"""A passkey in place of a password, with the virtual authenticator that Chromium brings along."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from mainstay.orgs.models import Person
from tests.browser.conftest import Open
from tests.desk import Desk

PASSWORD = "a long enough password"


def with_a_key(page: Page) -> None:
    """Give the browser an authenticator that keeps passkeys and knows its owner's finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_somebody_enrols_a_passkey_and_signs_in_with_it_alone(desk: Desk, open_page: Open, address: str) -> None:
    ida = Person.objects.get(pk=desk.person["ida"].pk)
    ida.set_password(PASSWORD)
    ida.save()
    place = address.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to an address
    page = open_page("", "/accounts/login/")
    with_a_key(page)
    page.goto(f"{place}/accounts/login/")
    page.get_by_label("Email").fill(ida.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/views/**")
    page.goto(f"{place}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)  # this step changes how one signs in, so it is asked again
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("My laptop")
    if page.get_by_label(re.compile("Passwordless", re.I)).count():
        page.get_by_label(re.compile("Passwordless", re.I)).check()
    page.get_by_role("button", name=re.compile("Add|Create|Save", re.I)).first.click()
    page.wait_for_url(re.compile("/accounts/2fa/(?!webauthn/add)"))
    page.context.clear_cookies()
    page.goto(f"{place}/accounts/login/?next=/account/")
    page.get_by_role("button", name=re.compile("passkey", re.I)).click()
    page.wait_for_url("**/account/")
    expect(page.get_by_role("heading", name="Ida Flint")).to_be_visible()
