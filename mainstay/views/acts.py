"""What can be done to many tickets at once, as far as no letter is written: who has them, their tags, a note."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mainstay.orgs.models import Person, Team
from mainstay.tickets import actions as tickets
from mainstay.tickets import tags, undoing
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import State, Ticket
from mainstay.views.batches import NOTHING, Act, Done, Values

KEEP, NOBODY = "", "none"


def _assign(ticket: Ticket, by: Person, said: Values, at: datetime) -> Done:
    ticket = tickets.locked(ticket)
    if ticket.state == State.CLOSED:
        raise CannotDo("The ticket is closed. Reopen it before assigning it.")
    before = {"assignee": ticket.assignee_id, "team": ticket.team_id}
    after = dict(before)
    if said["assignee"] != KEEP:
        after["assignee"] = None if said["assignee"] == NOBODY else int(said["assignee"])
    if said["team"] != KEEP:
        after["team"] = None if said["team"] == NOBODY else Team.objects.get(key=said["team"]).pk
    if after == before:
        return NOTHING
    _give(ticket, by, after, at)
    return Done(before, after)


def _give(ticket: Ticket, by: Person, to: Mapping[str, Any], at: datetime) -> None:
    assignee = Person.objects.filter(pk=to["assignee"]).first() if to["assignee"] else None
    team = Team.objects.filter(pk=to["team"]).first() if to["team"] else None
    tickets.assign(ticket=ticket, by=by, assignee=assignee, team=team, at=at)


def _give_back(ticket: Ticket, by: Person, done: Done, at: datetime) -> None:
    ticket = tickets.locked(ticket)
    if {"assignee": ticket.assignee_id, "team": ticket.team_id} != done.after:
        raise CannotDo("It was assigned anew meanwhile, so it stays as it is.")
    _give(ticket, by, done.before, at)


def _tag(ticket: Ticket, by: Person, said: Values, at: datetime) -> Done:
    ticket = tickets.locked(ticket)
    name, has = tags.normal(said["tag"]), tags.names_of(ticket)
    if name in has:
        return NOTHING
    tags.tag(ticket=ticket, name=name, by=by, at=at)
    return Done({"tag": ""}, {"tag": name})


def _untag(ticket: Ticket, by: Person, done: Done, at: datetime) -> None:
    ticket = tickets.locked(ticket)
    if done.after["tag"] not in tags.names_of(ticket):
        raise CannotDo("The tag was taken off meanwhile.")
    tags.untag(ticket=ticket, name=done.after["tag"], by=by, at=at)


def _note(ticket: Ticket, by: Person, said: Values, at: datetime) -> Done:
    note = tickets.add_note(ticket=ticket, by=by, text=said["text"], at=at)
    return Done({"note": None}, {"note": note.pk})


def _withdraw(ticket: Ticket, by: Person, done: Done, at: datetime) -> None:
    undoing.withdraw_note(ticket=ticket, note=done.after["note"], by=by, at=at)


ASSIGN = Act(_assign, _give_back)
TAG = Act(_tag, _untag)
NOTE = Act(_note, _withdraw)
