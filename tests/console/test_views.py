"""Views as people use them: filters with their chips, saving in one step, columns of one's own."""

from __future__ import annotations

from typing import Any

import pytest

from mainstay.clocks.filters import FIELDS
from mainstay.console import columns
from mainstay.views.models import Layout, SavedView
from tests.console import pages
from tests.console.conftest import Browse
from tests.console.pages import settled
from tests.desk import Desk


def test_a_filter_stands_as_a_chip_that_can_be_changed_and_taken_away(desk: Desk, browse: Browse) -> None:
    settled(desk, desk.mail("ana", "One"), 1)
    shown = browse("ida").get("/views/open/?severity=1,none&severity-is=not&organisation=acme-health")
    assert "Severity is not 1 or not graded" in pages.text(shown)
    assert "Organisation is Acme Health" in pages.text(shown)
    body = shown.content.decode()
    assert 'href="/views/open/?organisation=acme-health"' in body
    assert 'href="/views/open/filter/severity/?severity=1,none&amp;severity-is=not&amp;organisation=acme-health"' in body


@pytest.mark.parametrize("asked", ["?sevrity=1", "?severity=x", "?organisation=nobody", "?assignee=99999", "?sort=colour"])
def test_what_an_address_means_to_nobody_is_left_out_and_said(asked: str, desk: Desk, browse: Browse) -> None:
    ticket = desk.mail("ana")
    shown = browse("ida").get(f"/views/open/{asked}")
    assert pages.references(shown) == [ticket.reference]
    assert "Left out, because it is not known here" in pages.text(shown)
    assert "Left out" not in pages.text(browse("ida").get("/views/open/"))


@pytest.mark.parametrize("field", FIELDS)
def test_every_filter_has_a_form_that_keeps_the_others(field: str, desk: Desk, browse: Browse) -> None:
    desk.mail("ana")
    shown = browse("ida").get(f"/views/open/filter/{field}/?text=card&kind=incident", headers={"HX-Request": "true"})
    body = shown.content.decode()
    assert shown.status_code == 200
    assert '<input type="hidden" name="text" value="card">' in body
    assert ('<input type="hidden" name="kind" value="incident">' in body) == (field != "kind")
    assert f'name="{field}' in body


def test_an_unknown_filter_and_another_s_view_are_not_there(desk: Desk, browse: Browse) -> None:
    browse("ida").post("/views/open/save/?severity=1", {"name": "Own"})
    key = SavedView.objects.get().key
    assert browse("ida").get("/views/open/filter/weather/").status_code == 404
    assert browse("ida").get(f"/views/{key}/").status_code == 200
    assert browse("jon").get(f"/views/{key}/").status_code == 302
    for act in ("rename", "move", "remove", "share", "change"):
        assert browse("mara").post(f"/views/{key}/{act}/", {"name": "Taken"}).status_code == 404
    assert SavedView.objects.get(removed_at=None).name == "Own"


def test_the_filters_are_saved_in_one_step_and_asked_again(desk: Desk, browse: Browse) -> None:
    one, _ = desk.mail("ana", "One"), desk.mail("cleo", "Two")
    ida = browse("ida")
    answer = ida.post("/views/open/save/?organisation=acme-health&sort=-reported", {"name": "Acme"})
    view = SavedView.objects.get()
    assert answer["Location"] == f"/views/{view.key}/"
    shown = ida.get(f"/views/{view.key}/")
    assert pages.references(shown) == [one.reference]
    assert "My views Acme 1" in pages.text(shown)
    assert "only you see this view" in pages.text(shown)


def test_a_saved_view_can_be_narrowed_further_widened_and_changed(desk: Desk, browse: Browse) -> None:
    desk.mail("ana", "One")
    desk.mail("cleo", "Two")
    ida = browse("ida")
    ida.post("/views/open/save/?organisation=acme-health", {"name": "Acme"})
    key = SavedView.objects.get().key
    assert len(pages.references(ida.get(f"/views/{key}/?own=1"))) == 2
    assert "Save changes" in pages.text(ida.get(f"/views/{key}/?own=1"))
    assert "Save changes" not in pages.text(ida.get(f"/views/{key}/"))
    ida.post(f"/views/{key}/change/", {"own": "1", "organisation": "carrow-trust"})
    assert "Two" in pages.text(ida.get(f"/views/{key}/"))
    ida.post(f"/views/{key}/rename/", {"name": "Carrow"})
    assert "My views Carrow 1" in pages.text(ida.get("/views/open/"))


def test_a_name_that_is_taken_keeps_what_was_typed(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    ida.post("/views/open/save/", {"name": "Acme"})
    refused = ida.post("/views/open/save/", {"name": "acme"})
    assert refused.status_code == 422
    assert "There is a view called 'acme' already." in pages.text(refused)
    assert 'value="acme"' in refused.content.decode()


def test_deleting_a_view_can_be_taken_back(desk: Desk, browse: Browse) -> None:
    ida = browse("ida")
    ida.post("/views/open/save/?severity=1", {"name": "Critical"})
    key = SavedView.objects.get().key
    shown = ida.post(f"/views/{key}/remove/", follow=True)
    assert "'Critical' is deleted." in pages.text(shown)
    ida.post("/removed-views" + pages.part(shown, 'action="/removed-views', '"'))
    assert "My views Critical" in pages.text(ida.get("/views/open/"))


def test_a_manager_shares_and_everybody_sees_it(desk: Desk, browse: Browse) -> None:
    browse("mara").post("/views/unassigned/save/?severity=none", {"name": "To grade", "shared": "yes"})
    shown = pages.text(browse("ida").get("/views/open/"))
    assert "Shared views To grade" in shown
    key = SavedView.objects.get().key
    assert "Rename" not in pages.text(browse("ida").get(f"/views/{key}/"))
    browse("ida").post("/views/open/save/", {"name": "Sly", "shared": "yes"})
    assert not SavedView.objects.filter(name="Sly").exists()


def test_columns_are_one_s_own_and_stay_in_their_order(desk: Desk, browse: Browse) -> None:
    desk.mail("ana")
    ida = browse("ida")
    ida.post("/views/open/columns/", {"column": ["subject", "severity", "reported", "tags", "nothing"], "do": "keep"})
    shown = ida.get("/views/open/")
    heads = pages.text_of_headings(shown)
    assert heads == ["Severity", "Ticket", "Reported", "Tags"]
    assert pages.text_of_headings(browse("jon").get("/views/open/")) == [
        "Severity", "Ticket", "Organisation", "State", "Assignee", "Next promise",
    ]  # fmt: skip
    moved = ida.post("/views/open/columns/", {"column": ["severity", "subject", "reported"], "do": "up:reported"})
    assert moved.content.decode().index('id="column-reported"') < moved.content.decode().index('id="column-subject"')
    ida.post("/views/open/columns/", {"do": "usual"})
    assert not Layout.objects.exists()


def test_every_column_can_be_shown_at_once(desk: Desk, browse: Browse, django_assert_num_queries: Any) -> None:
    for number in range(3):
        desk.mail("ana", f"Number {number}")
    ida = browse("ida")
    ida.post("/views/open/columns/", {"column": [column.key for column in columns.ALL], "do": "keep"})
    ida.get("/views/open/")
    with django_assert_num_queries(8):  # tags are one query more
        shown = ida.get("/views/open/")
    assert len(pages.text_of_headings(shown)) == len(columns.ALL)


def test_a_heading_sorts_and_then_the_other_way_round(desk: Desk, browse: Browse) -> None:
    first = desk.mail("ana", "First")
    desk.advance(minutes=5)
    second = desk.mail("ana", "Second")
    ida = browse("ida")
    shown = ida.get("/views/open/?sort=reported")
    assert pages.references(shown) == [second.reference, first.reference]
    assert 'aria-sort="descending"><a href="/views/open/?sort=-reported">Ticket' in shown.content.decode()
    assert pages.references(ida.get("/views/open/?sort=-reported")) == [first.reference, second.reference]


def test_saved_views_cost_two_queries_however_many_there_are(
    desk: Desk, browse: Browse, django_assert_num_queries: Any
) -> None:
    ida = browse("ida")
    desk.mail("ana")
    ida.post("/views/open/save/?severity=1", {"name": "View 0"})
    ida.get("/views/open/")
    with django_assert_num_queries(8):
        ida.get("/views/open/")
    for number in range(1, 6):
        ida.post(f"/views/open/save/?severity={number}", {"name": f"View {number}"})
    ida.get("/views/open/")
    with django_assert_num_queries(8):
        ida.get("/views/open/")
