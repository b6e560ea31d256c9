"""The comparison at the end of each test: what was sent, what the desk has, what left. Sets, not logs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from .desk import GUARD, Desk, until
from .post import Mail
from .sink import Sink

HAS = """
from mainstay.tickets.models import Ticket
answer = [
    {
        "subject": ticket.subject,
        "messages": ticket.messages.filter(direction="in").count(),
        "files": sorted(file for message in ticket.messages.filter(direction="in")
                        for file in message.attachments.values_list("digest", flat=True)),
    }
    for ticket in Ticket.objects.order_by("pk")
]
"""

WAITING = """
SELECT (SELECT count(*) FROM mail_arrival WHERE outcome = ''),
       (SELECT count(*) FROM outbox_letter WHERE next_attempt_at IS NOT NULL),
       (SELECT count(*) FROM tickets_ticket)
"""


@dataclass
class Account:
    """What became of the mails that were sent."""

    lost: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    damaged: set[str] = field(
        default_factory=set
    )  # a message too few or too many, or other files than were sent
    unanswered: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)  # a ticket that nobody asked for
    repeats: int = 0  # mails that left more than once under one Message-ID
    answered_twice: set[str] = field(default_factory=set)  # under different Message-IDs

    @property
    def clean(self) -> bool:
        return not (
            self.lost
            or self.doubled
            or self.damaged
            or self.unanswered
            or self.strange
            or self.answered_twice
        )


def settle(desk: Desk, sent: Iterable[Mail], out: Sink | None = None) -> Account:
    """Compare. Without a sink only what came in is compared."""
    by_nonce = {one.nonce: one for one in sent}
    account = Account(repeats=out.repeats() if out else 0)
    found = Counter[str]()
    for ticket in desk.ask(HAS):
        nonce = _nonce(ticket["subject"])
        if nonce not in by_nonce:
            account.strange.add(ticket["subject"])
            continue
        found[nonce] += 1
        if ticket["messages"] != 1 or ticket["files"] != sorted(by_nonce[nonce].files):
            account.damaged.add(nonce)
    account.lost = set(by_nonce) - set(found)
    account.doubled = {nonce for nonce, times in found.items() if times > 1}
    if out is not None:
        told = {(line["id"], str(line["to"])) for line in out.lines()}  # each Message-ID once
        answers = Counter(address for one in by_nonce.values() for address in [one.sender])
        given = Counter[str]()
        for _, to in told:
            given.update(address for address in answers if address in to)
        account.unanswered = {address for address, owed in answers.items() if given[address] < owed}
        account.answered_twice = {address for address, owed in answers.items() if given[address] > owed}
    return account


def wait_until_quiet(desk: Desk, tickets: int = 0, *, seconds: float = GUARD) -> None:
    """Wait until every mail has an end, every letter has left, and there are as many tickets as are expected."""

    def quiet() -> bool:
        mails, letters, made = desk.rows(WAITING)[0]
        return mails == letters == 0 and made >= tickets

    until(quiet, seconds=seconds, every=0.1, why=lambda: (desk.rows(WAITING), [one.said() for one in desk.started]))


def _nonce(subject: str) -> str:
    found = re.search(r"n\d+x\d+y", subject)
    return found[0] if found else ""
