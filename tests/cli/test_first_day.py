"""The first commands on a new desk: staff and products, and what is said while there are none."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from mainstay.cli import program
from mainstay.cli.output import Refused
from mainstay.contracts import actions as contracts
from mainstay.orgs.models import Person

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_migrating(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's database has its shape already."""
    monkeypatch.setattr("mainstay.cli.django_room.migrated", lambda **_: None)


def mainstay(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(program.app, list(words), input=typed)


def refusal(*words: str, typed: str = "") -> str:
    result = mainstay(*words, typed=typed)
    assert isinstance(result.exception, Refused), result.output
    return str(result.exception)


@pytest.mark.parametrize(("words", "advice"), [
    (("user", "list"), "mainstay user add"),
    (("product", "list"), "mainstay product add"),
    (("client", "list"), "mainstay client add"),
    (("ticket", "list"), "No tickets"),
])  # fmt: skip
def test_an_empty_list_says_what_comes_first(words: tuple[str, ...], advice: str):
    assert advice in mainstay(*words).stdout
    assert json.loads(mainstay(*words, "--json").stdout) == []


def test_a_product_is_added_once_under_a_key_that_files_can_hold():
    assert mainstay("product", "add", "lantern", "--name", "Lantern").stdout == "Added Lantern (lantern).\n"
    assert "there is a product lantern already" in refusal("product", "add", "lantern")
    assert "small letters" in refusal("product", "add", "Lantern mobile")
    assert json.loads(mainstay("product", "list", "--json").stdout) == [{"key": "lantern", "name": "Lantern"}]


def test_a_contract_over_an_unknown_product_says_how_to_add_it():
    contracts.install_shipped(at=MONDAY)
    mainstay("client", "add", "Acme Health")
    told = refusal(
        "client", "contract", "acme-health", "--coverage", "core", "--document", "Order 9", "--from", "2026-04-01",
        "--product", "lantern",
    )  # fmt: skip
    assert told == "there is no product lantern; there are: none yet. Add it: mainstay product add lantern"


def test_staff_are_added_under_an_address_with_a_password_that_holds():
    assert "is no e-mail address" in refusal("user", "add", "ida")
    for weak in ("", "short", "password1234"):
        refusal("user", "add", "ida@vendor.example", "--password-stdin", typed=f"{weak}\n")
    assert not Person.objects.exists()
    assert mainstay("user", "add", "ida@vendor.example", "--password-stdin", typed="promises-are-kept\n").exit_code == 0
    assert Person.objects.get().check_password("promises-are-kept")
    assert "too short" in refusal("user", "password", "ida@vendor.example", "--password-stdin", typed="short\n")
