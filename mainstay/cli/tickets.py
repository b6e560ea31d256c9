"""`mainstay ticket`: tickets as data, with clocks and ledgers."""

from __future__ import annotations

from datetime import datetime

import typer

from mainstay.cli import django_room, output
from mainstay.cli.output import Refused

app = typer.Typer(no_args_is_help=True, help="Tickets, with their clocks and ledgers.")


@app.command("list")
def listing(
    json: bool = typer.Option(False, "--json", help="Print JSON."),
    everything: bool = typer.Option(False, "--all", help="Closed tickets too."),
    limit: int = typer.Option(0, help="At most so many; 0 for all."),
) -> None:
    """List tickets by their next promise due."""
    django_room.prepared()
    from mainstay.clocks import facts
    from mainstay.lib.time import now

    at = now()
    found = facts.tickets(include_closed=everything or json, limit=limit or None)
    if json:
        output.as_json([facts.of_ticket(ticket, at=at) for ticket in found])
        return
    rows = []
    for ticket in found:
        fact = facts.of_ticket(ticket, at=at)
        due = min((clock["due"] for clock in fact["clocks"] if clock["due"] and not clock["at"]), default="")
        rows.append(
            [
                fact["reference"],
                fact["state"],
                fact["severity"] or "",
                fact["organisation"] or "",
                due,
                fact["subject"],
            ]
        )
    output.table(
        rows, head=["Reference", "State", "Sev", "Organisation", "Next due", "Subject"], empty="No tickets."
    )


@app.command("show")
def show(
    reference: str,
    json: bool = typer.Option(False, "--json", help="Print JSON."),
    at: str = typer.Option("", help="Read the clocks as of this moment (ISO 8601 with zone); default now."),
) -> None:
    """Show one ticket with the ledger of each clock."""
    django_room.prepared()
    from mainstay.clocks import facts
    from mainstay.lib.time import from_text, now
    from mainstay.tickets import access
    from mainstay.tickets.models import Ticket

    moment: datetime
    try:
        moment = from_text(at) if at else now()
    except ValueError as error:
        raise Refused(f"--at {at}: {error}") from error
    key = access.ticket_id_in(reference) or 0
    ticket = Ticket.objects.select_related("terms", "organisation", "requester").filter(pk=key).first()
    if ticket is None:
        raise Refused(f"there is no ticket {reference}; check the reference, its last digit is a check digit")
    fact = facts.of_ticket(ticket, at=moment, ledger=True)
    if json:
        output.as_json(fact)
    else:
        _print(fact)


def _print(fact: dict[str, object]) -> None:
    print(f"{fact['reference']}  {fact['subject']}")
    print(
        f"{fact['state']}, severity {fact['severity'] or 'not confirmed'}, {fact['organisation'] or 'not verified'}"
    )
    for clock in fact["clocks"]:  # type: ignore[attr-defined]  # a list of mappings, as facts.of_ticket makes it
        print(f"\n{clock['name']} (clause {clock['clause']}): {clock['state']}, due {clock['due'] or '-'}")
        output.table(
            [[s["from"], s["to"], s["kind"], s["seconds"], s["event"]] for s in clock["ledger"]],
            head=["From", "To", "Kind", "Counted s", "Event"],
        )
