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


def test_somebody_authorised_is_told_the_reference_of_each_request(desk: Desk) -> None:
    """Clause 4 promises it for every logged call: two in one hour are two references, not one and a silence."""
    first, second = desk.mail("ana", "Cards are not read"), desk.mail("ana", "The printer is out")

    subjects = [letter.subject for letter in desk.sent("ana")]
    assert [ticket.reference in said for ticket, said in zip((first, second), subjects, strict=True)] == [True, True]


def test_a_program_in_an_authorised_name_gets_one_answer_an_hour_and_three_a_day(desk: Desk) -> None:
    """A10: it says the same with another number each time, and breaks the thread; tickets are made, letters are not."""
    for number in range(30):
        desk.mail("ana", f"Re: [Case #{number}] We have received your mail")
        desk.advance(minutes=20)

    assert len(desk.sent("ana")) == 3


def test_thirty_references_a_day_end_any_other_circle(desk: Desk) -> None:
    words = [f"{first} {second}" for first in ("Cards", "Screens", "Doors") for second in "abcdefghijklmno"]
    for subject in words:
        desk.mail("ana", subject)

    assert len(desk.sent("ana")) == 30


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
