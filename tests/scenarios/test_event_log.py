"""Law 2: what happened is appended and never changed. The database itself refuses, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from mainstay.tickets.models import Event
from tests.desk import Desk

TABLE = Event._meta.db_table


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET kind = 'accepted'",
        f"UPDATE {TABLE} SET recorded_at = at WHERE number = 1",
        f"DELETE FROM {TABLE}",
        f"DELETE FROM {TABLE} WHERE number = 1",
    ],
)
def test_the_database_refuses_to_rewrite_what_happened(desk: Desk, statement: str) -> None:
    ticket = desk.mail("ana")
    before = list(Event.objects.filter(ticket=ticket).order_by("number").values_list("kind", "digest"))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Event.objects.filter(ticket=ticket).order_by("number").values_list("kind", "digest")) == before


def test_it_refuses_to_empty_the_table_where_that_is_another_statement(desk: Desk, on_sqlite: bool) -> None:
    if on_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    desk.mail("ana")
    connection.check_constraints()  # so that nothing but our own trigger stands in the way

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLE} CASCADE")
    assert Event.objects.exists()


def test_an_event_slipped_in_by_hand_breaks_the_chain(desk: Desk) -> None:
    ticket = desk.opened()
    last = ticket.events.order_by("number").last()
    assert last is not None
    Event.objects.create(
        ticket=ticket, number=last.number + 1, kind="fix_provided", at=last.at, recorded_at=last.at, actor="person:1",
        payload={}, previous=last.digest, digest="0" * 64,
    )  # fmt: skip

    assert f"{ticket.reference}: event {last.number + 1} (fix_provided) was changed after it was written" in desk.faults()


def test_two_events_cannot_have_one_number(desk: Desk) -> None:
    ticket = desk.mail("ana")
    first = ticket.events.get(number=1)

    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.create(
            ticket=ticket, number=1, kind="reported", at=first.at, recorded_at=first.at, actor="", payload={},
            previous="", digest="",
        )  # fmt: skip


def test_every_event_says_when_it_happened_when_it_was_written_and_who_did_it(desk: Desk) -> None:
    ticket = desk.opened()

    for event in ticket.events.all():
        assert event.at <= event.recorded_at
        assert event.actor
    actors = dict(ticket.events.values_list("kind", "actor"))
    assert actors["reported"] == desk.person["ana"].ref
    assert actors["assigned"] == "allocation"
    assert actors["severity_assessed"] == desk.person["ida"].ref
    assert actors["severity_provided"] == "outbox"


def test_no_words_names_or_addresses_stand_in_the_log(desk: Desk) -> None:
    """So that a person's data can be erased and the proof still holds."""
    ticket = desk.opened()

    said = " ".join(str(event.payload) + event.actor for event in ticket.events.all())
    for word in ("Ana", "acme", "smartcards", "Cards are not read", "@"):
        assert word not in said
