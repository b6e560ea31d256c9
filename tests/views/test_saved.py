"""Saved views: one's own are one's own; shared ones are a manager's to change; removing can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mainstay.clocks.filters import Asked
from mainstay.clocks.listing import Wanted
from mainstay.orgs.access import NotAllowed
from mainstay.views import actions, queries
from mainstay.views.actions import CannotKeep, ViewNotFound
from mainstay.views.models import SavedView
from tests.desk import Desk

CRITICAL = Wanted(filters=(Asked("severity", ("1", "none")), Asked("team", ("support",), True)), text="card")
LONDON = ZoneInfo("Europe/London")


def save(desk: Desk, who: str, name: str = "Critical", *, shared: bool = False, wanted: Wanted = CRITICAL) -> SavedView:
    return actions.save(name=name, wanted=wanted, by=desk.person[who], at=desk.now, shared=shared)


def names(desk: Desk, who: str) -> list[str]:
    return [view.name for view in queries.views_of(desk.person[who])]


def test_a_view_asks_again_what_was_asked(desk: Desk) -> None:
    view = save(desk, "ida")
    asked = queries.wanted_of(SavedView.objects.get(pk=view.pk), zone=LONDON)
    assert (asked.filters, asked.text, asked.sort, asked.view) == (CRITICAL.filters, "card", "due", "open")
    assert (view.made_by, view.made_at, view.changed_by) == (desk.person["ida"], desk.now, desk.person["ida"])


def test_a_personal_view_is_there_for_its_owner_alone(desk: Desk) -> None:
    view = save(desk, "ida")
    assert (names(desk, "ida"), names(desk, "jon"), names(desk, "mara")) == (["Critical"], [], [])
    for who in ("jon", "mara"):
        with pytest.raises(ViewNotFound):
            actions.rename(view_id=view.pk, name="Mine", by=desk.person[who], at=desk.now)
        with pytest.raises(ViewNotFound):
            actions.remove(view_id=view.pk, by=desk.person[who], at=desk.now)


def test_a_shared_view_is_made_by_a_manager_and_seen_by_all(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="Manager"):
        save(desk, "ida", shared=True)
    view = save(desk, "mara", shared=True)
    assert names(desk, "ida") == ["Critical"]
    with pytest.raises(CannotKeep, match="maker or a manager"):
        actions.rename(view_id=view.pk, name="Mine", by=desk.person["ida"], at=desk.now)
    changed = actions.change(view_id=view.pk, wanted=Wanted(sort="severity"), by=desk.person["mara"], at=desk.now)
    assert (changed.filters, changed.sort) == ([], "severity")


def test_sharing_is_a_manager_s_and_taking_it_back_its_maker_s(desk: Desk) -> None:
    view = save(desk, "mara")
    actions.share(view_id=view.pk, shared=True, by=desk.person["mara"], at=desk.now)
    assert names(desk, "ida") == ["Critical"]
    actions.share(view_id=view.pk, shared=False, by=desk.person["mara"], at=desk.now)
    assert names(desk, "ida") == []
    own = save(desk, "ida", "Own")
    with pytest.raises(NotAllowed):
        actions.share(view_id=own.pk, shared=True, by=desk.person["ida"], at=desk.now)


def test_a_name_stands_once_among_those_it_stands_with(desk: Desk) -> None:
    save(desk, "ida")
    save(desk, "jon")  # another's own is not in the way
    for name in ("Critical", " CRITICAL ", ""):
        with pytest.raises(CannotKeep):
            save(desk, "ida", name)


def test_views_can_be_moved_and_keep_their_order(desk: Desk) -> None:
    views = [save(desk, "ida", name) for name in ("A", "B", "C")]
    actions.move(view_id=views[2].pk, up=True, by=desk.person["ida"], at=desk.now)
    assert names(desk, "ida") == ["A", "C", "B"]
    actions.move(view_id=views[0].pk, up=True, by=desk.person["ida"], at=desk.now)
    actions.move(view_id=views[1].pk, up=False, by=desk.person["ida"], at=desk.now)
    assert names(desk, "ida") == ["A", "C", "B"]
    actions.move(view_id=views[0].pk, up=False, by=desk.person["ida"], at=desk.now)
    assert names(desk, "ida") == ["C", "A", "B"]


def test_a_removed_view_comes_back_where_it_stood_within_a_day(desk: Desk) -> None:
    views = [save(desk, "ida", name) for name in ("A", "B")]
    actions.remove(view_id=views[0].pk, by=desk.person["ida"], at=desk.now)
    assert names(desk, "ida") == ["B"]
    with pytest.raises(ViewNotFound):
        actions.restore(view_id=views[0].pk, by=desk.person["jon"], at=desk.now)
    with pytest.raises(ViewNotFound):
        actions.restore(view_id=views[0].pk, by=desk.person["ida"], at=desk.now + timedelta(days=2))
    actions.restore(view_id=views[0].pk, by=desk.person["ida"], at=desk.now)
    assert names(desk, "ida") == ["A", "B"]


def test_counts_of_all_views_are_one_query(desk: Desk, django_assert_num_queries: Any) -> None:
    desk.at("Mon 09:00")
    for subject in ("One card", "Two cards"):
        desk.mail("ana", subject)
    views = [
        save(desk, "ida", "Nothing", wanted=Wanted(filters=(Asked("assignee", ("me",)),))),
        save(desk, "ida", "Cards", wanted=Wanted(text="card")),
        save(desk, "ida", "None at all", wanted=Wanted(filters=(Asked("breached", ("yes", "no"), True),))),
    ]
    with django_assert_num_queries(2):  # one looks up clients named by the words
        found = queries.counts(views, desk.person["ida"], zone=LONDON, at=desk.now)
    assert list(found.values()) == [0, 2, 0]
    assert queries.counts([], desk.person["ida"], zone=LONDON, at=desk.now) == {}


def test_a_field_that_is_gone_does_not_break_a_view(desk: Desk) -> None:
    view = save(desk, "ida")
    view.filters = [["weather", ["rain"], False], ["severity", ["1"], False], ["due", ["whenever"], False]]
    assert queries.wanted_of(view, zone=LONDON).filters == (Asked("severity", ("1",)),)
