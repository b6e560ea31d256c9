"""R3.5b (pack, clause 3.5): a broken promise is told to the NHS Digital service coordinator with its evidence; through
a real mail server."""

from __future__ import annotations

import csv
import io
from email import message_from_bytes
from email.policy import default

from mainstay.escalation.models import Notice
from mainstay.orgs.models import Team
from tests.desk import ADDRESSES, Desk, when
from tests.outbox.server import Account


def test_the_coordinator_gets_the_ledger_and_its_sum_is_the_figure(desk: Desk, server: Account) -> None:
    """Asked at eleven and answered at noon: six hours of work end at five, and one second more breaks the promise."""
    ticket = desk.opened(answered="Mon 10:00")
    desk.ask("ida", ticket, arrives="Mon 11:00")
    desk.at("Mon 12:00")
    desk.answer("ana", ticket, "Black.")
    desk.at("Tue 09:01")

    (taken,) = [one for one in server.taken if ADDRESSES["nia"] in one.recipients]
    mail = message_from_bytes(taken.content, policy=default)
    said = mail.get_body(("plain",)).get_content()
    assert taken.recipients == (ADDRESSES["nia"],)
    assert ticket.reference in mail["Subject"]
    for words in (
        "Client: Acme Health",
        "Promise: resolution (clause 5 (Resolution Time))",
        "Severity: 2",
        "Reported: Monday 12 January 2026, 09:00 GMT",
        "Was due: Monday 12 January 2026, 17:00 GMT",
    ):
        assert words in said
    table, text = list(mail.iter_attachments())
    rows = list(csv.DictReader(io.StringIO(table.get_payload(decode=True).decode("utf-8-sig"))))
    assert table.get_filename() == f"{ticket.reference}-resolution.csv"
    assert {row["kind"] for row in rows} == {"counted", "waiting for client", "out of hours"}
    assert sum(int(row["seconds counted"]) for row in rows) == 6 * 3600 + 1
    assert "Counted in all: 6:00:01" in text.get_payload(decode=True).decode()


def test_it_leaves_at_the_breach_and_not_before(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 16:00")
    assert desk.sent("nia") == []
    desk.advance(seconds=1)

    (letter,) = desk.sent("nia")
    assert (letter.at, letter.kind) == ("Mon 16:00:01", "breach_notice")
    assert letter.subject == f"[{ticket.reference}] Service level not met: resolution"


def test_a_late_response_is_told_too(desk: Desk) -> None:
    desk.at("Mon 09:00")
    desk.mail("ana", "Cards", "No card is read at our desks.\nUrgency: high\nImpact: high")
    desk.at("Mon 10:01")

    (letter,) = desk.sent("nia")
    assert "Promise: response (clause 5 (Response Time))" in letter.text
    assert list(letter.files) == [name for name in letter.files if "-response." in name]


def test_a_promise_that_was_kept_is_nobodys_business(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    desk.fix("ida", ticket, arrives="Mon 16:00")  # at the very end: all of the time used, and none more
    desk.at("Wed 12:00")

    assert desk.clock(ticket, "resolution").used == "6 h"
    assert desk.sent("nia") == []


def test_the_coordinators_letter_does_nothing_to_the_clients_clocks(desk: Desk) -> None:
    """It is told to others: the reporter has been given nothing by it."""
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards", "No card is read at our desks.\nUrgency: high\nImpact: high")
    desk.at("Mon 10:01")

    assert desk.clock(ticket, "response").state == "running"
    assert not any(ADDRESSES["nia"] in one.recipients for one in ticket.messages.filter(direction="in"))


def test_where_nobody_is_entered_managers_see_that_nobody_was_told(desk: Desk) -> None:
    """The absence of the notice is a breach itself, so it is not silent."""
    Team.objects.get(key="coordinator").members.clear()
    ticket = desk.opened(answered="Mon 10:00")
    desk.at("Mon 16:01")

    notice = Notice.objects.get(person=desk.person["mara"], kind="breach", text__contains="nobody is entered")
    assert notice.text == (
        f"{ticket.reference}: nobody is entered as NHS Digital service coordinator, "
        "so the notice of the breach was not sent"
    )
    assert notice.due_at == when("Mon 16:00:01")


def test_the_coordinators_answer_reaches_the_desk(desk: Desk) -> None:
    """Assistance can be asked for in that letter; whoever answers is no client, so it waits for a person."""
    desk.opened(answered="Mon 10:00")
    desk.at("Mon 16:01")
    (letter,) = desk.sent("nia")
    arrival = desk.arrive("nia", f"Re: {letter.subject}", "We can lend a hand.", answers=[letter.headers["Message-ID"]])

    assert arrival.outcome == "held"
    assert arrival.ticket is not None
