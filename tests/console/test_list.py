"""The ticket list: what is next due stands on top, whoever may not see a ticket does not count it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mainstay.clocks import listing
from mainstay.clocks.listing import Wanted
from mainstay.orgs.models import Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import exclusions
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.pages import settled
from tests.desk import Desk


def test_the_promise_that_ends_first_stands_on_top(desk: Desk, browse: Browse) -> None:
    """Pack, section 5: severity 1 gets its resolution in 2 hours, severity 3 in 5 days."""
    desk.at("Mon 09:00")
    minor, critical = desk.mail("ana", "Label is skewed"), desk.mail("ana", "Nothing works")
    desk.confirm("ida", minor, 3)
    desk.confirm("ida", critical, 1)
    desk.advance(minutes=1)
    assert pages.references(browse("ida").get("/views/open/")) == [critical.reference, minor.reference]


def test_a_row_says_what_is_promised_how_much_is_left_and_until_when(desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    ticket = desk.mail("ana", "Cards are not read")
    desk.at("Mon 10:30")
    row = pages.text(browse("ida").get("/views/open/"))
    assert f"{ticket.reference} {ticket.requester_name or ticket.requester_address}" in row
    assert "2 h 30 min left First reply · due 13:00 GMT" in row
    assert "Acme Health" in row


def test_outside_hours_nothing_runs_down_and_the_row_says_until_when(desk: Desk, browse: Browse) -> None:
    """Service Hours: a report after closing is received at once, its clocks start at the next opening."""
    desk.at("Mon 19:00")
    desk.mail("ana")
    row = pages.text(browse("ida").get("/views/open/"))
    assert "4 h left" in row
    assert "Outside service hours; goes on tomorrow 09:00 GMT" in row


def test_the_browser_is_told_how_long_a_countdown_goes_on(desk: Desk, browse: Browse) -> None:
    """No calendar is reckoned in the browser: it counts while told to, and asks again when that ends."""
    desk.at("Mon 16:00")
    desk.mail("ana")
    shown = browse("ida").get("/views/open/").content.decode()
    assert 'data-left="14400" data-ticking="1" data-turns="3600"' in shown


def views(desk: Desk, who: str = "ida") -> dict[str, int]:
    return listing.counts(desk.person[who], at=desk.now)


def test_each_view_counts_what_belongs_to_it(desk: Desk) -> None:
    desk.at("Mon 09:00")
    mine, waiting, other = desk.mail("ana", "One"), desk.mail("ana", "Two"), desk.mail("ana", "Three")
    held = desk.mail("stranger@elsewhere.example", "Four")
    complaint = desk.mail("ana", "COMPLAINT")
    for ticket in (mine, waiting, other):
        settled(desk, ticket, 2)
    team = desk.person["ida"].teams.get()
    desk.does(tickets.assign, "ida", mine, assignee=desk.person["ida"], team=team)
    desk.ask("ida", waiting)
    desk.does(exclusions.begin_third_party, "ida", other, reason="Their proxy", evidence="Their ticket 8812")
    desk.advance(seconds=30)
    assert views(desk) == {
        "open": 4,
        "mine": 1,
        "team": 4,  # first line takes what comes in
        "unassigned": 3,
        "soon": 0,
        "breached": 0,
        "client": 1,
        "third_party": 1,
        "held": 1,
        "complaints": 0,
        "snoozed": 0,
    }
    assert complaint.kind == "complaint"
    managed = views(desk, "mara")
    assert (managed["open"], managed["unassigned"], managed["complaints"]) == (5, 4, 1)  # R3.10a: for managers
    assert not held.verified


def test_what_is_due_within_the_hour_and_what_is_broken_have_views(desk: Desk) -> None:
    desk.at("Mon 09:00")
    settled(desk, desk.mail("ana"), 1)
    assert (views(desk)["soon"], views(desk)["breached"]) == (1, 0)
    desk.at("Mon 10:30")
    assert (views(desk)["soon"], views(desk)["breached"]) == (
        0,
        1,
    )  # the hourly update was missed at 10:00:10


def test_a_target_used_up_at_closing_is_not_broken_by_the_night(desk: Desk) -> None:
    """Reading 1: due at 17:00, and after 17:00 no time is used; a comparison of wall clocks would say breached."""
    desk.at("Mon 13:00")
    desk.mail("ana")
    desk.at("Mon 20:00")
    assert views(desk)["breached"] == 0


@pytest.mark.parametrize("view", listing.VIEWS)
def test_an_empty_view_says_what_would_be_there(view: str, browse: Browse) -> None:
    shown = browse("ida").get(f"/views/{view}/")
    assert shown.status_code == 200
    assert 'class="empty"' in shown.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("severity=1", ["One"]),
        ("severity=none", ["Three"]),
        ("state=new", ["Three"]),
        ("assignee=none", ["Three", "Two"]),
        ("organisation=carrow-trust", ["Three"]),
        ("team=technical", ["One"]),
        ("text=tw", ["Two"]),
        ("text=cleo%40carrow", ["Three"]),
        ("text=nothing-like-it", []),
        ("severity=x&state=y&assignee=z&sort=w&after=%00", ["One", "Three", "Two"]),
    ],
)
def test_the_list_can_be_narrowed(asked: str, found: list[str], desk: Desk, browse: Browse) -> None:
    desk.at("Mon 09:00")
    one, two, three = desk.mail("ana", "One"), desk.mail("ana", "Two"), desk.mail("cleo", "Three")
    settled(desk, one, 1)
    settled(desk, two, 3)
    ida = desk.person["ida"]
    desk.does(tickets.assign, "ida", one, assignee=ida, team=Team.objects.get(key="technical"))
    subjects = {ticket.reference: ticket.subject for ticket in (one, two, three)}
    shown = browse("ida").get(f"/views/open/?{asked}")
    assert sorted(subjects[reference] for reference in pages.references(shown)) == found


def test_a_reference_in_the_search_field_finds_its_ticket(desk: Desk, browse: Browse) -> None:
    ticket, _ = desk.mail("ana", "One"), desk.mail("ana", "Two")
    shown = browse("ida").get(f"/views/open/?text={ticket.reference.lower()}")
    assert pages.references(shown) == [ticket.reference]


@pytest.mark.parametrize("sort", listing.SORTS)
def test_pages_neither_repeat_nor_leave_out_a_ticket(sort: str, desk: Desk) -> None:
    """Keyset pages, both ways, with ties in every column but the key."""
    desk.at("Mon 09:00")
    wanted = {desk.mail("ana", f"Number {number}").pk for number in range(7)}
    ida, at = desk.person["ida"], desk.now
    seen, place, last = [], "", None
    while last is None or last.after:
        last = listing.page(ida, Wanted(sort=sort, after=place), at=at, size=3)
        seen += [line.ticket.pk for line in last.lines]
        place = last.after
    assert len(seen) == 7
    assert set(seen) == wanted
    back = listing.page(ida, Wanted(sort=sort, before=last.before), at=at, size=3)
    assert [line.ticket.pk for line in back.lines] == seen[3:6]
    assert (bool(back.before), bool(back.after)) == (True, True)


def test_a_cursor_of_another_sort_or_none_at_all_begins_at_the_start(desk: Desk) -> None:
    desk.mail("ana")
    for cursor in ("", "%", "bm9wZQ==", "WzFd", "WyJ4IiwgMV0="):
        assert len(listing.page(desk.person["ida"], Wanted(after=cursor), at=desk.now).lines) == 1


@pytest.mark.parametrize(
    "place",
    [
        ["2026-03-02T09:00:00+00:00", 10**30], ["2026-03-02T09:00:00+00:00", -1], ["2026-03-02T09:00:00", 1],
        ["0001-01-01T00:00:00+14:00", 1], ["9999-12-31T23:59:59-14:00", 1], [10**30, 1],
    ],
)  # fmt: skip
def test_a_cursor_that_no_column_can_hold_begins_at_the_start(place: list[Any], desk: Desk) -> None:
    desk.mail("ana")
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    assert len(listing.page(desk.person["ida"], Wanted(after=cursor), at=desk.now).lines) == 1


@pytest.mark.parametrize("grave", [10**6, -3])
def test_a_severity_that_there_cannot_be_begins_at_the_start(grave: int, desk: Desk) -> None:
    desk.mail("ana")
    place = [grave, "2026-03-02T09:00:00+00:00", 1]
    cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode()
    wanted = Wanted(sort="severity", after=cursor)
    assert len(listing.page(desk.person["ida"], wanted, at=desk.now).lines) == 1


def test_many_rows_cost_as_many_queries_as_few(
    desk: Desk, browse: Browse, django_assert_num_queries: Any
) -> None:
    desk.at("Mon 09:00")
    ida = browse("ida")
    settled(desk, desk.mail("ana"), 2)
    ida.get("/views/open/")  # terms and zones are read once per process
    with django_assert_num_queries(7):
        ida.get("/views/open/")
    for number in range(5):
        desk.mail("cleo", f"Another {number}")
    with django_assert_num_queries(7):
        ida.get("/views/open/")


def test_rows_alone_come_with_the_counts_of_the_rail(desk: Desk, browse: Browse) -> None:
    desk.mail("ana")
    shown = browse("ida").get("/views/open/rows/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in shown
    assert '<span data-count="open" class="count">1</span>' in shown


@pytest.mark.parametrize(("asked", "found"), [("ski", "Skewed label"), ("carrow", "Skewed label"), ("", "")])
def test_the_palette_searches_tickets_on_the_server(
    asked: str, found: str, desk: Desk, browse: Browse
) -> None:
    desk.mail("cleo", "Skewed label" if asked != "ski" else "Skipping line")
    shown = pages.text(browse("ida").get(f"/palette/?q={asked}"))
    assert (found in shown) == (asked == "carrow" or not asked)
    assert ("All open" in shown) == (asked == "")


def test_the_palette_goes_to_places(browse: Browse) -> None:
    shown = browse("ada").get("/palette/?q=mailb").content.decode()
    assert 'href="/mailboxes/"' in shown
    assert "<mark>Mailb</mark>oxes" in shown
    assert "mailboxes" not in browse("ida").get("/palette/?q=mailb").content.decode()
