"""All commands in one tree. Django is set up only for those that need the database."""

from __future__ import annotations

import sys
from importlib import metadata

import typer

from mainstay.cli import (
    agreement,
    articles,
    clients,
    clocks,
    products,
    providers,
    replay,
    search,
    serving,
    tickets,
    users,
    verify,
)
from mainstay.cli.output import Refused
from mainstay.lib.environment import BadSetting

app = typer.Typer(
    name="mainstay",
    help="The support desk that keeps its promises.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(asked: bool) -> None:
    if asked:
        print(f"Mainstay {metadata.version('mainstay')}")
        raise typer.Exit


VERSION = typer.Option(False, "--version", help="Print the version and end.", callback=_say_version, is_eager=True)


@app.callback()
def about(version: bool = VERSION) -> None:
    """The support desk that keeps its promises."""


app.command()(serving.serve)
app.command()(serving.demo)
app.command()(serving.web)
app.command()(serving.worker)
app.command()(serving.migrate)
app.command()(verify.verify)
app.command()(replay.replay)
app.add_typer(clocks.app, name="clocks")
app.add_typer(search.app, name="search")
app.add_typer(tickets.app, name="ticket")
app.add_typer(agreement.app, name="agreement")
app.add_typer(users.app, name="user")
app.add_typer(clients.app, name="client")
app.add_typer(products.app, name="product")
app.add_typer(providers.app, name="provider")
app.add_typer(articles.app, name="article")
app.add_typer(clients.imports, name="import")


def run() -> None:
    """Run the command that was asked for; what is refused is said in one plain line and ends with exit code 1."""
    try:
        app()
    except (Refused, BadSetting) as refused:
        print(f"mainstay: {refused}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
