"""F9: a worker that sleeps past its lease and wakes may finish nothing that another has taken over."""

from __future__ import annotations

import time

import pytest

from .account import settle, wait_until_quiet
from .desk import GUARD, Desk, until
from .haste import HASTE
from .mailboxes import Mailbox, Relay
from .post import mail
from .sink import Sink

pytestmark = pytest.mark.faults

# Reads a mail for as long as a file lies there, so that the test can stop the process in the midst of it.
SLOW = """
import pathlib as _pathlib, time as _time
from mainstay.mail import guard as _guard
_read = _guard.read
def _slowly(raw, **named):
    said = _read(raw, **named)
    _pathlib.Path(mark).touch()
    while _pathlib.Path(mark).exists():
        _time.sleep(0.05)
    return said
_guard.read = _slowly
"""


def test_a_fetcher_that_slept_past_its_lease_keeps_nothing(desk: Desk, mailbox: Mailbox, front: Relay, out: Sink):
    """The cursor moves only for the one who holds the mailbox, and with it the mails."""
    sent = [mail(files=1), mail()]
    front.mode = "late in a mail"
    mailbox.put(*sent)
    sleeper = desk.start("worker", code=HASTE)
    assert front.in_a_mail.wait(GUARD), sleeper.said()
    sleeper.pause()
    front.mode = "pass"
    desk.start("worker", code=HASTE)
    wait_until_quiet(desk, 2)
    front.goes_on.set()
    sleeper.go_on()
    sent.append(mail())
    mailbox.put(sent[-1])
    until(lambda: "another fetcher has gone on" in sleeper.said())
    wait_until_quiet(desk, 3)
    account = settle(desk, sent, out)
    assert account.clean, account
    assert account.repeats == 0
    desk.verify()


def test_a_reader_that_slept_past_its_lease_settles_nothing(desk: Desk, mailbox: Mailbox, out: Sink, tmp_path):
    """A mail that was read and not yet written down is taken in by another; the first one writes nothing."""
    sent, mark = mail(files=1), tmp_path / "reading"
    mailbox.put(sent)
    sleeper = desk.start("worker", code=HASTE + SLOW, values={"mark": str(mark)})
    until(mark.exists, why=sleeper.said)
    sleeper.pause()
    desk.start("worker", code=HASTE)
    wait_until_quiet(desk, 1)
    mark.unlink()
    sleeper.go_on()
    until(lambda: "was taken over by another worker" in sleeper.said())
    time.sleep(1)
    account = settle(desk, [sent], out)
    assert account.clean, account
    assert account.repeats == 0
    desk.verify()
