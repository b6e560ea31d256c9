"""A client's own sign-in, as a manager enters it and as the command line does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mainstay.cli import program
from mainstay.orgs.identity import providers
from mainstay.orgs.models import Organisation, ProviderSubject
from tests import provider as own
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk
from tests.provider import CLIENT, SECRET, Provider


@pytest.fixture
def provider(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Provider]:
    file = own.certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    settings.PRIVATE_PROVIDERS = frozenset({"localhost"})
    Organisation.objects.filter(pk=desk.acme.pk).update(domains=["acme.example"])
    with own.running(Provider(clock=lambda: desk.now), file) as started:
        yield started


def typed(provider: Provider, **said: str) -> dict[str, str]:
    return {"own": "on", "issuer": provider.issuer, "client_id": CLIENT, "secret": SECRET, **said}


def sheet(desk: Desk) -> str:
    return f"/clients/{desk.acme.key}/sign-in/"


def test_a_manager_enters_it_after_it_has_been_asked(provider: Provider, desk: Desk, browse: Browse, settings: Any) -> None:
    mara = browse("mara")
    shown = mara.get(sheet(desk))
    assert f"{settings.BASE_URL}/portal/provider/{desk.acme.key}/back/" in pages.text(shown)
    sent = mara.post(sheet(desk), {**typed(provider), "nonce": pages.nonce(shown)})
    assert sent.status_code == 302
    assert provider.asked == ["/.well-known/openid-configuration"]
    known = providers.of(desk.acme)
    assert known is not None
    assert (known.issuer, known.only, providers.secret_of(known)) == (provider.issuer, False, SECRET)
    client = pages.text(mara.get(f"/clients/{desk.acme.key}/"))
    assert "let its people sign in through localhost" in client
    again = mara.get(sheet(desk))
    assert SECRET not in again.content.decode()
    assert known.secret not in again.content.decode()
    mara.post(sheet(desk), {**typed(provider, secret="", only="on"), "nonce": pages.nonce(again)})
    changed = providers.of(desk.acme)
    assert changed is not None
    assert (changed.only, providers.secret_of(changed)) == (True, SECRET)
    mara.post(sheet(desk), {"issuer": "", "nonce": pages.nonce(mara.get(sheet(desk)))})
    assert providers.of(desk.acme) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"issuer": "https://localhost:1/"}, "It was asked, and could not be used"),
        ({"issuer": "http://idp.example"}, "must begin with https://"),
        ({"issuer": ""}, "Say who issues the tokens."),
        ({"client_id": ""}, "Say as whom we are registered."),
        ({"secret": ""}, "Enter the client secret"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_beside_it(
    said: dict[str, str], words: str, provider: Provider, desk: Desk, browse: Browse
) -> None:
    mara = browse("mara")
    answer = mara.post(sheet(desk), {**typed(provider, **said), "nonce": pages.nonce(mara.get(sheet(desk)))})
    assert answer.status_code == 422
    assert words in pages.text(answer)
    assert providers.of(desk.acme) is None


def test_the_latest_trouble_is_told_to_whoever_set_it_up(provider: Provider, desk: Desk, browse: Browse) -> None:
    made = providers.enter(
        organisation=desk.acme, issuer=provider.issuer, client_id=CLIENT, secret=SECRET, only=False, by=None, at=desk.now
    )
    providers.note_trouble(made, "what it sent was not believed: it has expired", at=desk.now)
    assert "what it sent was not believed: it has expired" in pages.text(browse("mara").get(sheet(desk)))


def test_the_command_line_does_the_same(provider: Provider, desk: Desk) -> None:
    def run(*words: str, typed: str = "") -> Any:
        return CliRunner().invoke(program.app, ["provider", *words], input=typed)

    key = desk.acme.key
    assert "No client signs its own people in." in run("list").output
    options = ("--issuer", provider.issuer, "--client-id", CLIENT)
    assert "Enter the client secret" in str(run("enter", key, *options).exception)
    said = run("enter", key, *options, "--secret-stdin", "--only", typed=f"{SECRET}\n")
    assert said.exit_code == 0, said.exception
    [listed] = json.loads(run("list", "--json").output)
    assert (listed["client"], listed["issuer"], listed["only"]) == (key, provider.issuer, True)
    assert SECRET not in str(listed)
    assert key in run("list").output
    assert "could not be used" in str(run("enter", key, "--issuer", "http://x.example", "--client-id", "x").exception)

    assert "nobody with the address" in str(run("forget", key, "ana@acme.example").exception)
    ProviderSubject.objects.create(
        organisation=desk.acme, issuer=provider.issuer, subject="s", person=desk.person["ana"], first_seen_at=desk.now
    )
    assert run("forget", key, "ana@acme.example").exit_code == 0
    assert not ProviderSubject.objects.exists()
    assert run("end", key).exit_code == 0
    assert "has no provider" in str(run("end", key).exception)
