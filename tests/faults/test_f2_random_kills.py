"""F2: kill -9 of pages, fetchers and workers at random moments, under load, with restarts: nothing lost or doubled."""

from __future__ import annotations

import random
import threading
import time
import urllib.error
import urllib.request

import pytest

from tests.outbox.server import free_port

from .account import settle, wait_until_quiet
from .desk import FULL, GUARD, Desk, Running, until
from .haste import HASTE
from .mailboxes import Mailbox
from .post import deliver, mail
from .sink import Sink

pytestmark = pytest.mark.faults

KILLS, MAILS = (200, 5_000) if FULL else (12, 150)
SEED = 20261122
RECOVERS = 30  # seconds, without hands


def answers(port: int) -> bool:
    """Say whether the pages are there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=GUARD) as page:
            return page.status == 200
    except (OSError, urllib.error.URLError):
        return False


def test_processes_killed_at_random_lose_and_double_nothing(
    desk: Desk, mailbox: Mailbox, out: Sink, figures
):
    """P1 to P3 under load: by mailbox and by SMTP, with two workers, one of which takes mail, and the pages."""
    dice = random.Random(SEED)
    pages, smtp = free_port(), free_port()
    starts = {
        "web": lambda: desk.start("web", "--bind", f"127.0.0.1:{pages}"),
        "worker": lambda: desk.start("worker", code=HASTE),
        # The second one takes mail by SMTP too: two may not listen at one address.
        "taker": lambda: desk.start(
            "worker", code=f"{HASTE}\nfrom django.conf import settings\nsettings.SMTP_LISTEN='127.0.0.1:{smtp}'"
        ),
    }
    began = time.monotonic()
    crew: dict[str, Running] = {name: start() for name, start in starts.items()}
    until(lambda: answers(pages), why=crew["web"].said)
    usual = time.monotonic() - began  # where nobody is killed
    sent = [mail(files=number % 3) for number in range(MAILS)]
    by_smtp, by_mailbox = sent[::3], [one for place, one in enumerate(sent) if place % 3]
    retried = [0]

    def post() -> None:
        for one in by_smtp:
            retried[0] += deliver(smtp, one) - 1

    poster = threading.Thread(target=post)
    poster.start()
    kills, slowest, waiting = 0, 0.0, list(by_mailbox)
    batch = max(1, len(by_mailbox) // KILLS)
    while kills < KILLS:
        pieces, waiting = waiting[:batch], waiting[batch:]
        mailbox.put(*pieces)
        time.sleep(dice.uniform(0.5, 2.0))
        name = dice.choice(["worker", "taker", "worker", "taker", "web"])
        crew[name].kill()
        desk.started.remove(crew[name])
        kills += 1
        crew[name] = starts[name]()
        if name == "web":
            began = time.monotonic()
            until(lambda: answers(pages), why=crew[name].said)
            slowest = max(slowest, time.monotonic() - began)
    assert slowest < RECOVERS + 2 * usual
    mailbox.put(*waiting)
    poster.join(timeout=2 * GUARD)
    assert not poster.is_alive()
    wait_until_quiet(desk, MAILS, seconds=2 * GUARD)
    account = settle(desk, sent, out)
    assert account.clean, account
    assert account.repeats <= kills, account
    desk.kill_all()
    desk.verify()
    figures(
        f"F2: {MAILS} mails ({len(by_smtp)} by SMTP, {retried[0]} tried again), {kills} kills, 0 lost, 0 doubled, "
        f"{account.repeats} repeats, pages back within {slowest:.1f} s"
    )


def test_what_a_killed_worker_held_is_taken_over_within_half_a_minute(
    desk: Desk, mailbox: Mailbox, out: Sink, figures
):
    """Leases have their real lengths here, up to five minutes: a successor sees that nobody holds them any more."""
    out.account.data = ["hang after"]
    sent = [mail(), mail()]
    mailbox.put(sent[0])
    began = time.monotonic()
    victim = desk.start("worker")
    until(lambda: out.account.taken, why=victim.said)
    usual = time.monotonic() - began  # where there is nothing to take over
    victim.kill()
    began = time.monotonic()
    mailbox.put(sent[1])
    desk.start("worker")
    wait_until_quiet(desk, 2)
    took = time.monotonic() - began
    assert took < RECOVERS + 2 * usual, (took, usual)
    account = settle(desk, sent, out)
    assert account.clean, account
    assert account.repeats == 1
    desk.verify()
    figures(f"F2: a mailbox and a letter held by a killed worker were taken over after {took:.1f} s")
