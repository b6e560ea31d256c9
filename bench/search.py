"""Search on the database that the environment names: rare and common words, operators, typing; and how each grows.

`python -m bench.search [messages ...]`; without them 20,000 and 200,000. Five messages make a ticket. The words follow
Zipf's law, as those of people do: the commonest stand in nearly every message.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings")
os.environ.setdefault("MAINSTAY_LOG_LEVEL", "ERROR")
django.setup()

from django.db import connection, transaction

from bench.measure import said
from mainstay.cli import django_room
from mainstay.clocks.models import Promise
from mainstay.clocks.standings import standings
from mainstay.contracts import queries as contracts
from mainstay.lib.time import from_text
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Organisation
from mainstay.tickets import passages, search
from mainstay.tickets.models import DEFAULT_PREFIX, Message, Passage, Ticket

AT = from_text("2026-03-02T09:00:30Z")
LONDON = ZoneInfo("Europe/London")
EACH = 5  # messages of a ticket
LENGTH = 80  # words of a message
TIMES = 30
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "za")
VOCABULARY = ["".join(some) for some in itertools.product(SYLLABLES, repeat=3)] + ["printer", "label", "card"]
WEIGHTS = list(itertools.accumulate(1 / rank for rank in range(1, len(VOCABULARY) + 1)))
SUBJECT = f"{VOCABULARY[0]} {VOCABULARY[1]} label printer card"
QUESTIONS: dict[str, str] = {
    "rare word": "needle",
    "uncommon word": VOCABULARY[3000],
    "common word": VOCABULARY[0],
    "two common words": f"{VOCABULARY[0]} {VOCABULARY[1]}",
    "phrase of common words": f'"{VOCABULARY[0]} {VOCABULARY[1]}"',
    "nothing holds it": "xylophone",
    "common word, org:": f"{VOCABULARY[0]} org:client-7",
    "common word, is:open sev:1": f"{VOCABULARY[0]} is:open sev:1",
    "common word, one day": f"{VOCABULARY[0]} on:2026-02-20",
    "common word but not another": f"{VOCABULARY[0]} -{VOCABULARY[40]}",
    "operators alone": "is:open sev:1 org:client-7",
    "an address": "person42@client.example",
    "a reference of others": "INC0000777",
}


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [20_000, 200_000]
    django_room.migrated()
    print(f"database: {connection.vendor}")
    person = orgs.add_person(name="Bench", email="bench@vendor.example", at=AT, staff_role="support")
    for number in range(20):
        orgs.add_organisation(name=f"Client {number}", at=AT)
    kept: dict[str, float] = {}
    for size in sizes:
        began = time.perf_counter()
        fill(size)
        print(f"\n{Message.objects.count()} messages, filled in {time.perf_counter() - began:.0f} s")
        _one_more()
        for name, text in QUESTIONS.items():
            _tell(name, lambda text=text: _ask(person, text), kept)
        _tell("common word, best first", lambda: _ask(person, QUESTIONS["common word"], best=True), kept)
        _tell("typing 'lab'", lambda: search.while_typing(person, "lab", at=AT), kept)
        _tell("typing 'ba'", lambda: search.while_typing(person, VOCABULARY[0][:2], at=AT), kept)
        _tell("similar to a subject", lambda: search.similar(person, SUBJECT, at=AT), kept)


def _ask(person: object, text: str, *, best: bool = False) -> search.Found:
    asks = standings(person, at=AT)  # type: ignore[arg-type]
    return search.find(person, text, at=AT, zone=LONDON, standings=asks, best=best)  # type: ignore[arg-type]


def _tell(name: str, act: Callable[[], object], kept: dict[str, float]) -> None:
    """Print median and 95th percentile, and the median beside that of the size before."""
    act()
    costs = []
    for _ in range(TIMES):
        began = time.perf_counter()
        act()
        costs.append(time.perf_counter() - began)
    costs.sort()
    middle, high = costs[TIMES // 2], costs[int(TIMES * 0.95)]
    grown = f", {middle / kept[name]:.1f} x of the size before" if name in kept else ""
    kept[name] = middle
    print(f"  {name:30} p50 {said(middle):>9}  p95 {said(high):>9}{grown}")


def _one_more() -> None:
    """Print what the index costs one message as it is written."""
    ticket = Ticket.objects.order_by("-pk")[0]
    message = ticket.messages.order_by("-pk")[0]
    costs = []
    for _ in range(TIMES):
        with transaction.atomic():
            began = time.perf_counter()
            Passage.objects.filter(message=message).delete()
            passages.keep(ticket, message)
            costs.append(time.perf_counter() - began)
    print(f"  out of the index and in again: {said(sorted(costs)[TIMES // 2])} a message")


def fill(count: int) -> None:
    """Bring the database to `count` messages."""
    chance = random.Random(7)
    snapshot = contracts.terms_for(organisation=None, product=None, at=AT)
    owners = list(Organisation.objects.all())
    while (have := Message.objects.count()) < count:
        _batch(have, min(2_000, (count - have) // EACH), chance, snapshot, owners)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@transaction.atomic
def _batch(
    have: int, size: int, chance: random.Random, snapshot: object, owners: list[Organisation]
) -> None:
    def words(length: int) -> str:
        return " ".join(chance.choices(VOCABULARY, cum_weights=WEIGHTS, k=length))

    first = have // EACH
    tickets = Ticket.objects.bulk_create(
        Ticket(
            prefix=DEFAULT_PREFIX,
            channel="mail",
            subject=f"{words(6)} [INC{first + number:07}]",
            state="open",
            verification="verified",
            organisation=owners[number % len(owners)],
            requester_name=f"Person {number % 500}",
            requester_address=f"person{number % 500}@client.example",
            terms=snapshot,
            severity=1 + number % 4,
            last_number=1,
            reported_at=AT - timedelta(minutes=number),
            changed_at=AT,
        )
        for number in range(size)
    )
    Promise.objects.bulk_create(
        Promise(ticket=ticket, is_open=ticket.pk % 10 == 0, sort_at=AT) for ticket in tickets
    )
    messages = Message.objects.bulk_create(
        Message(
            ticket=ticket,
            direction=("in", "out", "note")[place % 3],
            channel="mail",
            text=words(LENGTH) + (" needle" if ticket.pk == 3 else ""),
            author_address=ticket.requester_address,
            at=ticket.reported_at,
            salt="",
            digest="",
        )
        for ticket in tickets
        for place in range(EACH)
    )
    rows = [passages.own(ticket) for ticket in tickets]
    rows += [passages.of_message(message.ticket, message) for message in messages]
    Passage.objects.bulk_create(rows)


if __name__ == "__main__":
    main()
