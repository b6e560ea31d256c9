"""R4a (pack, clause 4): how a request will be resolved is agreed with the client, and that is on record."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.tickets import resolution
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Message
from tests.desk import Desk

SAID: dict[str, Any] = {"text": "A new driver tonight.", "agreed_with": "Ana Okafor", "way": "phone"}


def test_the_method_is_kept_with_whom_and_how_and_the_log_names_nobody(desk: Desk) -> None:
    ticket = desk.opened()
    desk.does(resolution.agree_method, "ida", ticket, **SAID)

    event = desk.event(ticket, "method_agreed")
    assert (event.actor, event.payload["way"]) == (desk.person["ida"].ref, "phone")
    assert "Okafor" not in str(event.payload)
    message = Message.objects.get(pk=event.payload["message"])
    assert (message.text, message.subject) == ("A new driver tonight.", "Agreed with Ana Okafor by telephone")
    assert desk.faults() == []


def test_no_clock_moves(desk: Desk) -> None:
    ticket = desk.opened()
    before = desk.clock(ticket, "resolution")
    desk.does(resolution.agree_method, "ida", ticket, **SAID)

    assert desk.clock(ticket, "resolution") == before


@pytest.mark.parametrize(
    ("gap", "why"), [("text", "how it will"), ("agreed_with", "with whom"), ("way", "telephone or by e-mail")]
)
def test_a_method_says_what_with_whom_and_how(gap: str, why: str, desk: Desk) -> None:
    ticket = desk.opened()
    with pytest.raises(CannotDo, match=why):
        desk.does(resolution.agree_method, "ida", ticket, **SAID | {gap: " "})
