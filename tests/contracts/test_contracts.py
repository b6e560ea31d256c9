"""Contracts: signed, followed by others, ended; what a ticket keeps of them (pack, section 5, introduction)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from mainstay.contracts import actions, faults, periods, queries
from mainstay.contracts.models import Contract, Override, Product, TermsSnapshot
from mainstay.core.terms import AgreementFaults
from mainstay.orgs import access, changes
from mainstay.orgs.models import Change
from tests.contracts.conftest import Room

LONDON = ZoneInfo("Europe/London")
JANUARY, APRIL, JULY = (periods.begins(date(2026, month, 1), LONDON) for month in (1, 4, 7))
MOMENT = timedelta(seconds=1)


def sooner(severity: str, target: str) -> dict[str, Any]:
    return {"commitment": {"response": {"targets": {severity: target}}}}


def told(room: Room) -> list[str]:
    """Return the history of Acme's contracts, oldest first."""
    found = Change.objects.filter(organisation=room.acme, kind__regex="contract|override").order_by("id")
    return [changes.words(one) for one in found]


def response_target(room: Room, at: datetime, severity: int = 3) -> str:
    """Return what Acme is promised for a request reported at `at`."""
    return target_in(queries.terms_for(organisation=room.acme, product=None, at=at), severity)


def target_in(snapshot: TermsSnapshot, severity: int = 3) -> str:
    commitment = next(one for one in queries.load(snapshot).commitments if one.name == "response")
    target = commitment.rules[severity].target
    assert target is not None
    return target.text


# ---- Days --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "day", "begins", "ends"),
    [
        ("in winter London is UTC", date(2026, 1, 31), "2026-01-31T00:00Z", "2026-02-01T00:00Z"),
        ("in summer it is an hour ahead", date(2026, 7, 1), "2026-06-30T23:00Z", "2026-07-01T23:00Z"),
        ("clocks go forward: a day of 23 hours", date(2026, 3, 29), "2026-03-29T00:00Z", "2026-03-29T23:00Z"),
        ("clocks go back: a day of 25 hours", date(2026, 10, 25), "2026-10-24T23:00Z", "2026-10-26T00:00Z"),
    ],
)
def test_a_day_of_a_contract_is_a_day_of_its_zone(case: str, day: date, begins: str, ends: str) -> None:
    assert periods.begins(day, LONDON) == datetime.fromisoformat(begins)
    assert periods.ends(day, LONDON) == datetime.fromisoformat(ends)
    assert periods.first_day(periods.begins(day, LONDON), LONDON) == day
    assert periods.last_day(periods.ends(day, LONDON), LONDON) == day


# ---- Contracts ---------------------------------------------------------------------------------------------


def test_a_contract_holds_from_its_first_moment_to_before_its_end(room: Room) -> None:
    contract = room.sign(active_from=JANUARY, active_to=APRIL)
    moments = (JANUARY - MOMENT, JANUARY, APRIL - MOMENT, APRIL)
    assert [queries.in_force(room.acme, at=at) for at in moments] == [[], [contract], [contract], []]
    assert told(room) == ["recorded the contract Order 1: Core Service Hours, from 1 January 2026"]


def test_a_renewal_ends_the_one_before_where_it_begins(room: Room) -> None:
    first = room.sign(active_from=JANUARY)
    second = room.sign(document="Order 2", active_from=APRIL, coverage="24x7", replaces=first)
    assert queries.in_force(room.acme, at=APRIL - MOMENT) == [first]
    assert queries.in_force(room.acme, at=APRIL) == [second]
    assert told(room)[1:] == [
        "recorded the contract Order 2: 24x7, from 1 April 2026",
        "ended the contract Order 1: last day 31 March 2026",
    ]


def test_the_contract_that_names_a_product_decides_for_it(room: Room) -> None:
    lantern = actions.add_product(key="lantern", name="Lantern")
    ferry = actions.add_product(key="ferry", name="Ferry")
    room.sign(active_from=JANUARY, products=[(lantern, True)])
    newer = room.sign(document="Order 2", coverage="24x7", active_from=APRIL, products=[(ferry, False)])
    terms = {
        product.key: queries.terms_for(organisation=room.acme, product=product, at=JULY)
        for product in (lantern, ferry)
    }
    assert [terms[key].coverage for key in ("lantern", "ferry")] == ["core", "24x7"]
    assert queries.contract_in_force(room.acme, product=None, at=JULY) == newer
    assert queries.load(terms["lantern"]).availability is not None
    assert queries.load(terms["ferry"]).availability is None, "what is not hosted has no availability"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"active_to": JANUARY}, "cannot end before it begins"),
        ({"coverage": "8x5"}, "does not sell 8x5"),
        ({"document": "  "}, "Name the signed paper"),
    ],
)
def test_what_cannot_be_a_contract_is_refused_and_nothing_written(
    room: Room, fault: dict[str, Any], said: str
) -> None:
    with pytest.raises(actions.ContractRefused, match=said), transaction.atomic():
        room.sign(**{"active_from": JANUARY, **fault})
    assert not Contract.objects.exists()
    assert told(room) == []


def test_a_replacement_that_begins_before_the_other_writes_neither(room: Room) -> None:
    first = room.sign(active_from=APRIL)
    with pytest.raises(actions.ContractRefused), transaction.atomic():
        room.sign(document="Order 2", active_from=JANUARY, replaces=first)
    assert list(Contract.objects.values_list("document", "active_to")) == [("Order 1", None)]


def test_a_ticket_keeps_its_terms_when_the_contract_ends(room: Room) -> None:
    contract = room.sign(active_from=JANUARY, coverage="24x7")
    reported = queries.terms_for(organisation=room.acme, product=None, at=APRIL)
    actions.end_contract(contract=contract, active_to=APRIL - timedelta(days=10), at=JULY, by=room.mara)
    kept = TermsSnapshot.objects.get(pk=reported.pk)
    assert (kept.coverage, queries.load(kept).coverage.name) == ("24x7", "24x7")
    assert queries.terms_for(organisation=room.acme, product=None, at=JULY).contract is None
    assert told(room)[-1] == "ended the contract Order 1: last day 21 March 2026"


# ---- Overrides ---------------------------------------------------------------------------------------------


def test_an_override_holds_only_from_its_date_until_its_end(room: Room) -> None:
    contract = room.sign(active_from=JANUARY)
    room.agree(contract, sooner("3", "2h"), active_from=APRIL, active_to=JULY)
    targets = [response_target(room, at) for at in (APRIL - MOMENT, APRIL, JULY - MOMENT, JULY)]
    assert targets == ["4h", "2h", "2h", "4h"]
    assert told(room)[-1] == "recorded what Letter 7 agrees otherwise, from 1 April 2026"


def test_a_ticket_reported_before_an_override_keeps_the_older_terms(room: Room) -> None:
    contract = room.sign(active_from=JANUARY)
    before = queries.terms_for(organisation=room.acme, product=None, at=JANUARY)
    room.agree(contract, sooner("3", "2h"), active_from=JANUARY)
    assert target_in(TermsSnapshot.objects.get(pk=before.pk)) == "4h"
    assert response_target(room, JANUARY) == "2h"


def test_ending_an_override_brings_the_agreement_back(room: Room) -> None:
    override = room.agree(room.sign(active_from=JANUARY), sooner("3", "2h"), active_from=JANUARY)
    actions.end_override(override=override, active_to=APRIL, at=APRIL, by=room.mara)
    assert (response_target(room, APRIL - MOMENT), response_target(room, APRIL)) == ("2h", "4h")
    assert told(room)[-1] == "ended what Letter 7 agrees otherwise: last day 31 March 2026"
    with pytest.raises(actions.ContractRefused):
        actions.end_override(override=override, active_to=JANUARY, at=APRIL, by=room.mara)


def test_two_overrides_that_cannot_both_hold_are_refused_together(room: Room) -> None:
    """Each fits the agreement alone; while both are in force, severity 3 would be answered sooner than 2."""
    contract = room.sign(active_from=JANUARY)
    room.agree(contract, sooner("2", "3h"), active_from=APRIL)
    with pytest.raises(AgreementFaults, match="than severity 3"), transaction.atomic():
        room.agree(contract, sooner("3", "2h"), active_from=JANUARY)
    assert Override.objects.count() == 1
    room.agree(contract, sooner("3", "2h"), active_from=JANUARY, active_to=APRIL)
    assert [response_target(room, at) for at in (JANUARY, APRIL)] == ["2h", "4h"]


def faults_of(room: Room, text: str) -> tuple[faults.Found, ...]:
    contract = Contract.objects.first() or room.sign(active_from=JANUARY)
    with pytest.raises(faults.Faulty) as caught, transaction.atomic():
        room.agree_toml(contract, text)
    assert not Override.objects.exists()
    return caught.value.found


def test_every_fault_of_an_override_is_told_with_its_line(room: Room) -> None:
    text = '# agreed on 3 March\n[commitment.response.targets]\n1 = "soon"\n\n[commitment.respons]\nclause = "x"\n'
    (unknown,) = faults_of(room, text)
    assert (unknown.line, unknown.place) == (5, "commitment.respons")
    assert "Did you mean response?" in unknown.remedy
    found = faults_of(room, text.replace("[commitment.respons]", "[nonsense]"))
    assert [(one.line, one.place) for one in found] == [(3, "commitment.response.targets.1"), (5, "nonsense")]
    assert str(found[1]).startswith("Line 5, nonsense: is not a term we know.")


def test_a_list_given_whole_is_told_by_its_own_numbers(room: Room) -> None:
    found = faults_of(room, '[[notice]]\nshorter_than = "1h"\nnotice = "a while"\nclause = "5"\n')
    assert (3, "notice[0].notice") in [(one.line, one.place) for one in found]


def test_what_is_no_toml_is_told_with_its_line(room: Room) -> None:
    (found,) = faults_of(room, "[commitment]\r\nresponse = \r\n")
    assert found.line == 2
    assert "this is no TOML" in found.message


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_override_that_says_nothing_is_refused(room: Room, text: str) -> None:
    with pytest.raises(actions.ContractRefused, match="at least one term"):
        room.agree_toml(room.sign(active_from=JANUARY), text)


def test_figures_survive_being_kept(room: Room) -> None:
    room.agree_toml(room.sign(active_from=JANUARY), '[money.late_interest]\nover_base_rate = "2.25%"\n')
    terms = queries.load(queries.terms_for(organisation=room.acme, product=None, at=JANUARY))
    assert float(terms.money.late_interest) == 2.25


# ---- In words ----------------------------------------------------------------------------------------------


def test_what_an_override_changes_is_told_for_this_client_alone(room: Room) -> None:
    contract = room.sign(active_from=JANUARY, coverage="24x7")
    changed = queries.difference_for(contract, sooner("1", "30min"), at=JANUARY)
    assert [(one.what, one.before, one.after) for one in changed] == [
        ("response, severity 1", "1 h in all hours", "30 min in all hours")
    ]


def test_it_is_told_beside_what_else_was_agreed_by_then(room: Room) -> None:
    contract = room.sign(active_from=JANUARY)
    kept = room.agree(contract, sooner("3", "2h"), active_from=APRIL)
    (later,) = queries.difference_for(contract, sooner("3", "90min"), at=APRIL)
    assert (later.before, later.after) == ("2 h in core hours", "1 h 30 min in core hours")
    (own,) = queries.difference_for(contract, kept.terms, at=APRIL, without=kept)
    assert (own.before, own.after) == ("4 h in core hours", "2 h in core hours")


def test_what_a_contract_promises_is_told_under_its_coverage(room: Room) -> None:
    contract = room.sign(active_from=JANUARY)
    assert list(queries.promised(contract, at=JANUARY).coverages) == ["core"]


# ---- Products, who may -------------------------------------------------------------------------------------


def test_a_product_keeps_its_key_when_it_is_renamed(room: Room) -> None:
    product = actions.add_product(key="lantern", name="Lantern", by=room.ada, at=JANUARY)
    actions.rename_product(product=product, name="Lantern Online", by=room.ada, at=APRIL)
    assert list(Product.objects.values_list("key", "name")) == [("lantern", "Lantern Online")]
    kinds = Change.objects.filter(kind__startswith="product").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["product_added", "product_renamed"]


def test_contracts_are_a_managers_matter_and_products_an_administrators(room: Room) -> None:
    contract = room.sign(active_from=JANUARY)
    override = room.agree(contract, sooner("3", "2h"), active_from=JANUARY)
    refused = [
        lambda: room.sign(document="Order 2", active_from=APRIL, by=room.ida),
        lambda: actions.end_contract(contract=contract, active_to=APRIL, at=APRIL, by=room.ida),
        lambda: room.agree(contract, sooner("3", "2h"), active_from=APRIL, by=room.ida),
        lambda: actions.end_override(override=override, active_to=APRIL, at=APRIL, by=room.ida),
        lambda: actions.add_product(key="ferry", name="Ferry", by=room.mara, at=APRIL),
    ]
    for attempt in refused:
        with pytest.raises(access.NotAllowed), transaction.atomic():
            attempt()
    assert (Contract.objects.count(), Override.objects.count(), Product.objects.count()) == (1, 1, 0)
