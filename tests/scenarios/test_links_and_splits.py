"""Links stand on both tickets; what is split off starts when the client wrote it, and nothing leaves the log."""

from __future__ import annotations

import pytest

from mainstay.tickets import links, merging, splitting
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Carried, Direction, Link, Message, Ticket
from mainstay.tickets.queries import file_of, message_of
from tests.desk import Desk, shown


def seen(desk: Desk, ticket: Ticket, who: str = "ida") -> list[tuple[str, str]]:
    found = links.of(ticket, person=desk.person[who], at=desk.now)
    return [(one.how, one.other.reference) for one in found]


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        ("related", "Related to", "Related to"),
        ("duplicate", "Duplicate of", "Duplicated by"),
        ("caused", "Caused by", "Cause of"),
        ("blocks", "Blocks", "Blocked by"),
    ],
)
def test_a_link_stands_on_both_and_in_both_logs(kind: str, here: str, there: str, desk: Desk) -> None:
    first, second = desk.mail("ana"), desk.mail("cleo")
    desk.does(links.link, "ida", second, other=first, kind=kind)

    assert seen(desk, second) == [(here, first.reference)]
    assert seen(desk, first) == [(there, second.reference)]
    assert len(desk.history(first, "linked")) == len(desk.history(second, "linked")) == 1
    assert desk.faults() == []


def test_a_link_is_made_once_and_never_to_itself(desk: Desk) -> None:
    first, second = desk.mail("ana"), desk.mail("cleo")
    desk.does(links.link, "ida", first, other=second, kind="related")
    with pytest.raises(CannotDo, match="already"):
        desk.does(links.link, "ida", second, other=first, kind="related")
    with pytest.raises(CannotDo, match="itself"):
        desk.does(links.link, "ida", first, other=first, kind="blocks")


def test_a_link_is_taken_away_and_the_logs_keep_that_it_was(desk: Desk) -> None:
    first, second = desk.mail("ana"), desk.mail("cleo")
    made = desk.does(links.link, "ida", first, other=second, kind="blocks")
    links.unlink(link=made, by=desk.person["jon"], at=desk.now)

    assert seen(desk, first) == seen(desk, second) == []
    assert desk.event(second, "unlinked").actor == desk.person["jon"].ref
    assert desk.faults() == []


def test_whoever_may_not_see_the_other_ticket_does_not_see_the_link(desk: Desk) -> None:
    """Class C1: nothing about one client's ticket is told to another."""
    ours, theirs = desk.mail("ana"), desk.mail("cleo")
    desk.does(links.link, "ida", ours, other=theirs, kind="related")

    assert seen(desk, ours, "ana") == []
    assert seen(desk, ours, "ida") == [("Related to", theirs.reference)]


def test_a_link_moves_no_clock_and_one_without_an_event_is_found(desk: Desk) -> None:
    first, second = desk.opened(), desk.mail("cleo")
    before = desk.clock(first, "resolution")
    desk.does(links.link, "ida", first, other=second, kind="blocks")
    assert desk.clock(first, "resolution") == before
    Link.objects.update(kind="caused")

    assert desk.faults() == [
        f"{first.reference}: no event tells of its link to {second.reference}",
        f"{second.reference}: no event tells of its link to {first.reference}",
    ]


# ---- Splitting ---------------------------------------------------------------------------------------------------


def asked_twice(desk: Desk) -> tuple[Ticket, Message]:
    """Ana reports at nine, and at half past ten writes of something else in the same mail thread."""
    ticket = desk.opened()
    desk.at("Mon 10:30")
    desk.answer("ana", ticket, "By the way, the printer is out too.")
    return ticket, ticket.messages.get(direction=Direction.IN, text__contains="printer")


def split(desk: Desk, ticket: Ticket, *messages: Message, subject: str = "Printer") -> Ticket:
    new: Ticket = desk.does(splitting.split, "ida", ticket, messages=messages, subject=subject)
    return desk.look(new)


def test_the_new_tickets_clocks_start_when_the_message_was_received(desk: Desk) -> None:
    ticket, message = asked_twice(desk)
    desk.at("Mon 10:45")
    new = split(desk, ticket, message)

    assert shown(new.reported_at) == "Mon 10:30"
    assert desk.clock(new, "response").start == "Mon 10:30"
    assert (new.requester, new.organisation) == (desk.person["ana"], desk.acme)
    assert desk.event(new, "reported").recorded_at == desk.now
    assert desk.faults() == []


def test_the_message_is_shown_in_both_and_belongs_to_the_first(desk: Desk) -> None:
    ticket, message = asked_twice(desk)
    new = split(desk, ticket, message)

    ida = desk.person["ida"]
    assert message in file_of(desk.look(ticket), person=ida, at=desk.now).messages
    assert file_of(new, person=ida, at=desk.now).messages == [message]
    assert message_of(new, message.pk) == message
    other = ticket.messages.exclude(pk=message.pk).earliest("pk")
    assert message_of(new, other.pk) is None
    assert Message.objects.get(pk=message.pk).ticket == ticket
    assert seen(desk, new) == [("Split off from", ticket.reference)]


def test_the_terms_are_those_of_the_moment_it_was_received(desk: Desk) -> None:
    ticket, message = asked_twice(desk)
    desk.at("Mon 10:45")
    desk.contract(desk.acme).__class__.objects.filter(organisation=desk.acme).update(active_to=desk.now)

    assert split(desk, ticket, message).terms.contract == desk.contract(desk.acme)


def test_the_first_tickets_clocks_do_not_move(desk: Desk) -> None:
    ticket, message = asked_twice(desk)
    before = desk.clock(ticket, "resolution")
    split(desk, ticket, message)

    assert desk.clock(ticket, "resolution") == before


def test_what_cannot_be_split_is_refused_in_words(desk: Desk) -> None:
    ticket, message = asked_twice(desk)
    ours = ticket.messages.filter(direction=Direction.OUT).first()
    assert ours is not None
    with pytest.raises(CannotDo, match="at least one message of the client"):
        split(desk, ticket, ours)
    with pytest.raises(CannotDo, match="subject"):
        split(desk, ticket, message, subject=" ")
    with pytest.raises(CannotDo, match="Only messages of this ticket"):
        split(desk, desk.mail("cleo"), message)
    held = desk.mail("nobody@elsewhere.example")
    with pytest.raises(CannotDo, match="whose request"):
        split(desk, held, held.messages.earliest("pk"))


def test_what_a_split_left_behind_stays_and_a_lost_message_is_found(desk: Desk) -> None:
    ticket, message = asked_twice(desk)
    new = split(desk, ticket, message)
    with pytest.raises(CannotDo, match="stays on record"):
        links.unlink(link=Link.objects.get(), by=desk.person["ida"], at=desk.now)
    Carried.objects.all().delete()

    assert desk.faults() == [
        f"{new.reference}: the messages it shows of another ticket are not those that it was split off with"
    ]


def test_a_merged_ticket_is_split_where_it_went(desk: Desk) -> None:
    ticket, message = asked_twice(desk)
    desk.does(merging.merge, "ida", ticket, into=desk.mail("ana", "Another"))
    with pytest.raises(CannotDo, match="merged into another"):
        split(desk, ticket, message)
