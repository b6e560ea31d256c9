"""F3: several fetchers, mail that comes twice, renumbered and expunged mail, mail that a human has read."""

from __future__ import annotations

import time

import pytest

from .account import Account, settle, wait_until_quiet
from .desk import FULL, Desk
from .haste import HASTE
from .mailboxes import Dovecot, Mailbox, Relay
from .post import Mail, mail
from .sink import Sink

pytestmark = pytest.mark.faults

FETCHERS, MAILS = (8, 400) if FULL else (2, 40)
READ_AGAIN = """
from mainstay.mail.models import Arrival
answer = [Arrival.objects.count(), Arrival.objects.exclude(duplicate_of=None).count()]
"""


def taken_in(desk: Desk, sent: list[Mail], out: Sink) -> Account:
    wait_until_quiet(desk, len(sent))
    return settle(desk, sent, out)


def test_several_fetchers_on_one_mailbox_take_each_mail_once(desk: Desk, mailbox: Mailbox, out: Sink, figures):
    sent = [mail(files=1) for _ in range(MAILS)]
    for _ in range(FETCHERS):
        desk.start("worker", code=HASTE)
    for start in range(0, MAILS, 8):
        mailbox.put(*sent[start : start + 8])
        time.sleep(0.3)
    account = taken_in(desk, sent, out)
    assert account.clean, account
    assert account.repeats == 0
    desk.verify()
    figures(f"F3: {FETCHERS} fetchers on one mailbox, {MAILS} mails, 0 lost, 0 doubled")


def test_mail_that_a_human_has_read_is_taken_in_and_flags_stay_as_people_left_them(
    desk: Desk, mailbox: Mailbox, out: Sink
):
    r"""\Seen is people's own: it is neither the cursor nor ours to set."""
    read, unread = mail(), mail()
    mailbox.put(read)
    mailbox.flag()
    mailbox.put(unread)
    before = mailbox.flags()
    desk.start("worker", code=HASTE)
    account = taken_in(desk, [read, unread], out)
    assert account.clean, account
    assert [b"\\Seen" in flags for flags in before] == [True, False]
    assert [b"\\Seen" in flags for flags in mailbox.flags()] == [True, False]
    desk.verify()


def test_a_mail_that_is_delivered_again_is_recognised(desk: Desk, mailbox: Mailbox, out: Sink):
    """Each mail server adds its own trace, so the bytes differ and the mail does not."""
    one, other = mail(files=1), mail()
    desk.start("worker", code=HASTE)
    for trace in (b"", b"Received: from a by b; Mon, 23 Nov 2026 10:00:05 +0000\r\n", b"Return-Path: <>\r\n"):
        mailbox.put(Mail(one.nonce, one.sender, trace + one.raw, one.files))
        time.sleep(0.7)
    mailbox.put(other)
    account = taken_in(desk, [one, other], out)
    assert account.clean, account
    assert desk.ask(READ_AGAIN) == [4, 2]
    desk.verify()


def test_when_the_server_renumbers_its_mails_none_is_taken_twice_and_none_missed(
    desk: Desk, mailbox: Mailbox, out: Sink
):
    """A new UIDVALIDITY: everything is read again from the first UID and recognised by what it says."""
    if not isinstance(mailbox, Dovecot):
        pytest.skip("NOT RUN: a change of UIDVALIDITY needs Dovecot (apt install dovecot-imapd)")
    sent = [mail(files=1) for _ in range(5)]
    mailbox.put(*sent)
    worker = desk.start("worker", code=HASTE)
    assert taken_in(desk, sent, out).clean
    worker.kill()
    mailbox.renumber()
    later = mail()
    mailbox.put(later)
    desk.start("worker", code=HASTE)
    account = taken_in(desk, [*sent, later], out)
    assert account.clean, account
    assert desk.ask(READ_AGAIN) == [11, 5]
    desk.verify()


def test_a_mail_expunged_between_the_listing_and_the_fetch_stops_nobody(
    desk: Desk, mailbox: Mailbox, front: Relay, out: Sink
):
    first, gone, last = mail(), mail(), mail()
    mailbox.put(first, gone, last)
    reached = []

    def expunge() -> None:
        with mailbox.client() as client:
            client.store("2", "+FLAGS", r"\Deleted")
            client.expunge()
        reached.append(True)

    front.before_fetch = expunge
    desk.start("worker", code=HASTE)
    account = taken_in(desk, [first, last], out)
    assert reached
    later = mail()
    mailbox.put(later)
    account = taken_in(desk, [first, last, later], out)
    # A server may still hand over what was expunged a moment ago; nobody is owed a ticket for it.
    assert account.strange <= {f"Cards {gone.nonce}"}
    assert not account.lost | account.doubled | account.damaged
    desk.verify()
