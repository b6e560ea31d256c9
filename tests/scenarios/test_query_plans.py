"""Law 4: the worker reads what is due and never walks the open tickets; lists ride their index. On both databases.

The rows lie about two thousand deep, with statistics and without, and with the index in place that once led a planner
astray: one on the state of tickets.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstay.clocks import actions as clocks
from mainstay.clocks import facts, filters, listing
from mainstay.clocks import queries as due
from mainstay.clocks.models import Promise, Step
from mainstay.jobs import lanes
from mainstay.jobs.worker import Worker
from mainstay.lib import sql
from mainstay.mail import arrivals, intake
from mainstay.orgs.models import StaffRole, Team
from mainstay.outbox import delivery
from mainstay.tickets.access import visible_tickets
from mainstay.tickets.models import Participant, State, Ticket
from mainstay.views import actions as saved
from mainstay.views import queries as views
from tests.desk import Desk

MANY = 2_000


def crowded(desk: Desk) -> None:
    """Copy one open ticket many times: each with a promise and two steps that are due in days to come."""
    model = desk.mail("ana")
    later = [desk.now + timedelta(days=1, minutes=number) for number in range(MANY)]
    copies = Ticket.objects.bulk_create(_copy_of(model, State.OPEN if number % 3 else State.NEW) for number in range(MANY))
    Promise.objects.bulk_create(
        Promise(ticket=ticket, is_open=True, clock="resolution", state="running", due=at, sort_at=at)
        for ticket, at in zip(copies, later, strict=True)
    )
    Step.objects.bulk_create(
        Step(ticket=ticket, clock="resolution", name=name, basis="1", due_at=at, order=order)
        for ticket, at in zip(copies, later, strict=True)
        for order, name in enumerate(("warning 50%", "breached"))
    )


def _copy_of(model: Ticket, state: str) -> Ticket:
    columns = {field.attname: getattr(model, field.attname) for field in Ticket._meta.concrete_fields}
    return Ticket(**{**columns, "id": None, "state": state})


def plans(act: Callable[[], object]) -> list[tuple[str, str]]:
    """Return each query that `act` makes, with the database's account of how it finds the rows."""
    with CaptureQueriesContext(connection) as made:
        act()
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    found = []
    for query in (one["sql"] for one in made.captured_queries):
        if query.startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute((explain + query).replace("%", "%%"), [])
                found.append((query, "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())))
    return found


def with_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def with_the_trap() -> None:
    """Add the index that SQLite preferred to the one on the due moment, and gather statistics."""
    connection.check_constraints()  # PostgreSQL builds no index while foreign keys are still to be checked
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX trap ON tickets_ticket (state, reported_at)")
        cursor.execute("CREATE INDEX trap_open ON clocks_promise (is_open, state)")
        cursor.execute("ANALYZE")


@pytest.fixture(params=[None, with_statistics, with_the_trap], ids=["no statistics", "statistics", "the trap"])
def crowd(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    crowded(desk)
    if request.param is not None:
        request.param()
    elif connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # it knows of no row yet, and reads small tables whole
    return desk


def _read_small_tables_by_index() -> None:
    """Have PostgreSQL show which index there is: it reads a table of one row whole, once it knows that it has one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")


def test_the_due_sweep_rides_the_index_on_due_moments(crowd: Desk) -> None:
    (sweep,) = plans(lambda: due.tickets_with_due_steps(crowd.now, limit=200))

    assert "step_by_due" in sweep[1], sweep
    assert "SCAN tickets_ticket" not in sweep[1]
    assert "Seq Scan on tickets_ticket" not in sweep[1]


def test_each_look_of_an_idle_lane_rides_an_index(crowd: Desk) -> None:
    crowd.work()
    _read_small_tables_by_index()
    looks = plans(lambda: [clocks.notice_due(crowd.now), intake.take_due(crowd.now), delivery.deliver(crowd.now)])
    looks += plans(lambda: delivery.free_what_the_dead_held(crowd.now))

    assert len(looks) == 4
    for query, plan in looks:
        assert "INDEX" in plan or "Index" in plan, (query, plan)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite plans each statement with its values")
def test_a_look_that_is_planned_once_for_all_moments_rides_the_index_too(crowd: Desk) -> None:
    """Without the moment PostgreSQL takes a third of the table to be due, and thinks that to read it is quicker."""
    query = sql._looking((sql.Look(Step, "due_at"),), "default").replace("%s", "$1")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE look (timestamptz) AS {query}")
        cursor.execute("EXPLAIN EXECUTE look (%s)", [crowd.now])
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("DEALLOCATE look")

    assert "step_by_due" in plan, plan


def test_the_list_by_next_promise_rides_its_own_index(crowd: Desk) -> None:
    """It stops after a page: only tickets that are due at the same second are sorted among themselves."""
    mara = crowd.person["mara"]
    page = plans(lambda: listing.page(mara, listing.Wanted(), at=crowd.now))
    (main,) = [plan for query, plan in page if "LIMIT 51" in query]

    assert "promise_by_due" in main, main
    assert "USE TEMP B-TREE FOR ORDER BY" not in main
    assert "Sort" not in main.replace("Incremental Sort", "").replace("Presorted", "").replace("Sort Key", "")


def test_no_list_joins_the_terms_that_every_ticket_has(crowd: Desk) -> None:
    """There are few of them, so a planner began there and sorted all tickets: a second for a page of a million."""
    for view in listing.VIEWS:
        page = plans(lambda: listing.page(crowd.person["mara"], listing.Wanted(view=view), at=crowd.now))  # noqa: B023
        (main,) = [query for query, _ in page if "LIMIT 51" in query]
        assert "JOIN \"contracts_termssnapshot" not in main, view


def test_a_far_page_rides_it_too(crowd: Desk) -> None:
    mara = crowd.person["mara"]
    wanted = listing.Wanted()
    for _ in range(3):
        wanted = listing.Wanted(after=listing.page(mara, wanted, at=crowd.now).after)
    page = plans(lambda: listing.page(mara, wanted, at=crowd.now))

    assert any("promise_by_due" in plan for _, plan in page), page


def test_what_somebody_is_copied_in_on_is_found_by_their_addresses(crowd: Desk) -> None:
    """Bo is copied in on one of two thousand, each of which has somebody in copy."""
    bo, mara = crowd.person["bo"], crowd.person["mara"]
    Participant.objects.bulk_create(
        Participant(ticket=one, address=f"{one.pk}@acme.example", accepted=True, added_at=crowd.now, decided_by=mara)
        for one in Ticket.objects.all()
    )
    mine = Ticket.objects.filter(organisation=crowd.acme).order_by("pk")[5]
    Participant.objects.filter(ticket=mine).update(address=bo.email)
    with_statistics()
    _read_small_tables_by_index()
    ((_, plan),) = plans(lambda: list(visible_tickets(bo, at=crowd.now).values_list("pk")))

    assert "participant_by_address" in plan, plan
    assert "SCAN V0" not in plan, plan
    assert "Seq Scan on tickets_participant" not in plan, plan
    assert list(visible_tickets(bo, at=crowd.now)) == [mine]


FOR_ONE_IN_A_HUNDRED = [  # what is asked, and the index that leads to it
    ("assignee=7", "ticket_by_assignee"),
    ("team=technical", "ticket_by_team"),
    ("organisation=carrow-trust", "ticket_by_client"),
    ("severity=1", "ticket_by_severity"),
    ("kind=complaint", "ticket_by_kind"),
    ("level=technical", "ticket_by_level"),
    ("requester=cleo@carrow.example", "ticket_by_address"),
]
INSTEAD = ("promise_by_due", "promise_by_state", "promise_by_clock")  # open promises in their order, cut at a page


@pytest.mark.parametrize(("asked", "index"), FOR_ONE_IN_A_HUNDRED)
def test_a_filter_rides_an_index_and_never_walks_the_tickets(asked: str, index: str, crowd: Desk) -> None:
    """The field's own index, or that of open promises in their order, which stops after a page."""
    asked = asked.replace("=7", f"={crowd.person['jon'].pk}")
    _let_one_in_a_hundred_be(crowd)
    main = _plan_of(crowd, asked)

    own = f"tickets_ticket_{asked.partition('=')[0]}_id_"  # that of the foreign key
    assert any(name in main for name in (index, own, *INSTEAD)), main
    assert "SCAN tickets_ticket" not in main
    assert "Seq Scan on tickets_ticket" not in main


@pytest.mark.parametrize(
    ("view", "sort", "asked", "index"),
    [
        ("open", "due", "promise=resolution&promise_state=running", "promise_by_"),
        ("open", "due", "due=now..%2B4h", "promise_by_due"),
        ("open", "due", "breached=yes", "promise_b"),
        ("all", "changed", "changed=-7d..", "ticket_by_changed"),
        ("all", "reported", "reported=-7d..", "ticket_by_reported"),
        ("all", "changed", "", "ticket_by_changed"),
        ("closed", "changed", "", "ticket_closed"),
    ],
)
def test_views_and_spans_ride_theirs(view: str, sort: str, asked: str, index: str, crowd: Desk) -> None:
    _let_one_in_a_hundred_be(crowd)
    main = _plan_of(crowd, asked, view=view, sort=sort)

    assert index in main or (view == "open" and any(name in main for name in INSTEAD)) or "trap (state=?)" in main, main
    assert "SCAN tickets_ticket" not in re.sub(r"SCAN tickets_ticket USING (COVERING )?INDEX", "", main)
    assert "Seq Scan on tickets_ticket" not in main


def _let_one_in_a_hundred_be(desk: Desk) -> None:
    """Give one ticket in a hundred to Jon, the Technical Team and Carrow, as a complaint of severity 1 by Cleo."""
    few = Ticket.objects.filter(pk__in=list(Ticket.objects.order_by("pk").values_list("pk", flat=True)[::100]))
    few.update(
        assignee=desk.person["jon"], team=Team.objects.get(key="technical"), organisation=desk.carrow, severity=1,
        kind="complaint", requester_address="cleo@carrow.example", escalation_level="technical",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tickets_ticket WHERE severity = 1")
        assert 10 < cursor.fetchone()[0] < MANY / 50


def _plan_of(desk: Desk, asked: str, *, view: str = "open", sort: str = "due") -> str:
    said, left_out = filters.read({name: [value] for name, value in parse_qsl(asked)})
    assert left_out == ()
    wanted = listing.Wanted(view=view, sort=sort, filters=said)
    page = plans(lambda: listing.page(desk.person["mara"], wanted, at=desk.now))
    (main,) = [plan for query, plan in page if "LIMIT 51" in query]
    return main


def test_counts_of_saved_views_stop_at_a_hundred(crowd: Desk) -> None:
    mara = crowd.person["mara"]
    wanted = listing.Wanted(filters=(filters.Asked("state", ("new", "open")),))
    view = saved.save(name="All of it", wanted=wanted, by=mara, at=crowd.now)
    found = views.counts([view], mara, zone=wanted.zone, at=crowd.now)

    assert found == {view.key: views.MOST_COUNTED}


# ---- How many queries --------------------------------------------------------------------------------------------


def count(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as made:
        act()
    return len(made.captured_queries)


def test_looking_when_nothing_is_due_costs_one_query_a_lane_however_much_is_open(desk: Desk) -> None:
    lanes: dict[str, Callable[[], int]] = {
        "clocks": lambda: clocks.notice_due(desk.now),
        "mail": lambda: intake.take_due(desk.now),
        "letters": lambda: delivery.deliver(desk.now),
    }
    desk.work()
    few = {name: count(look) for name, look in lanes.items()}
    crowded(desk)

    assert {name: count(look) for name, look in lanes.items()} == few
    assert few == {"clocks": 1, "mail": 1, "letters": 1}


def test_a_whole_lane_with_nothing_to_do_costs_one_query(crowd: Desk) -> None:
    """Jobs, duties and pumps of a lane are looked for together, and each look rides an index."""
    crowd.work()
    _read_small_tables_by_index()
    for name in lanes.names():
        lane = Worker("idle")._lane(name)
        for _ in range(2):
            lane.turn(crowd.now)  # a sign of life, and the duties that are due
        assert count(lambda: lane.turn(crowd.now)) == 1, name  # noqa: B023  called at once
        ((query, plan),) = plans(lambda: lane.turn(crowd.now))  # noqa: B023
        indexed = plan.count("USING INDEX") + plan.count("USING COVERING INDEX") + plan.count("Index")
        assert indexed >= query.count("FROM") - query.count('FROM "jobs_duty"'), (query, plan)  # that one has ten rows


def test_a_mail_in_a_batch_costs_few_statements(desk: Desk) -> None:
    """What all of a batch need is looked up once: each further mail adds its own rows and little else."""

    def statements(mails: int) -> int:
        for number in range(mails):
            raw = f"From: ana@acme.example\r\nSubject: Printer {mails} {number}\r\n\r\nIt does not print.".encode()
            arrivals.keep_delivered(arrivals.Incoming(raw, desk.now, len(raw)), at=desk.now)
        return count(lambda: intake.take_due(desk.now))

    statements(1)  # reads the terms, once in a process
    assert statements(9) - statements(2) <= 7 * 24


def test_a_page_of_fifty_costs_as_many_queries_as_a_page_of_two(desk: Desk) -> None:
    for subject in ("One", "Two"):
        desk.mail("ana", subject)
    mara = desk.person["mara"]
    listing.page(mara, listing.Wanted(), at=desk.now)  # reads the terms, once in a process
    few = count(lambda: listing.page(mara, listing.Wanted(), at=desk.now))
    crowded(desk)

    assert count(lambda: listing.page(mara, listing.Wanted(), at=desk.now)) == few
    assert len(listing.page(mara, listing.Wanted(), at=desk.now).lines) == 50
    assert few == 1


def test_all_counts_of_the_rail_are_one_query(desk: Desk) -> None:
    crowded(desk)

    assert count(lambda: listing.counts(desk.person["mara"], at=desk.now)) == 1


def test_no_count_of_the_rail_goes_through_all_tickets(crowd: Desk) -> None:
    ((_, plan),) = plans(lambda: listing.counts(crowd.person["mara"], at=crowd.now))

    for line in plan.splitlines():
        assert "SCAN tickets_ticket" not in line or "INDEX" in line, plan
        assert "Seq Scan on tickets_ticket" not in line or connection.vendor == "postgresql", plan


def test_counts_of_few_among_many_go_through_the_few(crowd: Desk) -> None:
    """What somebody snoozed is led to by their snoozes, what is held by an index that knows of closed ones too."""
    _read_small_tables_by_index()
    mara = crowd.person["mara"]
    counted = dict(zip(listing.COUNTED, listing._counted_views(mara, crowd.now, crowd.now), strict=True))
    snoozed, held = sql.plan(counted["snoozed"]), sql.plan(counted["held"].values("pk"))

    assert "snooze_" in snoozed, snoozed
    assert "clocks_promise" not in snoozed, snoozed
    assert "SCAN tickets_ticket" not in snoozed
    assert "Seq Scan" not in snoozed
    assert "ticket_held" in held, held


def test_counts_of_the_rail_stop_at_the_most_that_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        desk.mail("ana", f"Printer {number}")
    monkeypatch.setattr(listing, "MOST_COUNTED", 3)
    anew = listing._counts_for(StaffRole.MANAGER)  # the other one was built with a thousand
    monkeypatch.setattr(listing, "_COUNTS_FOR_STAFF", {StaffRole.MANAGER: anew})
    found = listing.counts(desk.person["mara"], at=desk.now)

    assert (found["open"], found["unassigned"], found["complaints"]) == (3, 3, 0)


def test_a_ticket_as_data_costs_the_same_however_long_its_story_is(desk: Desk) -> None:
    ticket = desk.opened(answered="Mon 10:00")
    facts.of_ticket(desk.look(ticket), at=desk.now, ledger=True)
    short = count(lambda: facts.of_ticket(desk.look(ticket), at=desk.now, ledger=True))
    for number in range(5):
        desk.advance(minutes=5)
        desk.answer("ana", ticket, f"And one more thing, number {number}.")

    assert count(lambda: facts.of_ticket(desk.look(ticket), at=desk.now, ledger=True)) == short
    assert short <= 4


def test_firing_a_step_costs_no_more_with_many_tickets_about(desk: Desk) -> None:
    first, second = desk.opened(answered="Mon 10:00"), desk.mail("ana", "Printer")
    desk.confirm("ida", second, 2, arrives="Mon 11:00")
    desk.at("Mon 12:59")
    with desk.asleep():
        desk.at("Mon 13:00")
        alone = count(lambda: clocks.fire(first.pk, at=desk.now))
    crowded(desk)
    with desk.asleep():
        desk.at("Mon 14:00")
        among = count(lambda: clocks.fire(second.pk, at=desk.now))

    assert among <= alone
