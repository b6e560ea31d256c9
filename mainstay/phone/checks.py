"""What `mainstay verify` asks of the telephone: call-backs were reminded of, and the log's calls are on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet

from mainstay.escalation.models import Notice
from mainstay.phone.call_backs import DUE
from mainstay.phone.models import Act, CallBack, State
from mainstay.phone.models import Call as CallRow
from mainstay.tickets.models import Event

Row = TypeVar("Row", bound=Model)
SLICE = 500  # rows in memory at once
LATE = timedelta(minutes=5)  # a reminder unsaid for longer than this is a worker that does not work
EVIDENCE_KINDS = ("call_recorded", "number_provided", "severity_provided", "severity_changed", "client_replied")


def faults(*, at: datetime) -> Iterator[str]:
    """Say in words what is wrong with calls and call-backs."""
    yield from _reminders(at)
    yield from _missed()
    yield from _evidence()


def _reminders(at: datetime) -> Iterator[str]:
    late = CallBack.objects.filter(next_at__lt=at - LATE).select_related("call__person")
    for row in late.order_by("next_at"):
        yield f"call-back {row.pk} to {row.call.who}: nobody was reminded of it at {row.next_at:%Y-%m-%d %H:%M:%S}Z"
    said = set(Notice.objects.filter(kind=DUE).values_list("about", flat=True))
    for row in CallBack.objects.filter(done_at=None, next_at=None).select_related("call__person"):
        if row.about not in said:
            yield f"call-back {row.pk} to {row.call.who}: it fell due and nobody was told"


def _missed() -> Iterator[str]:
    for row in CallRow.objects.filter(state=State.MISSED, call_backs=None).order_by("pk"):
        yield f"call {row.pk} was missed and nobody is asked to ring back"


def _evidence() -> Iterator[str]:
    """Every event that names a call as its evidence must name an act of that call, at that ticket; and the other way.

    Both are read in slices, so that a desk with years of calls needs no more memory than one of a week.
    """
    told = Event.objects.filter(kind__in=EVIDENCE_KINDS, payload__has_key="act").select_related("ticket")
    for events in _sliced(told):
        acts = Act.objects.in_bulk({event.payload["act"] for event in events})
        for event in events:
            act = acts.get(event.payload["act"])
            if act is None or (act.call_id, act.ticket_id) != (event.payload["call"], event.ticket_id):
                yield f"{event.ticket.reference}: event {event.number} tells of a call that is not on record"
    for done in _sliced(Act.objects.exclude(ticket=None)):
        heard = _heard(done)
        for act in done:
            if act.pk not in heard:
                when = f"{act.at:%Y-%m-%d %H:%M:%S}Z"
                yield f"call {act.call_id}: what was done at {when} is not in the log of its ticket"


def _heard(acts: list[Act]) -> set[int]:
    """Return the acts of which the logs of their tickets tell. Asked by ticket: that is how the log is found."""
    about = Event.objects.filter(ticket__in={act.ticket_id for act in acts}, kind__in=EVIDENCE_KINDS)
    told = about.filter(payload__has_key="act").values_list("payload", flat=True)
    return {payload["act"] for payload in told.iterator()}


def _sliced(rows: QuerySet[Row]) -> Iterator[list[Row]]:
    """Yield `rows` by their keys, SLICE at a time."""
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:SLICE]):
        yield found
        last = found[-1].pk
