"""The index of search is written with what it tells of, can be written anew, and `verify` says where it is not so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from mainstay.tickets import actions, checks, content, passages, search
from mainstay.tickets.content import NewMessage
from mainstay.tickets.models import Direction, Passage, Ticket
from tests.desk import Desk


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards are not read", "None of our smartcards are read.")
    desk.confirm("ida", ticket, 2)
    return desk.look(ticket)


def faults(ticket: Ticket) -> list[str]:
    return list(checks.faults(ticket.pk))


def finds(desk: Desk, word: str) -> bool:
    return bool(search.while_typing(desk.person["ida"], f"{word} ", at=desk.now))


def forget_a_message(ticket: Ticket) -> None:
    ticket.passages.get(source="in").delete()


def forget_the_ticket(ticket: Ticket) -> None:
    ticket.passages.get(message=None).delete()


def forget_all(ticket: Ticket) -> None:
    ticket.passages.all().delete()


def say_something_else(ticket: Ticket) -> None:
    ticket.passages.filter(source="in").update(body="all is well")


def make_a_note_public(ticket: Ticket) -> None:
    ticket.passages.filter(source="note").update(source="out")


DAMAGE = [forget_a_message, forget_the_ticket, forget_all, say_something_else, make_a_note_public]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_damage_is_told_and_mended(damage: Callable[[Ticket], None], desk: Desk, ticket: Ticket) -> None:
    before = rows(ticket)
    assert faults(ticket) == []
    damage(ticket)
    assert "run `mainstay search rebuild`" in faults(ticket)[0]
    result = desk.command("search", "rebuild")
    assert (result.exit_code, "1 of 1 tickets" in result.output) == (0, True)
    assert faults(ticket) == []
    assert rows(ticket) == before
    assert finds(desk, "smartcards")


def rows(ticket: Ticket) -> set[tuple[object, ...]]:
    return set(ticket.passages.values_list("message", "source", "at", "head", "people", "body"))


def test_the_database_follows_each_change_of_a_row(desk: Desk, ticket: Ticket) -> None:
    ticket.passages.filter(source="in").update(body="xylophone")
    assert finds(desk, "xylophone")
    assert not finds(desk, "smartcards")
    ticket.passages.filter(source="in").delete()
    assert not finds(desk, "xylophone")


def test_what_is_taken_back_is_not_in_the_index(desk: Desk, ticket: Ticket) -> None:
    with transaction.atomic():
        actions.add_note(ticket=ticket, by=desk.person["ida"], text="xylophone", at=desk.now)
        transaction.set_rollback(True)
    assert not finds(desk, "xylophone")


def test_a_message_costs_one_statement_more_and_a_new_ticket_none_beside(
    desk: Desk, ticket: Ticket, django_assert_num_queries: Callable[[int], object]
) -> None:
    """Intake stays cheap: the ticket's own row goes with its first message."""
    note = NewMessage(Direction.NOTE, "console", "Some words.")
    with transaction.atomic(), django_assert_num_queries(2):  # type: ignore[attr-defined]
        content.keep(ticket, note, at=desk.now)
    assert Passage.objects.filter(ticket=ticket).count() == ticket.messages.count() + 1


def test_a_ticket_without_a_message_is_found_too(desk: Desk) -> None:
    actions.open_ticket(
        at=desk.now, channel="phone", subject="Xylophone", requester_address="ana@acme.example", verified=False
    )
    assert finds(desk, "xylophone")


def test_a_changed_subject_is_found_by_its_new_words(desk: Desk, ticket: Ticket) -> None:
    actions.set_details(ticket=ticket, at=desk.now, actor="person:1", missing=[], subject="Xylophone")
    assert finds(desk, "xylophone")
    assert faults(ticket) == []


def test_tickets_from_before_there_was_an_index_are_taken_in(desk: Desk, ticket: Ticket) -> None:
    Passage.objects.all().delete()
    passages.take_in_missing(desk.now)
    assert faults(ticket) == []
    assert finds(desk, "smartcards")


def test_a_text_beyond_all_measure_is_indexed_by_its_beginning(desk: Desk) -> None:
    desk.mail("ana", "Log", "xylophone " + "0123456789abcdef " * 30_000)
    assert finds(desk, "xylophone")
    assert len(Passage.objects.get(source="in").body) <= 100_000


def test_the_index_is_asked_and_no_table_read_whole(desk: Desk, ticket: Ticket) -> None:
    from mainstay.core.asking import Term
    from mainstay.lib import sql

    plan = sql.plan(sql.newest_first(sql.matching(Passage.objects.all(), [Term(("smartcards",))]), matched=True))
    if connection.vendor == "sqlite":
        assert "VIRTUAL TABLE INDEX" in plan
        assert "USE TEMP B-TREE" not in plan
    else:
        assert "tickets_passage_words" in plan or "tickets_passage_pkey" in plan
