"""R3.10a (pack, clause 3.10): what is written about a complaint belongs to it, though its subject says so again."""

from __future__ import annotations

from mainstay.tickets.models import Ticket
from tests.desk import Desk


def test_an_answer_within_a_complaint_makes_no_second_one(desk: Desk) -> None:
    """Every answer to our letters carries 'Re: [reference] COMPLAINT' in its subject."""
    case = desk.mail("ana", "COMPLAINT", "Nobody has rung us back since last week, and we are not amused.")
    joined = desk.answer("ana", case, "It happened again this morning.")

    assert joined == case
    assert Ticket.objects.filter(kind="complaint").count() == 1
    assert "client_replied" in " ".join(desk.history(case))


def test_whoever_may_not_write_to_a_complaint_makes_one_of_their_own(desk: Desk) -> None:
    case = desk.mail("ana", "COMPLAINT", "Nobody has rung us back since last week, and we are not amused.")
    other = desk.mail("cleo", f"Re: [{case.reference}] COMPLAINT", "The same here, for a month now.")

    assert other != case
    assert (other.kind, other.about) == ("complaint", None)
