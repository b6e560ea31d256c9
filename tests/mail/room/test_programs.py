"""Mail by programs: absences, loops, bounces and storms (classes A10, A11, A12)."""

from __future__ import annotations

import pytest

from mainstay.mail import correspondence, restraint
from mainstay.mail.models import Arrival, Suppression
from mainstay.tickets.models import Event, Message, Ticket

from .conftest import Desk, tickets
from .mails import ANA, STRANGER, SUPPORT, bounce, mail

pytestmark = pytest.mark.django_db


def test_an_out_of_office_reply_is_recorded_and_moves_neither_state_nor_clock(room: Desk) -> None:
    ticket = room.take(mail()).ticket
    asked = correspondence.ask_client(ticket=ticket, by=room.ida, text="Which ward?", at=room.at)
    room.advance(seconds=11)
    room.deliver(asked.letter)
    away = mail(
        subject="Automatic reply: Which ward?",
        text="I am away until Monday.",
        headers=[f"In-Reply-To: {asked.message_id}", "Auto-Submitted: auto-replied"],
    )
    arrival = room.take(away)

    ticket.refresh_from_db()
    assert (arrival.outcome, arrival.ticket) == ("auto_reply", ticket)
    assert ticket.state == "waiting_client"
    assert not Event.objects.filter(ticket=ticket, kind="client_replied").exists()
    assert Message.objects.get(pk=arrival.entry_id).automatic


def test_an_absence_without_the_standard_header_is_recognised_too(room: Desk) -> None:
    room.take(mail())
    sent = room.letters()[0]
    arrival = room.take(
        mail(subject="Out of office Re: your request", headers=[f"In-Reply-To: {sent.message_id}"])
    )

    assert arrival.outcome == "auto_reply"


def test_an_automatic_reply_that_belongs_nowhere_stays_in_the_ledger_only(room: Desk) -> None:
    arrival = room.take(mail(headers=["Auto-Submitted: auto-replied"]))

    assert (arrival.outcome, arrival.ticket) == ("auto_reply", None)
    assert tickets() == []
    assert room.letters() == []


@pytest.mark.parametrize(
    "header",
    [
        "Precedence: bulk",
        "List-Id: <all.acme.example>",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    ],
)
def test_a10_mail_by_lists_and_programs_opens_tickets_and_is_never_answered(room: Desk, header: str) -> None:
    arrival = room.take(mail(headers=[header]))

    assert arrival.outcome == "ticket"
    assert "Not acknowledged" in arrival.reason
    assert room.letters() == []


def test_a10_our_own_mail_that_comes_back_is_refused(room: Desk) -> None:
    room.take(mail())
    letter = room.letters()[0]
    arrival = room.take(letter.body)

    assert arrival.outcome == "refused"
    assert "came back" in arrival.reason
    assert len(tickets()) == 1


def test_a10_our_own_address_is_nobody_s(room: Desk) -> None:
    arrival = room.take(mail(sender=SUPPORT))

    assert arrival.outcome == "refused"
    assert tickets() == []


def test_a10_two_desks_that_answer_by_themselves_fall_silent(room: Desk) -> None:
    """A10: the other desk answers each mail of ours at once and never says that it is a program, 200 times."""
    room.take(mail(sender=STRANGER))
    answered = 0
    for _ in range(200):
        ours = room.letters(to=STRANGER)
        if len(ours) == answered:
            break
        answered = len(ours)
        room.advance(seconds=30)
        room.take(mail(sender=STRANGER, subject="Your mail was received", text="A case was opened for you, number 77.",
                       headers=[f"In-Reply-To: {ours[-1].message_id}"]))  # fmt: skip

    assert len(room.letters(to=STRANGER)) == 1
    assert len(tickets()) == 1


def test_a10_a_desk_that_breaks_the_thread_gets_one_answer_an_hour_and_three_a_day(room: Desk) -> None:
    for minute in range(0, 24 * 60, 10):
        room.at = room.at.replace(hour=0, minute=0) if minute == 0 else room.at
        room.take(
            mail(
                sender=STRANGER,
                subject=f"Case {minute}",
                text="We have received your mail and opened a case.",
            )
        )
        room.advance(minutes=10)

    assert len(room.letters(to=STRANGER)) == 3


def test_a12_a_bomb_of_forged_requests_sends_a_victim_one_fixed_text(room: Desk) -> None:
    """A12: a thousand mails in one hour with the victim's address; no word of the attacker's reaches the victim."""
    for number in range(50):
        room.arrive(
            mail(
                sender="victim@else.example", subject=f"You owe us {number}", text="Pay now at evil.example."
            )
        )
    room.take()

    (letter,) = room.letters()
    assert b"owe" not in letter.body
    assert b"evil" not in letter.body
    assert Arrival.objects.filter(outcome="held").count() == 50
    assert Arrival.objects.filter(reason__contains="within the hour").count() == 49


def test_a11_a_bounce_is_attached_to_its_message_and_shown_as_failed(room: Desk) -> None:
    ticket = room.take(mail()).ticket
    letter = room.deliver()
    arrival = room.take(bounce(letter.message_id))

    assert (arrival.outcome, arrival.ticket) == ("bounce", ticket)
    assert "no such user" in arrival.reason
    assert Event.objects.filter(ticket=ticket, kind="delivery_failed").count() == 1
    assert not Event.objects.filter(ticket=ticket, kind="client_replied").exists()


def test_a11_a_storm_of_bounces_sends_nothing_and_fills_no_thread(room: Desk) -> None:
    ticket = room.take(mail()).ticket
    letter = room.deliver()
    before = len(room.letters())
    for number in range(60):
        room.arrive(bounce(letter.message_id, words=f"no such user, report {number}"))
    room.take()

    assert len(room.letters()) == before
    assert Arrival.objects.filter(outcome="bounce").count() == 60
    assert Message.objects.filter(ticket=ticket, purpose="bounce").count() == 1
    assert len(tickets()) == 1


def test_a11_after_three_hard_bounces_the_address_is_written_to_no_more(room: Desk) -> None:
    ticket = room.take(mail()).ticket
    for number in range(3):
        message = correspondence.reply(ticket=ticket, by=room.ida, text=f"Answer {number}", at=room.at)
        room.take(bounce(message.message_id, words=f"no such user {number}"))

    stopped = Suppression.objects.get(address=ANA)
    assert stopped.suppressed_at == room.at
    with pytest.raises(correspondence.CannotWrite, match="does not arrive"):
        correspondence.reply(ticket=ticket, by=room.ida, text="And again", at=room.at)


def test_what_a_machine_had_to_say_to_a_dead_address_is_seen_by_staff(room: Desk) -> None:
    """Nothing is silent: the notice stands in the thread as not sent."""
    ticket = room.take(mail()).ticket
    Suppression.objects.create(address=ANA, failures=3, suppressed_at=room.at, last_failed_at=room.at)
    message = correspondence.ask_for_missing(ticket, room.at)
    assert message is None
    Ticket.objects.update(missing=["description"])
    ticket.refresh_from_db()
    unsent = correspondence.ask_for_missing(ticket, room.at)

    assert unsent is not None
    assert unsent.letter is None
    assert unsent.notes[0].startswith("Not sent.")


def test_a_refusal_by_policy_counts_against_nobody(room: Desk) -> None:
    """It may be about us or the content: a bad day of our own reputation must not silence every client."""
    ticket = room.take(mail()).ticket
    for number in range(4):
        message = correspondence.reply(ticket=ticket, by=room.ida, text=f"Answer {number}", at=room.at)
        room.take(bounce(message.message_id, status="5.7.1", words="5.7.1 rejected by policy"))

    assert not Suppression.objects.exclude(suppressed_at=None).exists()


def test_what_a_server_refuses_while_we_deliver_counts_like_a_bounce(room: Desk) -> None:
    ticket = room.take(mail()).ticket
    for number in range(3):
        letter = correspondence.reply(ticket=ticket, by=room.ida, text=f"Answer {number}", at=room.at).letter
        letter.results = {ANA: {"state": "failed", "code": 550, "answer": "5.1.1 no such user"}}
        stopped = restraint.hear_failed(letter, room.at)

    assert stopped == [ANA]
    assert restraint.lift(address=ANA, by=room.ida)
    assert correspondence.reply(ticket=ticket, by=room.ida, text="Back again", at=room.at).letter is not None


def test_a_full_mailbox_counts_against_nobody(room: Desk) -> None:
    ticket = room.take(mail()).ticket
    for number in range(4):
        message = correspondence.reply(ticket=ticket, by=room.ida, text=f"Answer {number}", at=room.at)
        room.take(bounce(message.message_id, status="4.2.2", words="mailbox full"))

    assert not Suppression.objects.exclude(suppressed_at=None).exists()


def test_a11_a_report_that_anybody_could_have_written_suppresses_nobody(room: Desk) -> None:
    """Only a report on a Message-ID that we signed counts."""
    for _ in range(4):
        arrival = room.take(bounce("<out.t1x0.00000000000000000000000000000000@vendor.example>"))

    assert arrival.outcome == "bounce"
    assert not Suppression.objects.exists()
    assert tickets() == []
