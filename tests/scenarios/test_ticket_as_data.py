"""Design, section 6: the JSON of a ticket has fixed field names, whole seconds, moments in UTC with Z, and a ledger that
adds up."""

from __future__ import annotations

import json
from typing import Any

from mainstay.tickets.models import Ticket
from tests.desk import Desk

TICKET = {
    "reference", "subject", "state", "kind", "verified", "severity", "organisation", "requester", "reported_at", "clocks",
}  # fmt: skip
CLOCK = {
    "name", "clause", "state", "why", "start", "target", "target_seconds", "due", "at", "elapsed_seconds",
    "paused_seconds", "breached",
}  # fmt: skip
SEGMENT = {"from", "to", "kind", "seconds", "calendar", "severity", "target_seconds", "clause", "event"}


def shown(desk: Desk, ticket: Ticket) -> dict[str, Any]:
    """Run `mainstay ticket show` as of the story's moment."""
    done = desk.command("ticket", "show", ticket.reference, "--json", "--at", desk.now.isoformat())
    assert done.exit_code == 0, done.exception
    data: dict[str, Any] = json.loads(done.stdout)
    return data


def a_ticket(desk: Desk) -> Ticket:
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 12:00")
    desk.at("Mon 13:00")
    desk.answer("ana", ticket, "They are the black ones.")
    desk.at("Mon 14:00")
    return ticket


def test_show_has_every_field_and_no_other(desk: Desk) -> None:
    data = shown(desk, a_ticket(desk))

    assert set(data) == TICKET | {"fields", "tags"}
    assert all(set(clock) == CLOCK | {"ledger"} for clock in data["clocks"])
    assert all(set(segment) == SEGMENT for clock in data["clocks"] for segment in clock["ledger"])


def test_the_figures_are_those_of_the_story(desk: Desk) -> None:
    ticket = a_ticket(desk)
    data = shown(desk, ticket)

    assert data["reference"] == ticket.reference
    assert (data["state"], data["severity"], data["organisation"]) == ("open", 2, "Acme Health")
    assert (data["verified"], data["reported_at"]) == (True, "2026-01-12T09:00:00Z")
    assert [clock["name"] for clock in data["clocks"]] == ["response", "resolution", "guarantee", "update"]
    response, resolution, *_ = data["clocks"]
    assert (response["state"], response["at"], response["elapsed_seconds"]) == ("met", "2026-01-12T10:00:00Z", 3600)
    assert resolution["start"] == "2026-01-12T10:00:00Z"
    assert (resolution["target_seconds"], resolution["due"]) == (21600, "2026-01-12T17:00:00Z")
    assert (resolution["elapsed_seconds"], resolution["paused_seconds"]) == (10800, 3600)
    assert (resolution["at"], resolution["breached"]) == (None, False)


def test_the_ledger_tiles_the_clock_and_adds_up_to_the_figure(desk: Desk) -> None:
    for clock in shown(desk, a_ticket(desk))["clocks"]:
        ledger = clock["ledger"]
        assert sum(segment["seconds"] for segment in ledger) == clock["elapsed_seconds"]
        assert ledger[0]["from"] == clock["start"]
        assert [before["to"] for before in ledger[:-1]] == [after["from"] for after in ledger[1:]]
        assert ledger[-1]["to"] == (clock["at"] or "2026-01-12T14:00:00Z")


def test_each_line_of_a_ledger_names_the_event_that_began_it(desk: Desk) -> None:
    ticket = a_ticket(desk)
    resolution = shown(desk, ticket)["clocks"][1]

    kinds = {str(event.number): event.kind for event in ticket.events.all()}
    assert [(line["kind"], kinds[line["event"]]) for line in resolution["ledger"]] == [
        ("counted", "severity_provided"),
        ("waiting for client", "waiting_on_client"),
        ("counted", "client_replied"),
    ]


def test_list_has_held_requests_among_the_others_and_no_ledgers(desk: Desk) -> None:
    verified, held = a_ticket(desk), desk.mail("stranger@elsewhere.example", "Hello")
    done = desk.command("ticket", "list", "--json")

    found = {ticket["reference"]: ticket for ticket in json.loads(done.stdout)}
    assert set(found) == {verified.reference, held.reference}
    assert (found[held.reference]["verified"], found[held.reference]["organisation"]) == (False, None)
    assert all(set(ticket) == TICKET for ticket in found.values())
    assert all(set(clock) == CLOCK for ticket in found.values() for clock in ticket["clocks"])
    (letter,) = desk.sent("stranger@elsewhere.example")
    assert held.reference in letter.text


def test_people_can_read_it_too(desk: Desk) -> None:
    ticket = a_ticket(desk)

    done = desk.command("ticket", "show", ticket.reference, "--at", desk.now.isoformat())
    assert done.output.startswith(f"{ticket.reference}  Cards are not read\nopen, severity 2, Acme Health\n")
    assert "resolution (clause 5 (Resolution Time)): running, due 2026-01-12T17:00:00Z" in done.output
    assert "waiting for client" in done.output


def test_a_moment_without_its_zone_is_refused(desk: Desk) -> None:
    ticket = desk.mail("ana")

    done = desk.command("ticket", "show", ticket.reference, "--at", "2026-01-12T09:00:00")
    assert done.exit_code == 1
    assert "has no time zone" in str(done.exception)
