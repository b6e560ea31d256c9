"""Rounds: every request that a change of a release concerns hears of it once, its clock and its requester alike.

A job does a slice at a time (`mail.telling`). What a request hears depends on where it stands when its turn comes,
so that a change made meanwhile is not undone by one made before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from mainstay.jobs import actions as jobs
from mainstay.mail import telling
from mainstay.mail.telling import Outcome, Said
from mainstay.orgs.models import Person
from mainstay.releases import knowing, letters, placing
from mainstay.releases.knowing import Known
from mainstay.releases.models import Hearing, Kind, Place, Release, Round
from mainstay.tickets import events
from mainstay.tickets.actions import locked
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Cause, Ticket

JOB = "release round"
NOTHING = Said(Outcome.SILENT)
KNOWN = Said(Outcome.SILENT, "They were told so before, and of nothing else since.")


def begin(
    *,
    release: Release,
    change: str,
    by: Person,
    at: datetime,
    hearers: Mapping[int, bool | None],
    before: date | None = None,
    after: date | None = None,
    reason: str = "",
    tells: bool = True,
) -> Round:
    """Write down a change and who hears of it (ticket -> whether its fix is in it), and have the worker tell them."""
    told = Round.objects.create(
        release=release, change=change, by=by, at=at, before=before, after=after, reason=reason.strip(), tells=tells,
        finished_at=None if hearers else at,
    )  # fmt: skip
    Hearing.objects.bulk_create(
        [Hearing(round=told, ticket_id=pk, includes_fix=included) for pk, included in sorted(hearers.items())],
        batch_size=500,
    )
    if hearers:
        ask_for(told, at=at)
    return told


def waiting_for(product_id: int) -> dict[int, Place]:
    """Return the places in force of requests about a product, by ticket."""
    found = Place.objects.filter(ended_at=None, ticket__product=product_id).select_related("ticket__organisation")
    return {place.ticket_id: place for place in found.order_by("ticket")}


def ask_for(told: Round, *, at: datetime) -> None:
    """Have the worker go on with a round; while it is at it already, this asks for nothing more."""
    jobs.enqueue(kind=JOB, payload={"round": told.pk}, at=at, key=f"{JOB}:{told.pk}", lane=telling.LANE)


def work(payload: Mapping[str, Any], *, at: datetime) -> None:
    """Do the next slice of a round. A job; it may run twice, also at once."""
    told = Round.objects.select_related("release__product", "by").get(pk=payload["round"])
    if telling.go_on(told.hearings.all(), lambda hearing: _hear(told, hearing, at), at=at):
        ask_for(told, at=at)
    elif told.finished_at is None:
        Round.objects.filter(pk=told.pk).update(finished_at=at)


def try_again(told: Round, *, at: datetime) -> int:
    """Let those whose turn failed have another one. Returns how many."""
    count = telling.once_more(told.hearings.all())
    if count:
        Round.objects.filter(pk=told.pk).update(finished_at=None)
        ask_for(told, at=at)
    return count


def _hear(told: Round, hearing: Hearing, at: datetime) -> Said:
    ticket = hearing.ticket = locked(hearing.ticket_id)
    if hearing.includes_fix is None and _is_overtaken(told):
        return Said(Outcome.SILENT, "Something newer was said of this release before its turn came.")
    if ticket.state not in placing.WAITS_IN:
        placing.settle(ticket, at=at, in_turn=True)
        return Said(Outcome.SILENT, "It no longer waited for a release.")
    if hearing.includes_fix:
        return _resolve(told, ticket, at)
    was = placing.current(ticket)
    stood = _stood(told, hearing, was) if told.tells else Known()
    if hearing.includes_fix is False:
        append(ticket, [_released(told, ticket, was, includes_fix=False)], actor=_actor(told), recorded_at=at)
    now = placing.settle(ticket, at=at, by=told.by, in_turn=True)
    return _tell(told, hearing, stood, _release_of(now), at) if told.tells else NOTHING


def _stood(told: Round, hearing: Hearing, place: Place | None) -> Known:
    """Return what a request waited for until now by its log: what the portal showed to whoever got no letter."""
    if told.change == Round.Change.CHOSEN:
        return Known(hearing.was_id, hearing.was_on)
    if place is None or place.release is None:
        return Known()
    day = placing.day_heard(hearing.ticket, place.release)
    moved = told.before if place.release_id == told.release_id else None
    return Known(place.release_id, day or moved or place.release.planned_on)


def _is_overtaken(told: Round) -> bool:
    """Whether the release has moved, shipped or been withdrawn since: then a later round tells what holds."""
    later = Round.objects.filter(release=told.release_id, pk__gt=told.pk)
    return later.exclude(change__in=(Round.Change.AUDIENCE, Round.Change.CHOSEN)).exists()


def _resolve(told: Round, ticket: Ticket, at: datetime) -> Said:
    """Resolve a request for acceptance testing: its release is out, which ends the clock (clause 5)."""
    place = placing.current(ticket)
    happenings = [_released(told, ticket, place, includes_fix=True)]
    if not ticket.cause:
        ticket.cause = Cause.USE if told.release.kind == Kind.DOCUMENTATION else Cause.SOFTWARE
        happenings.append(Happening(events.CAUSE_RECORDED, at, {"cause": ticket.cause}))
    append(ticket, happenings, actor=_actor(told), recorded_at=at)
    knowing.take_back(ticket, at=at)
    if place is not None:
        mine = place.release_id == told.release_id
        placing.end(place, Place.End.SHIPPED if mine else Place.End.OVER, at=at)
    return letters.shipped(ticket, told.release, at=at)


def _released(told: Round, ticket: Ticket, place: Place | None, *, includes_fix: bool) -> Happening:
    """Return that the release came out: when it did, but not before the request had its place."""
    out = told.release.shipped_at or told.at
    data = {"release": told.release.ref, "name": str(told.release), "includes_fix": includes_fix}
    return Happening(events.RELEASED, max(out, place.at) if place else out, data)


def _tell(told: Round, hearing: Hearing, stood: Known, now: Release | None, at: datetime) -> Said:
    """Tell the requester what is different from what they were last told.

    Another day is told by the round that gave it; another release by whichever comes first, for a round of one release
    places what another one has moved. What was told on the way to this and still waits in the outbox is taken back.
    """
    moved = now == told.release and told.change == Round.Change.MOVED
    known = knowing.known_to([hearing.ticket]).get(hearing.ticket_id, stood)
    holds = Known(now.pk, now.planned_on) if now else Known()
    believed = knowing.on_its_way(hearing.ticket) or known  # once all letters have arrived
    if believed.release == holds.release and (believed == holds or not moved):
        return KNOWN if moved else NOTHING
    knowing.take_back(hearing.ticket, at=at)
    if known == holds:
        return KNOWN
    hearing.was_id, hearing.was_on, hearing.now, hearing.now_on = known.release, known.day, now, holds.day
    hearing.save(update_fields=["was", "was_on", "now", "now_on"])
    return _write(told, hearing, at)


def _write(told: Round, hearing: Hearing, at: datetime) -> Said:
    ticket, was, now = hearing.ticket, hearing.was, hearing.now
    if was is None:
        return letters.planned(ticket, now, at=at) if now else NOTHING
    if was == now and hearing.was_on:
        return letters.moved(ticket, was, was=hearing.was_on, reason=told.reason, at=at)
    return letters.changed(ticket, was, now, reason=told.reason, at=at)


def _release_of(place: Place | None) -> Release | None:
    if place is None or place.release_id is None:
        return None
    return Release.objects.select_related("product").get(pk=place.release_id)


def _actor(told: Round) -> str:
    return told.by.ref if told.by else placing.ACTOR


def hearers_of(places: Iterable[Place]) -> dict[int, bool | None]:
    """Return those who hear of a date that is given, moved or taken away."""
    return {place.ticket_id: None for place in places}
