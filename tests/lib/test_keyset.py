"""A page of a list begins after a row: nothing is missed or shown twice while rows come in, move or go."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mainstay.contracts.models import Product
from mainstay.lib import keyset
from mainstay.releases.models import Release

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORDER = keyset.order_of(("-planned_on", "-pk"))


@pytest.fixture
def rota() -> Product:
    return Product.objects.create(key="rota", name="Rota")


def add(rota: Product, name: str, day: int) -> Release:
    return Release.objects.create(
        product=rota, name=name, kind="minor", planned_on=date(2026, 3, day), added_at=AT, changed_at=AT
    )


def page(**where: str) -> keyset.Sheet[Release]:
    return keyset.page(Release.objects.all(), ORDER, size=3, **where)


def names(sheet: keyset.Sheet[Release]) -> str:
    return "".join(one.name for one in sheet.rows)


def test_pages_follow_each_other_with_the_same_day_on_both_sides(rota: Product) -> None:
    for name, day in zip("gfedcba", (1, 2, 3, 3, 3, 5, 6), strict=True):
        add(rota, name, day)
    first = page()
    second = page(after=first.after)
    third = page(after=second.after)
    assert [names(one) for one in (first, second, third)] == ["abc", "def", "g"]
    assert (first.before, third.after) == ("", "")
    assert names(page(before=third.before)) == "def"
    assert names(page(before=second.before)) == "abc"
    assert page(before=second.before).before == ""


def test_what_comes_in_moves_or_goes_makes_no_row_missed_or_shown_twice(rota: Product) -> None:
    rows = {name: add(rota, name, day) for name, day in zip("fedcba", range(1, 7), strict=True)}
    first = page()
    add(rota, "n", 20)
    Release.objects.filter(pk=rows["c"].pk).update(planned_on=date(2026, 3, 21))  # the row that the cursor names
    assert names(page(after=first.after)) == "def"
    rows["c"].delete()
    assert names(page(after=first.after)) == "def"
    back = page(before=page(after=first.after).before)
    assert names(back) == "nab"  # less than a page stands before: then it is the first one


def test_a_name_is_a_key_like_any_other(rota: Product) -> None:
    other = Product.objects.create(key="desk", name="Desk 'n' däsk")
    for product, name in ((rota, "1"), (rota, "2"), (other, "3"), (other, "4")):
        add(product, name, 1)
    order = keyset.order_of(("product__name", "pk"))
    found = Release.objects.select_related("product")
    first = keyset.page(found, order, size=3)
    assert names(first) == "341"
    assert names(keyset.page(found, order, size=3, after=first.after)) == "2"


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "broken",
    [
        "x", "é", "\x00", "[" * 3000, cursor(), cursor("2026-03-01"), cursor("2026-03-01", -1), cursor("2026-03-01", 2**70),
        cursor("2026-02-31", 1), cursor(5, 1), cursor("2026-03-01", True), cursor(None, 1), cursor("2026-03-01", "1e5"),
        cursor("2026-03-01", float("nan")), cursor("2026-03-01", float("inf")), cursor([], {}),
    ],
)  # fmt: skip
def test_a_broken_cursor_is_the_start_of_the_list(rota: Product, broken: str) -> None:
    add(rota, "a", 1)
    assert names(page(after=broken)) == names(page(before=broken)) == "a"


@pytest.mark.parametrize("broken", ["a\x00b", "\ud800", "0001-01-01T00:00:00+14:00", "2026-03-02T09:00:00"])
def test_text_and_moments_that_no_column_holds_are_broken_too(rota: Product, broken: str) -> None:
    add(rota, "a", 1)
    for field in ("name", "added_at"):
        order = keyset.order_of((field, "pk"))
        found = keyset.page(Release.objects.all(), order, size=3, before=cursor(broken, 1))
        assert names(found) == "a"
