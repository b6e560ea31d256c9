"""Telling those who follow a ticket, and waking those who snoozed it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from mainstay.escalation import words
from mainstay.escalation.actions import responsible_for, tell_people
from mainstay.orgs.models import Person
from mainstay.tickets import attention, events
from mainstay.tickets.models import Event, Ticket
from mainstay.tickets.rows.attention import Snooze, Waking


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Tell followers of what a client wrote, of a new severity and of a breach; wake whoever snoozed the ticket.

    Hears every append, in its transaction. Nobody is told of what they did themselves, nor twice: whoever is
    responsible for the ticket hears of answers and breaches in any case.
    """
    promise_fell_due = False
    for event in heard:
        if event.kind == events.CLIENT_REPLIED:
            _tell(ticket, "reply", "the client has written", _others(ticket), recorded_at)
            _wake(ticket, Waking.CLIENT, recorded_at)
        elif event.kind == events.SEVERITY_CHANGED:
            people = [one for one in attention.followers(ticket) if one.ref != event.actor]
            text = f"severity changed to {event.payload.get('severity')}"
            _tell(ticket, "severity", text, people, recorded_at)
        elif event.kind == events.STEP_FIRED and event.payload["kind"] in ("warning", "breach"):
            if event.payload["kind"] == "breach":
                text = words.what(event.payload)
                _tell(ticket, "breach", text, _others(ticket), recorded_at)
            promise_fell_due = True
    if promise_fell_due:
        _wake(ticket, Waking.PROMISE, recorded_at)


@transaction.atomic
def wake_due(at: datetime) -> int:
    """Wake the snoozes whose moment has come, each once. Returns how many."""
    woken = attention.wake(attention.due(at), why=Waking.TIME, at=at)
    _say_awake(woken, Waking.TIME, at)
    return len(woken)


def _others(ticket: Ticket) -> list[Person]:
    """Return who follows without being responsible."""
    following = list(attention.followers(ticket))
    told = {person.pk for person in responsible_for(ticket)} if following else set()
    return [person for person in following if person.pk not in told]


def _wake(ticket: Ticket, why: Waking, at: datetime) -> None:
    rows = attention.snoozed().filter(ticket=ticket).select_related("ticket", "person")
    _say_awake(attention.wake(rows, why=why, at=at), why, at)


def _say_awake(woken: Iterable[Snooze], why: Waking, at: datetime) -> None:
    for one in woken:
        _tell(one.ticket, "woken", f"back in your list, {why.label}", [one.person], at)


def _tell(ticket: Ticket, kind: str, text: str, people: Iterable[Person], at: datetime) -> None:
    told = list(people)
    if told:
        tell_people(told, ticket=ticket, kind=kind, text=f"{ticket.reference}: {text}", at=at)
