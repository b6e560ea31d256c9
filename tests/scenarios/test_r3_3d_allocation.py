"""R3.3d (pack, clause 3.3): every request is with somebody, and who that is stands on it."""

from __future__ import annotations

import pytest

from mainstay.orgs.models import Team
from mainstay.tickets import actions as tickets
from tests.desk import Desk


def test_every_new_request_is_with_the_first_line(desk: Desk) -> None:
    ticket = desk.mail("ana")

    assert ticket.team == Team.objects.get(key="support")
    assert desk.event(ticket, "assigned").actor == "allocation"


def test_whoever_takes_it_is_the_one_who_is_warned(desk: Desk) -> None:
    ticket = desk.opened()
    desk.does(tickets.assign, "jon", ticket, assignee=desk.person["jon"], team=Team.objects.get(key="support"))
    desk.at("Mon 13:00")

    assert any("resolution promise, warning 50%" in text for text in desk.notices("jon"))
    assert not any("resolution promise, warning 50%" in text for text in desk.notices("ida"))


def test_a_request_is_never_with_somebody_who_does_not_work_here(desk: Desk) -> None:
    ticket = desk.mail("ana")

    with pytest.raises(tickets.CannotDo, match="Ana Okafor is no active member of staff"):
        desk.does(tickets.assign, "ida", ticket, assignee=desk.person["ana"])
