"""IMAP servers that fail: outages, hangs, half answers, vanishing messages (F3, F4). The server is a script."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mainstay.mail import actions, imap, imap_session, intake, queries
from mainstay.mail.models import Arrival, Mailbox
from tests.outbox.certificates import authority

from .conftest import LONG_AGO, MONDAY, Desk, tickets
from .mails import mail
from .servers import PASSWORD, USER, Script, failing

pytestmark = pytest.mark.django_db


@pytest.fixture
def script() -> Script:
    return Script(mails={1: mail(), 2: mail(subject="Second")})


@pytest.fixture
def box(room: Desk, script: Script) -> Iterator[Mailbox]:
    with failing(script) as port:
        yield actions.add_mailbox(
            password=PASSWORD,
            at=LONG_AGO,
            name="Support",
            security="imap",
            host="127.0.0.1",
            port=port,
            username=USER,
        )


def look(box: Mailbox, *, minutes: float = 0) -> imap.Pass:
    box.refresh_from_db()
    return imap.fetch_once(box, at=MONDAY + timedelta(minutes=minutes))


@pytest.mark.parametrize("mode", ["hang", "half", "bye", "drip", "no answer", "unavailable"])
def test_f4_a_server_that_fails_costs_nothing_and_catches_up(
    box: Mailbox, script: Script, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No socket is held for long, nothing is marked, and all is there once the server is well again."""
    script.mode = mode
    monkeypatch.setattr(imap_session, "READ_TIMEOUT", 2.0)
    monkeypatch.setattr(imap_session, "COMMAND_TIMEOUT", 4.0)
    failed = look(box)
    assert failed.error
    assert Arrival.objects.count() == 0
    monkeypatch.undo()
    script.mode = ""

    assert look(box, minutes=1).taken == 2
    box.refresh_from_db()
    assert box.failures == 0
    assert box.last_error == ""


def test_f4_the_rest_between_tries_grows_to_five_minutes(box: Mailbox, script: Script) -> None:
    script.mode = "bye"
    rests = []
    minutes = 0.0
    for _ in range(9):
        look(box, minutes=minutes)
        box.refresh_from_db()
        assert box.next_try_at is not None
        rests.append((box.next_try_at - (MONDAY + timedelta(minutes=minutes))).total_seconds())
        minutes += rests[-1] / 60

    assert rests == sorted(rests)
    assert rests[0] == 5
    assert max(rests) == 300


def test_f4_a_refused_password_is_tried_at_most_once_in_five_minutes(box: Mailbox, script: Script) -> None:
    script.mode = "refuse"
    for minute in range(20):
        look(box, minutes=minute)

    assert script.logins == 4
    box.refresh_from_db()
    assert "wrong password" in box.last_error


def test_f4_staff_see_a_mailbox_that_has_not_been_read_for_ten_minutes(box: Mailbox, script: Script) -> None:
    look(box)
    script.mode = "refuse"
    look(box, minutes=1)

    assert queries.unwell_mailboxes(MONDAY + timedelta(minutes=9)) == []
    (unwell,) = queries.unwell_mailboxes(MONDAY + timedelta(minutes=11))
    assert "wrong password" in unwell.unwell
    assert not unwell.checks_senders


def test_f3_a_message_expunged_between_search_and_fetch_is_no_fault(box: Mailbox, script: Script) -> None:
    script.mode = "vanish"
    result = look(box)

    assert (result.taken, result.error) == (0, "")
    script.mode, script.mails = "", {3: mail(subject="Third")}
    assert look(box, minutes=1).taken == 1


def test_f7_a_message_that_the_server_keeps_back_delays_the_next_one_by_seconds(
    box: Mailbox, script: Script
) -> None:
    """Three tries, then it has a line in the ledger and a stub ticket, and the rest of the mailbox goes on."""
    script.mode, script.kept_back = "keep back", 1
    seconds = 0.0
    for _ in range(3):
        look(box, minutes=seconds / 60)
        box.refresh_from_db()
        seconds = ((box.next_try_at or MONDAY) - MONDAY).total_seconds()
    while intake.take_due(MONDAY + timedelta(minutes=1)):
        pass

    first, second = Arrival.objects.order_by("uid")
    assert first.outcome == "quarantined"
    assert "would not hand it over" in first.reason
    assert second.outcome == "ticket"
    assert seconds <= 60


def test_f3_a_server_that_renumbers_its_mail_is_read_again(box: Mailbox, script: Script) -> None:
    look(box)
    while intake.take_due(MONDAY):
        pass
    script.uidvalidity = 2
    script.mails = {7: script.mails[1], 8: script.mails[2], 9: mail(subject="New")}
    look(box, minutes=1)
    while intake.take_due(MONDAY + timedelta(minutes=1)):
        pass

    assert len(tickets()) == 3
    assert Arrival.objects.exclude(duplicate_of=None).count() == 2


def test_the_size_is_asked_for_before_anything_is_fetched(box: Mailbox, script: Script) -> None:
    script.claimed_size = 10**12
    look(box)

    assert not any("BODY.PEEK[]" in command for command in script.commands)
    assert all(arrival.fault for arrival in Arrival.objects.all())


@pytest.mark.parametrize(
    ("case", "address", "days_left"),
    [("expired", "127.0.0.1", -1), ("of another server", "127.0.0.2", 30)],
)
def test_f4_a_certificate_that_is_not_valid_gets_no_password(
    room: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, address: str, days_left: int
) -> None:
    """TLS is verified: against a wrong certificate nothing is sent, and staff read why."""
    made = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.trust))
    script = Script(mails={1: mail()})
    with failing(script, tls=made.context(address=address, days_left=days_left)) as port:
        result = look(over_tls(port))

    assert "certificate is not valid" in result.error, case
    assert script.logins == 0


def test_a_valid_certificate_is_enough(room: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = authority(tmp_path)
    script = Script(mails={1: mail()})
    with failing(script, tls=made.context()) as port:
        box = over_tls(port)
        assert "certificate is not valid" in look(box).error
        monkeypatch.setenv("SSL_CERT_FILE", str(made.trust))
        assert look(box, minutes=1).taken == 1


def over_tls(port: int) -> Mailbox:
    return actions.add_mailbox(
        password=PASSWORD,
        at=LONG_AGO,
        name="TLS",
        security="imaps",
        host="127.0.0.1",
        port=port,
        username=USER,
    )


def test_only_peeking_commands_are_sent(box: Mailbox, script: Script) -> None:
    look(box)

    sent = " ".join(script.commands).upper()
    assert "BODY.PEEK[]" in sent
    for forbidden in ("STORE", "EXPUNGE", "DELETE", "CLOSE", "SELECT "):
        assert forbidden not in sent


def test_a_mail_from_the_future_is_reported_now(box: Mailbox, script: Script) -> None:
    """A server whose clock is ahead must not start clocks in the future."""
    script.received_at = MONDAY + timedelta(hours=3)
    look(box)

    assert all(arrival.received_at == MONDAY for arrival in Arrival.objects.all())
