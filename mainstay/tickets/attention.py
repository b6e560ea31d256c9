"""Following a ticket and snoozing it: each person's own, never in the log, and no clock ever knows of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mainstay.lib import sql
from mainstay.orgs import access
from mainstay.orgs.models import Person
from mainstay.tickets import events
from mainstay.tickets.actions import CannotDo
from mainstay.tickets.models import Event, State, Ticket
from mainstay.tickets.rows.attention import Follow, Snooze, Waking


@transaction.atomic
def follow(*, ticket: Ticket, person: Person, at: datetime) -> None:
    """Tell `person` from now on what happens to the ticket. Says nothing where they follow it already."""
    if not access.works_the_desk(person):
        raise CannotDo("%(person)s is no active member of staff.", person=person.name)
    found, made = Follow.objects.get_or_create(ticket=ticket, person=person, defaults={"at": at})
    if not made and found.assigned:
        Follow.objects.filter(pk=found.pk).update(assigned=False)


@transaction.atomic
def unfollow(*, ticket: Ticket, person: Person) -> None:
    """Tell `person` no more, whether they chose to follow or were assigned."""
    Follow.objects.filter(ticket=ticket, person=person).delete()


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Let whoever is assigned follow, and no longer whoever was. Hears every append, in its transaction."""
    if not any(event.kind == events.ASSIGNED for event in heard):
        return
    if ticket.assignee_id is None and heard[0].number == 1:
        return  # a new ticket of nobody's: there is no follower yet to take off
    Follow.objects.filter(ticket=ticket, assigned=True).exclude(person=ticket.assignee_id).delete()
    if ticket.assignee_id is not None:
        Follow.objects.get_or_create(
            ticket=ticket, person_id=ticket.assignee_id, defaults={"at": recorded_at, "assigned": True}
        )


def followers(ticket: Ticket) -> QuerySet[Person]:
    """Return the active staff who follow `ticket`."""
    return Person.objects.filter(follows__ticket=ticket, is_active=True).exclude(staff_role="").order_by("pk")


@transaction.atomic
def snooze(*, ticket: Ticket, person: Person, until: datetime | None, at: datetime) -> Snooze:
    """Hide the ticket from `person`'s own open list `until` then, or until the client writes. No clock changes."""
    if ticket.state == State.CLOSED:
        raise CannotDo("The ticket is closed; it is in no open list.")
    if until is not None and until <= at:
        raise CannotDo("That moment is past. Choose a later one.")
    wake(snoozed().filter(ticket=ticket, person=person), why=Waking.HAND, at=at)
    try:
        with transaction.atomic():
            return Snooze.objects.create(ticket=ticket, person=person, until=until, at=at)
    except IntegrityError:
        raise CannotDo("You have snoozed it at this very moment elsewhere. Look again.") from None


@transaction.atomic
def unsnooze(*, ticket: Ticket, person: Person, at: datetime) -> None:
    """Show the ticket in `person`'s open list again."""
    wake(snoozed().filter(ticket=ticket, person=person), why=Waking.HAND, at=at)


def snoozed() -> QuerySet[Snooze]:
    """Return the snoozes that have not ended."""
    return Snooze.objects.filter(ended_at=None)


def hidden_from(person: Person) -> Q:
    """Return the condition that `person` has snoozed a ticket.

    Asked of each row as it comes by, so that a planner may go on walking the tickets in the order of a list.
    """
    return Q(Exists(snoozed().filter(person=person, ticket=OuterRef("pk"))))


def snoozed_by(person: Person) -> Q:
    """Return the same condition for a list of nothing else: the few that `person` snoozed lead to the tickets."""
    return Q(pk__in=snoozed().filter(person=person).values("ticket"))


def due(at: datetime, *, limit: int = 500) -> QuerySet[Snooze]:
    """Return the snoozes whose moment has come, the oldest first: read from an index, never by a walk."""
    found = snoozed().filter(until__lte=at).select_related("ticket", "person").order_by("until", "pk")
    return sql.lock_rows(found, skip_locked=True)[:limit]


def wake(rows: Iterable[Snooze], *, why: str, at: datetime) -> list[Snooze]:
    """End these snoozes; return those that this call ended, so that each is told of once."""
    return [
        row
        for row in rows
        if Snooze.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at, ended_by=why)
    ]
