"""Tags: one spelling whoever types them, in the log with who and when, free or from a list that managers keep."""

from __future__ import annotations

import pytest
from django.db import connection

from mainstay.lib import sql
from mainstay.orgs.access import NotAllowed
from mainstay.tickets import tags
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Tag, Tagging, Ticket
from tests.desk import Desk


def test_a_tag_has_one_spelling_whoever_types_it(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.does(tags.set_tags, "ida", ticket, names=["Card Reader", "#card_reader", "  CARD  reader "])

    assert tags.names_of(ticket) == ["card-reader"]
    assert desk.faults() == []


@pytest.mark.parametrize(
    ("name", "why"), [("", "Write a word"), ("a" * 41, "at most 40"), ("<b>", "cannot hold '<'")]
)
def test_what_is_no_tag_is_refused_in_words(name: str, why: str, desk: Desk) -> None:
    ticket = desk.mail("ana")
    with pytest.raises(CannotDo, match=why):
        desk.does(tags.tag, "ida", ticket, name=name)


def test_the_log_says_who_put_it_on_and_who_took_it_off_and_holds_no_name(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana")
    desk.does(tags.tag, "ida", ticket, name="vip")
    desk.advance(minutes=5)
    desk.does(tags.untag, "jon", ticket, name="VIP")

    assert desk.history(ticket, "tagged", "untagged") == ["Mon 09:00 tagged", "Mon 09:05 untagged"]
    assert desk.event(ticket, "tagged").actor == desk.person["ida"].ref
    assert desk.event(ticket, "untagged").payload == {"tag": Tag.objects.get().pk}
    assert tags.names_of(ticket) == []


def test_what_changes_nothing_says_nothing(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.does(tags.tag, "ida", ticket, name="vip")
    before = desk.look(ticket).last_number
    desk.does(tags.tag, "jon", ticket, name="VIP")
    desk.does(tags.untag, "jon", ticket, name="other")

    assert desk.look(ticket).last_number == before


def test_no_clock_moves(desk: Desk) -> None:
    ticket = desk.opened()
    before = desk.clock(ticket, "resolution")
    desk.does(tags.tag, "ida", ticket, name="vip")

    assert desk.clock(ticket, "resolution") == before


def test_from_a_list_only_managers_make_new_ones(desk: Desk) -> None:
    ticket, mara = desk.mail("ana"), desk.person["mara"]
    tags.let_anybody_make(free=False, by=mara, at=desk.now)
    with pytest.raises(CannotDo, match="ask a manager"):
        desk.does(tags.tag, "ida", ticket, name="vip")
    tags.add(name="VIP", by=mara, at=desk.now)
    desk.does(tags.tag, "ida", ticket, name="vip")

    assert tags.names_of(ticket) == ["vip"]
    with pytest.raises(NotAllowed):
        tags.add(name="mine", by=desk.person["ida"], at=desk.now)


def test_a_retired_tag_stays_where_it_is_and_is_offered_no_more(desk: Desk) -> None:
    first, second = desk.mail("ana"), desk.mail("cleo")
    desk.does(tags.tag, "ida", first, name="old")
    tags.retire(tag=Tag.objects.get(name="old"), by=desk.person["mara"], at=desk.now)

    assert (tags.names_of(first), tags.offered()) == (["old"], [])
    with pytest.raises(CannotDo, match="was retired"):
        desk.does(tags.tag, "ida", second, name="old")


def test_a_new_name_holds_on_every_ticket_and_no_name_is_given_twice(desk: Desk) -> None:
    ticket, mara = desk.mail("ana"), desk.person["mara"]
    desk.does(tags.set_tags, "ida", ticket, names=["wrong", "right"])
    tags.rename(tag=Tag.objects.get(name="wrong"), name="better", by=mara)

    assert tags.names_of(ticket) == ["better", "right"]
    with pytest.raises(CannotDo, match="right already"):
        tags.rename(tag=Tag.objects.get(name="better"), name="Right", by=mara)


def test_a_tag_that_no_event_tells_of_is_found(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.does(tags.tag, "ida", ticket, name="vip")
    Tagging.objects.all().delete()

    assert desk.faults() == [
        f"{ticket.reference}: the tags it carries are not those that its events tell of"
    ]


def test_tickets_are_found_by_tag_through_an_index(desk: Desk) -> None:
    first, second = desk.mail("ana"), desk.mail("cleo")
    desk.does(tags.tag, "ida", first, name="vip")

    assert list(Ticket.objects.filter(tags.having("#VIP"))) == [first]
    assert list(Ticket.objects.filter(tags.having("<"))) == []
    assert tags.of_tickets([first.pk, second.pk]) == {first.pk: ["vip"]}
    plan = sql.plan(Tagging.objects.filter(tag_id=1).values("ticket"))
    assert "tag_once_per_ticket" in plan or (connection.vendor == "sqlite" and "sqlite_autoindex" in plan)
