"""Poison: a mail that cannot be taken in stops nobody, is kept raw, is seen, and can be read again (F7, P9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError

from mainstay.mail import actions, desk, guard, intake, queries, reception
from mainstay.mail.models import Arrival, RawMail
from mainstay.mail.parsed import ParsedMail
from mainstay.tickets.models import Event, Ticket

from .conftest import Desk, tickets
from .mails import mail

pytestmark = pytest.mark.django_db
real_read = guard.read


@pytest.fixture
def killer(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The reader dies of every mail that holds the word POISON."""

    def read(raw: bytes, **named: object) -> ParsedMail:
        if b"POISON" in raw:
            raise guard.ParserDied("the reader was ended by SIGSEGV")
        return real_read(raw, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(guard, "read", read)
    return monkeypatch


def run_for(room: Desk, **span: float) -> None:
    end = room.at + timedelta(**span)
    while room.at < end:
        while intake.take_due(room.at):
            pass
        room.advance(seconds=1)


def test_f7_a_mail_that_kills_its_reader_is_tried_three_times_and_put_aside(
    room: Desk, killer: pytest.MonkeyPatch
) -> None:
    raw = mail(subject="POISON")
    room.arrive(raw, mail(subject="Good"))
    began = room.at
    run_for(room, seconds=60)

    bad, good = Arrival.objects.order_by("id")
    assert good.outcome == "ticket"
    assert good.settled_at == began
    assert bad.outcome == "quarantined"
    assert bad.tries == 3
    assert "SIGSEGV" in bad.reason
    assert bytes(RawMail.objects.get(pk=bad.raw_id).data) == raw
    assert bad.settled_at is not None
    assert bad.settled_at - began <= timedelta(seconds=60)


def test_f7_a_stub_ticket_is_seen_and_its_time_runs_from_receipt(
    room: Desk, killer: pytest.MonkeyPatch
) -> None:
    room.arrive(mail(subject="POISON in the till"))
    received = room.at
    run_for(room, seconds=60)

    (stub,) = tickets()
    assert not stub.verified
    assert "POISON in the till" in stub.subject
    assert stub.reported_at == received
    assert queries.quarantined().get().ticket == stub
    assert room.letters() == []


def test_f7_after_a_repair_it_is_read_again_with_one_click(room: Desk, killer: pytest.MonkeyPatch) -> None:
    room.arrive(mail(subject="POISON"))
    run_for(room, seconds=60)
    killer.undo()
    arrival = Arrival.objects.get()
    actions.reimport(arrival=arrival, by=room.ida, at=room.at)
    run_for(room, seconds=2)

    arrival.refresh_from_db()
    stub, ticket = tickets()
    assert arrival.outcome == "ticket"
    assert arrival.ticket == ticket
    assert ticket.reported_at == arrival.received_at
    assert stub.verification == "refused"
    assert queries.quarantined().count() == 0
    with pytest.raises(actions.NotQuarantined):
        actions.reimport(arrival=arrival, by=room.ida, at=room.at)


def test_the_same_poison_again_makes_no_second_stub_and_is_read_again_with_the_first(
    room: Desk, killer: pytest.MonkeyPatch
) -> None:
    """P2: a peer that brings it twice, or a new UIDVALIDITY, doubles nothing, then or after the repair."""
    raw = mail(subject="POISON")
    room.arrive(raw, b"Received: by other\r\n" + raw)
    run_for(room, seconds=60)
    assert len(tickets()) == 1
    assert Arrival.objects.filter(outcome="quarantined").count() == 2
    killer.undo()
    actions.reimport(arrival=Arrival.objects.latest("id"), by=room.ida, at=room.at)
    run_for(room, seconds=2)

    assert sorted(Arrival.objects.values_list("outcome", flat=True)) == ["ticket", "ticket"]
    assert Arrival.objects.exclude(duplicate_of=None).count() == 1
    assert len(tickets()) == 2


def test_a_mail_that_can_be_read_when_it_comes_again_is_taken_in(
    room: Desk, killer: pytest.MonkeyPatch
) -> None:
    raw = mail(subject="POISON")
    room.arrive(raw)
    run_for(room, seconds=60)
    killer.undo()

    assert room.take(raw).outcome == "ticket"


def test_a_discarded_mail_stays_in_the_ledger_with_who_and_when(
    room: Desk, killer: pytest.MonkeyPatch
) -> None:
    room.arrive(mail(subject="POISON"))
    run_for(room, seconds=60)
    actions.discard(arrival=Arrival.objects.get(), by=room.ida, at=room.at)

    arrival = Arrival.objects.get()
    assert (arrival.discarded_by, arrival.discarded_at) == (room.ida, room.at)
    assert arrival.raw_id is not None
    assert queries.quarantined().count() == 0


def test_a_mail_that_the_database_refuses_harms_no_other_in_its_batch(
    room: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = reception.receive

    def receive(arrival: Arrival, read: ParsedMail, **named: object) -> object:
        settled = real(arrival, read, **named)  # type: ignore[arg-type]
        if "POISON" in read.subject:
            raise IntegrityError("a constraint says no")
        return settled

    monkeypatch.setattr(reception, "receive", receive)
    room.arrive(mail(subject="One"), mail(subject="POISON"), mail(subject="Two"))
    run_for(room, seconds=60)

    assert [one.outcome for one in Arrival.objects.order_by("id")] == ["ticket", "quarantined", "ticket"]
    assert Ticket.objects.filter(subject="POISON").count() == 0


def test_an_outage_of_the_database_is_not_the_mail_s_fault(
    room: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D7: nothing is counted against the mail, and it is taken in as soon as the database is well."""

    def receive(*_: object, **__: object) -> object:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(reception, "receive", receive)
    room.arrive(mail())
    for _ in range(5):
        with pytest.raises(OperationalError):
            intake.take_due(room.at)
        room.advance(seconds=10)
    monkeypatch.undo()
    run_for(room, seconds=10)

    arrival = Arrival.objects.get()
    assert (arrival.outcome, arrival.tries, arrival.lost) == ("ticket", 0, 0)


def test_a_reader_that_does_not_start_is_not_the_mail_s_fault(
    room: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out of memory or processes: the mail waits, uncounted, and is taken in once the machine is well."""

    def read(*_: object, **__: object) -> ParsedMail:
        raise guard.ReaderUnavailable("no process can be started")

    monkeypatch.setattr(guard, "read", read)
    room.arrive(mail(), mail())
    for _ in range(7):
        with pytest.raises(guard.ReaderUnavailable):
            intake.take_due(room.at)
        room.advance(seconds=10)
    monkeypatch.undo()
    run_for(room, seconds=10)

    assert set(Arrival.objects.values_list("outcome", "tries", "lost")) == {("ticket", 0, 0)}


def test_a_mail_whose_worker_died_is_taken_alone_and_put_aside_after_five(room: Desk) -> None:
    """What may kill workers takes no other mail with it, and has an end."""
    room.arrive(mail(), mail())
    for _ in range(5):
        claimed = intake._claim(room.at)
        room.at += intake.LEASE + timedelta(seconds=1)
    assert len(claimed) == 1
    run_for(room, seconds=60)

    outcomes = sorted(Arrival.objects.values_list("outcome", flat=True))
    assert outcomes == ["ticket", "ticket"] or outcomes == ["quarantined", "ticket"]
    assert max(Arrival.objects.values_list("lost", flat=True)) <= 5


def test_f9_a_worker_that_outlived_its_lease_writes_nothing(room: Desk) -> None:
    room.arrive(mail())
    slow = intake._claim(room.at)
    reads = intake._read_all(slow, room.at)
    room.at += intake.LEASE + timedelta(seconds=1)
    run_for(room, seconds=1)
    assert len(tickets()) == 1

    known = intake._Desk(desk.own(), desk.severities(room.at))
    assert intake._settle_alone(reads[0], known, room.at) == set()
    assert len(tickets()) == 1
    assert Event.objects.filter(kind="reported").count() == 1


def test_mailboxes_take_turns_so_that_a_backlog_delays_nobody(room: Desk) -> None:
    """F18: a hundred mails in one mailbox, one in another: the one is in the first batch."""
    from mainstay.mail.models import Mailbox

    from .conftest import LONG_AGO

    busy = Mailbox.objects.create(name="Busy", host="h", username="busy", created_at=LONG_AGO)
    room.arrive(*[mail(subject=f"Backlog {n}") for n in range(30)], mailbox=busy)
    room.arrive(mail(subject="Urgent"))
    assert intake.take_due(room.at) == intake.BATCH

    assert Arrival.objects.get(subject="Urgent").outcome == "ticket"
