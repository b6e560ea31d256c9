"""What we write: each letter with its reference, its thread and what it does once it is accepted."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mainstay.escalation.models import Notice
from mainstay.mail import correspondence, desk, notices, silence
from mainstay.orgs import actions as orgs
from mainstay.orgs import teams
from mainstay.outbox.actions import TooLate
from mainstay.tickets import actions as tickets_actions
from mainstay.tickets.content import NewFile
from mainstay.tickets.models import Event, Message, Ticket

from .conftest import Desk, plain, read
from .mails import ANA, mail

pytestmark = pytest.mark.django_db


def test_a_reply_carries_reference_subject_and_the_whole_thread(room: Desk, ticket: Ticket) -> None:
    """R3.3b: reference on the left, the client's subject kept, threaded to the newest client mail."""
    acknowledged = room.letters()[0].message_id
    room.take(
        mail(
            subject="RE: Cards",
            message_id="<second@client.example>",
            headers=[f"In-Reply-To: {acknowledged}"],
        )
    )
    message = correspondence.reply(ticket=ticket, by=room.ida, text="We are on it.", at=room.at)

    sent = read(room.letters()[-1])
    assert sent["Subject"] == f"[{ticket.reference}] Cards"
    assert sent["In-Reply-To"] == "<second@client.example>"
    assert sent["References"].split() == ["<first@client.example>", acknowledged, "<second@client.example>"]
    assert sent["From"].addresses[0].addr_spec == "support@vendor.example"
    assert "Ida Flint" in sent["From"].addresses[0].display_name
    assert "Auto-Submitted" not in sent
    assert desk.signer().own_token(message.message_id) is not None


def test_what_a_person_sends_can_be_taken_back_for_ten_seconds(room: Desk, ticket: Ticket) -> None:
    message = correspondence.reply(ticket=ticket, by=room.ida, text="Oops", at=room.at)
    assert message.letter is not None
    assert message.letter.hold_until == room.at + timedelta(seconds=10)
    correspondence.take_back(message=message, by=room.ida, at=room.at)

    message.letter.refresh_from_db()
    assert message.letter.state == "withdrawn"
    sent = correspondence.reply(ticket=ticket, by=room.ida, text="Better", at=room.at)
    room.deliver(sent.letter)
    with pytest.raises(TooLate):
        correspondence.take_back(message=sent, by=room.ida, at=room.at)


def test_the_confirmation_carries_number_and_severity_and_ends_the_response_clock(
    room: Desk, ticket: Ticket
) -> None:
    """R3.3c: not when it is written, only when the recipient's server has accepted it."""
    message = correspondence.confirm_severity(
        ticket=ticket,
        by=room.ida,
        severity=2,
        urgency="high",
        impact="medium",
        text="We see it too.",
        at=room.at,
    )
    said = plain(room.letters()[-1])
    assert ticket.reference in said
    assert "severity 2: Serious" in said
    assert "6 hours of service time" in said
    assert not Event.objects.filter(kind="severity_provided").exists()
    room.advance(minutes=1)
    room.deliver(message.letter)

    provided = Event.objects.get(kind="severity_provided")
    assert provided.payload["severity"] == 2
    assert provided.payload["message"] == message.pk
    assert provided.at == room.at


@pytest.mark.parametrize(
    ("write", "kind", "data"),
    [
        (
            lambda t, by, at: correspondence.ask_client(ticket=t, by=by, text="Which ward?", at=at),
            "waiting_on_client",
            {},
        ),
        (
            lambda t, by, at: correspondence.update_progress(
                ticket=t, by=by, text="Testing.", eta=datetime(2026, 11, 24, 12, tzinfo=UTC), at=at
            ),
            "progress_updated",
            {"eta": "2026-11-24T12:00:00+00:00"},
        ),
        (
            lambda t, by, at: correspondence.offer_workaround(
                ticket=t, by=by, text="Use the other reader.", service_available=True, at=at
            ),
            "workaround_provided",
            {"service_available": True},
        ),
        (
            lambda t, by, at: correspondence.offer_fix(
                ticket=t, by=by, text="Install 4.2.", cause="software", at=at
            ),
            "fix_provided",
            {"cause": "software"},
        ),
    ],
)
def test_a_letter_does_what_it_says_once_it_is_accepted(
    room: Desk, ticket: Ticket, write: Any, kind: str, data: dict[str, object]
) -> None:
    confirmed = correspondence.confirm_severity(ticket=ticket, by=room.ida, severity=2, at=room.at)
    room.deliver(confirmed.letter)
    message = write(ticket, room.ida, room.at)
    assert not Event.objects.filter(kind=kind).exists()
    room.deliver(message.letter)

    event = Event.objects.get(kind=kind)
    assert data.items() <= event.payload.items()


def test_the_estimate_is_told_in_the_contract_s_zone(room: Desk, ticket: Ticket) -> None:
    room.at = datetime(2027, 7, 6, 10, tzinfo=UTC)
    eta = datetime(2027, 7, 7, 12, tzinfo=UTC)
    correspondence.update_progress(ticket=ticket, by=room.ida, text="Testing.", eta=eta, at=room.at)

    assert "Wednesday 7 July 2027, 13:00 BST" in plain(room.letters()[-1])


def test_closing_tells_the_client_the_cause_and_how_to_open_it_again(room: Desk, ticket: Ticket) -> None:
    correspondence.close(ticket=ticket, by=room.ida, text="All done.", cause="use", at=room.at)

    ticket.refresh_from_db()
    said = plain(room.letters()[-1])
    assert ticket.state == "closed"
    assert "installation or use" in said
    assert "20 working days" in said


def test_silence_for_the_agreed_time_closes_what_was_fixed(room: Desk, ticket: Ticket) -> None:
    """R3.9: five working days, weekend and nights not counted."""
    message = correspondence.offer_fix(
        ticket=ticket, by=room.ida, text="Install 4.2.", cause="software", at=room.at
    )
    room.deliver(message.letter)
    room.advance(days=6)
    assert silence.close_after_silence(room.at) == 0
    room.advance(days=1, minutes=1)
    assert silence.close_after_silence(room.at) == 1

    ticket.refresh_from_db()
    assert ticket.state == "closed"
    assert "have not heard from you" in plain(room.letters()[-1])
    assert silence.close_after_silence(room.at) == 0


def test_a_word_of_the_client_after_the_fix_keeps_it_open_for_a_person(room: Desk, ticket: Ticket) -> None:
    message = correspondence.offer_fix(
        ticket=ticket, by=room.ida, text="Install 4.2.", cause="software", at=room.at
    )
    room.deliver(message.letter)
    room.take(mail(headers=[f"In-Reply-To: {message.message_id}"], text="No, it still fails on ward 4."))
    room.advance(days=30)

    assert silence.close_after_silence(room.at) == 0


def test_the_client_is_told_of_an_escalation(room: Desk, ticket: Ticket) -> None:
    """R3.5c, in the transaction that climbed."""
    from mainstay.escalation import actions as escalation

    escalation.escalate(
        ticket=ticket, level="technical", by=room.ida, reason="Needs a developer.", at=room.at
    )

    (letter,) = [one for one in room.letters() if one.kind == "escalation_notice"]
    assert letter.recipients == [ANA]
    assert "Technical Team" in plain(letter)
    assert read(letter)["Auto-Submitted"] == "auto-generated"


def breached(room: Desk) -> None:
    from mainstay.clocks import actions as clocks

    for _ in range(12):
        room.advance(hours=1)
        clocks.notice_due(room.at)


def test_a_breach_is_told_to_the_coordinator_with_the_ledger(room: Desk, ticket: Ticket) -> None:
    """R3.5b: a table and readable text that add up, without a formula in any cell."""
    outside = orgs.add_person(name="Coordinator", email="coordinator@nhs.example", at=room.at)
    teams.add(key="coordinator", name="Service coordinator", members=[outside])
    message = correspondence.confirm_severity(ticket=ticket, by=room.ida, severity=1, at=room.at)
    room.deliver(message.letter)
    breached(room)

    letters = [one for one in room.letters() if one.kind == "breach_notice"]
    assert [one.recipients for one in letters] == [["coordinator@nhs.example"]]
    sent = read(letters[0])
    assert ticket.reference in sent["Subject"]
    table, text = sent.iter_attachments()
    rows = list(csv.DictReader(io.StringIO(table.get_payload(decode=True).decode("utf-8-sig"))))
    assert sum(int(row["seconds counted"]) for row in rows) > 2 * 3600
    assert "Counted in all" in text.get_payload(decode=True).decode()
    assert Message.objects.filter(purpose="breach_notice").count() == 1


def test_a_breach_that_nobody_can_be_told_of_is_shown_to_managers(room: Desk, ticket: Ticket) -> None:
    orgs.add_person(name="Max", email="max@vendor.example", at=room.at, staff_role="manager")
    message = correspondence.confirm_severity(ticket=ticket, by=room.ida, severity=1, at=room.at)
    room.deliver(message.letter)
    breached(room)

    assert Notice.objects.filter(person__name="Max", text__contains="nobody is entered").exists()


def test_no_cell_of_a_table_can_become_a_formula() -> None:
    """C15."""
    assert notices._plain_cell("=1+1") == "'=1+1"
    assert notices._plain_cell("＝cmd") == "'＝cmd"
    assert notices._plain_cell("counted") == "counted"


def test_staff_get_their_notices_in_one_letter(room: Desk, ticket: Ticket) -> None:
    Notice.objects.all().delete()
    for number in range(50):
        Notice.objects.create(
            person=room.ida, ticket=ticket, kind="breach", text=f"Notice {number}", due_at=room.at, at=room.at
        )
    assert correspondence.mail_notices(room.at) == 1
    assert correspondence.mail_notices(room.at) == 0

    letter = room.letters()[-1]
    assert letter.recipients == ["ida@vendor.example"]
    assert "Notice 49" in plain(letter)
    assert "50 notices" in str(read(letter)["Subject"])


def test_a_caller_without_an_address_cannot_be_written_to(room: Desk) -> None:
    called = tickets_actions.open_ticket(
        at=room.at,
        channel="phone",
        subject="By telephone",
        requester_address="",
        verified=True,
        organisation=room.acme,
    )
    with pytest.raises(correspondence.CannotWrite, match="Ring the requester"):
        correspondence.reply(ticket=called, by=room.ida, text="Hello", at=room.at)
    unsent = correspondence.acknowledge(called, room.at)
    assert unsent.letter is None


def test_another_desk_s_reference_is_given_back_so_that_it_finds_its_case(room: Desk, ticket: Ticket) -> None:
    room.take(mail(subject=f"[ACME#20431] Re: [{ticket.reference}] Cards"))
    correspondence.reply(ticket=ticket, by=room.ida, text="Thank you.", at=room.at)

    assert read(room.letters()[-1])["Subject"] == f"[{ticket.reference}] Cards [ACME#20431]"


def test_c9_a_line_break_in_a_name_or_subject_smuggles_no_header(room: Desk) -> None:
    ticket = tickets_actions.open_ticket(
        at=room.at, channel="portal", subject="x\r\nBcc: evil@evil.example", requester_address=ANA, verified=True,
        organisation=room.acme, requester_name="Ana\r\nBcc: evil@evil.example", requester=room.ana,
    )  # fmt: skip
    correspondence.acknowledge(ticket, room.at)

    letter = room.letters()[-1]
    assert letter.recipients == [ANA]
    assert "Bcc" not in read(letter)


def test_a_file_goes_along_and_stays_on_the_message(room: Desk, ticket: Ticket) -> None:
    file = NewFile("guide.pdf", "application/pdf", b"%PDF-1.7 guide")
    message = correspondence.reply(
        ticket=ticket, by=room.ida, text="See the guide.", files=[file], at=room.at
    )

    (sent,) = read(room.letters()[-1]).iter_attachments()
    assert sent.get_filename() == "guide.pdf"
    assert message.attachments.get().name == "guide.pdf"
