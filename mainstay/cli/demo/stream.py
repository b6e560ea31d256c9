"""Mail that keeps coming while somebody watches. Only the mailbox is simulated: the worker takes each mail in."""

from __future__ import annotations

import random
import threading
import tomllib
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from mainstay.cli.demo import cast, post
from mainstay.cli.demo.desk import reply_to
from mainstay.cli.demo.playback import UIDVALIDITY
from mainstay.cli.demo.post import Mail
from mainstay.lib.time import now
from mainstay.mail import arrivals
from mainstay.mail.models import Mailbox
from mainstay.tickets.models import OPEN_STATES, Direction, Message, Ticket

FIRST_SECONDS = 12.0
SHORTEST_SECONDS, LONGEST_SECONDS = 20.0, 60.0
MOST_OPEN_TICKETS = 120  # beyond this clients only answer
MOST_MESSAGES = 25  # of one ticket, before nobody answers on it any more
MOST_MAILS = 2_000  # of one run; then the clients have gone home


def keep_mail_coming(stop: threading.Event) -> None:
    """Let a mail arrive every 20 to 60 seconds until `stop` is set or it has been enough for one run. Blocks."""
    chance = random.Random()
    for number in range(MOST_MAILS):
        wait = FIRST_SECONDS if number == 0 else chance.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)
        if stop.wait(wait):
            return
        mail = next_mail(number, chance)
        if mail is not None:
            at = now()
            deliver(post.written(mail, at=at), at=at)
    stop.wait()


def next_mail(number: int, chance: random.Random) -> Mail | None:
    """Return the `number`-th mail of this run: mostly requests and answers, at times a reply by machine or a stranger.

    None where there is nothing to answer and there are enough open tickets.
    """
    kind = ("request", "answer", "request", "answer", "away", "request", "answer", "stranger")[number % 8]
    if kind == "request" and Ticket.objects.filter(state__in=OPEN_STATES).count() < MOST_OPEN_TICKETS:
        return _request(number)
    ticket = _answerable(chance)
    if ticket is None:
        return None
    if kind == "away":
        away = _answer(ticket, chance.choice(_said()["away"]))
        return replace(away, headers={"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"})
    if kind == "stranger":
        return _stranger(ticket, chance)
    return _answer(ticket, chance.choice(_said()["answers"]))


@transaction.atomic
def deliver(raw: bytes, *, at: datetime) -> None:
    """Put a mail into the mailbox, as a fetcher that found it there would."""
    mailbox = Mailbox.objects.get(secret_from=cast.MAILBOX)
    uid = mailbox.last_uid + 1
    incoming = arrivals.Incoming(raw, at, len(raw), uid=uid)
    arrivals.keep_fetched([incoming], mailbox=mailbox, uidvalidity=UIDVALIDITY, cursor=uid, at=at)


def _request(number: int) -> Mail:
    requests = _said()["request"]
    said = requests[(number // 2) % len(requests)]
    client, contact = cast.find(said["who"])
    text = f"{said['text']}\n\n{contact.name}\n{contact.role}, {client.name}\n"
    return Mail(contact.name, client.address_of(contact), said["subject"], text)


def _answerable(chance: random.Random) -> Ticket | None:
    """Return a verified open ticket to which we have written and on which not too much has been said."""
    ours = Message.objects.filter(ticket=OuterRef("pk"), direction=Direction.OUT).exclude(message_id="")
    some = (
        Ticket.objects.filter(Exists(ours), state__in=OPEN_STATES, verification="verified")
        .exclude(requester_address="")
        .annotate(said=Count("messages"))
        .filter(said__lt=MOST_MESSAGES)
        .order_by("-reported_at", "-pk")[:30]
    )
    return chance.choice(list(some)) if some else None


def _answer(ticket: Ticket, text: str) -> Mail:
    mail = Mail(ticket.requester_name, ticket.requester_address, "", f"{text}\n\n{ticket.requester_name}\n")
    return reply_to(ticket, mail)


def _stranger(ticket: Ticket, chance: random.Random) -> Mail:
    return Mail(
        "Alex Marlow",
        f"alex.marlow{chance.randrange(100)}@elsewhere.example",
        f"Re: [{ticket.reference}] {ticket.subject}",
        chance.choice(_said()["strangers"]) + "\n\nAlex Marlow\n",
    )


@cache
def _said() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("stream.toml").read_text(encoding="utf-8"))
