"""F7: a mail that kills its reader is put aside with its bytes, and costs the mails behind it a moment."""

from __future__ import annotations

import hashlib
import time

import pytest

from tests.stalls import stalls

from .account import settle, wait_until_quiet
from .desk import FULL, Desk, until
from .haste import HASTE
from .mailboxes import Mailbox
from .post import Mail, mail
from .sink import Sink

pytestmark = pytest.mark.faults

# A reader with faults that nobody knows yet, and as little patience as the sampled run has.
FAULTY = """
import sys as _sys
from datetime import timedelta as _span
from mainstay.mail import guard as _guard, intake as _intake
_PROGRAM = '''
import os, sys
sys.path.insert(0, sys.argv[1])
from mainstay.mail import guard_child
def answer(head, raw):
    if b"X-Poison: crash" in raw: os.abort()
    if b"X-Poison: memory" in raw: bytearray(2_000_000_000)
    if b"X-Poison: raise" in raw: raise RuntimeError
    if b"X-Poison: endless" in raw:
        while True: pass
    return guard_child.read(head, raw)
guard_child.serve(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), answer)
'''
""" + (
    """
_guard._shared = _guard.Guard(program=(_sys.executable, "-I", "-S", "-c", _PROGRAM))
"""
    if FULL
    else """
_guard._shared = _guard.Guard(seconds=4.0, program=(_sys.executable, "-I", "-S", "-c", _PROGRAM))
_intake.REST = (_span(seconds=0.5), _span(seconds=1))
"""
)

WITHIN = 60  # seconds until the next mail is a ticket
POISONS = ("crash", "memory", "endless", "raise")
ASIDE = "SELECT count(*) FROM mail_arrival WHERE outcome = 'quarantined'"
QUARANTINE = """
from mainstay.mail.models import Arrival
import hashlib
answer = {
    arrival.message_id or arrival.subject: [arrival.reason, hashlib.sha256(bytes(arrival.raw.data)).hexdigest(),
                      arrival.ticket is not None]
    for arrival in Arrival.objects.filter(outcome="quarantined").select_related("raw", "ticket")
}
"""
REIMPORT = """
from mainstay.lib.time import now
from mainstay.mail import queries
from mainstay.mail.actions import reimport
from mainstay.orgs.models import Person
ida = Person.objects.get(email="ida@vendor.example")
for arrival in queries.quarantined():
    reimport(arrival=arrival, by=ida, at=now())
"""
OPEN = "SELECT subject FROM tickets_ticket WHERE verification <> 'refused'"


def test_poison_at_the_head_of_the_box_is_put_aside_and_the_next_mail_is_taken(
    desk: Desk, mailbox: Mailbox, out: Sink, figures
):
    """P9: the next mail is a ticket within a minute; the poison is kept raw, said why, and has a stub ticket."""
    poison = [mail(headers=f"X-Poison: {kind}\r\n") for kind in POISONS]
    sound = [mail(files=1), mail()]
    mailbox.put(*poison, *sound)
    began = time.monotonic()
    worker = desk.start("worker", code=HASTE + FAULTY)

    def sound_are_in() -> bool:
        subjects = {subject for (subject,) in desk.rows(OPEN)}
        return subjects >= {f"Cards {one.nonce}" for one in sound}

    with stalls() as machine:
        until(sound_are_in, why=worker.said)
    took = time.monotonic() - began
    assert took < WITHIN + 20 * machine.longest, (took, machine.longest)
    until(lambda: desk.rows(ASIDE) == [(len(POISONS),)], why=worker.said)
    aside = desk.ask(QUARANTINE)
    for one in poison:
        reason, digest, has_stub = next(said for key, said in aside.items() if one.nonce in key)
        assert digest == hashlib.sha256(one.raw).hexdigest()
        assert "3 times" in reason
        assert has_stub
    figures(f"F7: {len(POISONS)} poisoned mails first in the box; the next was a ticket after {took:.1f} s")
    worker.kill()

    verify = desk.start("verify")
    assert verify.wait() == 0, "quarantine is a lawful end"
    _all_come_in_once_the_reader_is_mended(desk, poison, sound, out)


def _all_come_in_once_the_reader_is_mended(desk: Desk, poison: list[Mail], sound: list[Mail], out: Sink) -> None:
    desk.ask(REIMPORT)
    desk.start("worker", code=HASTE)
    wait_until_quiet(desk)
    kept = [subject for (subject,) in desk.rows(OPEN)]
    assert sorted(kept) == sorted(f"Cards {one.nonce}" for one in (*poison, *sound))
    assert not settle(desk, [*poison, *sound], out).unanswered
    desk.verify()
