"""The worker looks for call-backs every second: it reads the index and no table."""

from __future__ import annotations

from typing import Any

from mainstay.lib import sql
from mainstay.phone import call_backs
from mainstay.phone.models import CallBack
from tests.desk import Desk


def test_looking_for_due_call_backs_costs_one_query(desk: Desk, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert call_backs.notice_due(desk.now) == 0


def test_what_is_due_is_found_by_the_partial_index(desk: Desk) -> None:
    due = CallBack.objects.filter(next_at__lte=desk.now).order_by("next_at", "id").values_list("pk", flat=True)
    assert "call_back_next" in sql.plan(due)
