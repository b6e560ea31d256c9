"""What the list can be asked for: each field, several values, turned round; nonsense is left out and said."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mainstay.clocks import filters, listing
from mainstay.clocks.filters import FIELDS, Asked, LeftOut
from mainstay.clocks.listing import Wanted
from mainstay.contracts.models import Product
from mainstay.orgs.models import Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import tags
from mainstay.tickets.models import Ticket
from tests.desk import Desk

LONDON = ZoneInfo("Europe/London")


def found(desk: Desk, view: str = "all", **said: str) -> list[str]:
    """Return the subjects that an address finds for Ida."""
    asked, left_out = filters.read({name.replace("__", "-"): [value] for name, value in said.items()})
    assert left_out == ()
    wanted = Wanted(view=view, sort="reported", filters=asked, zone=LONDON)
    tickets = listing.matching(desk.person["ida"], wanted, at=desk.now)
    return sorted(tickets.values_list("subject", flat=True))


@pytest.fixture
def four(desk: Desk) -> Desk:
    """One: Acme, severity 1, Ida's, tagged. Two: Acme, severity 3, with the client. Three: Carrow's. Four: held."""
    desk.at("Mon 16:50")
    one, two = desk.mail("ana", "One"), desk.mail("ana", "Two")
    desk.at("Tue 09:00")
    three = desk.mail("cleo", "Three")
    desk.mail("stranger@elsewhere.example", "Four")
    desk.confirm("ida", one, 1)
    desk.confirm("ida", two, 3)
    desk.ask("ida", two)
    desk.advance(seconds=30)
    technical = Team.objects.get(key="technical")
    desk.does(tickets.assign, "ida", one, assignee=desk.person["ida"], team=technical)
    desk.does(tags.tag, "ida", one, name="printer")
    product = Product.objects.create(key="cards", name="Card readers")
    Ticket.objects.filter(pk=three.pk).update(product=product, channel="phone", escalation_level="technical")
    return desk


@pytest.mark.parametrize(
    ("said", "subjects"),
    [
        ({"severity": "1"}, ["One"]),
        ({"severity": "1,3"}, ["One", "Two"]),
        ({"severity": "none"}, ["Four", "Three"]),
        ({"severity": "1", "severity__is": "not"}, ["Four", "Three", "Two"]),
        ({"severity": "none", "severity__is": "not"}, ["One", "Two"]),
        ({"state": "waiting_client"}, ["Two"]),
        ({"organisation": "acme-health"}, ["One", "Two"]),
        ({"organisation": "acme-health,none"}, ["Four", "One", "Two"]),
        ({"organisation": "acme-health", "organisation__is": "not"}, ["Four", "Three"]),
        ({"assignee": "me"}, ["One"]),
        ({"assignee": "none"}, ["Four", "Three", "Two"]),
        ({"team": "technical"}, ["One"]),
        ({"team": "mine"}, ["Four", "Three", "Two"]),
        ({"kind": "incident"}, ["Four", "One", "Three", "Two"]),
        ({"kind": "complaint,question"}, []),
        ({"product": "cards"}, ["Three"]),
        ({"product": "none", "product__is": "not"}, ["Three"]),
        ({"requester": "ANA@acme.example"}, ["One", "Two"]),
        ({"channel": "phone"}, ["Three"]),
        ({"promise_state": "paused"}, ["Two"]),
        ({"promise": "update,guarantee", "promise_state": "running", "severity": "none"}, ["Four", "Three"]),
        ({"breached": "yes"}, []),
        ({"breached": "no", "severity": "1"}, ["One"]),
        ({"breached": "yes,no"}, ["Four", "One", "Three", "Two"]),
        ({"level": "technical"}, ["Three"]),
        ({"level": "none"}, ["Four", "One", "Two"]),
        ({"verification": "held"}, ["Four"]),
        ({"tag": "printer"}, ["One"]),
        ({"tag": "printer", "tag__is": "not"}, ["Four", "Three", "Two"]),
        ({"tag": "none"}, ["Four", "Three", "Two"]),
        ({"cause": "none"}, ["Four", "One", "Three", "Two"]),
        ({"reported": "2026-01-12..2026-01-12"}, ["One", "Two"]),
        ({"reported": "..2026-01-12"}, ["One", "Two"]),
        ({"reported__from": "2026-01-13"}, ["Four", "Three"]),
        ({"reported": "today.."}, ["Four", "Three"]),
        ({"reported": "-1h.."}, ["Four", "Three"]),
        ({"reported": "2026-01-12T16:30..2026-01-12T17:00"}, ["One", "Two"]),
        ({"due": "now..+1h", "severity": "1"}, ["One"]),
        ({"closed": "-7d.."}, []),
        ({"severity": "1,3", "assignee": "none", "state": "waiting_client"}, ["Two"]),
    ],
)
def test_each_field_narrows_and_several_narrow_together(
    said: dict[str, str], subjects: list[str], four: Desk
) -> None:
    assert found(four, **said) == subjects


def test_no_field_is_without_a_case() -> None:
    cases = test_each_field_narrows_and_several_narrow_together.pytestmark[0].args[1]
    assert set(FIELDS) - {name for said, _ in cases for name in said} == {"changed"}  # has a test of its own


def test_changed_lately_is_what_somebody_touched(four: Desk) -> None:
    assert found(four, changed="-1h..") == ["Four", "One", "Three", "Two"]
    four.at("Wed 09:00")
    assert found(four, changed="-1h..") == []


def test_a_day_is_the_desk_s_day_and_is_in_the_span_as_a_whole(desk: Desk) -> None:
    """In summer London is an hour ahead: 23:30 UTC on 1 July is 2 July there."""
    july = filters.condition(
        Asked("reported", ("2026-07-02..2026-07-02",)),
        desk.person["ida"],
        at=datetime(2026, 7, 5, tzinfo=UTC),
        zone=LONDON,
    )
    ticket = desk.mail("ana")
    for moment, inside in (
        (datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 7, 1, 23, tzinfo=UTC), True),
        (datetime(2026, 7, 2, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 7, 2, 23, tzinfo=UTC), False),
    ):
        Ticket.objects.filter(pk=ticket.pk).update(reported_at=moment)
        assert Ticket.objects.filter(july).exists() == inside, moment


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("severity", "') OR 1=1--"),
        ("severity", "10"),
        ("severity", "١"),
        ("state", "everything"),
        ("assignee", "9" * 30),
        ("organisation", "acme' OR ''='"),
        ("team", "\x00"),
        ("breached", "perhaps"),
        ("promise_state", "running'; DROP TABLE tickets_ticket"),
        ("due", "yesterday.."),
        ("due", ".."),
        ("reported", "2026-13-01.."),
        ("reported", "99999-01-01.."),
        ("reported", "-99999d.."),
        ("changed", "2026-01-01"),
    ],
)
def test_nonsense_is_left_out_and_named(key: str, value: str) -> None:
    """Class C6: names are allow-listed and values bound; nothing of it reaches the database."""
    assert filters.read({key: [value]}) == ((), (LeftOut(FIELDS[key].label, value.strip()[:80]),))


def test_what_makes_sense_beside_nonsense_is_kept() -> None:
    asked, left_out = filters.read({"severity": ["1", "x,2"], "sevrity": ["1"]})
    assert asked == (Asked("severity", ("1", "2")),)
    assert left_out == (LeftOut("Severity", "x"),)


def test_twenty_values_are_enough() -> None:
    asked, left_out = filters.read({"assignee": [",".join(map(str, range(1, 30)))]})
    assert len(asked[0].values) == filters.MOST
    assert left_out == (LeftOut("Assignee", "more than 20 values"),)


@pytest.mark.parametrize("day", ["2026-02-31", "2026-04-31", "2025-02-29"])
def test_a_day_that_the_calendar_lacks_is_the_next_one_there_is(day: str, desk: Desk) -> None:
    desk.mail("ana", "One")
    assert found(desk, reported=f"..{day}") in ([], ["One"])


def test_a_view_that_never_loses_tickets_has_no_sort_by_promise(desk: Desk) -> None:
    for view in ("closed", "all"):
        assert listing.checked(Wanted(view=view, sort="due")).sort == "changed"
    assert listing.checked(Wanted(view="open", sort="-due")).sort == "-due"
