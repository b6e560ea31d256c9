"""Rows written and read with SQL that is built once are those that Django would have written and read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from mainstay.lib import once, rows
from mainstay.mail.models import AutoAnswerBudget, RawMail
from mainstay.outbox.identity import new_id
from mainstay.outbox.models import Letter
from mainstay.tickets.models import Event, State, Ticket
from tests.desk import Desk

AT = datetime(2026, 3, 2, 9, 0, 0, 250_000, tzinfo=UTC)


def letter(number: int = 1) -> Letter:
    return Letter(
        id=new_id(AT), kind="reply", about="ticket:1", recipients=["añа@acme.example"], message_id=f"<{number}@x>",
        state=Letter.State.QUEUED, next_attempt_at=AT, created_at=AT, results={"a": {"code": 250, "ok": None}},
    )  # fmt: skip


def budget(address: str, count: int = 1) -> AutoAnswerBudget:
    return AutoAnswerBudget(address=address, last_at=AT, lately={}, version=count)


def raw(content: bytes) -> RawMail:
    return RawMail(digest=content.hex().ljust(64, "0"), data=content)


def columns(row: models.Model, *without: str) -> dict[str, Any]:
    fresh = type(row)._default_manager.get(pk=row.pk)
    found = {field.attname: getattr(fresh, field.attname) for field in fresh._meta.concrete_fields}
    return {
        name: bytes(value) if isinstance(value, memoryview) else value
        for name, value in found.items()
        if name not in without
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "without"),
    [
        (letter, ("id", "message_id")),
        (lambda number: budget(f"a{number}@acme.example"), ("id", "address")),
        (lambda number: raw(b"\x00\xff" + bytes([number])), ("digest", "data")),
    ],
    ids=["moments, JSON and UUID", "a key of the database's", "bytes"],
)
def test_a_row_is_what_django_would_have_written(make: Callable[[int], models.Model], without: tuple[str, ...]) -> None:
    ours, theirs = make(1), make(2)
    rows.insert([ours])
    theirs.save(force_insert=True)

    assert columns(ours, *without) == columns(theirs, *without)
    assert not ours._state.adding
    ours.save()  # it is there, so this is no second one
    assert type(ours)._default_manager.count() == 2


@pytest.mark.django_db
def test_each_of_several_new_rows_gets_its_own_key() -> None:
    new = [budget(f"{name}@acme.example") for name in "cab"]
    rows.insert(new)

    assert {one.pk: one.address for one in new} == dict(AutoAnswerBudget.objects.values_list("pk", "address"))
    rows.insert([])


@pytest.mark.django_db
def test_a_row_that_is_there_already_is_refused_or_left_out() -> None:
    rows.insert([budget("ana@acme.example", 1)])

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert([budget("ana@acme.example", 2)])
    assert rows.insert_unless_there([budget("ana@acme.example", 3), budget("bo@acme.example", 3)]) == 1
    assert rows.insert_unless_there([]) == 0
    assert dict(AutoAnswerBudget.objects.values_list("address", "version")) == {
        "ana@acme.example": 1,
        "bo@acme.example": 3,
    }


@pytest.mark.django_db
def test_a_change_is_made_only_where_the_row_is_as_it_was() -> None:
    rows.insert([budget("ana@acme.example", 1)])
    later = AT + timedelta(hours=2)

    assert rows.change(AutoAnswerBudget, {"address": "ana@acme.example", "version": 2}, version=9) == 0
    assert rows.change(AutoAnswerBudget, {"address": "ana@acme.example", "last_at": AT}, last_at=later) == 1
    assert AutoAnswerBudget.objects.get().last_at == later
    rows.remove(AutoAnswerBudget, {"address": "bo@acme.example"})
    assert AutoAnswerBudget.objects.exists()
    rows.remove(
        AutoAnswerBudget,
        {"address": "bo@acme.example", "last_at": later},
        {"address": "ana@acme.example", "last_at": later},
    )
    assert not AutoAnswerBudget.objects.exists()


def test_what_is_read_is_what_django_reads(desk: Desk) -> None:
    ticket = desk.mail("ana")
    theirs = list(Event.objects.filter(ticket=ticket).order_by("number"))
    ours = rows.read(Event, "number", ticket_id=ticket.pk)

    assert len(ours) > 2
    assert [columns_of(one) for one in ours] == [columns_of(one) for one in theirs]
    with transaction.atomic():
        (held,) = rows.read(Ticket, lock=True, id=ticket.pk)
    assert columns_of(held) == columns_of(Ticket.objects.get(pk=ticket.pk))
    assert rows.read(Ticket, id=0) == []
    several = rows.among(Event, "id", [one.pk for one in theirs[:2]])
    assert sorted((columns_of(one) for one in several), key=lambda row: row["number"]) == [
        columns_of(one) for one in theirs[:2]
    ]
    assert rows.among(Event, "id", []) == []


def columns_of(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


# ---- Only what was changed -----------------------------------------------------------------------------------------


def test_a_row_writes_only_what_was_changed_and_nothing_twice(desk: Desk) -> None:
    ticket = Ticket.objects.get(pk=desk.mail("ana").pk)
    Ticket.objects.filter(pk=ticket.pk).update(subject="Changed meanwhile")
    ticket.state = State.CLOSED
    ticket.save_changed()

    assert (Ticket.objects.get().state, Ticket.objects.get().subject) == (State.CLOSED, "Changed meanwhile")
    with CaptureQueriesContext(connection) as made:
        ticket.save_changed()
    assert not made.captured_queries


def test_a_list_that_was_changed_in_place_is_written(desk: Desk) -> None:
    ticket = Ticket.objects.get(pk=desk.mail("ana").pk)
    ticket.missing.append("role")
    ticket.save_changed()

    assert Ticket.objects.get().missing == ticket.missing


def test_what_was_read_anew_or_saved_whole_is_what_changes_are_counted_from(desk: Desk) -> None:
    ticket = Ticket.objects.get(pk=desk.mail("ana").pk)
    first = ticket.subject
    Ticket.objects.filter(pk=ticket.pk).update(subject="Second")
    ticket.refresh_from_db()
    ticket.subject = first
    ticket.save_changed()
    assert Ticket.objects.get().subject == first

    ticket.subject = "Third"
    ticket.save()
    ticket.subject = first
    ticket.save_changed()
    assert Ticket.objects.get().subject == first


def test_columns_that_were_not_read_are_left_alone(desk: Desk) -> None:
    whole = desk.mail("ana")
    ticket = Ticket.objects.only("pk", "state").get(pk=whole.pk)
    ticket.state = State.OPEN
    with CaptureQueriesContext(connection) as made:
        ticket.save_changed()

    assert len(made.captured_queries) == 1
    assert Ticket.objects.get().subject == whole.subject


# ---- Looked up once ------------------------------------------------------------------------------------------------


def test_a_thing_is_looked_up_once_for_a_piece_of_work() -> None:
    asked: list[str] = []

    def find() -> str | None:
        asked.append("")
        return "found" if len(asked) > 1 else None

    with once.for_all():
        assert [once.look("key", find) for _ in range(4)] == [None, "found", "found", "found"]
        once.remember("other", 7)
        assert once.look("other", lambda: 8) == 7
    assert len(asked) == 2
    once.remember("key", "is forgotten outside")
    assert [once.look("key", find) for _ in range(2)] == ["found", "found"]
    assert len(asked) == 4
