"""Call-backs: promised in a call, or wanted by a missed one; reminded of in time, and open until somebody is done.

The worker reads what is due by `next_at`, which is indexed; it never walks the open ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from mainstay.escalation import actions as escalation
from mainstay.escalation.models import Notice
from mainstay.lib import sql, telephone
from mainstay.orgs import access
from mainstay.orgs.models import Person
from mainstay.phone import hours
from mainstay.phone.actions import CannotDo, locked, write_act
from mainstay.phone.models import Call, CallBack, Did
from mainstay.tickets.models import Ticket

BEFORE = timedelta(minutes=10)  # a promised call-back is reminded of so long before it is due
MISSED_WITHIN = timedelta(minutes=30)  # of telephone hours, in which a missed call wants to be rung back
BATCH = 50
REMINDER, DUE = "call_back", "call_back_due"


@transaction.atomic
def promise(
    *,
    call: Call,
    due_at: datetime,
    by: Person,
    at: datetime,
    keeper: Person | None = None,
    number: str = "",
    text: str = "",
    ticket: Ticket | None = None,
) -> CallBack:
    """Promise to ring back by `due_at`. `keeper` is who rings, `by` without one. Raises CannotDo, BadNumber."""
    call = locked(call)
    if due_at <= at:
        raise CannotDo("That moment is over. Choose one that is to come.")
    if keeper is not None and not access.works_the_desk(keeper):
        raise CannotDo(f"{keeper.name} is no active member of staff.")
    told = telephone.e164(number) or call.number
    if not told and call.person is not None:
        told = call.person.phone
    if not told:
        raise CannotDo("Write the number to ring: none is known.")
    row = CallBack.objects.create(
        call=call, ticket=ticket, number=told, text=text.strip()[:500], keeper=keeper or by, due_at=due_at,
        next_at=max(due_at - BEFORE, at), made_at=at, made_by=by,
    )  # fmt: skip
    write_act(call, Did.CALL_BACK, ticket, by=by, at=at)
    return row


def want(*, call: Call, at: datetime) -> CallBack:
    """Have somebody ring back after a missed call; the first line hears of it at once, and again when it is due."""
    due_at = hours.of_desk(at=at).add(at, MISSED_WITHIN)
    row = CallBack.objects.create(
        call=call, missed=True, number=call.number, due_at=due_at, next_at=due_at, made_at=at
    )
    _tell(row, REMINDER, f"Missed call from {call.who}", at)
    return row


@transaction.atomic
def done(*, call_back: CallBack, by: Person, at: datetime) -> CallBack:
    """Say that it has been rung, or needs no ringing. Safe to repeat: the first word counts."""
    row = _locked(call_back.pk)
    if row.done_at is None:
        row.done_at, row.done_by, row.next_at = at, by, None
        row.save(update_fields=["done_at", "done_by", "next_at"])
    return row


@transaction.atomic
def undo(*, call_back: CallBack, at: datetime) -> CallBack:
    """Open it again. Somebody is reminded when it falls due; at once where that has passed unsaid."""
    row = _locked(call_back.pk)
    if row.done_at is not None:
        row.done_at, row.done_by, row.next_at = None, None, None if _said_due(row) else row.due_at
        row.save(update_fields=["done_at", "done_by", "next_at"])
    return row


@sql.looking_for(sql.Look(CallBack, "next_at"))
def notice_due(at: datetime) -> int:
    """Remind of what is due by `at`, each in a transaction of its own. Returns how many."""
    if not sql.is_due(CallBack, "next_at", at):
        return 0
    due = CallBack.objects.filter(next_at__lte=at).order_by("next_at", "id")
    return sum(_remind(pk, at) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _remind(call_back_id: int, at: datetime) -> bool:
    row = _locked(call_back_id)
    if row.next_at is None or row.next_at > at:
        return False  # another worker was here
    who = row.call.who
    if at < row.due_at:
        row.next_at = row.due_at
        _tell(row, REMINDER, f"Ring {who} back soon{_why(row)}", at)
    else:
        row.next_at = None
        _tell(row, DUE, f"Ring {who} back now{_why(row)}", at)
    row.save(update_fields=["next_at"])
    return True


def _why(row: CallBack) -> str:
    return f": {row.text}" if row.text else ""


def _tell(row: CallBack, kind: str, text: str, at: datetime) -> None:
    escalation.remind(
        people=_whom(row), kind=kind, text=text, about=row.about, due_at=row.due_at, at=at, ticket=row.ticket
    )


def _whom(row: CallBack) -> Sequence[Person]:
    """Return who is to ring; where that is nobody, or somebody who has left, the first line."""
    if row.keeper is not None and access.works_the_desk(row.keeper):
        return [row.keeper]
    return escalation.first_line()


def _said_due(row: CallBack) -> bool:
    return Notice.objects.filter(about=row.about, kind=DUE).exists()


def _locked(call_back_id: int) -> CallBack:
    found = CallBack.objects.select_related("call__person", "keeper", "ticket")
    return sql.lock_rows(found).get(pk=call_back_id)
