"""F11: the two nights on which clocks change in London, minute by minute, by moving the moment that is passed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from mainstay.clocks import actions as clocks
from mainstay.clocks.models import Firing
from mainstay.contracts import actions as contracts
from mainstay.core.rota import Layer, Rota, who_is_on
from mainstay.jobs import duties, lanes
from mainstay.orgs import actions as orgs
from mainstay.orgs.models import Organisation
from mainstay.tickets import actions as tickets
from mainstay.tickets import events
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Kind, Ticket

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@dataclass(frozen=True)
class Night:
    """A night, and what was reckoned by hand for it. All times UTC."""

    name: str
    midnight: str
    working_hours_reported: str  # severity 2: six core hours
    working_hours_due: str
    complaint_received: str  # seven calendar days, to the same time on the local clock
    complaint_due: str
    handover: str  # 01:30 local


NIGHTS = [
    # Thursday 16:00 GMT, an hour until closing; Good Friday and Easter Monday; Tuesday 09:00 BST is 08:00 UTC.
    Night("forward", "2027-03-28T00:00", "2027-03-25T16:00", "2027-03-30T13:00", "2027-03-21T10:30", "2027-03-28T09:30",
          "2027-03-28T01:30"),
    # Friday 16:00 BST, an hour until closing; Monday 09:00 GMT is 09:00 UTC.
    Night("back", "2027-10-31T00:00", "2027-10-29T15:00", "2027-11-01T14:00", "2027-10-24T09:30", "2027-10-31T10:30",
          "2027-10-31T00:30"),
]  # fmt: skip


@pytest.fixture
def clients() -> dict[str, Organisation]:
    agreement = contracts.install_shipped(at=LONG_AGO)
    made = {}
    for coverage in ("core", "24x7"):
        made[coverage] = orgs.add_organisation(name=f"Client {coverage}", at=LONG_AGO)
        contracts.sign_contract(
            organisation=made[coverage], agreement=agreement, coverage=coverage, document="Order",
            active_from=LONG_AGO, at=LONG_AGO,
        )  # fmt: skip
    return made


def answered(whose: Organisation, *, at: datetime, severity: int) -> Ticket:
    """Open a ticket that was given its severity at the moment it was reported, so that its resolution runs."""
    with transaction.atomic():
        ticket = tickets.open_ticket(
            at=at, channel="phone", subject="x", requester_address="ana@acme.example", organisation=whose, verified=True
        )
        told = [Happening(events.NUMBER_PROVIDED, at), Happening(events.SEVERITY_PROVIDED, at, {"severity": severity})]
        append(tickets.locked(ticket), told, actor="outbox", recorded_at=at)
    return ticket


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start <= end:
        yield start
        start += MINUTE


def live_through(start: datetime, end: datetime) -> None:
    for at in minutes(start, end):
        clocks.notice_due(at)


def firings(ticket: Ticket, clock: str) -> list[tuple[str, datetime]]:
    """Return what fired on a clock and when it was due, having made sure that it was noticed within its minute."""
    rows = list(Firing.objects.filter(ticket=ticket, clock=clock).order_by("event"))
    assert all(timedelta() <= row.noticed_at - row.due_at < MINUTE for row in rows)
    return [(row.name, row.due_at) for row in rows if row.kind in ("warning", "breach")]


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_support_at_all_hours_counts_real_minutes(clients: dict[str, Organisation], night: Night):
    """Two hours are two hours, whatever the clock on the wall says in between."""
    midnight = utc(night.midnight)
    reported = midnight - timedelta(minutes=30)
    ticket = answered(clients["24x7"], at=reported, severity=1)
    live_through(midnight - timedelta(minutes=29), midnight + timedelta(hours=4))
    assert firings(ticket, "resolution") == [
        ("warning 50%", reported + timedelta(hours=1)),
        ("warning 75%", reported + timedelta(minutes=90)),
        ("warning 90%", reported + timedelta(minutes=108)),
        ("breached", reported + timedelta(hours=2, seconds=1)),
    ]


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_working_hours_are_those_of_the_wall(clients: dict[str, Organisation], night: Night):
    due = utc(night.working_hours_due)
    ticket = answered(clients["core"], at=utc(night.working_hours_reported), severity=2)
    live_through(utc(night.midnight), utc(night.midnight) + timedelta(hours=4))
    before = firings(ticket, "resolution")
    assert before == []
    for fraction in (0.5, 0.75, 0.9):
        share = due - timedelta(hours=6) * (1 - fraction)
        live_through(share - MINUTE, share + MINUTE)
    live_through(due - MINUTE, due + 2 * MINUTE)
    assert firings(ticket, "resolution")[-1] == ("breached", due + timedelta(seconds=1))


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_seven_calendar_days_end_at_the_same_time_on_the_local_clock(clients: dict[str, Organisation], night: Night):
    due = utc(night.complaint_due)
    ticket = tickets.open_ticket(
        at=utc(night.complaint_received), channel="mail", subject="x", requester_address="ana@acme.example",
        organisation=clients["core"], verified=True, kind=Kind.COMPLAINT,
    )  # fmt: skip
    clocks.notice_due(due - 20 * MINUTE)
    live_through(due - 15 * MINUTE, due + 2 * MINUTE)
    breach = Firing.objects.get(ticket=ticket, clock="complaint", kind="breach")
    assert breach.due_at == due + timedelta(seconds=1)
    assert breach.noticed_at == due + MINUTE


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_a_handover_in_the_hour_that_is_missing_or_comes_twice_happens_once(night: Night):
    midnight = utc(night.midnight)
    layer = Layer("first", ("ida", "jon"), ZoneInfo("Europe/London"), date(2027, 1, 1), time(1, 30), days=1)
    rota = Rota((layer,))
    people = [(at, who_is_on(rota, at)) for at in minutes(midnight, midnight + timedelta(hours=4))]
    changes = [at for (_, before), (at, after) in pairwise(people) if before != after]
    assert changes == [utc(night.handover)]


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_an_hourly_duty_is_done_once_an_hour(night: Night):
    midnight, ran = utc(night.midnight), []
    duties.register("hourly", timedelta(hours=1), ran.append, lane="night")
    try:
        for at in minutes(midnight, midnight + timedelta(hours=4)):
            duties.prepare(lane="night", at=at)
            duties.run_due(lane="night", owner="test", at=at)
    finally:
        duties.unregister("hourly")
        lanes.unregister("night")
    assert ran == [midnight + timedelta(hours=hour) for hour in range(5)]


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_what_was_settled_before_the_night_is_the_same_after_it(clients: dict[str, Organisation], night: Night):
    at = utc(night.working_hours_reported) - timedelta(hours=5)
    ticket = answered(clients["core"], at=at, severity=2)
    ida = orgs.add_person(name="Ida", email="ida@vendor.example", at=LONG_AGO, staff_role="support")
    tickets.close(ticket=ticket, by=ida, cause="a cable", at=at + timedelta(hours=2))
    before = clocks.dump()
    live_through(utc(night.midnight), utc(night.midnight) + timedelta(hours=4))
    clocks.rebuild()
    assert clocks.dump() == before
