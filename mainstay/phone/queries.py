"""Reads of calls: the list, those of a person or a client, and the call-backs that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from mainstay.orgs.models import Person
from mainstay.phone.models import Act, Call, CallBack, Report, State
from mainstay.tickets.access import ticket_id_in

PAGE = 50
RECENT = timedelta(days=7)
MOST_WORDS = 8
VIEWS = ("recent", "mine", "missed", "running")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls somebody asks for; empty fields do not narrow. `before` is (moment, key) of the line above."""

    view: str = "recent"
    person: int | None = None  # who rang
    organisation: str = ""  # key
    text: str = ""  # each word in a name, a client's name or the number, or a ticket's reference
    before: tuple[datetime, int] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some calls, the newest first, and whether there are older ones."""

    calls: Sequence[Call]
    more: bool


def page(by: Person, wanted: Wanted, *, size: int = PAGE) -> Page:
    """Return one page of calls. One query."""
    found = _all().filter(_in_view(wanted.view, by))
    if wanted.person is not None:
        found = found.filter(person=wanted.person)
    if wanted.organisation:
        found = found.filter(organisation__key=wanted.organisation)
    for word in wanted.text.split()[:MOST_WORDS]:
        found = found.filter(_saying(word))
    if wanted.before is not None:
        moment, key = wanted.before
        found = found.filter(Q(began_at__lt=moment) | Q(began_at=moment, pk__lt=key), began_at__lte=moment)
    rows = list(found.order_by("-began_at", "-id")[: size + 1])
    return Page(rows[:size], len(rows) > size)


def _in_view(view: str, by: Person) -> Q:
    views = {
        "mine": Q(answered_by=by),
        "missed": Q(state=State.MISSED),
        "running": Q(state__in=(State.RUNNING, State.RINGING)),
    }
    return views.get(view, Q())


def _saying(word: str) -> Q:
    """Return the calls that `word` is said of. A number is found in any way of writing it, without its trunk zero."""
    said = Q(person__name__icontains=word) | Q(caller_name__icontains=word) | Q(organisation__name__icontains=word)
    figures = "".join(char for char in word if char.isdecimal()).lstrip("0")
    if figures and not any(char.isalpha() for char in word):
        said |= Q(number__contains=figures)
    ticket_id = ticket_id_in(word.upper())
    if ticket_id is not None:
        said |= Q(ticket=ticket_id) | Q(pk__in=Act.objects.filter(ticket=ticket_id).values("call"))
    return said


def _all() -> QuerySet[Call]:
    return Call.objects.select_related("person", "organisation", "answered_by", "ticket")


def call(call_id: int) -> Call | None:
    """Return one call with everybody in it."""
    return _all().filter(pk=call_id).first()


def acts_of(found: Call) -> list[Act]:
    """Return what was done in a call, oldest first. One query."""
    return list(found.acts.select_related("ticket", "by").order_by("at", "id"))


def unread_reports(*, at: datetime) -> list[Report]:
    """Return what the telephone system reported of late that could not be made sense of, the newest first."""
    found = Report.objects.exclude(note="").filter(received_at__gt=at - RECENT)
    return list(found.order_by("-received_at", "-id")[:5])


def open_call_backs(*, keeper: Person | None = None) -> QuerySet[CallBack]:
    """Return the call-backs that nobody is done with, those due first on top; those of `keeper`, if given."""
    found = CallBack.objects.filter(done_at=None).select_related("call__person", "keeper", "ticket", "made_by")
    if keeper is not None:
        found = found.filter(keeper=keeper)
    return found.order_by("due_at", "id")


def call_back(call_back_id: int) -> CallBack | None:
    """Return one call-back, done or not."""
    found = CallBack.objects.select_related("call__person", "call__organisation", "keeper", "ticket")
    return found.filter(pk=call_back_id).first()


def done_call_backs() -> QuerySet[CallBack]:
    """Return the call-backs that are done, the newest first."""
    found = CallBack.objects.exclude(done_at=None).select_related("call__person", "keeper", "ticket", "done_by")
    return found.order_by("-done_at", "-id")
