"""R2.2 (pack, clause 2.2): what is mailed to support becomes a request, from the moment our mail server took it."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from mainstay.lib.time import now
from mainstay.mail import smtp
from mainstay.mail.models import Arrival
from tests.desk import SUPPORT, Desk, shown, when
from tests.outbox.server import free_port


def test_time_runs_from_when_our_mail_server_took_it(desk: Desk) -> None:
    """Not from the Date header, which is years off here, and not from when the mailbox was read."""
    desk.at("Mon 09:50")
    ticket = desk.mail("ana", took="Mon 09:10")

    assert shown(ticket.reported_at) == "Mon 09:10"
    assert shown(desk.event(ticket, "reported").recorded_at) == "Mon 09:50"
    desk.confirm("ida", ticket, 2, arrives="Mon 10:00")
    assert desk.clock(ticket, "response").used == "50 min"


def test_a_mail_that_came_while_no_worker_ran_is_late_by_nothing(desk: Desk) -> None:
    with desk.asleep():
        desk.at("Mon 09:15")
        arrival = desk.arrive("ana")
        assert (arrival.outcome, arrival.ticket) == ("", None)
        desk.at("Mon 11:00")

    arrival.refresh_from_db()
    assert arrival.outcome == "ticket"
    assert arrival.ticket is not None
    assert shown(arrival.ticket.reported_at) == "Mon 09:15"


def test_what_the_client_wrote_is_in_the_thread_with_where_it_came_from(desk: Desk) -> None:
    ticket = desk.mail("ana", "Cards are not read", "None of the readers on ward 4 takes a card since nine.")

    message = ticket.messages.get(direction="in")
    assert message.author == desk.person["ana"]
    assert message.text.strip() == "None of the readers on ward 4 takes a card since nine."
    assert (ticket.channel, ticket.subject, ticket.organisation) == ("mail", "Cards are not read", desk.acme)


@pytest.fixture
def by_direct_delivery(transactional_db: None, settings: Any) -> Iterator[tuple[Desk, int]]:
    """A desk whose own mail server listens on the loopback, at the real present."""
    settings.DEMO = True
    desk = Desk()
    desk.now = now()
    stop, port = threading.Event(), free_port()
    thread = threading.Thread(target=smtp.run, args=(stop,), kwargs={"listen": f"127.0.0.1:{port}"})
    thread.start()
    try:
        yield desk, port
    finally:
        stop.set()
        thread.join()


def test_a_mail_delivered_to_us_directly_is_safe_before_its_sender_is_told(
    by_direct_delivery: tuple[Desk, int],
) -> None:
    """Commit, then mark: when the peer hears 250 the bytes are durable here, and the request follows from them."""
    desk, port = by_direct_delivery
    raw = b"From: ana@acme.example\r\nTo: support@vendor.example\r\nSubject: Cards\r\n\r\nNo card is read at all today."
    before = now()
    with _client(port) as peer:
        refused = peer.sendmail("ana@acme.example", [SUPPORT], raw)

    assert refused == {}
    arrival = Arrival.objects.get()
    assert raw in bytes(arrival.raw.data)
    assert before <= arrival.received_at <= now()
    desk.advance(minutes=1)
    arrival.refresh_from_db()
    assert arrival.outcome == "ticket"
    assert arrival.ticket.reported_at == arrival.received_at
    connection.close()


def _client(port: int) -> smtplib.SMTP:
    for _ in range(100):
        try:
            return smtplib.SMTP("127.0.0.1", port, timeout=10)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise ConnectionRefusedError(port)


def test_a_mailbox_whose_server_is_ahead_of_time_starts_no_clock_in_the_future(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", took="Mon 09:30")

    assert ticket.reported_at == when("Mon 09:00")
