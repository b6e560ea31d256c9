"""Clients who take links only (DCB1596): nothing of theirs stands in mail, and what a promise needs still does."""

from __future__ import annotations

from datetime import timedelta
from email.utils import getaddresses

import pytest

from mainstay.mail import circulars, correspondence, kinds, secure
from mainstay.mail.parsed import Address
from mainstay.orgs import actions as orgs
from mainstay.orgs.access import NotAllowed
from mainstay.orgs.models import Change, Person, StaffRole
from mainstay.tickets import participants
from mainstay.tickets.content import NewFile
from mainstay.tickets.models import Event, Ticket

from .conftest import Desk, plain, read
from .mails import mail

pytestmark = pytest.mark.django_db
WORDS = "Smartcards of ward Nightingale"
FILE = NewFile("patients.pdf", "application/pdf", b"%PDF-1.7 names")


@pytest.fixture
def mara(room: Desk) -> Person:
    return orgs.add_person(
        name="Mara Voss", email="mara@vendor.example", staff_role=StaffRole.MANAGER, at=room.at
    )


@pytest.fixture
def ticket(room: Desk) -> Ticket:
    found = room.take(mail(subject=f"{WORDS} [INC0012345]", message_id="<first@client.example>")).ticket
    assert found is not None
    return found


def bind(room: Desk, mara: Person, *may_carry: str) -> None:
    secure.set_rule(organisation=room.acme, links_only=True, may_carry=may_carry, by=mara, at=room.at)


def test_a_letter_carries_the_reference_and_a_link_and_nothing_of_the_client_s(
    room: Desk, ticket: Ticket, mara: Person
) -> None:
    bind(room, mara)
    message = correspondence.reply(
        ticket=ticket, by=room.ida, text="Bed 12 is ready for Mrs Long.", files=[FILE], at=room.at
    )
    sent = read(room.letters()[-1])
    whole = room.letters()[-1].body.decode()

    assert sent["Subject"] == f"[{ticket.reference}] News about your request"
    for secret in (WORDS, "Nightingale", "INC0012345", "Bed 12", "Mrs Long", "patients", "Ana", "Okafor"):
        assert secret not in whole.replace("ana@acme.example", "")
    assert not list(sent.iter_attachments())
    assert f"/portal/requests/{ticket.reference}/" in plain(room.letters()[-1])
    assert "We have written an answer to you." in plain(room.letters()[-1])
    # The thread, and so the portal, has all of it; the desk is told how it went.
    assert "Bed 12 is ready" in message.text
    assert message.attachments.get().name == "patients.pdf"
    assert "Sent as a link" in message.notes[0]


def test_number_and_severity_stand_in_it_and_end_the_response_clock(
    room: Desk, ticket: Ticket, mara: Person
) -> None:
    """R3.3c: both are ours and name nobody, so the notice itself is the evidence."""
    bind(room, mara)
    message = correspondence.confirm_severity(ticket=ticket, by=room.ida, severity=2, text="Ward 4", at=room.at)
    said = plain(room.letters()[-1])
    assert ticket.reference in said
    assert "It is severity 2: Serious" in said
    assert "Severity 2. We aim to solve this by Monday 23 November 2026, 16:00 GMT." in said
    assert "Ward 4" not in said
    room.deliver(message.letter)

    provided = Event.objects.get(kind="severity_provided")
    assert (provided.payload["severity"], provided.payload["message"]) == (2, message.pk)


def test_a_question_says_that_the_time_does_not_run(room: Desk, ticket: Ticket, mara: Person) -> None:
    bind(room, mara)
    message = correspondence.ask_client(ticket=ticket, by=room.ida, text="Which ward?", at=room.at)
    assert "the time for the resolution does not run" in plain(room.letters()[-1])
    assert "Which ward?" not in plain(room.letters()[-1])
    room.deliver(message.letter)
    assert Event.objects.filter(kind="waiting_on_client").exists()


def test_what_a_client_lets_through_carries_its_words(room: Desk, ticket: Ticket, mara: Person) -> None:
    bind(room, mara, "closure")
    correspondence.close(ticket=ticket, by=room.ida, text="All done.", cause="use", at=room.at)
    assert "All done." in plain(room.letters()[-1])


@pytest.mark.parametrize(
    ("address", "case"),
    [("bo@acme.example", "by its domain"), ("ana@elsewhere.example", "because it is one of theirs")],
)
def test_a_copy_to_somebody_bound_takes_the_words_out_for_all(
    case: str, address: str, room: Desk, mara: Person
) -> None:
    """A letter to Other Trust with somebody of Acme in copy: Acme's rule holds for it."""
    orgs.add_address(person=room.ana, email="ana@elsewhere.example", at=room.at)
    ticket = room.take(mail(sender=room.cleo.email, subject="Beds", message_id="<c@x.example>")).ticket
    assert ticket is not None
    participants.add(ticket=ticket, address=address, name="", by=room.ida, at=room.at)
    correspondence.reply(ticket=ticket, by=room.ida, text="Words.", at=room.at)
    assert "Words." in plain(room.letters()[-1])
    bind(room, mara)
    correspondence.reply(ticket=ticket, by=room.ida, text="Words.", at=room.at)

    assert "Words." not in plain(room.letters()[-1])
    assert [one for _, one in getaddresses([read(room.letters()[-1])["Cc"]])] == [address]


def test_other_clients_go_on_as_before(room: Desk, mara: Person) -> None:
    bind(room, mara)
    ticket = room.take(mail(sender=room.cleo.email, subject="Beds", message_id="<c@x.example>")).ticket
    assert ticket is not None
    correspondence.reply(ticket=ticket, by=room.ida, text="Words.", at=room.at)
    assert "Words." in plain(room.letters()[-1])


def test_the_acknowledgement_of_a_bound_client_has_none_of_its_words(room: Desk, mara: Person) -> None:
    bind(room, mara)
    ticket = room.take(mail(subject=WORDS)).ticket
    assert ticket is not None
    said = room.letters()[-1].body.decode()
    assert "We have logged your request." in said
    assert WORDS not in said
    assert ticket.reference in said


def test_news_that_is_about_no_request_becomes_a_link_too(room: Desk, mara: Person) -> None:
    bind(room, mara)
    sent = circulars.send(
        "reply", {"text": "Version 4.2 mends the smartcards of Ana."}, to=Address("Ana", "ana@acme.example"),
        about="", at=room.at,
    )  # fmt: skip
    said = plain(sent)
    assert "smartcards" not in said
    assert "/portal/" in said


def test_the_rule_has_who_and_when_and_its_history(room: Desk, mara: Person) -> None:
    bind(room, mara)
    bind(room, mara)  # again: nothing new
    room.advance(days=1)
    bind(room, mara, "fix", "closure")
    room.advance(days=1)
    secure.set_rule(organisation=room.acme, links_only=False, by=mara, at=room.at)

    last, first = secure.history(room.acme)
    assert (first.since, first.ended_at) == (room.at - timedelta(days=2), room.at - timedelta(days=1))
    assert (last.may_carry, last.ended_at, last.ended_by) == (["closure", "fix"], room.at, mara)
    assert secure.of(room.acme) is None
    assert list(Change.objects.filter(organisation=room.acme, by=mara).order_by("id").values_list("kind", flat=True)) == [
        "links_only", "links_only_but", "links_only_ended",
    ]  # fmt: skip


def test_only_a_manager_may_and_only_for_letters_that_there_are(room: Desk, mara: Person) -> None:
    with pytest.raises(NotAllowed):
        secure.set_rule(organisation=room.acme, links_only=True, by=room.ida, at=room.at)
    with pytest.raises(ValueError, match="no such letter"):
        bind(room, mara, "breach_notice")


@pytest.mark.parametrize("key", secure.carriers())
def test_every_letter_to_a_client_has_news_that_hold_no_name(key: str) -> None:
    news = kinds.KINDS[key].news
    assert news.endswith(".")
    assert "{{" not in news
