"""`mainstay clocks`."""

from __future__ import annotations

from pathlib import Path

import typer

from mainstay.cli import django_room, output
from mainstay.cli.output import Refused

app = typer.Typer(no_args_is_help=True, help="The stored clocks.")


@app.command("rebuild")
def rebuild() -> None:
    """Drop the stored clocks and write them again from the log. Safe while the desk works."""
    django_room.prepared()
    from mainstay.clocks import actions

    before = actions.dump()
    count = actions.rebuild(progress=output.progress)
    after = actions.dump()
    changed = len([row for row in before if row not in after]) if before != after else 0
    same = "the same, byte for byte" if before == after else f"{changed} rows differ from what was stored"
    print(f"Rebuilt the clocks of {count} tickets: {same}.")


@app.command("due")
def due(json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the next steps that fall due."""
    django_room.prepared()
    from mainstay.clocks.models import Step
    from mainstay.lib.time import to_text

    rows = [
        {"reference": s.ticket.reference, "clock": s.clock, "step": s.name, "due_at": to_text(s.due_at)}
        for s in Step.objects.select_related("ticket").order_by("due_at", "ticket_id", "order")[:100]
    ]
    if json:
        output.as_json(rows)
    else:
        output.table([list(row.values()) for row in rows], head=["Reference", "Clock", "Step", "Due"])


@app.command("holidays")
def holidays(
    file: Path = typer.Argument(help="A holiday table as TOML: name, version, [dates]."),
    apply: bool = typer.Option(
        False, help="Install it and move the open clocks. Without it, only show the moves."
    ),
    reason: str = typer.Option("", help="Why the table changes; kept with it."),
) -> None:
    """Show which open clocks a changed holiday table moves, and with --apply move them. Closed ones never change."""
    django_room.migrated()
    import tomllib

    from mainstay.clocks import holidays as room
    from mainstay.contracts import actions
    from mainstay.contracts.models import HolidayTable
    from mainstay.lib.time import now

    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        said = {"name": table["name"], "version": table["version"], "dates": table["dates"]}
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise Refused(f"{file} is no holiday table ({error}). It needs name, version and [dates].") from error
    if apply:
        if not reason:
            raise Refused("say why the table changes: --reason 'Extra bank holiday announced on ...'")
        try:
            row = actions.install_holidays(**said, at=now(), by="command line", reason=reason)
        except (actions.AlreadyInstalled, ValueError) as error:
            raise Refused(str(error)) from error
        moves = room.apply(row, by="command line", at=now(), progress=output.progress)
    else:
        moves = list(room.preview(HolidayTable(**said), at=now()))
    output.table(
        [[move.ticket.reference, move.clock, move.before or "-", move.after or "-"] for move in moves],
        head=["Reference", "Clock", "Due", "Due then"],
    )
    print(f"{len(moves)} clocks {'moved' if apply else 'would move'}.")
