"""Another release for one request, chosen by a person: what it would do, then done, and its requester told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from mainstay.clocks import queries as clocks
from mainstay.contracts import queries as contracts
from mainstay.mail import phrases
from mainstay.orgs.models import Person
from mainstay.releases import placing, rounds
from mainstay.releases.foresight import Wait
from mainstay.releases.knowing import Known, known_to
from mainstay.releases.models import Place, Release, Round
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class Choice:
    """What a choice would do: to what the request waits for, to the day that is promised, and to its requester.

    `knows`: the requester was last told just that.
    """

    before: Wait
    after: Wait
    due: date | None
    due_then: date | None
    knows: bool

    @property
    def changes(self) -> bool:
        """Whether the request would wait for another release than it does."""
        return self.before != self.after


@transaction.atomic
def choose(
    *, ticket: Ticket, release: Release | None, by: Person, at: datetime, reason: str = "", tells: bool = True
) -> Place:
    """Have `ticket` wait for `release`, or for whichever is next (None). Raises CannotDo where it cannot.

    Its requester is told where it waits for another one then; `reason` goes into the letter.
    """
    ticket = locked(ticket)
    was = placing.current(ticket)
    before = _known(was)
    place = placing.choose(ticket=ticket, release=release, by=by, at=at)
    about = place.release or (was.release if was else None)
    if before != _known(place) and about is not None:
        if tells and not reason.strip():
            raise CannotDo("Say why it waits for another release; its requester is told.")
        told = rounds.begin(
            release=about, change=Round.Change.CHOSEN, by=by, at=at, hearers={ticket.pk: None}, after=_known(place).day,
            reason=reason, tells=tells,
        )  # fmt: skip
        told.hearings.update(was=before.release, was_on=before.day)
    return place


def foresee(*, ticket: Ticket, release: Release | None, by: Person, at: datetime) -> Choice:
    """Return what choosing would do. It is done and taken back: nothing is kept, and nobody is told."""
    was = placing.current(ticket)
    due = _due(ticket, at)
    with transaction.atomic():
        place = placing.choose(ticket=ticket, release=release, by=by, at=at)
        then = _due(locked(ticket), at)
        transaction.set_rollback(True)
    knows = known_to([ticket]).get(ticket.pk) == _known(place)
    return Choice(_wait(was), _wait(place), due, then, knows)


def _due(ticket: Ticket, at: datetime) -> date | None:
    """Return the day on which the next release is promised, in the zone of the contract's hours."""
    zone = phrases.zone_of(contracts.load(ticket.terms))
    promised = [
        clock.due
        for clock in clocks.reading(ticket, at=at).clocks
        if clock.rule.target is not None and clock.rule.target.next_release and clock.due is not None
    ]
    return min(promised).astimezone(zone).date() if promised else None


def _known(place: Place | None) -> Known:
    return Known(place.release_id, place.release.planned_on) if place and place.release else Known()


def _wait(place: Place | None) -> Wait:
    return Wait(str(place.release), place.release.planned_on) if place and place.release else Wait()
