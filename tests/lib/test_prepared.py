"""Questions whose SQL is built once: they answer for each value as if they had been built for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from mainstay.clocks import listing
from mainstay.lib.prepared import NotPreparable, Prepared
from mainstay.orgs.models import Person
from mainstay.tickets.models import Ticket
from tests.desk import Desk

pytestmark = pytest.mark.django_db


def since(moment: datetime, most: int) -> QuerySet[Ticket, Any]:
    found = Ticket.objects.filter(reported_at__gte=moment, pk__lte=most)
    return found.order_by("pk").values_list("pk", "reported_at", "missing")


def test_each_value_is_answered_as_if_it_were_built_for_it(desk: Desk, django_assert_num_queries: Any) -> None:
    for subject in ("One", "Two", "Three"):
        desk.advance(minutes=5)
        desk.mail("ana", subject)
    prepared, newest = Prepared(since, datetime, int), Ticket.objects.latest("pk").pk
    for moment in (desk.now - timedelta(minutes=7), desk.now, desk.now + timedelta(minutes=1)):
        for most in (newest, newest - 1):
            with django_assert_num_queries(1):
                found = prepared.rows(moment, most)
            assert found == list(since(moment, most))


def test_a_value_that_is_worked_with_is_refused(desk: Desk) -> None:
    def an_hour_before(moment: datetime) -> QuerySet[Ticket, Any]:
        return Ticket.objects.filter(reported_at__gte=moment - timedelta(hours=1)).values_list("pk")

    with pytest.raises(NotPreparable):
        Prepared(an_hour_before, datetime).rows(desk.now)


def test_a_value_that_decides_what_is_asked_is_refused(desk: Desk) -> None:
    def odd_or_all(key: int) -> QuerySet[Ticket, Any]:
        found = Ticket.objects.filter(pk=key) if key > 30_000 else Ticket.objects.all()
        return found.values_list("pk")

    with pytest.raises(NotPreparable):
        Prepared(odd_or_all, int).rows(1)


def test_everybody_of_the_staff_sees_and_counts_in_every_view_what_is_theirs(desk: Desk) -> None:
    """Each view as it is prepared, beside the same view asked afresh."""
    first, second = desk.mail("ana", "One"), desk.mail("cleo", "Two")
    desk.confirm("ida", first, 2)
    ida, mara, jon = (desk.person[name] for name in ("ida", "mara", "jon"))
    Ticket.objects.filter(pk=second.pk).update(assignee=mara)
    for person in (ida, mara, jon):
        counted = listing.counts(person, at=desk.now)
        for view in listing.VIEWS:
            assert _shown(person, view, desk) == _matching(person, view, desk), view
            assert counted.get(view) in (None, len(_matching(person, view, desk))), view


def _shown(person: Person, view: str, desk: Desk) -> set[int]:
    wanted = listing.checked(listing.Wanted(view=view))
    return {line.ticket.pk for line in listing.page(person, wanted, at=desk.now).lines}


def _matching(person: Person, view: str, desk: Desk) -> set[int]:
    found = listing.matching(person, listing.Wanted(view=view), at=desk.now)
    return set(found.values_list("pk", flat=True))
