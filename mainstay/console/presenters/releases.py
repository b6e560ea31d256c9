"""Releases, announcements and who was told, as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mainstay.contracts.models import Product
from mainstay.core.differing import Line, differences
from mainstay.knowledge.models import Reader
from mainstay.lib import language
from mainstay.mail.telling import Hearer, Outcome, Progress
from mainstay.orgs.models import Organisation
from mainstay.outbox.models import Letter
from mainstay.releases.announcing import Foretold, Wording, notice_words
from mainstay.releases.choosing import Choice
from mainstay.releases.foresight import Foreseen, Wait
from mainstay.releases.models import Announcement, Edition, Hearing, Place, Recipient, Release, Round, Stage
from mainstay.screens.moments import Moment, moment
from mainstay.tickets.models import State, Ticket

STAGES = {
    Stage.PLANNED: ("accent", "clock"),
    Stage.SHIPPED: ("good", "tick"),
    Stage.WITHDRAWN: ("", "cross"),
    Announcement.Stage.DRAFT: ("", "note"),
    Announcement.Stage.SENT: ("good", "out"),
}
OUTCOMES = {
    Outcome.WAITING: ("", "clock"),
    Outcome.TOLD: ("good", "tick"),
    Outcome.SILENT: ("", "dash"),
    Outcome.UNREACHED: ("warn", "over"),
    Outcome.FAILED: ("grave", "over"),
}
ARRIVED = {
    Letter.State.ACCEPTED: ("Arrived", "good", "tick"),
    Letter.State.FAILED: ("Could not be delivered", "grave", "over"),
    Letter.State.WITHDRAWN: ("Taken back", "", "dash"),
}
MOST = 200


@dataclass(frozen=True, slots=True)
class Chip:
    """A word with a shape and a colour. `status` in the templates of known issues takes it too."""

    tone: str
    icon: str
    text: str


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """One release in a list."""

    id: int
    name: str
    kind: str
    stage: Chip
    day: str
    late: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One change in the history of a release, with how far the telling is."""

    id: int
    who: str
    what: str
    reason: str
    at: Moment | None
    told: str
    failed: int
    going_on: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One request in a release."""

    reference: str
    subject: str
    organisation: str
    note: str


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One who was told, or is to be."""

    reference: str
    who: str
    chip: Chip
    reason: str
    at: Moment | None


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One request before and after a change."""

    reference: str
    organisation: str
    before: str
    after: str
    told: str


def release_line(release: Release, *, today: date) -> ReleaseLine:
    """Return one release; `waiting` where the query counted it."""
    stage = Stage(release.stage)
    late = stage == Stage.PLANNED and release.planned_on < today
    chip = Chip("warn", "over", "Late") if late else Chip(*STAGES[stage], str(stage.label))
    return ReleaseLine(
        release.pk, str(release), str(release.get_kind_display()), chip, day(release.planned_on), late,
        getattr(release, "waiting", 0),
    )  # fmt: skip


def day(of: date | None) -> str:
    """Return a day in words."""
    return language.day(of) if of else "no date"


def round_line(told: Round, count: Progress, zone: ZoneInfo, *, at: datetime) -> RoundLine:
    """Return one change of a release."""
    return RoundLine(
        told.pk, told.by.name if told.by else "Somebody", _what(told), told.reason,
        moment(told.at, zone, now=at, days=True), progress_words(count), count.failed, told.finished_at is None,
    )  # fmt: skip


def _what(told: Round) -> str:
    if told.change == Round.Change.MOVED:
        return f"moved it from {day(told.before)} to {day(told.after)}"
    if told.change == Round.Change.SHIPPED:
        return f"shipped it on {day(told.after)}, planned for {day(told.before)}"
    if told.change == Round.Change.WITHDRAWN:
        return f"withdrew it, planned for {day(told.before)}"
    if told.change == Round.Change.CHOSEN:
        return "chose where a request waits"
    if told.change == Round.Change.AUDIENCE:
        return "changed which clients get it"
    return f"planned it for {day(told.after)}"


def progress_words(count: Progress) -> str:
    """Return how far a telling is: '3 told, 1 could not be written to'."""
    parts = [
        (count.told, "told"), (count.unreached, "could not be written to"), (count.failed, "failed"),
        (count.waits, "still to be told"),
    ]  # fmt: skip
    return ", ".join(f"{number} {words}" for number, words in parts if number) or "nobody to tell"


def place_line(place: Place) -> PlaceLine:
    """Return one request of a release's page."""
    ticket = place.ticket
    by = f"chosen by {place.chosen_by.name}" if place.chosen and place.chosen_by else ""
    state = str(State(ticket.state).label)
    return PlaceLine(
        ticket.reference, ticket.subject or "(no subject)", ticket.organisation.name if ticket.organisation else "",
        ", ".join(filter(None, [state, by])),
    )  # fmt: skip


def told_line(one: Hearing | Recipient | Reader, zone: ZoneInfo, *, at: datetime) -> ToldLine:
    """Return one who was told, with whether the letter has arrived."""
    if isinstance(one, Recipient):
        reference, who = "", f"{one.person.name}, {one.organisation.name}"
    else:
        reference, who = one.ticket.reference, one.ticket.organisation.name if one.ticket.organisation else ""
    return ToldLine(reference, who, _outcome(one), one.reason, moment(one.told_at, zone, now=at, days=True))


def _outcome(one: Hearer) -> Chip:
    outcome = Outcome(one.outcome)
    if outcome in (Outcome.TOLD, Outcome.SILENT) and one.letter is not None:
        words, tone, icon = ARRIVED.get(Letter.State(one.letter.state), ("On its way", "accent", "out"))
        return Chip(tone, icon, words)
    return Chip(*OUTCOMES[outcome], str(outcome.label))


def moves(foreseen: Iterable[Foreseen], *, tells: bool) -> list[MoveLine]:
    """Return the requests that a change would concern."""
    return [
        MoveLine(
            one.place.ticket.reference, one.place.ticket.organisation.name if one.place.ticket.organisation else "",
            wait(one.before), "solved, to be tested" if one.solved else wait(one.after),
            _told(one) if tells else "nobody",
        )
        for one in foreseen
        if one.changes
    ]  # fmt: skip


def _told(one: Foreseen) -> str:
    return one.place.ticket.requester_address if one.tells else "nobody: they were told so last"


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """Another release for one request: before and after, and who is told."""

    before: str
    after: str
    due: str
    due_then: str
    told: str


def choice_line(choice: Choice, ticket: Ticket, *, tells: bool) -> ChoiceLine:
    """Return what a choice would do."""
    return ChoiceLine(
        wait(choice.before), wait(choice.after), day(choice.due), day(choice.due_then), _told_of(choice, ticket, tells)
    )


def _told_of(choice: Choice, ticket: Ticket, tells: bool) -> str:
    if not choice.changes:
        return "Nobody: it goes on waiting for the same one."
    if choice.knows:
        return "Nobody: the requester was told so last."
    return (ticket.requester_address or "Nobody: there is no address.") if tells else "Nobody."


def wait(it: Wait) -> str:
    """Return what a request waits for, in words."""
    return f"{it.name}, {day(it.day)}" if it.name else "none planned"


@dataclass(frozen=True, slots=True)
class AnnouncementLine:
    """One announcement in a list."""

    id: int
    title: str
    stage: Chip
    effective: str
    products: str
    changed: Moment | None


@dataclass(frozen=True, slots=True)
class Change:
    """Something of an announcement that becomes another."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EditionAhead:
    """An edition before it is sent: what is different in it, its letter, and whom it reaches (the first of `count`)."""

    changes: tuple[Change, ...]
    words: tuple[Line, ...]
    subject: str
    body: str
    people: tuple[tuple[str, str, str], ...]
    count: int


@dataclass(frozen=True, slots=True)
class EditionLine:
    """What was said at one time, and to how many."""

    id: int
    sort: str
    who: str
    at: Moment | None
    title: str
    text: str
    effective: str
    notice: str
    reason: str
    told: str
    failed: int
    recipients: tuple[ToldLine, ...]


def announcement_line(one: Announcement, zone: ZoneInfo, *, at: datetime) -> AnnouncementLine:
    """Return one announcement."""
    stage = Announcement.Stage(one.stage)
    return AnnouncementLine(
        one.pk, one.title, Chip(*STAGES[stage], str(stage.label)), day(one.effective_on),
        ", ".join(sorted(product.name for product in one.products.all())) or "Any product",
        moment(one.changed_at, zone, now=at, days=True),
    )  # fmt: skip


def edition_line(
    one: Edition, count: Progress, recipients: Iterable[Recipient], zone: ZoneInfo, *, at: datetime
) -> EditionLine:
    """Return one edition with who was told."""
    return EditionLine(
        one.pk, str(one.get_sort_display()), one.by.name if one.by else "Somebody",
        moment(one.at, zone, now=at, days=True), one.title, one.text, day(one.effective_on),
        notice_words(one.notice_days), one.reason, progress_words(count), count.failed,
        tuple(told_line(row, zone, at=at) for row in recipients),
    )  # fmt: skip


def edition_ahead(foretold: Foretold, before: Wording, after: Wording) -> EditionAhead:
    """Return an edition that is looked at before it is sent."""
    pairs = [
        Change("Title", before.title, after.title.strip()),
        Change("Takes effect on", day(before.effective_on), day(after.effective_on)),
        Change("Products", _names(before.products, "any product"), _names(after.products, "any product")),
        Change("Clients", _names(before.organisations, "all concerned"), _names(after.organisations, "all concerned")),
    ]
    return EditionAhead(
        tuple(one for one in pairs if one.before != one.after),
        tuple(differences("\n".join(before.text.splitlines()), "\n".join(after.text.strip().splitlines()))),
        foretold.letter.subject, foretold.letter.body,
        tuple((one.person.name, one.person.email, one.organisation.name) for one in foretold.people[:MOST]),
        len(foretold.people),
    )  # fmt: skip


def _names(found: Iterable[Product | Organisation], nothing: str) -> str:
    return ", ".join(sorted(one.name for one in found)) or nothing
