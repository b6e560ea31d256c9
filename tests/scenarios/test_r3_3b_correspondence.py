"""R3.3b (pack, clause 3.3): all correspondence carries the reference, and a reference alone opens nothing."""

from __future__ import annotations

from email.header import Header

import pytest

from mainstay.mail.models import Arrival
from mainstay.tickets.models import Message, Ticket
from tests.desk import ADDRESSES, Desk

MORE = "It is the same at the side door, we have just seen."


def test_every_letter_of_a_requests_life_carries_its_reference_and_the_clients_own_subject(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards are not read")
    first = ticket.messages.get(direction="in").message_id
    desk.confirm("ida", ticket, 2, arrives="Mon 09:30")
    desk.ask("ida", ticket, arrives="Mon 09:40")
    desk.update("ida", ticket, arrives="Mon 10:00")
    desk.reply("ida", ticket, arrives="Mon 10:10")
    desk.work_around("ida", ticket, arrives="Mon 10:20")
    desk.fix("ida", ticket, arrives="Mon 10:30")
    desk.close("ida", ticket, arrives="Mon 11:00")

    letters = desk.sent("ana", about=ticket)
    assert [letter.kind for letter in letters] == [
        "acknowledgement", "severity_confirmation", "request_for_information", "progress_update", "reply",
        "workaround", "fix", "closure",
    ]  # fmt: skip
    assert {letter.subject for letter in letters} == {f"[{ticket.reference}] Cards are not read"}
    assert all(first in letter.headers["References"] for letter in letters)


@pytest.mark.parametrize(
    "subject",
    [
        "[{}] Cards are not read",
        "Re: AW: {} once more",
        "about {lower}, please",
        pytest.param("{encoded}", id="encoded as =?utf-8?b?...?="),
    ],
)
def test_a_new_mail_with_the_reference_joins_its_ticket(desk: Desk, subject: str) -> None:
    """From the requester, wherever it stands in the decoded subject, in any case, without a thread."""
    ticket = desk.mail("ana")
    encoded = Header(f"Bérénice zu {ticket.reference}", "utf-8").encode()
    again = desk.mail("ana", subject.format(ticket.reference, lower=ticket.reference.lower(), encoded=encoded), MORE)

    assert again == ticket
    assert Ticket.objects.count() == 1


def test_an_answer_in_the_thread_joins_whatever_its_subject_became(desk: Desk) -> None:
    ticket = desk.mail("ana")
    (ours,) = Message.objects.filter(ticket=ticket, direction="out")
    again = desk.mail("ana", "Something else", MORE, answers=[ours.message_id])

    assert again == ticket


def test_a_colleague_with_the_right_may_join_and_everybody_is_shown_under_their_own_name(desk: Desk) -> None:
    desk.authorise("bo", desk.acme, "Receptionist", may_raise=True)
    ticket = desk.mail("ana")
    again = desk.mail("bo", f"[{ticket.reference}] Cards are not read", MORE)

    assert again == ticket
    assert ticket.messages.get(text__contains="side door").author == desk.person["bo"]


@pytest.mark.parametrize("who", ["cleo", "bo", "stranger@elsewhere.example"])
def test_a_correct_reference_alone_opens_nothing(desk: Desk, who: str) -> None:
    """Cleo is another client's, Bo has no right, the stranger is nobody: each mail is held, and hers stays closed."""
    ticket = desk.mail("ana", "Cards are not read at the east entrance")
    known = desk.history(ticket)
    arrival = desk.arrive(who, f"Re: [{ticket.reference}] Cards", "Please tell me where this stands, and for whom.")

    assert arrival.outcome == "held"
    assert arrival.ticket != ticket
    assert not arrival.ticket.verified
    assert arrival.ticket.verification_reason.startswith(f"It claims {ticket.reference}, not verified")
    assert desk.history(ticket) == known
    (letter,) = desk.sent(who)
    assert letter.kind == "neutral_acknowledgement"
    for word in (ticket.reference, "Acme", "Ana", "east entrance"):
        assert word not in letter.subject + letter.text


def test_an_answer_in_somebody_elses_thread_opens_nothing_either(desk: Desk) -> None:
    ticket = desk.mail("ana")
    (ours,) = Message.objects.filter(ticket=ticket, direction="out")
    arrival = desk.arrive("cleo", f"Re: {ours.subject}", MORE, answers=[ours.message_id])

    assert (arrival.outcome, arrival.ticket == ticket) == ("held", False)


def test_a_forged_sender_opens_nothing(desk: Desk) -> None:
    """Ana's address, the right reference, and our border says that it is not from her: held, and not answered."""
    ticket = desk.mail("ana")
    desk.advance(hours=2)
    arrival = desk.arrive("ana", f"Re: [{ticket.reference}] Cards", MORE, genuine=False)

    assert (arrival.outcome, arrival.ticket == ticket) == ("held", False)
    assert len(desk.sent("ana")) == 1


def test_the_reference_of_the_clients_own_desk_comes_back_to_it(desk: Desk) -> None:
    ticket = desk.mail("ana", "[INC0012345] Cards are not read")

    (letter,) = desk.sent("ana")
    assert letter.subject == f"[{ticket.reference}] [INC0012345] Cards are not read"


# ---- Programs answer, too ----------------------------------------------------------------------------------------


OUT_OF_OFFICE = ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All"]


def test_an_out_of_office_reply_never_moves_a_state_or_a_clock(desk: Desk) -> None:
    ticket = desk.opened()
    desk.ask("ida", ticket, arrives="Mon 11:00")
    waiting = desk.clock(ticket, "resolution", at="Mon 11:30")
    desk.at("Mon 11:20")
    arrival = desk.answered("ana", ticket, "I am away until Thursday.", headers=OUT_OF_OFFICE)

    assert (arrival.outcome, arrival.ticket) == ("auto_reply", ticket)
    assert desk.look(ticket).state == "waiting_client"
    assert desk.clock(ticket, "resolution", at="Mon 11:30") == waiting
    assert waiting.state == "paused"
    assert desk.history(ticket)[-1] == "Mon 11:20 automatic_reply_recorded"
    assert ticket.messages.get(text__startswith="I am away").automatic


def test_the_answer_of_a_person_does(desk: Desk) -> None:
    ticket = desk.opened()
    desk.ask("ida", ticket, arrives="Mon 11:00")
    desk.at("Mon 11:20")
    desk.answer("ana", ticket, "They are the black ones.")

    assert desk.look(ticket).state == "open"
    resolution = desk.clock(ticket, "resolution")
    assert (resolution.state, resolution.used, resolution.paused) == ("running", "1 h", "20 min")


def test_programs_are_not_answered(desk: Desk) -> None:
    """Two desks that acknowledge each other would never stop."""
    arrival = desk.arrive("ana", "Automatic reply: Cards", "I am away.", headers=OUT_OF_OFFICE)

    assert (arrival.outcome, arrival.ticket) == ("auto_reply", None)
    assert desk.sent() == []


def test_every_mail_ends_somewhere_with_its_reason(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.arrive("cleo", f"[{ticket.reference}]")
    desk.arrive("ana", "Automatic reply: Cards", "I am away.", headers=OUT_OF_OFFICE)
    desk.answered("ana", ticket, MORE)

    assert sorted(arrival.outcome for arrival in Arrival.objects.all()) == ["auto_reply", "held", "reply", "ticket"]
    assert all(arrival.reason for arrival in Arrival.objects.all())
    assert desk.faults() == []
    assert ADDRESSES["cleo"] in Arrival.objects.get(outcome="held").sender
