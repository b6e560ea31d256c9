"""`mainstay client` and `mainstay import clients`: setting clients up without the console."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mainstay.cli import django_room, output
from mainstay.cli.output import Refused

if TYPE_CHECKING:
    from mainstay.clocks.clients import Line
    from mainstay.contracts.models import Contract, Product
    from mainstay.orgs.models import Organisation

app = typer.Typer(no_args_is_help=True, help="Clients: who they are, who may ask for them, what they bought.")
imports = typer.Typer(no_args_is_help=True, help="Bring data in.")


@app.command("add")
def add(
    name: str,
    key: str = typer.Option("", help="Short name for addresses and files; default is made from the name."),
    domain: list[str] = typer.Option([], help="A mail domain of theirs: a hint, no right. May be repeated."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Add a client. It has no contract yet, so the standard agreement with core coverage applies."""
    django_room.migrated()
    from mainstay.lib.time import now
    from mainstay.orgs import actions
    from mainstay.orgs.domains import BadDomain

    try:
        made = actions.add_organisation(name=name, key=key, domains=domain, at=now())
    except (actions.NameTaken, BadDomain) as refused:
        raise Refused(str(refused)) from refused
    if json:
        output.as_json(_facts(made.key))
    else:
        print(f"Added {made.name} ({made.key}).")


@app.command("list")
def listing(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the clients with what is open, who may ask, and the contract in force."""
    django_room.prepared()
    from mainstay.clocks import clients
    from mainstay.lib.time import now
    from mainstay.tickets.models import Ticket

    at = now()
    facts = [_line(line, at) for line in clients.everything(Ticket.objects.all(), at=at)]
    if json:
        output.as_json(facts)
        return
    output.table(
        [
            [one["key"], one["name"], one["coverage"] or "no contract", one["document"], one["last_day"],
             one["authorised_users"], one["open_tickets"]]
            for one in facts
        ],
        head=["Key", "Name", "Coverage", "Document", "Last day", "Users", "Open"],
        empty='No clients yet. Add one: mainstay client add "Acme Health"',
    )  # fmt: skip


@app.command("show")
def show(client: str, json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Show one client: contracts, what was agreed otherwise, and who may ask. CLIENT is its key or name."""
    django_room.prepared()
    facts = _facts(organisation_of(client).key)
    if json:
        output.as_json(facts)
        return
    print(f"{facts['name']} ({facts['key']}), {facts['open_tickets']} open")
    output.table(
        [
            [c["document"], c["coverage"], c["agreement"], c["first_day"], c["last_day"], c["state"]]
            for c in facts["contracts"]
        ],
        head=["Contract", "Coverage", "Agreement", "From", "Last day", ""],
    )  # fmt: skip
    for contract in facts["contracts"]:
        for override in contract["overrides"]:
            print(f"\n{override['document']}, from {override['first_day']} to {override['last_day'] or '-'}:")
            print("\n".join(f"  {words}" for words in override["changes"]))
    print()
    output.table(
        [[u["email"], u["name"], u["role"], u["rights"], u["last_day"]] for u in facts["users"]],
        head=["User", "Name", "Role", "May", "Ended"],
    )


@app.command("authorise")
def authorise(
    client: str,
    email: str,
    name: str = typer.Option(..., help="Their name. Somebody known keeps the name they have."),
    role: str = typer.Option(..., help="Their role there, in their words: 'Practice manager'."),
    may_raise: bool = typer.Option(True, help="May raise requests."),
    sees_all: bool = typer.Option(False, help="Sees all requests of the organisation."),
    administrates: bool = typer.Option(False, help="Administrates the organisation's users."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Authorise somebody to raise requests for a client. Repeating it says anew what they may do."""
    django_room.migrated()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from mainstay.lib.time import now
    from mainstay.orgs import actions

    organisation = organisation_of(client)
    try:
        validate_email(email)
        made = actions.authorise_address(
            organisation=organisation, email=email, name=name, role=role, at=now(), may_raise=may_raise,
            sees_all=sees_all, administrates=administrates,
        )  # fmt: skip
    except ValidationError as refused:
        raise Refused(f"{email} is no e-mail address") from refused
    except (actions.AddressTaken, actions.StaffAddress) as refused:
        raise Refused(str(refused)) from refused
    if json:
        output.as_json(_facts(organisation.key))
    else:
        print(f"{made.person.name} is authorised for {organisation.name} as {made.role}.")


@app.command("contract")
def contract(
    client: str,
    coverage: str = typer.Option(..., help="core or 24x7."),
    document: str = typer.Option(..., help="The signed paper: 'Order 2026-118'."),
    begins: str = typer.Option(..., "--from", help="First day, such as 2026-04-01."),
    ends: str = typer.Option("", "--to", help="Last day, included; without it the contract is open-ended."),
    product: list[str] = typer.Option(
        [], help="Key of a product it covers, KEY or KEY:not-hosted. May be repeated."
    ),
    agreement: str = typer.Option(
        "", help="Version of the agreement; default is the one effective on the first day."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Record a signed contract. Tickets reported before it keep the terms they were reported under."""
    django_room.migrated()
    from mainstay.contracts import actions, periods, queries
    from mainstay.contracts.models import AgreementVersion
    from mainstay.lib.time import now

    at = now()
    organisation, zone = organisation_of(client), queries.home_zone(at)
    first, last = _day(begins, "--from"), _day(ends, "--to") if ends else None
    active_from = periods.begins(first, zone)
    version = (
        AgreementVersion.objects.filter(version=agreement).order_by("-id").first() if agreement else None
    )
    if agreement and version is None:
        raise Refused(f"no agreement has the version {agreement}; see: mainstay agreement install")
    if organisation.contracts.filter(document=document).exists():
        raise Refused(f"{organisation.name} has a contract {document} already; nothing was written")
    try:
        made = actions.sign_contract(
            organisation=organisation, agreement=version or queries.default_agreement(active_from), coverage=coverage,
            document=document, active_from=active_from, active_to=periods.ends(last, zone) if last else None,
            products=[_product(said) for said in product], at=at,
        )  # fmt: skip
    except (actions.ContractRefused, queries.NoAgreement) as refused:
        raise Refused(str(refused)) from refused
    if json:
        output.as_json(_facts(organisation.key))
    else:
        print(
            f"Recorded {made.document} of {organisation.name}: {made.coverage} from {first}, {made.agreement}."
        )


@app.command("out-of-hours")
def out_of_hours(
    client: str,
    document: str = typer.Option(..., help="The contract that gives it: 'Order 2026-118'."),
    number: str = typer.Option("", help="What they ring outside hours, such as '+44 1632 960123'."),
    words: str = typer.Option("", help="What they are told with it."),
    begins: str = typer.Option("", "--from", help="First day, such as 2026-04-01; default is today."),
    ends: str = typer.Option("", "--to", help="Last day, included; without it the number is open-ended."),
    end: bool = typer.Option(False, "--end", help="End the number that holds, with --to as its last day."),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Record or end the number that one client rings outside hours. It is told to nobody else."""
    django_room.migrated()
    from mainstay.contracts import out_of_hours as numbers
    from mainstay.contracts import periods, queries
    from mainstay.contracts.actions import ContractRefused
    from mainstay.lib import telephone
    from mainstay.lib.time import now

    at = now()
    organisation, zone = organisation_of(client), queries.home_zone(at)
    signed = organisation.contracts.filter(document=document).first()
    if signed is None:
        raise Refused(f"{organisation.name} has no contract {document}; see: mainstay client show {organisation.key}")
    first = _day(begins, "--from") if begins else at.astimezone(zone).date()
    until = periods.ends(_day(ends, "--to"), zone) if ends else None
    try:
        if end:
            row = signed.out_of_hours.filter(active_to=None).order_by("-active_from").first()
            if row is None or until is None:
                raise Refused("say the last day with --to" if row else f"{document} has no number that could end")
            numbers.end(row=row, active_to=until, at=at)
        else:
            row = numbers.agree(
                contract=signed, number=number, words=words, active_from=periods.begins(first, zone),
                active_to=until, at=at,
            )  # fmt: skip
    except (ContractRefused, telephone.BadNumber) as refused:
        raise Refused(str(refused)) from refused
    facts = {"client": organisation.key, "document": document, "number": row.number, "words": row.words,
             "from": periods.first_day(row.active_from, zone).isoformat(), "to": ends}  # fmt: skip
    if json:
        output.as_json(facts)
    else:
        told = telephone.shown(row.number)
        print(f"{told} ends with {ends}." if end else f"Outside hours {organisation.name} rings {told} from {first}.")


@imports.command("clients")
def import_clients(
    file: Path, json: bool = typer.Option(False, "--json", help="Print JSON, faults included.")
) -> None:
    """Import clients, users and contracts from a CSV file. Checks all first; writes all or nothing; safe to repeat."""
    django_room.migrated()
    from mainstay.contracts import importing, queries
    from mainstay.lib.time import now

    try:
        done = importing.clients(file.read_text(encoding="utf-8-sig"), at=now())
    except OSError as error:
        raise Refused(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{file} is not UTF-8 text; save it as CSV UTF-8") from error
    except queries.NoAgreement as error:
        raise Refused(str(error)) from error
    except importing.Unfit as unfit:
        if json:
            output.as_json({"written": False, "faults": [fault._asdict() for fault in unfit.faults]})
        else:
            print("\n".join(f"{file}: {fault}" for fault in unfit.faults))
        raise Refused(f"{_number(len(unfit.faults), 'fault')} in {file}; nothing was written") from unfit
    if json:
        output.as_json({"written": True, **asdict(done)})
    else:
        print(
            f"Added {_number(done.clients, 'client')}, {_number(done.users, 'user')} and "
            f"{_number(done.contracts, 'contract')}; {done.unchanged} of the file's entries were there already."
        )


def _number(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def organisation_of(said: str) -> Organisation:
    from mainstay.orgs.models import Organisation

    found = (
        Organisation.objects.filter(key=said).first()
        or Organisation.objects.filter(name__iexact=said).first()
    )
    if found is None:
        raise Refused(f"there is no client {said}; see: mainstay client list")
    return found


def _product(said: str) -> tuple[Product, bool]:
    from mainstay.contracts.models import Product

    key, _, hosting = said.partition(":")
    if hosting not in ("", "hosted", "not-hosted"):
        raise Refused(f"{said}: write KEY, KEY:hosted or KEY:not-hosted")
    found = Product.objects.filter(key=key).first()
    if found is None:
        known = ", ".join(Product.objects.order_by("key").values_list("key", flat=True)) or "none yet"
        raise Refused(f"there is no product {key}; there are: {known}. Add it: mainstay product add {key}")
    return found, hosting != "not-hosted"


def _day(said: str, option: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise Refused(f"{option} {said}: write year-month-day, such as 2026-04-01") from error


def _facts(key: str) -> dict[str, Any]:
    from mainstay.clocks import clients
    from mainstay.contracts import periods, queries
    from mainstay.lib.time import now
    from mainstay.orgs import actions, changes
    from mainstay.orgs.models import Membership
    from mainstay.tickets.models import Ticket

    at = now()
    line, zone = clients.one(Ticket.objects.all(), key, at=at), queries.home_zone(at)
    if line is None:
        raise Refused(f"there is no client {key}")
    users = Membership.objects.filter(organisation=line.organisation).select_related("person")
    return {
        **_line(line, at),
        "notes": line.organisation.notes,
        "contracts": [_contract(one, at) for one in queries.contracts_of(line.organisation)],
        "users": [
            {
                "email": one.person.email, "name": one.person.name, "role": one.role, **actions.rights_of(one),
                "rights": changes.rights_in_words(actions.rights_of(one)),
                "first_day": periods.first_day(one.active_from, zone).isoformat(),
                "last_day": periods.last_day(one.active_to, zone).isoformat() if one.active_to else "",
            }
            for one in users.order_by("active_to", "person__name", "id")
        ],
    }  # fmt: skip


def _line(line: Line, at: datetime) -> dict[str, Any]:
    from mainstay.contracts import periods, queries

    contract, zone = line.contract, queries.home_zone(at)
    ends = contract.active_to if contract else None
    return {
        "key": line.organisation.key,
        "name": line.organisation.name,
        "domains": line.organisation.domains,
        "coverage": contract.coverage if contract else "",
        "agreement": str(contract.agreement) if contract else "",
        "document": contract.document if contract else "",
        "last_day": periods.last_day(ends, zone).isoformat() if ends else "",
        "authorised_users": line.users,
        "open_tickets": line.open,
    }


def _contract(contract: Contract, at: datetime) -> dict[str, Any]:
    from mainstay.contracts import periods, queries

    zone = queries.home_zone(at)

    def days(row: Any) -> dict[str, str]:
        return {
            "first_day": periods.first_day(row.active_from, zone).isoformat(),
            "last_day": periods.last_day(row.active_to, zone).isoformat() if row.active_to else "",
            "state": "in force"
            if queries.is_in_force(row, at)
            else "ended"
            if row.active_from <= at
            else "to come",
        }

    return {
        "document": contract.document,
        "coverage": contract.coverage,
        "agreement": str(contract.agreement),
        **days(contract),
        "products": {line.product.key: line.hosted for line in contract.products.all()},
        "overrides": [
            {
                "document": one.document, **days(one), "terms": one.terms,
                "changes": [
                    str(change)
                    for change in queries.difference_for(contract, one.terms, at=one.active_from, without=one)
                ],
            }
            for one in contract.overrides.all()
        ],
    }  # fmt: skip
