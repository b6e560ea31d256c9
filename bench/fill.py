"""`python -m bench.fill COUNT`: bring the database that the environment names to COUNT tickets, and say how far it is.

The first five hundred come in as mails and are worked on as people work; nine in ten are closed. All others are
copies of them, made within the database, with everything that hangs on a ticket and with moments of their own. A
database that holds tickets already is filled with copies of those. Copies are no evidence: their chains do not hold.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.settings")
os.environ.setdefault("MAINSTAY_LOG_LEVEL", "ERROR")
django.setup()

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Max

from bench.mails import mails
from mainstay.cli import django_room
from mainstay.clocks import actions as clocks
from mainstay.lib.time import now
from mainstay.mail import arrivals, correspondence, intake
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Organisation, Person, Team
from mainstay.outbox.delivery import deliver
from mainstay.tickets import actions as tickets
from mainstay.tickets.models import State, Ticket

FIRST = 500
CLIENTS, SENDERS = 10, 50
MOST_AT_ONCE = 50_000

# What is copied with a ticket, where the installed version has it; a table after those that its rows refer to.
COPIED = (
    "tickets.Ticket", "tickets.Event", "tickets.Message", "tickets.Attachment", "tickets.Passage",
    "clocks.Clock", "clocks.Step", "clocks.Promise", "clocks.Firing",
)  # fmt: skip
AHEAD = {"due", "due_at", "sort_at"}  # what is still to come moves ahead, what has been moves back
EXCEPT = {("tickets_ticket", "about_id"), ("tickets_ticket", "merged_into_id")}


def fill(count: int, *, say: Callable[[str], None] = lambda words: None) -> None:
    """Copy tickets until there are `count`."""
    models_ = [apps.get_model(name) for name in COPIED if _is_there(name)]
    have, round_ = Ticket.objects.count(), 0
    if have >= count:
        return
    began = time.perf_counter()
    while have < count:
        size, round_ = min(have, count - have, MOST_AT_ONCE), round_ + 1
        _copy(models_, size, seconds=61 * round_)
        have += size
        say(f"{have:9} of {count} tickets, {time.perf_counter() - began:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _is_there(name: str) -> bool:
    return name.split(".")[1] in {one.__name__ for one in apps.get_app_config(name.split(".")[0]).get_models()}


@dataclass(frozen=True, slots=True)
class _Span:
    """The keys of a table that are copied, and by how much those of the copies are greater."""

    first: int
    last: int
    ahead: int


@transaction.atomic
def _copy(models_: Iterable[type[models.Model]], size: int, *, seconds: int) -> None:
    """Copy the newest `size` tickets and everything on them, all keys moved up, all moments moved by a while."""
    newest = Ticket.objects.order_by("-pk").values_list("pk", flat=True)
    last, first = newest[0], newest[size - 1]
    spans = {Ticket._meta.db_table: _Span(first, last, last - first + 1)}
    for model in models_:
        table, key = model._meta.db_table, model._meta.pk
        if table not in spans and isinstance(key, models.AutoField | models.BigAutoField):
            highest = model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0
            spans[table] = _Span(0, highest, highest)
        with connection.cursor() as cursor:
            cursor.execute(_copying(model, spans, first, last, seconds))
    _count_keys_on(spans)


def _copying(
    model: type[models.Model], spans: dict[str, _Span], first: int, last: int, seconds: int
) -> str:
    name = connection.ops.quote_name
    table = model._meta.db_table
    fields = list(model._meta.concrete_fields)
    values = ", ".join(_value(field, spans, seconds) for field in fields)
    columns = ", ".join(name(field.column) for field in fields)
    by = "id" if model is Ticket else "ticket_id" if any(one.column == "ticket_id" for one in fields) else ""
    mine = f"{name(by)} BETWEEN {first} AND {last}"
    if not by:  # hangs on a message
        message = name(spans_of_messages := "tickets_message")
        mine = f"message_id IN (SELECT id FROM {message} WHERE ticket_id BETWEEN {first} AND {last})"
        assert spans_of_messages in spans
    return f"INSERT INTO {name(table)} ({columns}) SELECT {values} FROM {name(table)} WHERE {mine}"


def _value(field: models.Field, spans: dict[str, _Span], seconds: int) -> str:
    table, column = field.model._meta.db_table, connection.ops.quote_name(field.column)
    of = field.remote_field.model._meta.db_table if field.remote_field else table if field.primary_key else ""
    if of in spans and (table, field.column) not in EXCEPT:
        return f"{column} + {spans[of].ahead}"
    if isinstance(field, models.DateTimeField):
        return _moved(column, seconds if field.name in AHEAD else -seconds)
    return column


def _moved(column: str, seconds: int) -> str:
    """Return a moment moved by some seconds, as Django writes it; far moments ('nothing is due') stay."""
    if connection.vendor == "postgresql":
        moved = f"{column} + interval '{seconds} seconds'"
    else:
        moved = f"strftime('%Y-%m-%d %H:%M:%S', {column}, '{seconds:+} seconds')"
    return f"CASE WHEN {column} < '8000-01-01' THEN {moved} ELSE {column} END"


def _count_keys_on(spans: dict[str, _Span]) -> None:
    """Let PostgreSQL give new keys after those of the copies; SQLite does so by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in spans:
                sequence = f"pg_get_serial_sequence('{table}', 'id')"
                cursor.execute(f'SELECT setval({sequence}, (SELECT max(id) FROM "{table}"))')


# ---- The first five hundred ---------------------------------------------------------------------------------------


def begin(*, at: datetime, say: Callable[[str], None] = lambda words: None) -> None:
    """Take in and work on the first tickets, unless there are some. Nothing is due at `at` afterwards."""
    if Ticket.objects.exists():
        return
    settings.DEMO = True  # letters end in the demonstration's way out
    staff = _people(at)
    chance = random.Random(7)
    raws = mails(FIRST, to=settings.SUPPORT_ADDRESS)
    ages = [timedelta(days=chance.uniform(1, 300) if _is_old(n) else chance.uniform(0, 4)) for n in range(FIRST)]
    for number, (raw, age) in enumerate(zip(raws, sorted(ages, reverse=True), strict=True)):
        came = (at - age).replace(microsecond=0)
        arrivals.keep_delivered(arrivals.Incoming(raw=raw, received_at=came, size=len(raw)), at=came)
        intake.take_due(came)
        deliver(came)
        _work_on(Ticket.objects.order_by("-pk")[0], staff, chance, came, is_old=age > timedelta(days=5))
        if number % 100 == 99:
            say(f"{number + 1:9} of the first {FIRST} tickets came in")
    for moment in (at - timedelta(days=2), at):
        while clocks.notice_due(moment):
            pass
    while deliver(at):
        pass


def _is_old(number: int) -> bool:
    return number % 10 != 0


def _people(at: datetime) -> list[Person]:
    for number in range(SENDERS):
        name = f"Client {number % CLIENTS}"
        organisation = Organisation.objects.filter(name=name).first() or orgs.add_organisation(name=name, at=at)
        email = f"person{number}@client{number % CLIENTS}.example"
        person = orgs.add_person(name=f"Person {number}", email=email, at=at)
        if number % 7:  # the others are held for verification
            orgs.authorise(
                person=person, organisation=organisation, role="Service desk", at=at - timedelta(days=400)
            )
    staff = [
        orgs.add_person(name=f"Agent {n}", email=f"agent{n}@vendor.example", at=at, staff_role="manager")
        for n in range(12)
    ]
    for person in staff:
        Team.objects.get(key="support").members.add(person)
    return staff


def _work_on(
    ticket: Ticket, staff: list[Person], chance: random.Random, came: datetime, *, is_old: bool
) -> None:
    """Grade, assign, ask, answer and close, some hours apart; what came lately stays in all states."""
    by, later = chance.choice(staff), came + timedelta(minutes=chance.randint(2, 30))
    if ticket.verified and (is_old or chance.random() < 0.8):
        correspondence.confirm_severity(ticket=ticket, by=by, severity=chance.randint(1, 4), at=later)
        deliver(later + timedelta(minutes=1))
    if is_old or chance.random() < 0.6:
        tickets.assign(ticket=ticket, by=by, assignee=by, team=Team.objects.get(key="support"), at=later)
    if ticket.verified and not is_old and chance.random() < 0.3:
        correspondence.ask_client(ticket=ticket, by=by, text="Which printers are they?", at=later)
        deliver(later + timedelta(minutes=2))
    if is_old:
        closed = later + timedelta(hours=chance.uniform(1, 5))
        tickets.add_note(ticket=ticket, by=by, text="Rang them; it prints again.", at=closed)
        tickets.close(ticket=ticket, by=by, cause="software", at=closed)


def main() -> None:
    if len(sys.argv) != 2 or not sys.argv[1].isdecimal():
        sys.exit("Say how many tickets there shall be: python -m bench.fill COUNT")
    count, at = int(sys.argv[1]), now()
    django_room.migrated()
    begin(at=at, say=print)
    fill(count, say=lambda words: print(words, flush=True))
    is_open = Ticket.objects.exclude(state=State.CLOSED).count()
    print(f"{Ticket.objects.count()} tickets, {is_open} of them open, in {connection.vendor}")


if __name__ == "__main__":
    main()
