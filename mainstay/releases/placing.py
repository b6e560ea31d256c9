"""Which release a request waits for. A request whose promise is the next release always has a place.

The promise is the next release that its client gets, and that date stands on its clock even where a person chose a
later release for it: left out of the next one, it is missed (reading 14). `settle` makes rows and log say what is so
now; it may be called at any time and says nothing where nothing is different.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from mainstay.clocks import queries as clocks
from mainstay.clocks.models import Clock
from mainstay.contracts import queries as contracts
from mainstay.core.terms import NEXT_RELEASE, Terms
from mainstay.lib.time import from_text, to_text
from mainstay.mail import phrases
from mainstay.mail.telling import Outcome
from mainstay.orgs.models import Person
from mainstay.releases import flags
from mainstay.releases.dates import Plan, end_of, next_of, place_of
from mainstay.releases.models import SOFTWARE, Hearing, Place, Release, Stage
from mainstay.tickets import events, log
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.events import Happening
from mainstay.tickets.models import Event, State, Ticket, Verification

WAITS_IN = (State.NEW, State.OPEN, State.WAITING_CLIENT)
ACTOR = "releases"
HEARD = frozenset(
    {
        events.SEVERITY_PROVIDED, events.SEVERITY_CHANGED, events.DETAILS_SET, events.TERMS_APPLIED,
        events.REQUESTER_AUTHORISED, events.REQUESTER_REFUSED, events.WORKAROUND_PROVIDED, events.SERVICE_LOST,
        events.FIX_PROVIDED, events.ACCEPTANCE_REJECTED, events.ACCEPTED, events.CLOSED, events.REOPENED,
        events.CLOSING_WITHDRAWN, events.MERGED,
    }
)  # fmt: skip


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Give a request its place once its promise is the next release, and end it once that is over.

    Without a severity nothing is promised yet, and nothing has a place: a mail that comes in costs no question.
    """
    if ticket.severity is not None and any(event.kind in HEARD for event in heard):
        settle(ticket, at=recorded_at)


def settle(ticket: Ticket, *, at: datetime, by: Person | None = None, in_turn: bool = False) -> Place | None:
    """Make place and clock of `ticket` (locked) say what is planned now; return its place, None where it needs none.

    Whose release has just shipped or was withdrawn stays there until it hears so `in_turn`: it is told of it then.
    """
    place = current(ticket)
    if place is not None and not in_turn and _is_to_hear(place):
        return place
    if not waits(ticket, at=at):
        if place is not None:
            end(place, Place.End.OVER, at=at)
        return None
    plans = plans_for(ticket)
    found = place_of(plans.values(), ticket.organisation_id, place.release_id if place and place.chosen else None)
    if place is None or place.release_id != (found.id if found else None):
        place = _moved(ticket, place, found, at)
    _schedule(ticket, plans, place, by, at)
    return place


def _is_to_hear(place: Place) -> bool:
    if place.release is None or place.release.stage == Stage.PLANNED:
        return False
    waiting = Hearing.objects.filter(ticket=place.ticket_id, outcome=Outcome.WAITING)
    return waiting.filter(round__release=place.release).exists()


def _moved(ticket: Ticket, place: Place | None, found: Plan | None, at: datetime) -> Place:
    if place is not None:
        end(place, Place.End.MOVED, at=at)
    if found is None:
        flags.none_planned(ticket, at=at)
    return Place.objects.create(ticket=ticket, release_id=found.id if found else None, at=at)


@transaction.atomic
def choose(*, ticket: Ticket, release: Release | None, by: Person, at: datetime) -> Place:
    """Have `ticket` wait for `release`, or for whichever is next (None). Raises CannotDo where it cannot.

    A later release than the next one does not move the promise: it is missed when the next one ships without it.
    """
    ticket = locked(ticket)
    if not waits(ticket, at=at):
        raise CannotDo("This request does not wait for a release: its promise is another one, or it is solved.")
    if release is not None and release.pk not in {one.pk for one in choices(ticket)}:
        raise CannotDo("This client does not get that release, or it is no longer planned. Choose another one.")
    place = current(ticket)
    if place is not None:
        end(place, Place.End.MOVED, at=at)
    Place.objects.create(
        ticket=ticket, release=release, chosen=release is not None, chosen_by=by if release else None, at=at
    )
    settled = settle(ticket, at=at, by=by)
    if settled is None:
        raise AssertionError("it waits, so it has a place")
    return settled


def choices(ticket: Ticket) -> list[Release]:
    """Return the planned releases that `ticket` could wait for, documentation too, the next one first."""
    fit = [pk for pk, plan in plans_for(ticket).items() if plan.reaches(ticket.organisation_id)]
    return list(Release.objects.filter(pk__in=fit).select_related("product").order_by("planned_on", "pk"))


def current(ticket: Ticket) -> Place | None:
    """Return the place of `ticket` that is in force."""
    return Place.objects.filter(ticket=ticket, ended_at=None).select_related("release__product").first()


def end(place: Place, how: str, *, at: datetime) -> None:
    """End a place, keeping when and how."""
    place.ended_at, place.end = at, how
    place.save(update_fields=["ended_at", "end"])


def waits(ticket: Ticket, *, at: datetime) -> bool:
    """Whether a promise of `ticket` that still runs is the next release."""
    if not ticket.verified or ticket.state not in WAITS_IN or not _may_wait(contracts.load(ticket.terms), ticket):
        return False
    reading = clocks.reading(ticket, at=at)
    return any(
        clock.rule.target is not None and clock.rule.target.next_release and clock.state in ("running", "paused")
        for clock in reading.clocks
    )


def _may_wait(terms: Terms, ticket: Ticket) -> bool:
    """Whether its terms promise the next release at all for its severity: asked first, for it costs nothing."""
    rules = (promise.rules.get(ticket.severity) for promise in terms.commitments)
    return any(rule is not None and rule.target is not None and rule.target.next_release for rule in rules)


def plans_for(ticket: Ticket) -> dict[int, Plan]:
    """Return what is planned of the product that `ticket` is about; nothing while that is not known."""
    return plans_of(ticket.product_id) if ticket.product_id else {}


def plans_of(product_id: int) -> dict[int, Plan]:
    """Return what is planned of a product, by id. Two queries."""
    rows = Release.objects.filter(product=product_id, stage=Stage.PLANNED).prefetch_related("organisations")
    return {row.pk: plan_of(row) for row in rows}


def plan_of(release: Release) -> Plan:
    """Return a release as who waits for it sees it."""
    clients = frozenset(client.pk for client in release.organisations.all())
    return Plan(release.pk, release.planned_on, release.kind in SOFTWARE, clients)


def _schedule(ticket: Ticket, plans: dict[int, Plan], place: Place, by: Person | None, at: datetime) -> None:
    """Have the log say the days of the next release and of the one it waits for, as far as they are still to come.

    A release of which it gave a day that is still to come has the new one too, although another is the next by now.
    """
    zone = phrases.zone_of(contracts.load(ticket.terms))
    upcoming = next_of(plans.values(), ticket.organisation_id)
    ids = {plan for plan in (upcoming.id if upcoming else None, place.release_id) if plan in plans}
    ends = {plan.id: end_of(plan.planned_on, zone) for plan in plans.values()}
    heard = heard_by(ticket)
    given = {ref for ref, day in heard.items() if day is not None and day > at}
    mine = (plan for plan in plans.values() if plan.reaches(ticket.organisation_id))
    ids |= {plan.id for plan in mine if f"release:{plan.id}" in given}
    names = {row.pk: row for row in Release.objects.filter(pk__in=ids).select_related("product")}
    happenings = [
        _scheduled(names[pk], ends[pk], at)
        for pk in sorted(ids, key=lambda pk: ends[pk])
        if ends[pk] > at and heard.get(names[pk].ref) != ends[pk]
    ]
    stands = {f"release:{plan.id}" for plan in plans.values() if plan.reaches(ticket.organisation_id)}
    happenings += [
        Happening(events.RELEASE_SCHEDULED, at, {"release": ref, "release_at": None})
        for ref, day in heard.items()
        if day is not None and day > at and ref not in stands
    ]
    if happenings:
        log.append(ticket, happenings, actor=by.ref if by else ACTOR, recorded_at=at)


def _scheduled(release: Release, due: datetime, at: datetime) -> Happening:
    data = {"release": release.ref, "name": str(release), "release_at": to_text(due)}
    return Happening(events.RELEASE_SCHEDULED, at, data)


def heard_by(ticket: Ticket) -> dict[str, datetime | None]:
    """Return the day that the log of `ticket` (locked) last gave to each release that has not come out."""
    heard: dict[str, datetime | None] = {}
    for event in log.history(ticket):
        if event.kind == events.RELEASE_SCHEDULED:
            day = event.payload.get("release_at")
            heard[str(event.payload.get("release"))] = from_text(day) if day else None
        elif event.kind == events.RELEASED:
            heard.pop(str(event.payload.get("release")), None)
    return heard


def day_heard(ticket: Ticket, release: Release) -> date | None:
    """Return the day that the log of `ticket` (locked) last gave to a release; None where it says none."""
    moment = heard_by(ticket).get(release.ref)
    return moment.astimezone(phrases.zone_of(contracts.load(ticket.terms))).date() if moment else None


def place_waiting(at: datetime) -> int:
    """Give a place to what waits for a release and has none, such as before there were releases. Returns how many.

    Looks again at what waits although a release is planned: it was placed at the very moment of planning.
    """
    planned = Release.objects.filter(stage=Stage.PLANNED, kind__in=SOFTWARE, organisations=None).values("product")
    lost = Place.objects.filter(ended_at=None, release=None, ticket__product__in=planned)
    unplaced = (
        Clock.objects.filter(
            target_text=NEXT_RELEASE, state__in=("running", "paused"), ticket__state__in=WAITS_IN,
            ticket__verification=Verification.VERIFIED,
        )
        .exclude(ticket__in=Place.objects.filter(ended_at=None).values("ticket"))
        .values_list("ticket", flat=True)
    )  # fmt: skip
    ids = [*unplaced[:1000], *lost.values_list("ticket", flat=True)[:1000]]
    return sum(_place(pk, at) for pk in ids)


@transaction.atomic
def _place(ticket_id: int, at: datetime) -> bool:
    return settle(locked(ticket_id), at=at) is not None
