"""Mail delivered to our own server: kept before 250 is said, for our own addresses only."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection

from mainstay.lib import time
from mainstay.mail import arrivals, intake, smtp
from mainstay.mail.models import Arrival, RawMail

from .conftest import furnish, tickets
from .mails import ANA, STRANGER, SUPPORT, mail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port() -> Iterator[int]:
    furnish()
    stop, known, ports = threading.Event(), threading.Event(), []

    def ready(port: int) -> None:
        ports.append(port)
        known.set()

    server = threading.Thread(target=lambda: asyncio.run(smtp._serve(stop, "127.0.0.1", 0, ready=ready)))
    server.start()
    assert known.wait(timeout=300)
    yield ports[0]
    stop.set()
    server.join(timeout=300)
    assert not server.is_alive()
    connection.close()


def deliver(port: int, raw: bytes, *, to: str = SUPPORT, sender: str = ANA) -> dict[str, Any]:
    with smtplib.SMTP("127.0.0.1", port, timeout=300) as peer:
        return peer.sendmail(sender, [to], raw)


def taken() -> None:
    while intake.take_due(time.now() + timedelta(seconds=1)):
        pass


def test_a_delivered_mail_is_kept_as_it_came_and_becomes_a_ticket(port: int) -> None:
    before = time.now()
    raw = mail(subject="By SMTP")
    deliver(port, raw)

    arrival = Arrival.objects.get()
    assert before <= arrival.received_at <= time.now()
    assert (arrival.door, arrival.envelope_from, arrival.envelope_to) == ("smtp", ANA, [SUPPORT])
    assert bytes(RawMail.objects.get().data).endswith(raw)
    taken()
    (ticket,) = tickets()
    assert ticket.subject == "By SMTP"
    assert ticket.reported_at == arrival.received_at


def test_when_the_database_is_unwell_the_peer_is_told_to_come_again(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P1: 250 only after the commit. The peer keeps the mail and brings it again."""

    def broken(*_: object, **__: object) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(arrivals, "keep_delivered", broken)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        deliver(port, mail())
    assert refused.value.smtp_code == 451
    assert Arrival.objects.count() == 0
    monkeypatch.undo()
    deliver(port, mail())
    assert Arrival.objects.count() == 1


def test_no_mail_is_passed_on_for_others(port: int) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        deliver(port, mail(), to=STRANGER)
    assert refused.value.recipients[STRANGER][0] == 550
    assert Arrival.objects.count() == 0


def test_the_size_limit_is_said_first_and_held(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=300) as peer:
        peer.ehlo()
        assert peer.esmtp_features["size"] == str(smtp.LARGEST)
        code, _ = peer.docmd("MAIL", f"FROM:<{ANA}> SIZE={smtp.LARGEST + 1}")
        assert code == 552


def test_a_line_longer_than_the_standard_is_taken(port: int) -> None:
    deliver(port, mail(text="x" * 20_000))

    assert Arrival.objects.count() == 1


def test_a_mail_that_the_peer_brings_twice_is_one_mail(port: int) -> None:
    """A lost 250 makes the peer try again (RFC 1047)."""
    raw = mail()
    deliver(port, raw)
    deliver(port, raw)
    taken()

    assert len(tickets()) == 1


def test_the_null_sender_of_a_bounce_is_kept(port: int) -> None:
    deliver(port, mail(subject="Undelivered"), sender="")
    taken()

    arrival = Arrival.objects.get()
    assert arrival.envelope_from == ""
    assert arrival.outcome in ("bounce", "auto_reply")


def test_lmtp_gives_each_recipient_an_answer(port: int) -> None:
    with smtplib.LMTP("127.0.0.1", port) as peer:
        peer.ehlo_or_helo_if_needed()
        peer.mail(ANA)
        assert peer.rcpt(SUPPORT)[0] == 250
        assert peer.rcpt(SUPPORT.upper())[0] == 250
        assert peer.data(mail())[0] == 250
        assert peer.getreply()[0] == 250
    assert Arrival.objects.count() == 1


def test_a_bad_setting_is_named(settings: Any) -> None:
    from mainstay.lib.environment import BadSetting

    settings.SMTP_LISTEN = "nowhere"
    with pytest.raises(BadSetting, match="MAINSTAY_SMTP_LISTEN"):
        smtp.run(threading.Event())
