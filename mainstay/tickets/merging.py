"""Merging two tickets about the same thing: one goes on, with the earlier of both starts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from mainstay.lib.time import to_text
from mainstay.orgs.models import Person
from mainstay.tickets import complained, events
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Kind, Ticket


@transaction.atomic
def merge(*, ticket: Ticket, into: Ticket, by: Person, at: datetime) -> None:
    """Merge `ticket` into another of the same organisation: one goes on, with the earlier of both starts."""
    first, second = sorted((ticket.pk, into.pk))
    rows = {
        pk: locked(pk) for pk in (first, second)
    }  # always in the same order, so that two merges cannot deadlock
    loser, survivor = rows[ticket.pk], rows[into.pk]
    if loser.pk == survivor.pk:
        raise CannotDo("A ticket cannot be merged into itself.")
    if loser.merged_into_id or survivor.merged_into_id:
        raise CannotDo("One of the two was merged already; use the ticket it went into.")
    if loser.organisation_id != survivor.organisation_id or not (loser.verified and survivor.verified):
        raise CannotDo("Only verified tickets of the same organisation can be merged.")
    if Kind.COMPLAINT in (loser.kind, survivor.kind) and loser.kind != survivor.kind:
        raise CannotDo("A complaint is a case of its own, with a time of its own. Leave both; they are linked.")
    if refusal := complained.why_not(loser, by):
        raise CannotDo(refusal)
    loser.merged_into, loser.closed_at = survivor, at
    append(loser, [Happening(events.MERGED, at, {"into": survivor.reference})], actor=by.ref, recorded_at=at)
    survivor.reported_at = min(survivor.reported_at, loser.reported_at)
    append(survivor, [Happening(events.MERGED, at, _brought_along(loser))], actor=by.ref, recorded_at=at)


def _brought_along(loser: Ticket) -> dict[str, object]:
    """Return what a merged ticket gives the other one: its report and, if it had one, its answer."""
    data: dict[str, object] = {"reference": loser.reference, "reported_at": to_text(loser.reported_at)}
    given = dict(
        loser.events.filter(kind__in=(events.NUMBER_PROVIDED, events.SEVERITY_PROVIDED)).values_list(
            "kind", "at"
        )
    )
    if len(given) == 2:
        data |= {"responded_at": to_text(max(given.values())), "severity": loser.severity}
    return data
