"""Whoever follows is told what matters; what is snoozed comes back by itself, and no clock ever knows of it."""

from __future__ import annotations

import pytest

from mainstay.lib import sql
from mainstay.tickets import actions as tickets
from mainstay.tickets import attention
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Follow, Snooze, Ticket
from tests.desk import Desk, when


def follow(desk: Desk, who: str, ticket: Ticket) -> None:
    attention.follow(ticket=ticket, person=desk.person[who], at=desk.now)


def snooze(desk: Desk, who: str, ticket: Ticket, until: str = "") -> None:
    moment = when(until) if until else None
    attention.snooze(ticket=desk.look(ticket), person=desk.person[who], until=moment, at=desk.now)


def hidden(desk: Desk, who: str) -> list[Ticket]:
    return list(Ticket.objects.filter(attention.hidden_from(desk.person[who])))


def told(desk: Desk, who: str, ticket: Ticket) -> list[str]:
    return [text.removeprefix(f"{ticket.reference}: ") for text in desk.notices(who)]


def test_whoever_follows_is_told_what_the_client_writes(desk: Desk) -> None:
    ticket = desk.opened()
    follow(desk, "mara", ticket)
    desk.answer("ana", ticket, "Any news?")

    assert told(desk, "mara", ticket) == ["the client has written"]
    assert told(desk, "jon", ticket) == []


def test_whoever_follows_is_told_of_a_new_severity_but_not_by_themselves(desk: Desk) -> None:
    ticket = desk.opened()
    follow(desk, "mara", ticket)
    follow(desk, "ida", ticket)
    desk.confirm("ida", ticket, 1, "All sites now.")

    assert "severity changed to 1" in told(desk, "mara", ticket)
    assert "severity changed to 1" not in told(desk, "ida", ticket)


def test_whoever_follows_is_told_of_a_breach_once(desk: Desk) -> None:
    ticket = desk.mail("ana")
    follow(desk, "mara", ticket)
    follow(desk, "ida", ticket)  # of the first line, who is told in any case
    desk.at("Mon 13:01")

    assert sum("First reply missed" in text for text in desk.notices("mara")) == 1
    assert sum("First reply missed" in text for text in desk.notices("ida")) == 1


def test_whoever_is_assigned_follows_while_it_is_theirs(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.does(tickets.assign, "ida", ticket, assignee=desk.person["jon"])
    assert [one.person for one in Follow.objects.all()] == [desk.person["jon"]]
    desk.does(tickets.assign, "ida", ticket, assignee=desk.person["ida"])
    assert [one.person for one in Follow.objects.all()] == [desk.person["ida"]]
    attention.unfollow(ticket=ticket, person=desk.person["ida"])
    assert not Follow.objects.exists()


def test_who_chose_to_follow_goes_on_when_it_is_no_longer_theirs(desk: Desk) -> None:
    ticket = desk.mail("ana")
    desk.does(tickets.assign, "ida", ticket, assignee=desk.person["jon"])
    follow(desk, "jon", ticket)
    desk.does(tickets.assign, "ida", ticket, assignee=desk.person["ida"])

    assert {one.person for one in Follow.objects.all()} == {desk.person["jon"], desk.person["ida"]}


def test_only_staff_follow(desk: Desk) -> None:
    with pytest.raises(CannotDo, match="no active member of staff"):
        follow(desk, "ana", desk.mail("ana"))


# ---- Snoozing ----------------------------------------------------------------------------------------------------


def test_a_snoozed_ticket_is_hidden_from_one_and_wakes_at_its_moment_with_a_notice(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    snooze(desk, "ida", ticket, "Mon 11:00")
    assert (hidden(desk, "ida"), hidden(desk, "jon")) == ([ticket], [])
    desk.at("Mon 10:59")
    assert hidden(desk, "ida") == [ticket]
    desk.at("Mon 11:01")

    assert hidden(desk, "ida") == []
    assert f"{ticket.reference}: back in your list, its time has come" in desk.notices("ida")


def test_it_wakes_early_when_the_client_writes(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    snooze(desk, "ida", ticket)
    desk.advance(minutes=30)
    assert hidden(desk, "ida") == [ticket]
    desk.answer("ana", ticket, "Here is the log.")

    assert hidden(desk, "ida") == []
    assert f"{ticket.reference}: back in your list, the client has written" in desk.notices("ida")


def test_an_automatic_reply_wakes_nobody(desk: Desk) -> None:
    ticket = desk.opened(severity=3)
    snooze(desk, "ida", ticket)
    desk.answer("ana", ticket, "I am away.", headers=["Auto-Submitted: auto-replied"])

    assert hidden(desk, "ida") == [ticket]


def test_it_wakes_early_when_a_promise_comes_close_to_its_end(desk: Desk) -> None:
    ticket = desk.opened(severity=2)
    snooze(desk, "ida", ticket, "Tue 09:00")
    desk.at("Mon 13:30")

    assert hidden(desk, "ida") == []
    assert any("a promise comes close to its end" in text for text in desk.notices("ida"))


def test_no_clock_changes_and_nothing_is_written_to_the_log(desk: Desk) -> None:
    ticket = desk.opened()
    before = desk.clock(ticket, "resolution"), desk.look(ticket).last_number
    snooze(desk, "ida", ticket, "Tue 09:00")

    assert (desk.clock(ticket, "resolution"), desk.look(ticket).last_number) == before


def test_a_later_moment_takes_the_place_of_the_first_and_a_past_one_is_refused(desk: Desk) -> None:
    ticket = desk.opened()
    snooze(desk, "ida", ticket, "Mon 11:00")
    snooze(desk, "ida", ticket, "Tue 09:00")
    assert [one.until for one in attention.snoozed()] == [when("Tue 09:00")]
    with pytest.raises(CannotDo, match="past"):
        snooze(desk, "ida", ticket, "Mon 09:00")
    desk.close("ida", ticket)
    with pytest.raises(CannotDo, match="closed"):
        snooze(desk, "ida", ticket)


def test_what_is_due_is_read_from_an_index(desk: Desk) -> None:
    assert "snooze_by_due" in sql.plan(Snooze.objects.filter(ended_at=None, until__lte=desk.now).order_by("until"))
