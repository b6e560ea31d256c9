"""The desk's own fields in the list: narrowed by what they hold, as columns, in saved views, and found by search."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mainstay.clocks.filters import own_key
from mainstay.contracts.models import Product
from mainstay.tickets import fields
from mainstay.tickets.models import Field, Ticket
from tests.console import pages
from tests.console.conftest import Browse
from tests.desk import Desk

HELD: dict[str, dict[str, Any]] = {
    "One": {"Reader": "Omnikey 3121", "Sites": 3, "Installed": date(2026, 1, 5), "On site": True,
            "Colour": "Red, dark", "Systems": ["Cards", "Cards and keys"]},
    "Two": {"Reader": "Gemalto", "Sites": 12.5, "Installed": date(2026, 1, 12), "On site": False,
            "Colour": "Blue", "Systems": ["Keys"]},
}  # fmt: skip
KINDS = {
    "Reader": "text", "Sites": "number", "Installed": "date", "On site": "yes_no", "Colour": "choice",
    "Systems": "choices",
}  # fmt: skip
OPTIONS = {"Colour": ["Red, dark", "Blue"], "Systems": ["Cards", "Keys", "Cards and keys"]}


@pytest.fixture
def own(desk: Desk) -> dict[str, str]:
    """A field of each kind, filled in on two of three tickets; their keys in an address, by name."""
    desk.at("Mon 09:00")
    rows = {
        name: fields.set_field(
            by=desk.person["mara"], at=desk.now, name=name, kind=kind, options=OPTIONS.get(name, ())
        )
        for name, kind in KINDS.items()
    }
    for subject in ("One", "Two", "Three"):
        ticket, held = desk.mail("ana", subject), HELD.get(subject, {})
        if held:
            desk.does(fields.fill_in, "ida", ticket, values={rows[name].pk: value for name, value in held.items()})
    return {name: own_key(row) for name, row in rows.items()}


def subjects(shown: Any) -> list[str]:
    assert "Left out" not in pages.text(shown)
    held = {ticket.reference: ticket.subject for ticket in Ticket.objects.all()}
    return sorted(held[one] for one in pages.references(shown))


@pytest.mark.parametrize(
    ("field", "said", "found"),
    [
        ("Reader", {"": "omnikey"}, ["One"]),
        ("Reader", {"": "omnikey", "-is": "not"}, ["Three", "Two"]),
        ("Reader", {"": "none"}, ["Three"]),
        ("Sites", {"": "3..3"}, ["One"]),
        ("Sites", {"": "4.."}, ["Two"]),
        ("Sites", {"-from": "-1", "-to": "12.5"}, ["One", "Two"]),
        ("Sites", {"": "none"}, ["Three"]),
        ("Installed", {"": "2026-01-05..2026-01-11"}, ["One"]),
        ("Installed", {"": "today..today"}, ["Two"]),
        ("Installed", {"": "..-1d"}, ["One"]),
        ("On site", {"": "no"}, ["Two"]),
        ("On site", {"": "yes,none"}, ["One", "Three"]),
        ("Colour", {"": "Red, dark"}, ["One"]),
        ("Colour", {"": "Blue", "-is": "not"}, ["One", "Three"]),
        ("Systems", {"": "Cards"}, ["One"]),
        ("Systems", {"": "Keys"}, ["Two"]),
        ("Systems", {"": "and keys"}, []),
    ],
)
def test_each_kind_narrows_the_list(
    field: str, said: dict[str, str], found: list[str], browse: Browse, own: dict[str, str]
) -> None:
    address = {f"{own[field]}{end}": value for end, value in said.items()}
    assert subjects(browse("ida").get("/views/open/", address)) == found


def test_several_values_stand_in_the_address_each_by_itself(browse: Browse, own: dict[str, str]) -> None:
    ida = browse("ida")
    shown = ida.get("/views/open/", {own["Colour"]: ["Red, dark", "Blue"], "sort": "reported"})
    assert subjects(shown) == ["One", "Two"]
    assert "Colour is Red, dark or Blue" in pages.text(shown)
    key = own["Colour"]
    assert f"?{key}=Red,%20dark&amp;{key}=Blue" in shown.content.decode()


@pytest.mark.parametrize("field", KINDS)
def test_each_kind_has_a_form_that_keeps_the_others(field: str, browse: Browse, own: dict[str, str]) -> None:
    ida = browse("ida")
    chosen = pages.text(ida.get("/views/open/filter/own/?severity=1"))
    assert field in chosen
    shown = ida.get(f"/views/open/filter/{own[field]}/?severity=1")
    assert f"{field}" in pages.text(shown)
    assert '<input type="hidden" name="severity" value="1">' in shown.content.decode()
    for option in OPTIONS.get(field, ()):
        assert option in pages.text(shown)


def test_the_words_above_the_list_say_what_is_asked(browse: Browse, own: dict[str, str]) -> None:
    asked = {own["Reader"]: "omni", own["Sites"]: "3..", own["Installed"]: "today..+7d", own["On site"]: "none"}
    shown = pages.text(browse("ida").get("/views/open/", asked))
    for words in ("Reader contains omni", "Sites 3 or more", "Installed within 7 days", "On site is not filled in"):
        assert words in shown


def test_a_view_keeps_it_with_its_column(desk: Desk, browse: Browse, own: dict[str, str]) -> None:
    ida, column = browse("ida"), own["Reader"].replace("text", "field")
    assert "Reader" in pages.text(ida.get("/views/open/columns/"))
    ida.post("/views/open/columns/", {"column": ["subject", column], "do": "keep"})
    assert ida.post(f"/views/open/save/?{own['Sites']}=4..", {"name": "Many sites"}).status_code in (204, 302)
    place = next(part for part in ida.get("/views/open/").content.decode().split('"') if part.startswith("/views/saved-"))
    shown = ida.get(place)
    assert subjects(shown) == ["Two"]
    assert pages.text_of_headings(shown) == ["Ticket", "Reader"]
    assert "Gemalto" in pages.text(shown)
    assert "Sites 4 or more" in pages.text(shown)


def test_a_column_costs_one_query_and_its_name_another(
    desk: Desk, browse: Browse, own: dict[str, str], django_assert_num_queries: Any
) -> None:
    ida = browse("ida")
    ida.get("/views/open/")
    with django_assert_num_queries(7):
        ida.get("/views/open/")
    columns = [f"field-{row.pk}" for row in Field.objects.all()]
    ida.post("/views/open/columns/", {"column": ["subject", *columns], "do": "keep"})
    with django_assert_num_queries(9):
        ida.get("/views/open/")


@pytest.mark.parametrize("key", ["number-999", "text-999", "field-1", "number-0", "number-99999999999999999999"])
def test_a_field_that_there_is_not_is_left_out_and_said(key: str, browse: Browse, own: dict[str, str]) -> None:
    shown = browse("ida").get(f"/views/open/?{key}=1..2")
    assert shown.status_code == 200
    assert "Left out, because it is not known here" in pages.text(shown)
    assert browse("ida").get(f"/views/open/filter/{key}/").status_code == 404


def test_a_field_says_of_which_product_it_is(desk: Desk, browse: Browse) -> None:
    product = Product.objects.create(key="cards", name="Card readers")
    fields.set_field(by=desk.person["mara"], at=desk.now, name="Model", kind="text", product=product)
    assert "Model (Card readers)" in pages.text(browse("ida").get("/views/open/filter/own/"))
    assert "There are none yet" not in pages.text(browse("ida").get("/views/open/filter/own/"))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('field:reader=omni', ["One"]),
        ('field:reader', ["One", "Two"]),
        ('-field:reader', ["Three"]),
        ('field:sites>3', ["Two"]),
        ('field:sites=3', ["One"]),
        ('field:"on site=no"', ["Two"]),
        ('field:installed<12/01/2026', ["One"]),
        ('field:systems=keys', ["One", "Two"]),
    ],
)
def test_search_finds_by_a_field(asked: str, found: list[str], browse: Browse, own: dict[str, str]) -> None:
    shown = pages.text(browse("ida").get("/search/", {"q": asked, "order": "newest"}))
    assert [one for one in ("One", "Three", "Two") if f"{one} MST" in shown] == found


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("field:nothing=1", "No field is called 'nothing'"),
        ("field:sites=many", "'many' is no number"),
        ("field:reader>3", "Reader is compared with ="),
        ("field:=3", "No field is called '=3'"),
    ],
)
def test_search_says_what_makes_no_sense_of_a_field(
    asked: str, said: str, browse: Browse, own: dict[str, str]
) -> None:
    assert said in pages.text(browse("ida").get("/search/", {"q": asked}))
