"""`mainstay search`."""

from __future__ import annotations

import typer

from mainstay.cli import django_room, output

app = typer.Typer(no_args_is_help=True, help="The index of search.")


@app.callback()
def group() -> None:
    """Keep `rebuild` a command of its own while it is the only one."""


@app.command("rebuild")
def rebuild() -> None:
    """Write the index of search anew. Safe while the desk works."""
    django_room.prepared()
    from mainstay.tickets import passages

    looked, mended = passages.rebuild(progress=output.progress)
    print(f"Looked at {looked} tickets; {mended} of {looked} tickets were not as they should be and are now.")
