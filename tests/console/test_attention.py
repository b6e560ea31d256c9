"""Following and snoozing from the ticket's page, in the zone of its contract."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mainstay.console import moments
from mainstay.tickets.models import Follow, Snooze
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.test_acts import do
from tests.desk import Desk, when

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("hours", "2026-07-03T14:30+00:00"),
        ("tomorrow", "2026-07-04T08:00+00:00"),
        ("week", "2026-07-06T08:00+00:00"),
        ("client", None),
        ("moment", "2026-07-05T11:15+00:00"),
    ],
)
def test_a_choice_means_a_moment_in_the_zone_of_the_contract(choice: str, said: str | None) -> None:
    """On a Friday in summer, when London is an hour ahead of UTC."""
    at = datetime(2026, 7, 3, 10, 30, tzinfo=UTC)
    found = moments.until(choice, datetime.fromisoformat("2026-07-05T12:15"), LONDON, at=at)
    assert found == (datetime.fromisoformat(said) if said else None)


def test_one_press_follows_and_another_stops(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    path = f"/tickets/{ticket.reference}/"
    assert "Following" in pages.text(ida.post(f"{path}follow/", follow=True))
    assert 'title="Followed by Ida Flint"' in browse("jon").get(path).content.decode()
    shown = ida.post(f"{path}unfollow/", follow=True).content.decode()
    assert f'action="{path}follow/"><input' in shown
    assert not Follow.objects.exists()


def test_a_ticket_is_snoozed_until_tomorrow_and_says_so(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    ticket, ida = desk.mail("ana"), browse("ida")
    path = f"/tickets/{ticket.reference}/"
    assert "promises run on as they are" in pages.text(ida.get(f"{path}snooze/"))
    assert do(ida, ticket, "snooze", until="tomorrow").status_code == 302
    assert Snooze.objects.get().until == when("Tue 09:00")
    assert "Snoozed until tomorrow 09:00 GMT" in pages.text(ida.get(path))
    assert "Snoozed by Ida Flint" in pages.text(browse("jon").get(path))
    ida.post(f"{path}unsnooze/")
    assert "Snoozed until" not in pages.text(ida.get(path))


def test_another_moment_must_be_named(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    assert "Say which moment." in pages.text(do(ida, ticket, "snooze", until="moment"))
    assert do(ida, ticket, "snooze", until="moment", moment="2026-01-13T10:30").status_code == 302
    assert Snooze.objects.get().until == when("Tue 10:30")


def test_a_snoozed_ticket_is_in_ones_own_view_and_in_everybody_elses_list(desk: Desk, browse: Browse) -> None:
    ticket, ida = desk.mail("ana"), browse("ida")
    do(ida, ticket, "snooze", until="client")
    assert pages.references(ida.get("/views/open/")) == []
    assert pages.references(ida.get("/views/snoozed/")) == [ticket.reference]
    assert pages.references(browse("jon").get("/views/open/")) == [ticket.reference]
    desk.answer("ana", ticket, "Any news?")
    assert pages.references(ida.get("/views/open/")) == [ticket.reference]
