"""R3.3d (pack, clause 3.3): every request is with somebody, and who that is stands on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count

from mainstay.clocks import workload
from mainstay.contracts import actions as contracts
from mainstay.escalation import actions as escalation
from mainstay.orgs.access import NotAllowed
from mainstay.orgs.models import Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import allocating, allocation, verification
from mainstay.tickets.allocation import Case
from mainstay.tickets.models import Rule, Ticket
from mainstay.tickets.rows.allocation import Picking
from tests.desk import Desk, shown


def test_every_new_request_is_with_the_first_line(desk: Desk) -> None:
    ticket = desk.mail("ana")

    assert ticket.team == Team.objects.get(key="support")
    assert desk.event(ticket, "assigned").actor == "allocation"


def test_whoever_takes_it_is_the_one_who_is_warned(desk: Desk) -> None:
    ticket = desk.opened()
    desk.does(tickets.assign, "jon", ticket, assignee=desk.person["jon"], team=Team.objects.get(key="support"))
    desk.at("Mon 13:00")

    assert any("Resolution, half of its time used" in text for text in desk.notices("jon"))
    assert not any("Resolution, half of its time used" in text for text in desk.notices("ida"))


def test_a_request_is_never_with_somebody_who_does_not_work_here(desk: Desk) -> None:
    ticket = desk.mail("ana")

    with pytest.raises(tickets.CannotDo, match="Ana Okafor is no active member of staff"):
        desk.does(tickets.assign, "ida", ticket, assignee=desk.person["ana"])


# ---- Rules -------------------------------------------------------------------------------------------------------


def rule(desk: Desk, name: str = "Rule", team: str = "technical", **named: Any) -> Rule:
    return allocating.set_rule(
        by=desk.person["mara"], at=desk.now, name=name, team=Team.objects.get(key=team), **named
    )


def ida_joins_the_technical_team(desk: Desk) -> None:
    Team.objects.get(key="technical").members.add(desk.person["ida"])


def skilled(desk: Desk, who: str, **named: Any) -> None:
    allocating.add_skill(person=desk.person[who], by=desk.person["mara"], at=desk.now, **named)


def test_the_first_rule_that_fits_takes_a_new_request_and_the_log_says_which(desk: Desk) -> None:
    rule(desk, "Carrow's own", organisation=desk.carrow, picking=Picking.LEAST_LOADED)
    second = rule(desk, "Everything else", team="support")
    ticket = desk.mail("cleo")

    assert (ticket.team, ticket.assignee) == (Team.objects.get(key="technical"), desk.person["jon"])
    assigned = desk.event(ticket, "assigned")
    assert (assigned.actor, assigned.payload["picking"]) == (
        f"rule:{assigned.payload['rule']}",
        "least_loaded",
    )
    assert assigned.payload["rule"] != second.pk
    assert desk.mail("ana").assignee is None
    assert desk.faults() == []


def test_a_severity_that_becomes_known_asks_the_rules_again(desk: Desk) -> None:
    rule(desk, "The grave ones", severities=[1], picking=Picking.LEAST_LOADED)
    grave, slight = desk.mail("ana"), desk.mail("ana", "Another thing")
    assert grave.assignee is None
    desk.confirm("ida", grave, 1, "All sites.")
    desk.confirm("ida", slight, 3, "One desk.")

    assert desk.look(grave).assignee == desk.person["jon"]
    assert desk.look(slight).assignee is None


def test_a_product_that_becomes_known_asks_the_rules_again(desk: Desk) -> None:
    product = contracts.add_product(key="cards", name="Cards", by=None, at=desk.now)
    rule(desk, product=product, knows_product=True, picking=Picking.ROUND_ROBIN)
    skilled(desk, "jon", product=product)
    ticket = desk.mail("ana")
    tickets.set_details(ticket=ticket, at=desk.now, actor="person:1", missing=[], product=product)

    assert desk.look(ticket).assignee == desk.person["jon"]


def test_a_client_that_becomes_known_asks_the_rules_again(desk: Desk) -> None:
    rule(desk, organisation=desk.acme, picking=Picking.LEAST_LOADED)
    held = desk.mail("new@acme.example")
    desk.does(verification.authorise, "ida", held, organisation=desk.acme, person_name="New", role="Nurse")

    assert desk.look(held).assignee == desk.person["jon"]


def test_coverage_is_a_condition(desk: Desk) -> None:
    rule(desk, coverage="24x7", picking=Picking.LEAST_LOADED)

    assert desk.mail("cleo").assignee == desk.person["jon"]
    assert desk.mail("ana").assignee is None


def test_each_in_turn_is_each_in_turn(desk: Desk) -> None:
    ida_joins_the_technical_team(desk)
    rule(desk, picking=Picking.ROUND_ROBIN)
    taken = [desk.mail("ana", f"Request {number}").assignee for number in range(4)]

    assert [one.name for one in taken if one] == ["Ida Flint", "Jon Reyes", "Ida Flint", "Jon Reyes"]


def test_whoever_has_least_takes_the_next(desk: Desk) -> None:
    ida_joins_the_technical_team(desk)
    busy = [desk.mail("ana", f"Earlier {number}") for number in range(2)]
    for one in busy:
        desk.does(tickets.assign, "ida", one, assignee=desk.person["ida"])
    rule(desk, picking=Picking.LEAST_LOADED)

    taken = [desk.mail("cleo", f"Request {number}").assignee for number in range(3)]
    assert [one.name for one in taken if one] == ["Jon Reyes", "Jon Reyes", "Ida Flint"]


def test_where_nobody_has_the_skill_the_team_gets_it(desk: Desk) -> None:
    rule(desk, skill="Networks", picking=Picking.LEAST_LOADED)
    first = desk.mail("ana")
    skilled(desk, "jon", name=" networks ")
    second = desk.mail("ana", "Another thing")

    assert (first.assignee, first.team and first.team.key) == (None, "technical")
    assert second.assignee == desk.person["jon"]


def test_whoever_is_shut_out_or_no_staff_is_never_picked(desk: Desk) -> None:
    type(desk.person["jon"]).objects.filter(pk=desk.person["jon"].pk).update(is_active=False)
    rule(desk, picking=Picking.LEAST_LOADED)
    rule(desk, "Outside", team="coordinator", picking=Picking.LEAST_LOADED)

    assert desk.mail("ana").assignee is None


def test_what_a_person_decided_no_rule_undoes(desk: Desk) -> None:
    rule(desk, severities=[1], picking=Picking.LEAST_LOADED)
    ticket = desk.mail("ana")
    desk.does(tickets.assign, "ida", ticket, team=Team.objects.get(key="cto"))
    desk.confirm("ida", ticket, 1, "All sites.")

    assert desk.look(ticket).team == Team.objects.get(key="cto")
    assert desk.look(ticket).assignee is None


def test_what_climbed_the_ladder_stays_where_it_climbed_to(desk: Desk) -> None:
    rule(desk, team="support", severities=[1], picking=Picking.LEAST_LOADED)
    ticket = desk.mail("ana")
    desk.does(escalation.escalate, "ida", ticket, level="technical", reason="Needs a developer.")
    desk.confirm("ida", ticket, 1, "All sites.")

    assert desk.look(ticket).team == Team.objects.get(key="technical")


def test_retired_rules_and_those_behind_others_are_not_asked(desk: Desk) -> None:
    first = rule(desk, "First", picking=Picking.LEAST_LOADED)
    rule(desk, "Second", team="support", picking=Picking.LEAST_LOADED)
    assert desk.mail("ana").assignee == desk.person["jon"]
    allocating.move(rule=first, up=False, by=desk.person["mara"], at=desk.now)
    assert desk.mail("ana", "Two").assignee == desk.person["ida"]
    allocating.move(rule=first, up=True, by=desk.person["mara"], at=desk.now)
    allocating.retire(rule=first, by=desk.person["mara"], at=desk.now)
    assert desk.mail("ana", "Three").assignee == desk.person["ida"]


def test_trying_the_rules_assigns_nothing_and_costs_nobody_a_turn(desk: Desk) -> None:
    ida_joins_the_technical_team(desk)
    rule(desk, severities=[2], picking=Picking.ROUND_ROBIN)
    tried = [allocation.attempt(Case(severity=2)) for _ in range(2)]

    assert [one.person.name for one in tried if one and one.person] == ["Ida Flint", "Ida Flint"]
    assert allocation.attempt(Case(severity=3)) is None


def test_only_managers_write_rules_and_skills(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        allocating.set_rule(by=desk.person["ida"], at=desk.now, name="Mine", team=Team.objects.get(key="cto"))
    with pytest.raises(NotAllowed):
        allocating.add_skill(
            person=desk.person["ida"], by=desk.person["ida"], at=desk.now, name="everything"
        )


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_give_the_same_turn_twice(desk: Desk) -> None:
    """Ten requests are reported by two threads at once; each of two colleagues gets exactly five."""
    ida_joins_the_technical_team(desk)
    rule(desk, picking=Picking.ROUND_ROBIN)

    def report(number: int) -> None:
        try:
            tickets.open_ticket(
                at=desk.now, channel="phone", subject=f"Request {number}", verified=True,
                requester_address="ana@acme.example", organisation=desk.acme,
            )  # fmt: skip
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(report, range(10)))

    given = Ticket.objects.values_list("assignee__name").annotate(held=Count("pk")).order_by("assignee__name")
    assert list(given) == [("Ida Flint", 5), ("Jon Reyes", 5)]


def test_the_workload_says_who_is_free_and_what_is_due_next(desk: Desk) -> None:
    ticket = desk.opened()
    desk.does(tickets.assign, "ida", ticket, assignee=desk.person["jon"], team=Team.objects.get(key="technical"))
    desk.mail("cleo")
    found = workload.of_desk(desk.person["mara"], at=desk.now)
    teams = {one.team.key: one for one in found.teams}

    jon = teams["technical"].people[0][1]
    assert (jon.total, jon.by_severity, shown(jon.next_due)) == (1, {2: 1}, desk.promised(ticket, "update")[1])
    assert [(person.name, load.free) for person, load in teams["support"].people] == [("Ida Flint", True)]
    assert teams["support"].unassigned == 1
    assert "coordinator" not in teams
