"""`mainstay clocks`."""

from __future__ import annotations

import typer

from mainstay.cli import django_room, output

app = typer.Typer(no_args_is_help=True, help="The stored clocks.")


@app.command("rebuild")
def rebuild() -> None:
    """Drop the stored clocks and write them again from the log. Safe while the desk works."""
    django_room.ready()
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
    django_room.ready()
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
