"""R3.3a (pack, clause 3.3): each request has a reference of its own, short enough for the telephone."""

from __future__ import annotations

import re

from mainstay.tickets.access import ticket_id_in
from tests.desk import Desk


def test_every_request_has_a_reference_of_its_own(desk: Desk) -> None:
    first, second = desk.mail("ana", "Cards"), desk.mail("ana", "Printer")
    held = desk.mail("stranger@elsewhere.example", "Hello")

    references = [first.reference, second.reference, held.reference]
    assert len(set(references)) == 3
    assert all(re.fullmatch(r"MST-\d{6}-\d", reference) for reference in references)


def test_a_misheard_digit_finds_no_ticket_rather_than_another_one(desk: Desk) -> None:
    """The four numbers lie next to each other, so that a wrong last digit would often be somebody else's."""
    tickets = [desk.mail("ana", f"Request {number}") for number in range(4)]
    known = {ticket.pk for ticket in tickets}
    for ticket in tickets:
        assert ticket_id_in(f"It is {ticket.reference}, I think") == ticket.pk
        assert not {ticket_id_in(wrong) for wrong in _misheard(ticket.reference)} & known


def _misheard(reference: str) -> list[str]:
    """Return the reference with one digit wrong, and with two neighbours swapped, in every way."""
    prefix, digits = reference[:4], reference[4:].replace("-", "")
    wrong = {digits[:at] + digit + digits[at + 1 :] for at in range(7) for digit in "0123456789"}
    swapped = {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(6)}
    return [f"{prefix}{one[:6]}-{one[6]}" for one in (wrong | swapped) - {digits}]


def test_the_command_line_says_that_a_reference_is_wrong(desk: Desk) -> None:
    ticket = desk.mail("ana")
    wrong = ticket.reference[:-1] + str((int(ticket.reference[-1]) + 1) % 10)

    done = desk.command("ticket", "show", wrong)
    assert done.exit_code == 1
    assert "its last digit is a check digit" in str(done.exception)
