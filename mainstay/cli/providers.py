"""`mainstay provider`: clients that sign their own people in."""

from __future__ import annotations

import sys

import typer

from mainstay.cli import django_room, output
from mainstay.cli.clients import organisation_of
from mainstay.cli.output import Refused

app = typer.Typer(no_args_is_help=True, help="Clients that sign their own people in (OpenID Connect).")
CLIENT = typer.Argument(help="The client's key.")


@app.command("enter")
def enter(
    client: str = CLIENT,
    issuer: str = typer.Option(..., help="As the provider names itself: https://login.acme.example/realms/staff"),
    client_id: str = typer.Option(..., help="As whom it knows us."),
    secret_stdin: bool = typer.Option(False, help="Read the client secret from standard input. Else it stays."),
    only: bool = typer.Option(False, "--only", help="Let its people sign in in no other way."),
) -> None:
    """Let a client sign its people in, in place of what held so far. The provider is asked first."""
    django_room.migrated()
    from mainstay.lib.fetch import FetchFailed
    from mainstay.lib.time import now
    from mainstay.orgs.identity import providers, talking

    organisation, secret = organisation_of(client), sys.stdin.readline().strip() if secret_stdin else ""
    try:
        talking.discover(issuer)
        providers.enter(
            organisation=organisation, issuer=issuer, client_id=client_id, secret=secret, only=only, by=None, at=now()
        )
    except FetchFailed as error:
        raise Refused(f"the provider was asked, and could not be used: {error}") from None
    except providers.ProviderRefused as refusal:
        raise Refused(str(refusal)) from None
    print(f"{organisation.name} signs its people in through {issuer} from now on{', and only so' if only else ''}.")


@app.command("list")
def listing(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the providers in force, with the latest trouble."""
    django_room.prepared()
    from mainstay.orgs.identity import providers

    rows = [
        {"client": one.organisation.key, "issuer": one.issuer, "client_id": one.client_id, "only": one.only,
         "trouble": one.trouble, "trouble_at": one.trouble_at.isoformat() if one.trouble_at else None}
        for one in providers.in_force()
    ]  # fmt: skip
    if json:
        output.as_json(rows)
    else:
        lines = [[one["client"], one["issuer"], "yes" if one["only"] else "no", one["trouble"]] for one in rows]
        output.table(lines, head=["Client", "Issuer", "Only so", "Trouble"], empty="No client signs its own people in.")


@app.command("end")
def end(client: str = CLIENT) -> None:
    """Let nobody sign in through a client's provider any more."""
    django_room.migrated()
    from mainstay.lib.time import now
    from mainstay.orgs.identity import providers

    if not providers.end(organisation=organisation_of(client), by=None, at=now()):
        raise Refused(f"{client} has no provider")
    print("Ended. Its people sign in by password or by mail again.")


@app.command("forget")
def forget(client: str = CLIENT, email: str = typer.Argument(help="The person's address.")) -> None:
    """Forget which account a person has at their provider, for when they have a new one. The next sign-in says it."""
    django_room.migrated()
    from mainstay.lib.time import now
    from mainstay.orgs import access
    from mainstay.orgs.identity import providers

    organisation, person = organisation_of(client), access.person_with_address(email)
    if person is None or not providers.forget(organisation=organisation, person=person, by=None, at=now()):
        raise Refused(f"nobody with the address {email} has signed in through the provider of {client}")
    print("Forgotten. The next account with that address is remembered in its place.")
