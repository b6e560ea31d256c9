"""Class F26: two people write at once. Both replies are kept, and whoever writes second sees the first before."""

from __future__ import annotations

import pytest
from django.db import transaction

from mainstay.mail import correspondence
from mainstay.tickets import actions
from mainstay.tickets.models import Message, Ticket
from mainstay.writing import crossing
from tests.desk import Desk


def newest(ticket: Ticket) -> int:
    pk: int = Message.objects.filter(ticket=ticket).order_by("-pk").values_list("pk", flat=True)[0]
    return pk


def send(desk: Desk, who: str, ticket: Ticket, text: str, *, seen: int) -> None:
    """Do what the composer does: look and send under one lock."""
    with transaction.atomic():
        locked = actions.locked(ticket.pk)
        crossing.check(locked, by=desk.person[who], seen=seen)
        correspondence.reply(ticket=locked, by=desk.person[who], text=text, at=desk.now)
    desk.work()


def test_the_second_of_two_replies_is_stopped_and_then_both_are_sent(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards are not read")
    both_saw = newest(ticket)
    send(desk, "jon", ticket, "Please restart it.", seen=both_saw)
    with pytest.raises(crossing.Crossed) as crossed:
        send(desk, "ida", ticket, "Please unplug it.", seen=both_saw)
    assert [message.author for message in crossed.value.messages] == [desk.person["jon"]]
    send(desk, "ida", ticket, "Please unplug it.", seen=crossed.value.newest)
    desk.advance(minutes=1)
    told = [letter.text for letter in desk.sent("ana", kind="reply")]
    assert [any(words in text for text in told) for words in ("restart", "unplug")] == [True, True]


def test_a_client_who_wrote_meanwhile_is_read_before_the_answer_goes(desk: Desk) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards are not read")
    saw = newest(ticket)
    desk.answer("ana", ticket, "It works again.")
    with pytest.raises(crossing.Crossed):
        send(desk, "ida", ticket, "Please unplug it.", seen=saw)
    assert desk.sent(kind="reply") == []
    assert not desk.history(desk.look(ticket))[-1].endswith("message_written")


def test_what_nobody_wrote_crosses_nothing(desk: Desk) -> None:
    """An escalation, an acknowledgement and an answer by an absent client's machine are no reason to stop."""
    desk.at("Mon 09:00")
    ticket = desk.opened()
    saw = newest(ticket)
    desk.answer("ana", ticket, "I am away.", headers=["Auto-Submitted: auto-replied"])
    desk.at("Mon 15:00")
    send(desk, "ida", ticket, "We are testing it.", seen=saw)
    desk.advance(minutes=1)
    assert len(desk.sent("ana", kind="reply")) == 1
