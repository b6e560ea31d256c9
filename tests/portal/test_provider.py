"""Signing in through one's organisation: a real provider over TLS, and everything that one could get wrong (R5.1b)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from mainstay.orgs import actions as orgs
from mainstay.orgs.identity import providers
from mainstay.orgs.models import Change, IdentityProvider, Membership, Organisation, Person, ProviderSubject
from mainstay.outbox.models import Letter
from tests import provider as own
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import LONG_AGO, Desk
from tests.portal.test_signing_in import CODE, LOGIN, PASSWORD, is_in, sign_in, with_password
from tests.provider import CLIENT, SECRET, Key, Provider

START = "/portal/provider/"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    file = own.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    settings.PRIVATE_PROVIDERS = frozenset({"localhost"})
    cache.clear()
    return file


@pytest.fixture
def acme(desk: Desk, certificate: Path) -> Iterator[Provider]:
    """The provider of Acme Health, whose mail domain is acme.example."""
    Organisation.objects.filter(pk=desk.acme.pk).update(domains=["acme.example"])
    with own.running(Provider(clock=lambda: desk.now), certificate) as provider:
        entered(desk, desk.acme, provider)
        yield provider


def entered(desk: Desk, organisation: Organisation, provider: Provider, *, only: bool = False) -> IdentityProvider:
    return providers.enter(
        organisation=organisation, issuer=provider.issuer, client_id=CLIENT, secret=SECRET, only=only,
        by=desk.person["mara"], at=desk.now,
    )  # fmt: skip


def led(client: Client, email: str = "ana@acme.example", goal: str = "") -> str:
    """Give an address, and return where the browser is sent."""
    page = client.post(START, {"email": email, "next": goal})
    assert page.status_code == 200, pages.text(page)
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page.content.decode())
    assert found is not None
    return html.unescape(found[1])


def through(client: Client, provider: Provider, *, goal: str = "", **who: str) -> Any:
    """Sign in at the provider, and come back with what it gave."""
    given = provider.authorise(led(client, goal=goal), **who)
    return client.get(f"{urlsplit(given.pop('back')).path}?{urlencode(given)}")


def refused(answer: Any, client: Client) -> str:
    assert (answer.status_code, is_in(client)) == (403, False)
    assert "You are not signed in" in pages.text(answer)
    return str(pages.text(answer))


# ---- The good way ------------------------------------------------------------------------------------------------


def test_a_client_is_led_by_their_mail_domain_and_comes_back_signed_in(acme: Provider, desk: Desk) -> None:
    client = Client()
    answer = through(client, acme, goal="/portal/contact/")
    assert (answer.status_code, answer["Location"], is_in(client)) == (302, "/portal/contact/", True)
    assert client.session["_auth_user_id"] == str(desk.person["ana"].pk)
    assert ProviderSubject.objects.get().subject == "sub-ana"
    again = Client()
    through(again, acme)
    assert is_in(again)


def test_the_sign_in_page_offers_it_where_any_organisation_has_one(acme: Provider, desk: Desk) -> None:
    assert "Sign in through your organisation" in pages.text(Client().get(LOGIN))
    providers.end(organisation=desk.acme, by=desk.person["mara"], at=desk.now)
    assert "Sign in through your organisation" not in pages.text(Client().get(LOGIN))


def test_whether_a_person_exists_shows_nowhere_on_the_way(acme: Provider, desk: Desk) -> None:
    where = {led(Client(), f"{who}@acme.example").partition("?")[0] for who in ("ana", "nobody")}
    assert where == {f"{acme.issuer}/authorise"}
    for address in ("ana@elsewhere.example", desk.person["ida"].email, "somebody@carrow.example"):
        answer = Client().post(START, {"email": address})
        assert answer.status_code == 422
        assert "No organisation's own sign-in is known for this address" in pages.text(answer)


def test_the_page_on_the_way_leads_there_without_a_click_and_says_where(acme: Provider) -> None:
    shown = Client().post(START, {"email": "ana@acme.example"})
    assert "We take you to localhost." in pages.text(shown)
    assert '<meta http-equiv="refresh" content="0;url=https://localhost:' in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"


def test_a_secret_goes_in_the_form_where_the_provider_takes_it_so(acme: Provider) -> None:
    acme.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    client = Client()
    through(client, acme)
    assert is_in(client)


def test_an_address_that_only_its_userinfo_tells_is_as_good(acme: Provider) -> None:
    acme.claims = {"email": None, "email_verified": None}
    acme.userinfo = {"sub": "sub-ana", "email": "Ana@Acme.example", "email_verified": True}
    client = Client()
    through(client, acme)
    assert is_in(client)


def test_a_changed_key_counts_at_the_next_sign_in(acme: Provider) -> None:
    for kid in ("one", "two"):
        acme.key = Key(kid)
        client = Client()
        through(client, acme)
        assert is_in(client), kid
    acme.published = [acme.key.published()]
    acme.key = Key("one")  # taken back
    client = Client()
    assert "cannot be believed" in refused(through(client, acme), client)


# ---- What is not believed ----------------------------------------------------------------------------------------


def _unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, None, algorithm="none")


def _by_the_secret(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, (SECRET * 4), algorithm="HS256", headers={"kid": "one"})


def _by_a_strangers_key(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, Key("one").private, algorithm="ES256", headers={"kid": "one"})


def _by_a_key_it_does_not_publish(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, Key("x").private, algorithm="ES256", headers={"kid": "x"})


def _by_another_kind_of_key(claims: dict[str, Any]) -> str:
    key = rsa.generate_private_key(65537, 2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})


def _cut_short(claims: dict[str, Any]) -> str:
    return _by_a_strangers_key(claims).rpartition(".")[0] + "."


@pytest.mark.parametrize(
    "said",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "somebody else"}, {"aud": None}, {"aud": [CLIENT, "other"]},
        {"azp": "somebody else"}, {"iss": "https://evil.example"}, {"exp": 1}, {"exp": None}, {"iat": 1},
        {"sub": None}, {"email_verified": False}, {"email_verified": None}, {"email_verified": "false"},
        {"email": None}, {"nbf": 4_000_000_000},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_says_the_wrong_thing_signs_nobody_in(said: dict[str, Any], acme: Provider) -> None:
    acme.claims, client = said, Client()
    words = refused(through(client, acme), client)
    assert "cannot be believed" in words or "cannot be reached" in words
    assert not ProviderSubject.objects.exists()
    assert IdentityProvider.objects.get().trouble


@pytest.mark.parametrize(
    "signed",
    [_unsigned, _by_the_secret, _by_a_strangers_key, _by_a_key_it_does_not_publish, _by_another_kind_of_key, _cut_short],
)
def test_a_token_that_is_not_signed_by_the_provider_signs_nobody_in(signed: Any, acme: Provider) -> None:
    acme.signed, client = signed, Client()
    assert "cannot be believed" in refused(through(client, acme), client)
    assert not ProviderSubject.objects.exists()


def test_userinfo_about_somebody_else_is_not_believed(acme: Provider) -> None:
    acme.claims = {"email": None}
    acme.userinfo, client = {"sub": "other", "email": "ana@acme.example", "email_verified": True}, Client()
    assert "cannot be believed" in refused(through(client, acme), client)


def test_an_answer_is_taken_once_soon_and_in_the_browser_that_began(acme: Provider, desk: Desk) -> None:
    first, other = Client(), Client()
    given = acme.authorise(led(first))
    path = f"{urlsplit(given.pop('back')).path}?{urlencode(given)}"
    assert "begun in another browser" in refused(other.get(path), other)
    first.get(path)
    assert is_in(first)
    first.post("/accounts/logout/")
    assert "begun in another browser" in refused(first.get(path), first)

    late = Client()
    given = acme.authorise(led(late))
    desk.advance(minutes=10)
    assert "more than ten minutes ago" in refused(late.get(f"{urlsplit(given.pop('back')).path}?{urlencode(given)}"), late)


def test_a_verifier_of_another_sign_in_is_refused_by_the_provider(acme: Provider) -> None:
    """PKCE: a code that somebody slips into another browser's sign-in is worth nothing there."""
    victim, thief = Client(), Client()
    stolen, begun = acme.authorise(led(thief)), acme.authorise(led(victim))
    path = urlsplit(begun["back"]).path
    answer = victim.get(f"{path}?{urlencode({'code': stolen['code'], 'state': begun['state']})}")
    assert "cannot be reached" in refused(answer, victim)


def test_an_answer_in_another_issuers_name_is_refused(acme: Provider) -> None:
    client = Client()
    given = acme.authorise(led(client))
    answer = client.get(f"{urlsplit(given.pop('back')).path}?{urlencode({**given, 'iss': 'https://evil.example'})}")
    assert "cannot be believed" in refused(answer, client)


def test_a_no_of_the_provider_is_told_calmly(acme: Provider) -> None:
    client = Client()
    given = acme.authorise(led(client))
    said = {"error": "access_denied", "error_description": "<b>evil</b>", "state": given["state"]}
    answer = client.get(f"{urlsplit(given['back']).path}?{urlencode(said)}")
    assert "Your organisation did not sign you in" in refused(answer, client)
    assert "evil" not in answer.content.decode()


def test_a_provider_that_is_down_is_told_and_kept_for_the_desk(acme: Provider, desk: Desk) -> None:
    acme.status = 500
    answer = Client().post(START, {"email": "ana@acme.example"})
    assert answer.status_code == 422
    assert "cannot be reached at the moment" in pages.text(answer)
    kept = IdentityProvider.objects.get()
    assert (kept.trouble, kept.trouble_at) == ("localhost answered 500", desk.now)


@pytest.mark.parametrize(
    "said",
    [{"issuer": "https://evil.example"}, {"token_endpoint": "http://localhost/token"}, {"jwks_uri": 7},
     {"authorization_endpoint": "javascript:alert(1)"}],
    ids=str,
)  # fmt: skip
def test_metadata_that_leads_elsewhere_leads_nowhere(said: dict[str, Any], acme: Provider) -> None:
    acme.metadata = said
    assert Client().post(START, {"email": "ana@acme.example"}).status_code == 422


# ---- Whom it may sign in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["cleo@carrow.example", "ida@vendor.example", "nobody@acme.example", "ended", "shut", "both"]
)
def test_a_provider_vouches_for_its_own_people_and_for_nobody_else(who: str, acme: Provider, desk: Desk) -> None:
    """Somebody of another client, of the desk, unknown, with ended authority, shut out, of two clients: one answer."""
    ana = desk.person["ana"]
    if who == "ended":
        Membership.objects.filter(person=ana).update(active_to=desk.now)
    elif who == "shut":
        Person.objects.filter(pk=ana.pk).update(is_active=False)
    elif who == "both":
        orgs.authorise(person=ana, organisation=desk.carrow, role="Adviser", at=LONG_AGO)
    emails = {"cleo@carrow.example": desk.person["cleo"].email, "ida@vendor.example": desk.person["ida"].email}
    email = emails.get(who, who if "@" in who else ana.email)
    assert "@" not in who or who.startswith("nobody") or Person.objects.filter(email=email).exists()
    client = Client()
    said = refused(through(client, acme, sub="x", email=email), client)
    assert "not as somebody who may sign in here this way" in said
    assert not ProviderSubject.objects.exists()


def test_the_provider_of_one_client_signs_in_nobody_of_another(acme: Provider, desk: Desk, certificate: Path) -> None:
    """The answer of Carrow's provider, brought to where Acme's is awaited and the other way round."""
    Organisation.objects.filter(pk=desk.carrow.pk).update(domains=["carrow.example"])
    with own.running(Provider(clock=lambda: desk.now), certificate) as carrow:
        entered(desk, desk.carrow, carrow)
        client = Client()
        given = carrow.authorise(led(client, "any@carrow.example"), email="ana@acme.example")
        back = f"/portal/provider/{desk.acme.key}/back/"
        refused(client.get(f"{back}?{urlencode({'code': given['code'], 'state': given['state']})}"), client)
        given = carrow.authorise(led(client, "any@carrow.example"), email="ana@acme.example")
        said = refused(client.get(f"{urlsplit(given.pop('back')).path}?{urlencode(given)}"), client)
        assert "not as somebody who may sign in here this way" in said


def test_a_new_account_with_an_old_address_waits_for_a_manager(acme: Provider, desk: Desk) -> None:
    """Addresses are given to newcomers: whoever has Ana's now is not Ana until somebody says so."""
    through(Client(), acme)
    client = Client()
    refused(through(client, acme, sub="sub-new"), client)
    refused(through(client, acme, sub="sub-ana", email="bo@acme.example"), client)
    providers.forget(organisation=desk.acme, person=desk.person["ana"], by=desk.person["mara"], at=desk.now)
    through(client, acme, sub="sub-new")
    assert is_in(client)


def test_a_provider_that_has_been_ended_signs_nobody_in(acme: Provider, desk: Desk) -> None:
    client = Client()
    given = acme.authorise(led(client))
    providers.end(organisation=desk.acme, by=desk.person["mara"], at=desk.now)
    refused(client.get(f"{urlsplit(given.pop('back')).path}?{urlencode(given)}"), client)


def test_who_is_signed_in_already_goes_on(acme: Provider, desk: Desk, browse: Browse) -> None:
    ana = browse("ana")
    assert ana.get(START)["Location"] == "/portal/"
    assert ana.get(f"/portal/provider/{desk.acme.key}/back/?code=x&state=y")["Location"] == "/portal/"


def test_two_clients_with_one_mail_domain_lead_nobody_astray(acme: Provider, desk: Desk) -> None:
    Organisation.objects.filter(pk=desk.carrow.pk).update(domains=["acme.example"])
    entered(desk, desk.carrow, acme)
    assert Client().post(START, {"email": "ana@acme.example"}).status_code == 422


def test_many_tries_from_one_network_have_an_end(acme: Provider) -> None:
    for _ in range(60):
        Client().post(START, {"email": "ana@elsewhere.example"})
    answer = Client().post(START, {"email": "ana@acme.example"})
    assert "Too many tries" in pages.text(answer)


def test_who_came_through_it_once_comes_by_mail_when_it_fails(acme: Provider, desk: Desk) -> None:
    """Nobody invited Bo: their organisation vouched for them, and that gave them an account."""
    Client().post(CODE, {"email": "bo@acme.example"})
    through(Client(), acme, sub="sub-bo", email="bo@acme.example")
    acme.status = 500
    Client().post(CODE, {"email": "bo@acme.example"})
    kinds = Letter.objects.filter(recipients=["bo@acme.example"]).order_by("created_at", "pk").values_list("kind", flat=True)
    assert list(kinds) == ["no_account", "sign_in"]


# ---- Only so -----------------------------------------------------------------------------------------------------


def test_where_it_is_the_only_way_no_other_way_leads_in(acme: Provider, desk: Desk) -> None:
    entered(desk, desk.acme, acme, only=True)
    ana, client = with_password(desk.person["ana"]), Client()
    answer = client.post(LOGIN, {"login": ana.email, "password": PASSWORD})
    assert (answer["Location"], is_in(client)) == (START, False)
    assert "Your organisation signs its people in itself" in pages.text(client.get(START))
    for path in (CODE, "/accounts/password/reset/"):
        Client().post(path, {"email": ana.email})
    assert {letter.kind for letter in Letter.objects.filter(recipients=[ana.email])} == {"no_account"}
    through(client, acme)
    assert is_in(client)


def test_it_binds_neither_the_desk_nor_other_clients_nor_who_belongs_to_several(acme: Provider, desk: Desk) -> None:
    entered(desk, desk.acme, acme, only=True)
    orgs.authorise(person=desk.person["ana"], organisation=desk.carrow, role="Adviser", at=LONG_AGO)
    for who in ("ida", "cleo", "ana"):
        client = Client()
        sign_in(desk.person[who], client=client)
        assert is_in(client), who


def test_a_second_factor_is_still_asked_for(acme: Provider, desk: Desk) -> None:
    from allauth.mfa.totp.internal import auth

    auth.TOTP.activate(desk.person["ana"], auth.generate_totp_secret())
    client = Client()
    assert through(client, acme)["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


# ---- Keeping it --------------------------------------------------------------------------------------------------


def test_the_secret_is_sealed_and_every_change_is_on_record(acme: Provider, desk: Desk) -> None:
    row = IdentityProvider.objects.get()
    assert SECRET not in json.dumps(list(IdentityProvider.objects.values("secret", "issuer")))
    assert providers.secret_of(row) == SECRET
    again = providers.enter(
        organisation=desk.acme, issuer=row.issuer, client_id=CLIENT, secret="", only=True, by=None,
        at=desk.now + timedelta(seconds=1),
    )  # fmt: skip
    assert providers.secret_of(again) == SECRET
    kinds = list(Change.objects.filter(kind__startswith="provider").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["provider_entered", "provider_only"]
    with pytest.raises(providers.ProviderRefused, match="Enter the client secret"):
        providers.enter(
            organisation=desk.acme, issuer="https://other.example", client_id=CLIENT, secret="", only=False, by=None,
            at=desk.now,
        )  # fmt: skip


@pytest.mark.parametrize("issuer", ["http://idp.example", "https://", "https://u:p@idp.example", "idp", "https://a/?b"])
def test_an_issuer_that_cannot_be_one_is_refused_with_the_reason(issuer: str, desk: Desk) -> None:
    with pytest.raises(providers.ProviderRefused, match="The issuer cannot be used"):
        providers.enter(
            organisation=desk.acme, issuer=issuer, client_id="x", secret="y", only=False, by=None, at=desk.now
        )
