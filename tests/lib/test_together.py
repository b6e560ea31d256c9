"""Rows that wait to be written together: nobody can tell the difference, but for the number of statements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mainstay.lib import rows
from mainstay.mail.models import AutoAnswerBudget, RawMail
from mainstay.outbox.models import Channel
from mainstay.tickets.models import Ticket
from tests.desk import Desk

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def budget(address: str) -> AutoAnswerBudget:
    return AutoAnswerBudget(address=address, last_at=AT, lately={})


def raw(letter: str) -> RawMail:
    return RawMail(digest=letter * 64, data=letter.encode())


def addresses() -> list[str]:
    return list(AutoAnswerBudget.objects.order_by("pk").values_list("address", flat=True))


@pytest.mark.django_db
def test_what_is_added_is_written_in_one_statement_a_table() -> None:
    with CaptureQueriesContext(connection) as made, rows.together():
        for letter in "abc":
            rows.add([budget(letter)])
            rows.add([raw(letter), raw(letter.upper())])
    assert [query["sql"].split()[2] for query in made] == ['"mail_autoanswerbudget"', '"mail_rawmail"']
    assert addresses() == ["a", "b", "c"]
    assert RawMail.objects.count() == 6


@pytest.mark.django_db
def test_whatever_is_asked_meanwhile_sees_what_was_added() -> None:
    with rows.together():
        rows.add([budget("a")])
        assert addresses() == ["a"]
        rows.add([budget("b")])
        assert len(rows.read(AutoAnswerBudget, address="b")) == 1
        rows.add([budget("c")])
        assert rows.change(AutoAnswerBudget, {"address": "c"}, version=7) == 1
        rows.add([budget("d")])
        rows.remove(AutoAnswerBudget, {"address": "d"})
        rows.add([budget("e")])
        later = budget("f")
        rows.insert([later])
    assert addresses() == ["a", "b", "c", "e", "f"]
    assert later.pk


@pytest.mark.django_db
def test_a_statement_about_another_table_does_not_hurry_what_waits(django_assert_num_queries: Any) -> None:
    with rows.together(), django_assert_num_queries(2):
        rows.add([budget("a")])
        rows.insert([raw("a")])
        rows.read(RawMail, digest="a" * 64)


@pytest.mark.django_db
def test_rows_of_plain_columns_are_those_that_django_would_write() -> None:
    columns = {"address": "a", "lately": {"x": [1]}, "version": 3, "last_at": AT}
    rows.add_plain(AutoAnswerBudget, [columns])
    rows.add_plain(AutoAnswerBudget, [])

    (ours,) = AutoAnswerBudget.objects.values(*columns)
    assert ours == columns


def test_several_changes_of_a_ticket_are_one(desk: Desk) -> None:
    ticket = Ticket.objects.get(pk=desk.mail("ana").pk)
    with CaptureQueriesContext(connection) as made, transaction.atomic(), rows.together():
        ticket.subject = "First"
        ticket.save_changed()
        ticket.subject, ticket.requester_role = "Second", "Nurse"
        ticket.save_changed()
    assert sum(query["sql"].startswith("UPDATE") for query in made) == 1
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.requester_role) == ("Second", "Nurse")


@transaction.atomic
def _fail_after_adding(*new: AutoAnswerBudget | RawMail) -> None:
    for row in new:
        rows.add([row])
    raise ZeroDivisionError


@transaction.atomic
def _add_and_ask(*new: AutoAnswerBudget | RawMail) -> None:
    for row in new:
        rows.add([row])
    Channel.objects.count()  # so all of them are written now


@pytest.mark.django_db
def test_what_a_savepoint_undoes_is_not_written_and_the_rest_is() -> None:
    with transaction.atomic(), rows.together():
        rows.add([budget("before")])
        with pytest.raises(ZeroDivisionError):
            _fail_after_adding(budget("undone"))
        with pytest.raises(IntegrityError):
            _add_and_ask(budget("refused with what follows"), raw("a"), raw("a"))
        rows.add([budget("after")])
    assert addresses() == ["before", "after"]


@pytest.mark.django_db(transaction=True)
def test_a_block_that_fails_writes_nothing() -> None:
    with pytest.raises(ZeroDivisionError):
        transaction.atomic(rows.together()(_fail_after_adding))(budget("a"))
    with pytest.raises(IntegrityError):
        transaction.atomic(rows.together()(_add_twice))()
    rows.add([budget("c")])
    assert addresses() == ["c"]


def _add_twice() -> None:
    rows.add([budget("b")])
    rows.add([raw("a"), raw("a")])


@pytest.mark.django_db
def test_a_block_within_another_ends_with_it(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1), rows.together():
        with rows.together():
            rows.add([budget("a")])
        rows.add([budget("b")])
