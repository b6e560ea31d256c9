"""`mainstay client` and `mainstay import clients`: what they write, print and refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mainstay.cli import program
from mainstay.cli.output import Refused
from mainstay.contracts import actions
from mainstay.contracts.models import Contract, OutOfHours
from mainstay.orgs.models import Membership, Organisation
from tests.contracts.conftest import Room

pytestmark = pytest.mark.django_db
ACME = ("client", "contract", "acme-health", "--coverage", "24x7", "--document", "Order 1")


@pytest.fixture(autouse=True)
def _no_migrating(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's database has its shape already."""
    monkeypatch.setattr("mainstay.cli.django_room.migrated", lambda **_: None)


def mainstay(*words: str) -> Result:
    return CliRunner().invoke(program.app, list(words))


def said(*words: str) -> Any:
    """Return the JSON that a command prints."""
    result = mainstay(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refusal(*words: str) -> str:
    result = mainstay(*words)
    assert isinstance(result.exception, Refused), result.output
    return str(result.exception)


def test_a_client_is_set_up_with_three_commands(room: Room) -> None:
    actions.add_product(key="lantern", name="Lantern")
    actions.add_product(key="ferry", name="Ferry")
    assert (
        "Added New Trust (new-trust)."
        in mainstay("client", "add", "New Trust", "--domain", "New.example").stdout
    )
    mainstay(
        "client", "contract", "new-trust", "--coverage", "core", "--document", "Order 9", "--from", "2026-04-01",
        "--to", "2027-03-31", "--product", "lantern", "--product", "ferry:not-hosted",
    )  # fmt: skip
    shown = said(
        "client",
        "authorise",
        "New Trust",
        "ana@new.example",
        "--name",
        "Ana Bell",
        "--role",
        "Lead",
        "--sees-all",
    )
    (contract,) = shown["contracts"]
    assert (contract["first_day"], contract["last_day"]) == ("2026-04-01", "2027-03-31")
    assert contract["products"] == {"ferry": False, "lantern": True}
    (user,) = shown["users"]
    assert (user["email"], user["role"], user["sees_all"]) == ("ana@new.example", "Lead", True)
    assert shown["domains"] == ["new.example"]


def test_the_list_and_the_page_read_well(room: Room) -> None:
    contract = room.sign(active_from=room.agreement.effective_from)
    room.agree(
        contract, {"commitment": {"response": {"targets": {"3": "2h"}}}}, active_from=contract.active_from
    )
    mainstay(
        "client", "authorise", "acme-health", "bo@acme.example", "--name", "Bo Lind", "--role", "Receptionist"
    )
    listed = mainstay("client", "list").stdout
    assert "acme-health  Acme Health  core      Order 1" in listed
    shown = mainstay("client", "show", "Acme Health").stdout
    assert (
        "For every client, response, severity 3 changes from 4 h in core hours to 2 h in core hours." in shown
    )
    assert "raises requests" in shown
    assert said("client", "list")[0]["authorised_users"] == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("client", "add", "ACME Health"), "called ACME Health already"),
        (("client", "add", "New", "--domain", "no domain"), "is no mail domain"),
        (("client", "show", "nobody"), "there is no client nobody"),
        (("client", "authorise", "acme-health", "no address", "--name", "A", "--role", "B"), "is no e-mail address"),
        (
            ("client", "authorise", "acme-health", "support@vendor.example", "--name", "A", "--role", "B"),
            "of the desk",
        ),
        ((*ACME, "--from", "1 April"), "write year-month-day"),
        ((*ACME, "--from", "2026-04-01", "--to", "2026-03-01"), "cannot end before it begins"),
        ((*ACME, "--from", "2026-04-01", "--product", "nothing"), "there are: none yet"),
        ((*ACME, "--from", "2026-04-01", "--product", "a:b"), "write KEY, KEY:hosted or KEY:not-hosted"),
        ((*ACME, "--from", "2026-04-01", "--agreement", "9"), "no agreement has the version 9"),
        (("client", "contract", "acme-health", "--coverage", "8x5", "--document", "O", "--from", "2026-04-01"), "does not sell 8x5"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(room: Room, words: tuple[str, ...], reason: str) -> None:
    assert reason in refusal(*words)
    assert (Organisation.objects.count(), Contract.objects.count(), Membership.objects.count()) == (1, 0, 0)


def test_the_same_contract_is_not_recorded_twice(room: Room) -> None:
    assert mainstay(*ACME, "--from", "2026-04-01").exit_code == 0
    assert "has a contract Order 1 already" in refusal(*ACME, "--from", "2026-04-01")


def test_a_file_is_imported_and_again_changes_nothing(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text(
        "organisation,name,email,role,coverage,document,from\n"
        "Carrow Trust,Cleo Marsh,cleo@carrow.example,Manager,24x7,Order 2,2026-04-01\n"
    )
    assert mainstay("import", "clients", str(file)).stdout.startswith(
        "Added 1 client, 1 user and 1 contract;"
    )
    assert said("import", "clients", str(file)) == {
        "written": True, "clients": 0, "users": 0, "contracts": 0, "unchanged": 2,
    }  # fmt: skip


def test_a_file_with_faults_prints_them_all_and_ends_with_one(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text("organisation,email\nAcme Health,nobody\n,x@y.example\n")
    result = mainstay("import", "clients", str(file))
    assert str(result.exception).endswith("nothing was written")
    assert f"{file}: line 2: email: 'nobody' is no address. Correct it." in result.stdout
    assert f"{file}: line 3: organisation: is empty. Name the client." in result.stdout
    told = json.loads(mainstay("import", "clients", str(file), "--json").stdout)
    assert told["written"] is False
    assert {"line", "column", "message", "remedy"} == set(told["faults"][0])


@pytest.mark.parametrize(("content", "reason"), [(None, "cannot read"), (b"\xff\xfe", "is not UTF-8 text")])
def test_a_file_that_cannot_be_read_is_refused(
    room: Room, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    file = tmp_path / "clients.csv"
    if content is not None:
        file.write_bytes(content)
    assert reason in refusal("import", "clients", str(file))


def test_the_out_of_hours_number_of_a_contract_is_recorded_exchanged_and_ended(room: Room) -> None:
    mainstay(*ACME, "--from", "2026-01-01")
    command = ("client", "out-of-hours", "acme-health", "--document", "Order 1")
    told = mainstay(*command, "--number", "01632 960777", "--words", "Ask for the duty engineer.", "--from", "2026-02-01")
    assert told.stdout == "Outside hours Acme Health rings +44 1632 960777 from 2026-02-01.\n"
    assert said(*command, "--number", "01632 960778", "--from", "2026-03-01")["number"] == "+441632960778"
    first, second = OutOfHours.objects.order_by("pk")
    assert first.active_to == second.active_from
    assert "say the last day with --to" in refusal(*command, "--end")
    assert "ends with 2026-06-30" in mainstay(*command, "--end", "--to", "2026-06-30").stdout
    assert "has no number that could end" in refusal(*command, "--end", "--to", "2026-07-30")
    assert "is no telephone number" in refusal(*command, "--number", "nobody knows")
    assert "has no contract Order 7" in refusal("client", "out-of-hours", "acme-health", "--document", "Order 7")
