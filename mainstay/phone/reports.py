"""What a telephone system reports becomes calls: ringing, answered, ended, missed, in whatever order they come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mainstay.lib import sql, telephone
from mainstay.lib.time import from_text
from mainstay.orgs import access
from mainstay.orgs.models import Person
from mainstay.phone import call_backs, ringing
from mainstay.phone.actions import calls_running_of
from mainstay.phone.models import Call, Report, State

RINGING, ANSWERED, ENDED, MISSED = "call.ringing", "call.answered", "call.ended", "call.missed"
KINDS = (RINGING, ANSWERED, ENDED, MISSED)
JUST_NOW = timedelta(minutes=2)  # a call that somebody answered by key so long ago is the one that is reported


class Unreadable(ValueError):
    """The report says nothing that can be taken; the message says what is wrong with it."""


@transaction.atomic
def take(*, webhook_id: str, body: Any, at: datetime) -> Report:
    """Take one report, received `at`. One that was taken before is returned as it is, and changes nothing.

    What cannot be read is kept with what is wrong with it, so that a person sees it. Raises Unreadable only for a body
    that is no object at all.
    """
    if not isinstance(body, Mapping):
        raise Unreadable("The body is no JSON object.")
    known = Report.objects.filter(webhook_id=webhook_id).first()
    if known is not None:
        return known
    kind = str(body.get("type", ""))[:40]
    report, made = Report.objects.get_or_create(
        webhook_id=webhook_id, defaults={"kind": kind, "at": _moment(body, at), "received_at": at}
    )
    if not made:
        return report  # another process took it this very moment
    data = body.get("data")
    said = data if isinstance(data, Mapping) else {}
    name = str(said.get("call", ""))[:200].replace("\x00", "")
    if kind not in KINDS or not name:
        report.note = "A kind of report that we do not know." if kind not in KINDS else "It names no call."
    else:
        report.call = _told(kind, name, said, report.at, at)
    report.save(update_fields=["call", "note"])
    return report


def _moment(body: Mapping[str, Any], at: datetime) -> datetime:
    """Return when it happened, as the system says; never later than now, for nothing is reported before it happens."""
    try:
        return min(from_text(str(body.get("timestamp", ""))), at)
    except (ValueError, OverflowError):
        return at


def _told(kind: str, name: str, said: Mapping[str, Any], happened_at: datetime, at: datetime) -> Call:
    """Write into the call what was reported of it."""
    call = _call(name, said, happened_at, at)
    call.number = call.number or telephone.found_in(str(said.get("from", ""))[:60])
    call.began_at = min(call.began_at, happened_at)
    agent = _agent(said)
    if kind == ANSWERED:
        call.answered_by = call.answered_by or agent
        call.started_at = call.started_at or happened_at
        if call.state in (State.RINGING, State.MISSED):
            call.state = State.ENDED if call.ended_at else State.RUNNING
    elif kind == ENDED:
        call.ended_at = max(call.ended_at or happened_at, call.began_at)
        if call.state == State.RUNNING or (call.state == State.RINGING and call.started_at):
            call.state = State.ENDED
    missed = kind == MISSED or (kind == ENDED and call.started_at is None)
    if missed and call.started_at is None and call.state != State.MISSED:
        call.state, call.ended_at = State.MISSED, max(happened_at, call.began_at)
    call.save()
    ringing.changed()
    if call.state == State.MISSED and not call.call_backs.exists():
        call_backs.want(call=call, at=at)
    return call


def _call(name: str, said: Mapping[str, Any], happened_at: datetime, at: datetime) -> Call:
    """Return the call by the system's name for it, locked: known, just answered by key, or new."""
    found = sql.lock_rows(Call.objects.filter(external_id=name)).first()
    if found is not None:
        return found
    agent = _agent(said)
    if agent is not None:
        by_key = calls_running_of(agent).filter(external_id="", began_at__gte=happened_at - JUST_NOW)
        answered = sql.lock_rows(by_key).first()
        if answered is not None:
            answered.external_id = name
            return answered
    made, _ = Call.objects.get_or_create(
        external_id=name, defaults={"state": State.RINGING, "began_at": happened_at, "recorded_at": at}
    )
    return made


def _agent(said: Mapping[str, Any]) -> Person | None:
    """Return who answered, by their address at the desk; nobody where it is not one of staff."""
    address = str(said.get("agent", ""))[:254].replace("\x00", "")
    person = access.person_with_address(address) if address else None
    return person if person is not None and access.works_the_desk(person) else None
