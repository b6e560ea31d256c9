"""Taking mail in: two commits, one outcome, nothing lost and nothing doubled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mainstay.lib import files
from mainstay.mail.models import Arrival, RawMail
from mainstay.tickets.models import Attachment, Event, Message, Ticket

from .conftest import MONDAY, Desk, plain, read, tickets
from .mails import ANA, STRANGER, mail, with_file

pytestmark = pytest.mark.django_db


def test_a_mail_from_an_authorised_person_becomes_a_ticket_of_their_organisation(room: Desk) -> None:
    """R3.2b: the request is reported at receipt, whatever the Date header says and whenever we read it."""
    took = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    arrival = room.take(mail(), received_at=took)

    (ticket,) = tickets()
    assert (arrival.outcome, arrival.ticket) == ("ticket", ticket)
    assert ticket.verified
    assert ticket.organisation == room.acme
    assert ticket.requester == room.ana
    assert ticket.requester_role == "Service desk lead"
    assert ticket.reported_at == took
    assert Event.objects.get(kind="reported").recorded_at == MONDAY


def test_the_acknowledgement_gives_the_reference_and_threads_with_the_mail(room: Desk) -> None:
    """R3.3a, R3.3b: the reference stands left of the client's own subject; the answer joins their thread."""
    raw = mail(subject="Cards are not read", message_id="<first@client.example>")
    ticket = room.take(raw).ticket

    (letter,) = room.letters()
    sent = read(letter)
    assert letter.recipients == [ANA]
    assert sent["Subject"] == f"[{ticket.reference}] Cards are not read"
    assert sent["In-Reply-To"] == "<first@client.example>"
    assert sent["Auto-Submitted"] == "auto-replied"
    assert ticket.reference in plain(letter)
    assert Event.objects.filter(kind="number_provided").count() == 0
    room.deliver(letter)
    assert Event.objects.filter(kind="number_provided").count() == 1


def test_an_unknown_sender_is_held_and_told_nothing_about_any_organisation(room: Desk) -> None:
    """R3.2b: a neutral acknowledgement with a reference, and in it what is missing; no word of the sender's."""
    arrival = room.take(mail(sender=f"Mallory <{STRANGER}>", subject="Buy pills at Acme Health"))

    assert arrival.outcome == "held"
    assert not arrival.ticket.verified
    (letter,) = room.letters()
    said = plain(letter)
    assert arrival.ticket.reference in said
    assert "organisation you write for" in said
    assert "your role" in said
    for word in ("Acme", "pills", "Mallory"):
        assert word not in said
        assert word not in str(read(letter)["Subject"])
        assert word not in str(read(letter)["To"])


def test_what_is_missing_is_asked_for_in_the_one_acknowledgement(room: Desk) -> None:
    """R3.2a: organisation and role of a known person are known; an empty description is asked for."""
    ticket = room.take(mail(subject="Help", text="help")).ticket

    (letter,) = room.letters()
    assert ticket.missing == ["description"]
    assert "what happens" in plain(letter)
    assert "organisation you write for" not in plain(letter)


def test_an_answer_with_the_missing_details_completes_the_report(room: Desk) -> None:
    """Reading 4: an incomplete report counts from the moment its details are complete."""
    room.take(mail(subject="Help", text="help"))
    asked = room.letters()[0]
    room.advance(hours=1)
    said = "The printer on ward 4 prints nothing since this morning."
    room.take(mail(text=said, headers=[f"In-Reply-To: {asked.message_id}"]))

    completed = Event.objects.get(kind="details_completed")
    assert completed.at == room.at
    assert Ticket.objects.get().missing == []


def test_outside_service_hours_the_acknowledgement_says_when_the_clock_begins(room: Desk) -> None:
    """R5.S1: received at once, and the promises begin at the next opening, in the contract's zone."""
    room.at = datetime(2026, 11, 20, 18, tzinfo=UTC)
    room.take(mail())

    assert "Monday 23 November 2026, 09:00 GMT" in plain(room.letters()[0])


def test_an_attachment_is_kept_by_digest_and_read_back_whole(room: Desk) -> None:
    room.take(with_file(content="one two three"))

    kept = Attachment.objects.get()
    assert kept.name == "log.txt"
    assert files.read(kept.digest) == b"one two three"


def test_the_same_mail_twice_makes_one_ticket_and_one_acknowledgement(room: Desk) -> None:
    """P2, A13: re-delivery, a second mailbox, a new UIDVALIDITY: the trace differs, the mail does not."""
    raw = mail(message_id="<same@client.example>")
    first = room.take(raw)
    again = room.take(
        b"Received: from a by b; Mon, 23 Nov 2026 10:00:05 +0000\r\n" + raw.replace(b"\r\n", b"\n")
    )

    assert again.duplicate_of == first
    assert (again.outcome, again.ticket) == (first.outcome, first.ticket)
    assert len(tickets()) == 1
    assert len(room.letters()) == 1


def test_two_mails_of_one_batch_that_are_the_same_make_one_ticket(room: Desk) -> None:
    raw = mail(message_id="<same@client.example>")
    room.take(raw, b"Received: by elsewhere\r\n" + raw)

    assert len(tickets()) == 1
    assert Arrival.objects.exclude(duplicate_of=None).count() == 1


def test_a13_the_same_message_id_with_other_content_is_another_mail(room: Desk) -> None:
    """A13: who guesses a Message-ID and sends it first cannot make the real mail disappear."""
    room.take(mail(sender=STRANGER, text="I was here first.", message_id="<guessed@client.example>"))
    arrival = room.take(mail(message_id="<guessed@client.example>"))

    assert arrival.duplicate_of is None
    assert len(tickets()) == 2


def test_equal_mails_without_a_message_id_are_two_mails_unless_they_are_one_delivery(room: Desk) -> None:
    """A quarter of real mail has no Message-ID; two equal alarms at two moments are two alarms."""
    raw = mail(message_id="")
    room.take(raw)
    room.advance(minutes=1)
    room.take(raw)
    assert len(tickets()) == 2
    again = room.take(raw)
    assert again.duplicate_of is not None
    assert len(tickets()) == 2


def test_the_raw_mail_is_kept_as_it_came(room: Desk) -> None:
    raw = mail()
    arrival = room.take(raw)

    assert bytes(RawMail.objects.get(pk=arrival.raw_id).data) == raw


def test_a_complaint_by_subject_is_a_case_of_its_own_linked_to_what_it_is_about(room: Desk) -> None:
    """R3.10a: case, 'Re:' and the reference do not hide the word."""
    first = room.take(mail()).ticket
    arrival = room.take(mail(subject=f"RE: [{first.reference}] complaint"))

    assert arrival.outcome == "ticket"
    assert arrival.ticket.kind == "complaint"
    assert arrival.ticket.about == first
    assert Event.objects.filter(ticket=arrival.ticket, kind="complaint_received").exists()


def test_a_longer_subject_with_the_word_is_offered_as_a_complaint_not_forced(room: Desk) -> None:
    ticket = room.take(mail(subject="Question about your complaints procedure")).ticket

    assert ticket.kind == "incident"
    assert ticket.offered_as_complaint


def test_somebody_with_two_organisations_is_asked_which_one_is_meant(room: Desk) -> None:
    """Conflicting evidence is held, not guessed; the mail may name the organisation itself."""
    from mainstay.orgs import actions as orgs

    orgs.authorise(person=room.ana, organisation=room.other, role="Consultant", at=MONDAY)
    arrival = room.take(mail())
    assert arrival.outcome == "held"
    assert "Acme Health and Other Trust" in arrival.reason

    named = room.take(mail(text="Organisation: Other Trust\r\nThe cards at our front desk are not read."))
    assert named.outcome == "ticket"
    assert named.ticket.organisation == room.other


def test_a_colleague_without_the_right_is_held(room: Desk) -> None:
    arrival = room.take(mail(sender="bo@acme.example"))

    assert arrival.outcome == "held"
    assert "may not raise" in arrival.reason


def test_the_own_assessment_of_the_sender_is_kept_apart(room: Desk) -> None:
    """R3.2c: what the requester thinks, and what we confirm, are two things."""
    text = "Urgency: high\r\nImpact: medium\r\nDescription: nothing prints on ward 4"
    ticket = room.take(mail(text=text)).ticket

    assert (ticket.claimed_urgency, ticket.claimed_impact, ticket.severity) == ("high", "medium", None)


@pytest.mark.parametrize("said", ["Severity: 2", "Severity: serious", "This is a P2 for us."])
def test_a_severity_that_the_sender_names_is_a_claim(room: Desk, said: str) -> None:
    ticket = room.take(mail(text=f"{said}\r\nNothing prints on ward 4 since this morning.")).ticket

    assert (ticket.claimed_severity, ticket.severity) == (2, None)
    assert "how urgent it is" not in plain(room.letters()[0])


def test_every_mail_ends_in_one_outcome_with_a_reason(room: Desk) -> None:
    room.take(mail(), mail(sender=STRANGER), mail(headers=["Auto-Submitted: auto-replied"]))

    for arrival in Arrival.objects.all():
        assert arrival.outcome
        assert arrival.reason
        assert arrival.settled_at == room.at
        assert arrival.due_at is None


def test_a_batch_costs_a_bounded_number_of_queries_per_mail(
    room: Desk, django_assert_max_num_queries: Any
) -> None:
    """No query grows with the batch beyond the mail's own writes."""
    room.take(mail())
    raws = [mail(sender=ANA, subject=f"Request {number}") for number in range(10)]
    room.arrive(*raws)
    from mainstay.mail import intake

    with django_assert_max_num_queries(10 * 9 + 32):
        assert intake.take_due(room.at) == 10


def test_html_is_stored_clean_and_its_own_pictures_keep_their_name(room: Desk) -> None:
    body = '<p>Look <img src="cid:pic1"></p><script>alert(1)</script><img src="https://evil.example/p.gif">'
    room.take(mail(body=body, content_type="text/html; charset=utf-8"))

    message = Message.objects.get(direction="in")
    assert "script" not in message.html
    assert "evil" not in message.html
