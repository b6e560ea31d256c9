"""F4: mail servers that are away, refuse, hang or defer: mail waits where it is, and is caught up with by itself."""

from __future__ import annotations

import math
import time

import pytest

from .account import settle, wait_until_quiet
from .desk import FULL, Desk, until
from .haste import HASTE
from .mailboxes import PASSWORD, Mailbox, Relay
from .post import mail
from .sink import Sink

pytestmark = pytest.mark.faults

LONGEST_HOLD = 60.0  # seconds that a silent server may keep a connection of ours
# The full run waits as long as the product does.
IMPATIENT = HASTE if FULL else f"{HASTE}\nfrom mainstay.mail import imap_session\nimap_session.READ_TIMEOUT = 2.0\n"
FAILURES = "SELECT failures FROM mail_mailbox"
CHANNEL = "SELECT count(*) FROM outbox_channel WHERE reason <> ''"
LETTERS = "SELECT count(*) FROM outbox_letter WHERE next_attempt_at IS NOT NULL"
HEALTH = """
from mainstay.mail.models import Mailbox
from mainstay.outbox.models import Channel, Letter
mailbox = Mailbox.objects.get()
answer = {
    "mailbox": mailbox.last_error, "failures": mailbox.failures, "since": mailbox.failing_since is not None,
    "channel": "\\n".join(Channel.objects.values_list("reason", flat=True)),
    "waiting": Letter.objects.filter(next_attempt_at__isnull=False).count(),
    "tries": sum(Letter.objects.values_list("attempts", flat=True)),
}
"""


@pytest.mark.parametrize("mode", ["refuse", "silent", "silent in a mail", "hang up in a mail"])
def test_an_outage_of_the_mailbox_is_seen_and_caught_up_with(
    desk: Desk, mailbox: Mailbox, front: Relay, out: Sink, mode: str
):
    sent = [mail(files=1), mail()]
    front.mode = mode
    mailbox.put(*sent)
    desk.start("worker", code=IMPATIENT)
    until(lambda: desk.rows(FAILURES)[0][0])
    during = desk.ask(HEALTH)
    front.mode = "pass"
    wait_until_quiet(desk, len(sent))
    account = settle(desk, sent, out)
    assert account.clean, account
    assert during["mailbox"], "an outage is said in words"
    assert during["since"]
    after = desk.ask(HEALTH)
    assert (after["mailbox"], after["failures"]) == ("", 0)
    assert all(held < LONGEST_HOLD for held in front.silences), front.silences
    desk.verify()


def test_a_server_that_is_away_is_asked_less_and_less_often(desk: Desk, mailbox: Mailbox, front: Relay, out: Sink):
    """Back-off doubles from its first rest: 0.5 s here, so at most five visits in eight seconds."""
    front.mode = "refuse"
    desk.start("worker", code=HASTE)
    began = time.monotonic()
    until(lambda: front.visits)
    time.sleep(8)
    until(lambda: front.visits >= 2)
    visits, took = front.visits, time.monotonic() - began
    assert visits <= 1 + math.log2(1 + took / 0.5)


def test_a_refused_password_is_not_tried_again_until_it_is_changed(
    desk: Desk, mailbox: Mailbox, front: Relay, out: Sink
):
    """A server may lock the account: one try in five minutes, and a new password is used at once."""
    change = (
        "from mainstay.mail.actions import change_mailbox\nfrom mainstay.mail.models import Mailbox\n"
        "change_mailbox(mailbox=Mailbox.objects.get(), password=password)"
    )
    desk.ask(change, password="wrong")
    sent = mail()
    mailbox.put(sent)
    desk.start("worker", code=HASTE)
    until(lambda: desk.rows(FAILURES)[0][0])
    visits = front.visits
    time.sleep(6)
    assert front.visits == visits == 1
    assert "Signing in failed" in desk.ask(HEALTH)["mailbox"]
    desk.ask(change, password=PASSWORD)
    wait_until_quiet(desk, 1)
    assert settle(desk, [sent], out).clean


def test_while_our_way_out_is_away_letters_wait_and_then_leave_once(desk: Desk, mailbox: Mailbox, out: Sink):
    out.close()
    sent = [mail() for _ in range(6)]
    mailbox.put(*sent)
    desk.start("worker", code=HASTE)
    until(lambda: desk.rows(LETTERS) == [(6,)] and desk.rows(CHANNEL) == [(1,)])
    time.sleep(3)
    during = desk.ask(HEALTH)
    assert "nobody listens" in during["channel"]
    assert during["tries"] == 0, "an outage of the server is no try of a letter"
    out.open()
    wait_until_quiet(desk, 6)
    account = settle(desk, sent, out)
    assert account.clean, account
    assert account.repeats == 0
    assert desk.ask(HEALTH)["channel"] == ""
    desk.verify()


# The sink asks for a password on a plain connection, which aiosmtpd rightly frowns at.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_way_out_that_refuses_our_password_is_not_stormed(desk: Desk, mailbox: Mailbox, out: Sink):
    out.close()
    out.open(password="right")
    sent = [mail() for _ in range(3)]
    mailbox.put(*sent)
    wrong = f"from django.conf import settings\nsettings.MAIL_OUT = 'smtp://desk:wrong@127.0.0.1:{out.port}'\n"
    worker = desk.start("worker", code=wrong + HASTE)
    until(lambda: desk.rows(CHANNEL) == [(1,)])
    time.sleep(4)
    assert out.account.logins == 1
    assert "refused our user name or password" in desk.ask(HEALTH)["channel"]
    worker.kill()
    desk.start("worker", code=wrong.replace("wrong", "right") + HASTE)
    wait_until_quiet(desk, 3)
    account = settle(desk, sent, out)
    assert account.clean, account


def test_a_server_that_defers_gets_each_letter_once_in_the_end(desk: Desk, mailbox: Mailbox, out: Sink):
    """451 (greylisting), 421 (closing) and 452 (full) each mean: later."""
    out.account.data = ["451 4.7.1 Greylisted", "421 4.3.2 Closing", "452 4.2.2 Mailbox full", "451 4.7.1 Greylisted"]
    out.account.mail = ["421 4.7.0 Too many connections"]
    sent = [mail() for _ in range(4)]
    mailbox.put(*sent)
    desk.start("worker", code=HASTE)
    wait_until_quiet(desk, 4)
    account = settle(desk, sent, out)
    assert account.clean, account
    assert account.repeats == 0
    desk.verify()
