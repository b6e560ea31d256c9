"""F5: where nobody can know whether a letter was taken it goes again, under the same Message-ID, and no other does."""

from __future__ import annotations

import pytest

from .account import settle, wait_until_quiet
from .desk import Desk, until
from .haste import HASTE
from .mailboxes import Mailbox
from .post import mail
from .sink import Sink

pytestmark = pytest.mark.faults

POST = """
from mainstay.lib.time import now
from mainstay.outbox.actions import post
post(kind="reply", about="", sender="support@vendor.example", recipients=to, message_id="<three@vendor.example>",
     body=b"Message-ID: <three@vendor.example>\\r\\nSubject: x\\r\\n\\r\\nx", at=now())
"""
KINDS = """
from mainstay.tickets.models import Event
answer = sorted(Event.objects.filter(ticket__subject__contains=nonce).values_list("kind", flat=True))
"""


def test_letters_whose_fate_is_unknown_leave_again_and_no_others(desk: Desk, mailbox: Mailbox, out: Sink, figures):
    """P3: every mail at least once; repeats only where the server had it, each with its own Message-ID."""
    out.account.data = ["drop before", "drop after", "451 4.7.1 later", "drop after", "drop before"]
    sent = [mail() for _ in range(8)]
    mailbox.put(*sent)
    desk.start("worker", code=HASTE)
    wait_until_quiet(desk, 8)
    account = settle(desk, sent, out)
    assert account.clean, account
    assert account.repeats == 2
    desk.verify()
    figures("F5: 8 letters, 2 dropped before 250, 2 after, 1 deferred: 2 repeats with the same Message-ID, 0 lost")


def test_a_worker_killed_between_the_250_and_our_commit_costs_one_repeat(desk: Desk, mailbox: Mailbox, out: Sink):
    out.account.data = ["250 OK", "hang after"]
    sent = [mail() for _ in range(4)]
    mailbox.put(*sent)
    victim = desk.start("worker", code=HASTE)
    until(lambda: len(out.account.taken) == 2)
    victim.kill()
    desk.start("worker", code=HASTE)
    wait_until_quiet(desk, 4)
    account = settle(desk, sent, out)
    assert account.clean, account
    assert account.repeats == 1
    desk.verify()


def test_one_bad_recipient_of_three_costs_the_others_no_second_copy(desk: Desk, out: Sink):
    good = ["ana@acme.example", "cleo@other.example"]
    out.account.bad = {"bo@acme.example": ["451 4.2.1 later", "451 4.2.1 later", "550 5.1.1 no such user"]}
    desk.ask(POST, to=[good[0], "bo@acme.example", good[1]])
    desk.start("worker", code=HASTE)
    wait_until_quiet(desk)
    assert [line["to"] for line in out.lines()] == [good]


def test_a_letter_that_cannot_be_delivered_is_seen_on_its_ticket(desk: Desk, mailbox: Mailbox, out: Sink):
    reached, not_reached = mail(), mail()
    out.account.bad = {not_reached.sender: ["550 5.1.1 no such user"]}
    mailbox.put(not_reached, reached)
    desk.start("worker", code=HASTE)
    wait_until_quiet(desk, 2)
    assert "delivery_failed" in desk.ask(KINDS, nonce=not_reached.nonce)
    assert "number_provided" not in desk.ask(KINDS, nonce=not_reached.nonce)
    assert "number_provided" in desk.ask(KINDS, nonce=reached.nonce)
    assert settle(desk, [reached, not_reached], out).unanswered == {not_reached.sender}
