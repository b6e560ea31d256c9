"""The cast and the desk: Ana is authorised at Acme, Bo is her colleague without the right, Cleo is of another client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from mainstay.contracts import actions as contracts
from mainstay.contracts.models import AgreementVersion
from mainstay.mail import arrivals, desk, intake
from mainstay.mail.models import Arrival, Mailbox
from mainstay.orgs import actions as orgs
from mainstay.orgs import teams
from mainstay.orgs.models import Organisation, Person
from mainstay.outbox import events as outbox
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Ticket

from .mails import ANA, BO, BORDER, CLEO, IDA, JON, mail

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)  # in core hours


@dataclass
class Desk:
    """The mail room of a desk with a clock that tests move."""

    ana: Person
    bo: Person
    cleo: Person
    ida: Person
    jon: Person
    acme: Organisation
    other: Organisation
    at: datetime = MONDAY
    mailbox: Mailbox | None = None
    uid: int = field(default=0)

    def advance(self, **span: float) -> None:
        self.at += timedelta(**span)

    def arrive(
        self, *raws: bytes, mailbox: Mailbox | None = None, received_at: datetime | None = None
    ) -> None:
        """Let mails come to rest in the ledger, as a fetcher or our mail server would."""
        mailbox = mailbox or self.mailbox
        for raw in raws:
            one = arrivals.Incoming(raw, received_at or self.at, len(raw))
            if mailbox is None:
                arrivals.keep_delivered(one, at=self.at)
            else:
                self.uid += 1
                Mailbox.objects.filter(pk=mailbox.pk).update(uidvalidity=1, last_uid=self.uid - 1)
                mailbox.refresh_from_db()
                one = arrivals.Incoming(raw, received_at or self.at, len(raw), uid=self.uid)
                arrivals.keep_fetched([one], mailbox=mailbox, uidvalidity=1, cursor=self.uid, at=self.at)

    def take(self, *raws: bytes, **named: Any) -> Arrival:
        """Let mails arrive and take them in; return the newest arrival as it ended."""
        self.arrive(*raws, **named)
        while intake.take_due(self.at):
            pass
        return self.newest()

    def newest(self) -> Arrival:
        return Arrival.objects.select_related("ticket", "entry", "duplicate_of").order_by("-id")[0]

    def letters(self, *, to: str = "") -> list[Letter]:
        letters = Letter.objects.order_by("created_at", "id")
        return [one for one in letters if not to or to in one.recipients]

    def deliver(self, letter: Letter | None = None) -> Letter:
        """Say that the recipient's server has taken the newest letter, or the one given."""
        letter = letter or self.letters()[-1]
        letter.state, letter.accepted_at, letter.next_attempt_at = Letter.State.ACCEPTED, self.at, None
        letter.save()
        outbox.tell_accepted(letter, self.at)
        return letter


def read(letter: Letter) -> EmailMessage:
    """Return a letter as its recipient's program reads it."""
    message = message_from_bytes(letter.body, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def plain(letter: Letter) -> str:
    body = read(letter).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def room(db: None) -> Desk:
    return furnish()


@pytest.fixture
def checked(room: Desk) -> Desk:
    """The desk with a mailbox whose border server says whether a sender is genuine."""
    room.mailbox = Mailbox.objects.create(
        name="Support",
        host="imap.vendor.example",
        username="support",
        authserv_id=BORDER,
        created_at=LONG_AGO,
    )
    return room


def furnish() -> Desk:
    """Make the cast, the agreement and a contract for each client."""
    contracts.install_shipped(at=LONG_AGO)
    agreement = AgreementVersion.objects.get()
    acme = orgs.add_organisation(name="Acme Health", at=LONG_AGO, domains=["acme.example"])
    other = orgs.add_organisation(name="Other Trust", at=LONG_AGO)
    for organisation in (acme, other):
        contracts.sign_contract(
            organisation=organisation, agreement=agreement, coverage="core", document="Order 1",
            active_from=LONG_AGO, at=LONG_AGO,
        )  # fmt: skip
    ana, bo, cleo = (
        orgs.add_person(name=name, email=email, at=LONG_AGO)
        for name, email in (("Ana Okafor", ANA), ("Bo Lind", BO), ("Cleo Marsh", CLEO))
    )
    orgs.authorise(person=ana, organisation=acme, role="Service desk lead", at=LONG_AGO)
    orgs.authorise(person=cleo, organisation=other, role="Manager", at=LONG_AGO)
    ida = orgs.add_person(name="Ida Flint", email=IDA, at=LONG_AGO, staff_role="support")
    jon = orgs.add_person(name="Jon Reyes", email=JON, at=LONG_AGO, staff_role="technical")
    teams.add(key="support", name="Support", members=[ida])
    teams.add(key="technical", name="Technical Team", members=[jon])
    return Desk(ana=ana, bo=bo, cleo=cleo, ida=ida, jon=jon, acme=acme, other=other)


@pytest.fixture(autouse=True)
def _no_letter_in_mind() -> Iterator[None]:
    """Vendors' names are read once per process; each test has agreements of its own."""
    from mainstay.mail import letters

    yield
    letters._vendor.cache_clear()


def tickets() -> list[Ticket]:
    return list(Ticket.objects.order_by("id"))


__all__ = ["LONG_AGO", "MONDAY", "Desk", "desk", "furnish", "plain", "read", "tickets"]


@pytest.fixture
def ticket(room: Desk) -> Ticket:
    found = room.take(mail(subject="Cards", message_id="<first@client.example>")).ticket
    assert found is not None
    return found
