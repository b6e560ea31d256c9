"""The desk's own fields: typed, of a product or of all, in the log without what they hold."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mainstay.contracts import actions as contracts
from mainstay.mail import correspondence
from mainstay.orgs.access import NotAllowed
from mainstay.tickets import actions as tickets
from mainstay.tickets import fields
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Field, FieldValue
from tests.desk import LONG_AGO, Desk


def field(desk: Desk, name: str = "Version", kind: str = "text", **named: Any) -> Field:
    return fields.set_field(by=desk.person["mara"], at=desk.now, name=name, kind=kind, **named)


@pytest.mark.parametrize(
    ("kind", "typed", "value", "words"),
    [
        ("text", " 4.2 ", "4.2", "4.2"),
        ("number", Decimal("3.50"), 3.5, "3.5"),
        ("number", Decimal("0"), 0, "0"),
        ("date", date(2026, 2, 3), "2026-02-03", "2026-02-03"),
        ("yes_no", False, False, "No"),
        ("choice", "Red", "Red", "Red"),
        ("choices", ["Blue", "Red"], ["Red", "Blue"], "Red, Blue"),
    ],
)
def test_a_field_holds_what_its_kind_says(
    kind: str, typed: Any, value: Any, words: str, desk: Desk
) -> None:
    made, ticket = field(desk, kind=kind, options=["Red", "Blue"]), desk.mail("ana")
    desk.does(fields.fill_in, "ida", ticket, values={made.pk: typed})

    (row,) = fields.of(ticket)
    assert (row.value, row.words) == (value, words)
    assert desk.faults() == []


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("number", "many"), ("number", True), ("date", "soon"), ("yes_no", "yes"), ("choice", "Green"), ("choices", ["Green"])],
)
def test_what_is_not_of_the_kind_is_refused(kind: str, typed: Any, desk: Desk) -> None:
    made, ticket = field(desk, kind=kind, options=["Red"]), desk.mail("ana")
    with pytest.raises(CannotDo, match="Version cannot hold"):
        desk.does(fields.fill_in, "ida", ticket, values={made.pk: typed})


def test_the_log_says_that_it_was_filled_in_and_emptied_and_never_with_what(desk: Desk) -> None:
    made, ticket = field(desk), desk.mail("ana")
    desk.does(fields.fill_in, "ida", ticket, values={made.pk: "Ana's own"})
    assert desk.event(ticket, "field_set").payload == {"field": made.pk, "empty": False}
    before = desk.look(ticket).last_number
    desk.does(fields.fill_in, "ida", ticket, values={made.pk: "Ana's own"})
    assert desk.look(ticket).last_number == before
    desk.does(fields.fill_in, "jon", ticket, values={made.pk: ""})

    assert desk.event(ticket, "field_set").payload == {"field": made.pk, "empty": True}
    assert (fields.of(ticket), desk.faults()) == ([], [])


def test_a_field_of_a_product_is_for_its_tickets_only(desk: Desk) -> None:
    product = contracts.add_product(key="cards", name="Cards", by=None, at=desk.now)
    made, ticket = field(desk, product=product), desk.mail("ana")
    with pytest.raises(CannotDo, match="not for this ticket"):
        desk.does(fields.fill_in, "ida", ticket, values={made.pk: "4.2"})
    tickets.set_details(ticket=ticket, at=desk.now, actor="person:1", missing=[], product=product)
    desk.does(fields.fill_in, "ida", ticket, values={made.pk: "4.2"})

    assert [row.words for row in fields.of(ticket)] == ["4.2"]


def test_a_needed_field_is_needed_for_a_fix_and_for_closing_but_not_before(desk: Desk) -> None:
    made, ticket = field(desk, required=True), desk.opened()
    with pytest.raises(correspondence.CannotWrite, match="Fill in before it is resolved: Version"):
        desk.fix("ida", ticket)
    with pytest.raises(CannotDo, match="Fill in before it is resolved: Version"):
        desk.close("ida", ticket)
    desk.does(fields.fill_in, "ida", ticket, values={made.pk: "4.2"})
    desk.fix("ida", ticket)
    desk.close("ida", ticket)

    assert desk.look(ticket).state == "closed"


def test_a_retired_field_is_asked_for_no_more_and_keeps_what_it_holds(desk: Desk) -> None:
    made, ticket = field(desk, required=True), desk.opened()
    desk.does(fields.fill_in, "ida", ticket, values={made.pk: "4.2"})
    other = desk.mail("cleo")
    fields.retire(field=made, by=desk.person["mara"], at=desk.now)

    assert [row.words for row in fields.of(ticket)] == ["4.2"]
    with pytest.raises(CannotDo, match="not for this ticket"):
        desk.does(fields.fill_in, "ida", other, values={made.pk: "4.3"})


def test_managers_make_fields_that_can_be_told_apart(desk: Desk) -> None:
    field(desk)
    with pytest.raises(CannotDo, match="There is a field version already"):
        field(desk, "version")
    with pytest.raises(CannotDo, match="to choose from"):
        field(desk, "Colour", "choice", options=[" "])
    with pytest.raises(NotAllowed):
        fields.set_field(by=desk.person["ida"], at=LONG_AGO, name="Mine", kind="text")


def test_a_ticket_as_data_has_its_fields_and_tags(desk: Desk) -> None:
    made, ticket = field(desk, "Sites", "number"), desk.mail("ana")
    desk.does(fields.fill_in, "ida", ticket, values={made.pk: Decimal("12")})
    shown = json.loads(desk.command("ticket", "show", ticket.reference, "--json").stdout)

    assert (shown["fields"], shown["tags"]) == ({"Sites": 12}, [])


def test_a_value_that_no_event_tells_of_is_found(desk: Desk) -> None:
    made, ticket = field(desk), desk.mail("ana")
    desk.does(fields.fill_in, "ida", ticket, values={made.pk: "4.2"})
    FieldValue.objects.all().delete()

    assert desk.faults() == [
        f"{ticket.reference}: the fields that hold something are not those that its events tell of"
    ]
