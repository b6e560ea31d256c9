"""Which mail joins which ticket, and which must not: a reference is a hint, authority is a key (classes A2 to A8)."""

from __future__ import annotations

import pytest

from mainstay.mail import correspondence, desk
from mainstay.orgs import actions as orgs
from mainstay.tickets import actions as actions
from mainstay.tickets import merging
from mainstay.tickets.models import Event, Message, Participant, Ticket

from .conftest import MONDAY, Desk, tickets
from .mails import ANA, BO, CLEO, IDA, STRANGER, SUPPORT, mail

pytestmark = pytest.mark.django_db
PASSED, FAILED, NOTHING = "dmarc=pass", "dmarc=fail", "spf=none; dkim=none; dmarc=none"


def opened(room: Desk, **named: object) -> Ticket:
    ticket = room.take(mail(**named)).ticket  # type: ignore[arg-type]
    assert ticket is not None
    return ticket


# ---- joins ---------------------------------------------------------------------------------------------------


def test_a_reply_joins_by_our_message_id(room: Desk) -> None:
    ticket = opened(room)
    sent = room.letters()[0]
    arrival = room.take(
        mail(
            subject="Re: anything",
            text="It also fails on ward 4 now.",
            headers=[f"In-Reply-To: {sent.message_id}"],
        )
    )

    assert (arrival.outcome, arrival.ticket) == ("reply", ticket)
    assert Event.objects.filter(ticket=ticket, kind="client_replied").count() == 1


@pytest.mark.parametrize(
    "subject", ["Re: [{}] x", "fwd: RE: {} cards", "=?utf-8?q?Re=3A_=5B{}=5D?=", "aw: {}"]
)
def test_a_reply_joins_by_the_reference_anywhere_in_a_decoded_subject(room: Desk, subject: str) -> None:
    """R3.3b: any case, any place, encoded or not; a fresh mail that names it joins too."""
    ticket = opened(room)
    arrival = room.take(mail(subject=subject.format(ticket.reference.lower().replace("-", "-"))))

    assert (arrival.outcome, arrival.ticket) == ("reply", ticket)


def test_a_reply_to_the_client_s_own_first_mail_joins(room: Desk) -> None:
    """Every Message-ID ever seen is known: a reply-all to the original makes no second ticket."""
    ticket = opened(room, message_id="<original@client.example>")
    arrival = room.take(mail(subject="Re: Cards", headers=["References: <original@client.example>"]))

    assert (arrival.outcome, arrival.ticket) == ("reply", ticket)


def test_an_authorised_colleague_joins_a_ticket_of_their_organisation(room: Desk) -> None:
    ticket = opened(room)
    orgs.authorise(person=room.bo, organisation=room.acme, role="Nurse", at=MONDAY)
    arrival = room.take(mail(sender=BO, subject=f"Re: [{ticket.reference}]"))

    assert (arrival.outcome, arrival.ticket) == ("reply", ticket)
    assert Message.objects.get(pk=arrival.entry_id).author == room.bo


def test_the_answer_of_a_client_ends_the_wait_for_the_client(room: Desk) -> None:
    """R3.4a: the resolution clock goes on from receipt, though nobody touched the state."""
    ticket = opened(room)
    asked = correspondence.ask_client(ticket=ticket, by=room.ida, text="Which ward is it?", at=room.at)
    room.advance(seconds=11)
    room.deliver(asked.letter)
    assert Ticket.objects.get().state == "waiting_client"
    room.advance(minutes=30)
    room.take(
        mail(subject="Re: x", headers=[f"In-Reply-To: {asked.message_id}"], text="It is ward 4, all of it.")
    )

    assert Ticket.objects.get().state == "open"


# ---- does not join -------------------------------------------------------------------------------------------


def test_a2_a_stranger_with_a_right_reference_gets_a_held_ticket_of_their_own(room: Desk) -> None:
    """A2: never in silence, and never in somebody else's ticket."""
    ticket = opened(room)
    arrival = room.take(mail(sender=STRANGER, subject=f"Re: [{ticket.reference}] cards"))

    assert arrival.outcome == "held"
    assert arrival.ticket != ticket
    assert f"claims {ticket.reference}, not verified" in arrival.reason
    assert (
        f"Claims {ticket.reference}, not verified."
        in Message.objects.get(ticket=arrival.ticket, direction="in").notes
    )
    assert Message.objects.filter(ticket=ticket, direction="in").count() == 1


def test_a2_another_client_with_a_right_reference_gets_a_held_ticket(room: Desk) -> None:
    ticket = opened(room)
    arrival = room.take(
        mail(
            sender=CLEO,
            subject=f"[{ticket.reference}]",
            headers=[f"In-Reply-To: {room.letters()[0].message_id}"],
        )
    )

    assert arrival.outcome == "held"
    assert arrival.ticket != ticket


@pytest.mark.parametrize("change", ["truncated", "uppercased", "guessed"])
def test_a2_a_forged_message_id_of_ours_opens_nothing(room: Desk, change: str) -> None:
    opened(room)
    ours = room.letters()[0].message_id
    forged = {
        "truncated": ours[:-8] + ">",
        "uppercased": ours.upper(),
        "guessed": "<out.t1x0.0@vendor.example>",
    }[change]
    arrival = room.take(mail(sender=STRANGER, subject="Re: hello", headers=[f"In-Reply-To: {forged}"]))

    assert arrival.outcome == "held"
    assert len(tickets()) == 2


def test_a_wrong_check_digit_is_no_reference(room: Desk) -> None:
    ticket = opened(room)
    wrong = ticket.reference[:-1] + str((int(ticket.reference[-1]) + 1) % 10)
    arrival = room.take(mail(subject=f"Re: [{wrong}]"))

    assert arrival.outcome == "ticket"
    assert arrival.ticket != ticket


def test_contradictory_evidence_is_held_for_a_person(room: Desk) -> None:
    """Subject of one ticket, In-Reply-To of another: nobody guesses."""
    first = opened(room)
    room.advance(hours=2)
    second = opened(room, subject="Printer")
    arrival = room.take(
        mail(subject=f"[{first.reference}]", headers=[f"In-Reply-To: {room.letters()[-1].message_id}"])
    )

    assert second != first
    assert arrival.outcome == "held"
    assert "contradictory" in arrival.reason


def test_authority_is_asked_for_when_the_mail_comes_not_when_the_thread_began(room: Desk) -> None:
    """A right that was withdrawn is gone, also in an old thread; the requester's own ticket stays theirs."""
    ticket = opened(room)
    membership = orgs.authorise(person=room.bo, organisation=room.acme, role="Nurse", at=MONDAY)
    room.take(mail(sender=BO, subject=f"[{ticket.reference}]"))
    room.advance(hours=1)
    orgs.end_authority(membership=membership, at=room.at)
    arrival = room.take(mail(sender=BO, subject=f"[{ticket.reference}]", text="And one more thing about it."))

    assert arrival.outcome == "held"


# ---- spoofed senders -----------------------------------------------------------------------------------------


def test_a_sender_whose_domain_disowns_the_mail_is_held_and_not_answered(checked: Desk) -> None:
    """DMARC fail by our own border: neither a request nor a reply of Ana's, and her mailbox is left in peace."""
    fresh = checked.take(mail(checked=FAILED))
    assert fresh.outcome == "held"
    assert "DMARC fail" in fresh.reason
    assert checked.letters() == []

    genuine = opened(checked, checked=PASSED)
    arrival = checked.take(mail(checked=FAILED, subject=f"[{genuine.reference}]"))
    assert arrival.outcome == "held"
    assert arrival.ticket != genuine


def test_a2_a_participant_must_be_proven_where_our_border_checks(checked: Desk) -> None:
    ticket = opened(checked, checked=PASSED)
    unproven = checked.take(mail(checked=NOTHING, subject=f"[{ticket.reference}]"))
    assert unproven.outcome == "held"
    assert "did not confirm the sender" in unproven.reason
    proven = checked.take(
        mail(checked=PASSED, subject=f"[{ticket.reference}]", text="This one is really from me.")
    )
    assert proven.outcome == "reply"


def test_a3_results_that_the_sender_wrote_count_for_nothing(checked: Desk) -> None:
    """A3: only what our border stamped above its own Received line is believed."""
    ticket = opened(checked, checked=PASSED)
    forged = ["Authentication-Results: mx.vendor.example; dmarc=pass"]
    arrival = checked.take(mail(checked=NOTHING, headers=forged, subject=f"[{ticket.reference}]"))

    assert arrival.outcome == "held"


def test_a3_an_agent_s_address_alone_makes_nobody_an_agent(room: Desk) -> None:
    ticket = opened(room)
    arrival = room.take(
        mail(sender=IDA, subject=f"[{ticket.reference}]", text="Please close this ticket at once.")
    )

    assert arrival.outcome == "held"
    assert arrival.ticket != ticket
    assert not Message.objects.filter(ticket=ticket, direction="note").exists()


def test_an_agent_whose_mail_is_proven_writes_an_internal_note(checked: Desk) -> None:
    ticket = opened(checked, checked=PASSED)
    arrival = checked.take(
        mail(sender=IDA, checked=PASSED, subject=f"[{ticket.reference}]", text="I rang the ward.")
    )

    note = Message.objects.get(pk=arrival.entry_id)
    assert (arrival.outcome, arrival.ticket) == ("reply", ticket)
    assert (note.direction, note.author) == ("note", checked.ida)
    assert not Event.objects.filter(ticket=ticket, kind="client_replied").exists()


def test_a3_a_removed_agent_is_no_agent(checked: Desk) -> None:
    ticket = opened(checked, checked=PASSED)
    type(checked.ida).objects.filter(pk=checked.ida.pk).update(is_active=False)
    arrival = checked.take(mail(sender=IDA, checked=PASSED, subject=f"[{ticket.reference}]"))

    assert arrival.outcome == "held"
    assert "switched off" in arrival.reason


@pytest.mark.parametrize(
    ("case", "sender", "headers"),
    [
        ("two From headers", ANA, [f"From: {STRANGER}"]),
        ("a group", f"Desk: {ANA}, {STRANGER};", []),
        ("an address in a comment", f"stranger@evil.example({ANA})", []),
        ("a quoted address", f'"{ANA}"@evil.example', []),
        ("routing", "ana%acme.example@evil.example", []),
        ("no From at all", "", []),
    ],
)
def test_a4_a14_a_sender_that_can_be_read_two_ways_is_held(
    room: Desk, case: str, sender: str, headers: list[str]
) -> None:
    """A4, A14: one From with one plain address, or a person looks at it."""
    arrival = room.take(mail(sender=sender, headers=headers))

    assert arrival.outcome == "held", case
    assert room.letters() == []


def test_a4_reply_to_is_shown_and_never_an_identity(room: Desk) -> None:
    arrival = room.take(mail(sender=STRANGER, headers=[f"Reply-To: {ANA}", f"Sender: {ANA}"]))

    assert arrival.outcome == "held"
    assert all(letter.recipients == [STRANGER] for letter in room.letters())
    assert any(ANA in note for note in Message.objects.get(direction="in").notes)


# ---- copies --------------------------------------------------------------------------------------------------


def test_a5_an_outsider_in_copy_gets_nothing_until_somebody_accepts_them(room: Desk) -> None:
    ticket = opened(room, headers=[f"Cc: Eve <{STRANGER}>, {SUPPORT}, {IDA}"])

    (added,) = Participant.objects.all()
    assert (added.ticket, added.address, added.accepted) == (ticket, STRANGER, False)
    correspondence.reply(ticket=ticket, by=room.ida, text="We look into it.", at=room.at)
    assert all(STRANGER not in letter.recipients for letter in room.letters())
    arrival = room.take(mail(sender=STRANGER, subject=f"[{ticket.reference}]"))
    assert arrival.outcome == "held"

    Participant.objects.update(accepted=True)
    correspondence.reply(ticket=ticket, by=room.ida, text="Still at it.", at=room.at)
    assert room.letters()[-1].recipients == [ANA, STRANGER]


def test_a5_a_mail_adds_at_most_ten_names_in_copy(room: Desk) -> None:
    everybody = ", ".join(f"person{number}@elsewhere.example" for number in range(500))
    opened(room, headers=[f"Cc: {everybody}"])

    assert Participant.objects.count() == 10


def test_a_colleague_with_authority_in_copy_is_accepted(room: Desk) -> None:
    orgs.authorise(person=room.bo, organisation=room.acme, role="Nurse", at=MONDAY)
    opened(room, headers=[f"Cc: {BO}"])

    assert Participant.objects.get().accepted


# ---- codes, two faces, private headers ------------------------------------------------------------------------


def test_a6_a_sign_up_code_is_for_agents_only_and_never_echoed(room: Desk) -> None:
    """A6: held, flagged, not acknowledged, and in no ticket that a client sees, even with a right reference."""
    ticket = opened(room)
    Participant.objects.create(ticket=ticket, address="no-reply@slack.com", accepted=True, added_at=MONDAY)
    arrival = room.take(
        mail(
            sender="no-reply@slack.com",
            subject=f"[{ticket.reference}] Your verification code",
            text="Your verification code is 123456.",
        )
    )

    assert arrival.outcome == "held"
    assert arrival.ticket != ticket
    assert len(room.letters()) == 1
    assert any("Sign-up code" in note for note in Message.objects.get(ticket=arrival.ticket).notes)


def test_a7_a_mail_to_many_reply_addresses_joins_nothing(room: Desk) -> None:
    ticket = opened(room)
    signer = desk.signer()
    targets = [signer.make_reply_address(f"t{ticket.pk + n}x1", "reply", "vendor.example") for n in range(3)]
    arrival = room.take(mail(headers=[f"Cc: {', '.join(targets)}"]))

    assert arrival.outcome == "held"
    assert "more than one reply address" in arrival.reason


def test_a8_a_mail_that_says_two_things_is_shown_with_a_warning(room: Desk) -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nPlease do not delete the records of ward four today.\r\n"
        "--b\r\nContent-Type: text/html\r\n\r\n<p>Please delete the records of ward four today.</p>\r\n--b--"
    )
    room.take(mail(body=body, content_type='multipart/alternative; boundary="b"'))

    assert any("differ" in note or "different" in note for note in Message.objects.get(direction="in").notes)


def test_a9_private_headers_of_help_desks_have_no_effect(room: Desk) -> None:
    """A9: priority, owner, queue and state are not for strangers to set."""
    headers = [
        "X-Mainstay-Severity: 1", "X-Desk-Queue: board", "X-Desk-Owner: ida", "X-Desk-Priority: high",
        "RT-Control: owner=ida", "X-RT-Command: status resolved", "X-OTRS-Priority: 5", "X-OTRS-State: closed",
        "X-Zammad-Ticket-Priority: 3 high", "X-Zammad-Ticket-Owner: ida", "X-Mainstay-Organisation: Other Trust",
    ]  # fmt: skip
    ticket = opened(room, headers=headers)

    assert ticket.severity is None
    assert ticket.assignee is None
    assert ticket.state == "new"
    assert ticket.organisation == room.acme


# ---- closed tickets ------------------------------------------------------------------------------------------


def closed(room: Desk) -> Ticket:
    ticket = opened(room)
    actions.close(ticket=ticket, by=room.ida, cause="use", at=room.at)
    return ticket


def test_an_answer_within_the_agreed_time_opens_the_ticket_again(room: Desk) -> None:
    ticket = closed(room)
    room.advance(days=7)
    arrival = room.take(mail(subject=f"[{ticket.reference}]", text="It is broken again, as before."))

    ticket.refresh_from_db()
    assert arrival.outcome == "reply"
    assert ticket.state == "open"


def test_an_answer_after_it_becomes_a_new_ticket_linked_to_the_old_one(room: Desk) -> None:
    """A late 'thanks' must not wreck the figures of a ticket that was closed long ago."""
    ticket = closed(room)
    room.advance(days=60)
    arrival = room.take(mail(subject=f"[{ticket.reference}]", text="Thanks again for all your help."))

    ticket.refresh_from_db()
    assert ticket.state == "closed"
    assert arrival.outcome == "ticket"
    assert arrival.ticket.about == ticket


def test_a_reply_to_a_merged_ticket_goes_where_it_went(room: Desk) -> None:
    first = opened(room)
    room.advance(hours=2)
    second = opened(room, subject="The same again")
    merging.merge(ticket=second, into=first, by=room.ida, at=room.at)
    arrival = room.take(mail(subject=f"Re: [{second.reference}]"))

    assert (arrival.outcome, arrival.ticket) == ("reply", first)
