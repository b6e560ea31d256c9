"""What a client does to a request on a page where they have signed in. What a mail may do, a page may do too.

The words are the client's own, so they are messages of the thread and never notes. What a page showed to the signed-in
reporter has been provided to them (pack, section 5): `saw` writes that down, once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from mainstay.contracts import queries as contracts
from mainstay.orgs.access import active_memberships
from mainstay.orgs.models import Person
from mainstay.tickets import actions, content, delivery, events, participants, resolution
from mainstay.tickets.access import may_write_by_mail, speaks_for
from mainstay.tickets.actions import CannotDo, locked
from mainstay.tickets.content import NewFile, NewMessage
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import (
    Attachment,
    Cause,
    DiagnosticRequest,
    Direction,
    Event,
    Kind,
    Message,
    Participant,
    State,
    Ticket,
)
from mainstay.tickets.rows.submissions import Submission
from mainstay.tickets.shown import shown, unprovided

CHANNEL = "portal"
ESCALATION_REQUEST = "escalation_request"
NO_LONGER_NEEDED = "no_longer_needed"
WITHIN, MOST_SENT, MOST_OCTETS = timedelta(hours=1), 60, 200_000_000  # forms of one person's, and their files together


def once(*, by: Person, key: str, at: datetime, act: Callable[[], Ticket]) -> tuple[Ticket, bool]:
    """Do `act` unless this person has sent the same showing of a form before; return its ticket, and whether it is new.

    Two that arrive together do it once: the second one fails on the unique row, and finds what the first one did.
    Raises CannotDo where they have sent more within the hour than anybody types (class C17).
    """
    try:
        with transaction.atomic():
            if (known := _submitted(by, key)) is not None:
                return known, False
            _within_quota(by, at)
            ticket = act()
            Submission.objects.create(person=by, key=key, ticket=ticket, at=at)
            return ticket, True
    except IntegrityError:
        known = _submitted(by, key)
        if known is None:
            raise
        return known, False


def was_sent(*, by: Person, key: str) -> bool:
    """Whether this person has sent that showing of a form. One query."""
    return _submitted(by, key) is not None


def _submitted(by: Person, key: str) -> Ticket | None:
    found = Submission.objects.filter(person=by, key=key).select_related("ticket").first()
    return found.ticket if found else None


def _within_quota(by: Person, at: datetime) -> None:
    since = at - WITHIN
    sent = Submission.objects.filter(person=by, at__gt=since).count()
    files = Attachment.objects.filter(message__author=by, message__channel=CHANNEL, message__at__gt=since)
    if sent >= MOST_SENT or (files.aggregate(octets=Sum("size"))["octets"] or 0) >= MOST_OCTETS:
        raise CannotDo("You have sent a lot within the hour. Please wait a little, or ring us if it is urgent.")


def may_write(ticket: Ticket, person: Person, *, at: datetime) -> bool:
    """Whether `person`, who may see `ticket`, may also write on it: whoever might do so by mail."""
    return may_write_by_mail(ticket, address=person.email, person=person, at=at)


def may_reopen(ticket: Ticket, *, at: datetime) -> bool:
    """Whether a closed ticket can still be opened again, by the days that its agreement gives (clause 3.9)."""
    if ticket.closed_at is None or ticket.merged_into_id is not None:
        return False
    closing = contracts.load(ticket.terms).closing
    return closing.calendar.calendar.between(ticket.closed_at, at) <= closing.reopening


def fix_waits(ticket: Ticket, history: Iterable[Event]) -> bool:
    """Whether a fix lies with the client that they have not accepted yet."""
    if ticket.state != State.RESOLVED or ticket.kind == Kind.COMPLAINT:
        return False
    kinds = (events.FIX_PROVIDED, events.ACCEPTED)
    return next((one.kind for one in reversed(list(history)) if one.kind in kinds), "") == events.FIX_PROVIDED


@transaction.atomic
def write(*, ticket: Ticket, by: Person, text: str, files: Sequence[NewFile] = (), at: datetime) -> Message:
    """Add what `by` says to the thread. A closed request is opened again while its agreement allows that."""
    ticket = _writable(ticket, by, text, at, files=files)
    if ticket.state == State.CLOSED:
        if not may_reopen(ticket, at=at):
            raise CannotDo("This request was closed too long ago to be opened again. Please make a new one.")
        actions.reopen(ticket=ticket, at=at, reason="", actor=by.ref)
    return actions.record_reply(ticket=ticket, message=_said(by, text, files), at=at)


@transaction.atomic
def answer(
    *, question: DiagnosticRequest, by: Person, text: str, files: Sequence[NewFile] = (), at: datetime
) -> Message:
    """Answer a question of the desk: the wait for the client ends at this moment (R3.4a)."""
    ticket = locked(question.ticket_id)
    question.refresh_from_db()
    if question.ended_at is not None:
        raise CannotDo("Nobody waits for this answer any more. If it still matters, write it as a message.")
    return write(ticket=ticket, by=by, text=text, files=files, at=at)


@transaction.atomic
def accept(*, ticket: Ticket, by: Person, text: str, at: datetime) -> None:
    """Accept the fix, which closes the request (R3.9)."""
    ticket = _with_fix(ticket, by, at)
    _say(ticket, by, text.strip() or _("It works. We accept the fix."), events.ACCEPTED, at)
    actions.close(ticket=ticket, actor=by.ref, cause=ticket.cause or Cause.NO_FAULT, at=at)


@transaction.atomic
def reject(*, ticket: Ticket, by: Person, text: str, files: Sequence[NewFile] = (), at: datetime) -> None:
    """Say that the fix does not work: the same clock goes on where it stood (clause 5, 'Resolution Time')."""
    ticket = _with_fix(ticket, by, at)
    if not text.strip():
        raise CannotDo("Please say what does not work yet, so that we can look at the right place.")
    ticket.unanswered_since = ticket.unanswered_since or at
    _say(ticket, by, text, events.ACCEPTANCE_REJECTED, at, files=files)


@transaction.atomic
def withdraw(*, ticket: Ticket, by: Person, text: str, at: datetime) -> None:
    """Close one's own request because it is no longer needed. Its agreement's days to open it again begin."""
    ticket = locked(ticket)
    if ticket.state == State.CLOSED:
        raise CannotDo("This request is closed already.")
    if ticket.kind == Kind.COMPLAINT:
        raise CannotDo("A complaint ends with our answer. Write to us if it has settled itself.")
    if ticket.requester_id != by.pk:
        raise CannotDo("Only the person who made this request can close it. Write a message instead.")
    words = text.strip() or _("We no longer need this.")
    kept = content.keep(ticket, _said(by, words, purpose=NO_LONGER_NEEDED), at=at)
    append(ticket, [Happening(events.MESSAGE_RECEIVED, at, content.told_by(kept))], actor=by.ref, recorded_at=at)
    actions.close(ticket=ticket, actor=by.ref, cause=ticket.cause or Cause.NO_FAULT, at=at)


@transaction.atomic
def ask_for_escalation(*, ticket: Ticket, by: Person, text: str, at: datetime) -> Message:
    """Record that the client asks for somebody higher up (R3.5a). Nothing climbs by it: a manager decides.

    It is no answer to a question, so a clock that waits for the client goes on waiting. Raises CannotDo.
    """
    ticket = _writable(ticket, by, text, at)
    if ticket.state == State.CLOSED:
        raise CannotDo("This request is closed. Open it again first.")
    if asked_for_escalation(ticket) is not None:
        raise CannotDo("A manager has been told already and has not answered yet. You need not ask again.")
    ticket.unanswered_since = ticket.unanswered_since or at
    return _say(ticket, by, text, events.ESCALATION_REQUESTED, at, purpose=ESCALATION_REQUEST)


def asked_for_escalation(ticket: Ticket) -> Event | None:
    """Return the client's last wish for escalation while nobody has answered it by a word or by escalating.

    At most three queries.
    """
    asked = ticket.events.filter(kind=events.ESCALATION_REQUESTED).order_by("-number").first()
    if asked is None:
        return None
    since = ticket.events.filter(number__gt=asked.number)
    climbed = since.filter(kind__in=(events.ESCALATED, events.CLOSED)).exists()
    ours = ticket.messages.filter(direction=Direction.OUT, automatic=False, at__gt=asked.at).exists()
    return None if climbed or ours else asked


@transaction.atomic
def ask_for_visit(*, ticket: Ticket, by: Person, text: str, at: datetime) -> Message:
    """Record that the client asks for support on site, which their agreement includes (R3.8). A person answers it.

    As with a wish for escalation, a clock that waits for the client goes on waiting. Raises CannotDo.
    """
    ticket = _writable(ticket, by, text, at)
    found = resolution.on_site(ticket)
    if found is None or not found.included:
        raise CannotDo("Your agreement does not include support on site. Write to us, and we say what is possible.")
    if ticket.state == State.CLOSED:
        raise CannotDo("This request is closed. Open it again first.")
    if asked_for_visit(ticket) is not None:
        raise CannotDo("We know that you want somebody to come, and have not answered yet. You need not ask again.")
    ticket.unanswered_since = ticket.unanswered_since or at
    data = {"included": True, "clause": found.clause}
    return _say(ticket, by, text, events.ON_SITE_REQUESTED, at, purpose=resolution.ON_SITE, data=data)


def asked_for_visit(ticket: Ticket) -> Event | None:
    """Return the client's last wish for support on site while nobody has answered it. At most two queries."""
    asked = ticket.events.filter(kind=events.ON_SITE_REQUESTED).order_by("-number").first()
    if asked is None:
        return None
    answered = ticket.messages.filter(direction=Direction.OUT, automatic=False, at__gt=asked.at).exists()
    return None if answered else asked


@transaction.atomic
def share(*, ticket: Ticket, colleague: Person, by: Person, at: datetime) -> Participant:
    """Have a colleague take part: they see the request, get what we write from now on, and may answer.

    Nobody else can be chosen.
    """
    ticket = locked(ticket)
    _require_say_in_copies(ticket, by, at)
    if colleague not in colleagues(ticket, at=at):
        raise CannotDo("Only colleagues of your own organisation can be added. Ask us to add anybody else.")
    return participants.add(ticket=ticket, address=colleague.email, name=colleague.name, by=by, at=at)


@transaction.atomic
def unshare(*, ticket: Ticket, participant: int, by: Person, at: datetime) -> Participant:
    """End the part of somebody in copy. Their part so far stays on record."""
    ticket = locked(ticket)
    _require_say_in_copies(ticket, by, at)
    return participants.decline(ticket=ticket, participant=participant, by=by, at=at)


def colleagues(ticket: Ticket, *, at: datetime) -> list[Person]:
    """Return who could take part in `ticket`: the people of its organisation who do not yet. Two queries."""
    if ticket.organisation_id is None or not ticket.verified:
        return []
    theirs = active_memberships(at).filter(organisation=ticket.organisation_id).values("person")
    found = Person.objects.filter(pk__in=theirs, is_active=True, staff_role="").order_by("name", "pk")
    known = {address.lower() for address in ticket.participants.filter(accepted=True).values_list("address", flat=True)}
    known.add(ticket.requester_address.lower())
    return [one for one in found if one.email not in known and one.pk != ticket.requester_id]


@transaction.atomic
def saw(
    *, ticket: Ticket, by: Person, confirmation: Message | None, also: Collection[int] = (), at: datetime
) -> list[Event]:
    """Record that the reporter has seen the page of `ticket`, with the severity confirmation on it if there was one.

    It gives them the reference and the severity as an accepted letter would, and what the messages of the numbers in
    `also` provide. What they have been given before is not given again, and somebody else's look gives nothing.
    Returns the new events, usually none.
    """
    ticket = locked(ticket)
    if ticket.requester_id != by.pk or not ticket.verified:
        return []
    told = delivery.told_so_far(ticket)
    evidence: dict[str, object] = {"channel": CHANNEL, "shown_to": by.ref}
    happenings = []
    if events.NUMBER_PROVIDED not in told:
        happenings.append(Happening(events.NUMBER_PROVIDED, at, evidence))
    if confirmation is not None and _is_newest_confirmation(ticket, confirmation):
        data = {**evidence, **content.told_by(confirmation)}
        happenings += delivery.severity_given(told, confirmation.effect.get("severity"), data, at)
    for one in unprovided(shown(ticket, at=at)) if also else ():
        if one.pk in also:
            data = {**evidence, **content.told_by(one), **one.effect}
            happenings.append(Happening(delivery.EVENT_OF[one.purpose], at, data))
    return append(ticket, happenings, actor=by.ref, recorded_at=at) if happenings else []


def _is_newest_confirmation(ticket: Ticket, message: Message) -> bool:
    """Whether `message` confirms the severity, and none of `ticket` is newer: an old page gives nothing back."""
    confirmed = ticket.messages.filter(purpose=delivery.SEVERITY_CONFIRMATION).order_by("-at", "-id")
    return confirmed.values_list("pk", flat=True).first() == message.pk


def _with_fix(ticket: Ticket, by: Person, at: datetime) -> Ticket:
    ticket = locked(ticket)
    _require_authority(ticket, by, at)
    if not speaks_for(ticket, by, at=at):
        raise CannotDo("Only who made this request can say whether our solution works. Write a message instead.")
    if not fix_waits(ticket, ticket.events.order_by("number")):
        raise CannotDo("There is no fix that waits for your word. Look at the messages below.")
    return ticket


def _writable(ticket: Ticket, by: Person, text: str, at: datetime, *, files: Sequence[NewFile] = ()) -> Ticket:
    if not text.strip() and not files:
        raise CannotDo("Your message is empty. Write something first.")
    ticket = locked(ticket)
    _require_authority(ticket, by, at)
    if ticket.merged_into is not None:
        raise CannotDo(
            "This request goes on as %(reference)s. Please write there.",
            reference=ticket.merged_into.reference,
        )
    return ticket


def _require_authority(ticket: Ticket, by: Person, at: datetime) -> None:
    if not may_write(ticket, by, at=at):
        raise CannotDo("You may read this request but not write on it. Ask an administrator of your organisation.")


def _require_say_in_copies(ticket: Ticket, by: Person, at: datetime) -> None:
    _require_authority(ticket, by, at)
    if not speaks_for(ticket, by, at=at):
        raise CannotDo("Only who made this request can say who else hears of it. Ask them, or write a message.")


def _say(
    ticket: Ticket,
    by: Person,
    text: str,
    kind: str,
    at: datetime,
    *,
    purpose: str = "",
    files: Sequence[NewFile] = (),
    data: Mapping[str, object] | None = None,
) -> Message:
    """Keep what the client said as their message, and append the event that it makes with it as evidence."""
    kept = content.keep(ticket, _said(by, text, files, purpose=purpose or kind), at=at)
    told = content.told_by(kept)
    happenings = [Happening(events.MESSAGE_RECEIVED, at, told), Happening(kind, at, {**told, **(data or {})})]
    append(ticket, happenings, actor=by.ref, recorded_at=at)
    return kept


def _said(by: Person, text: str, files: Sequence[NewFile] = (), *, purpose: str = "") -> NewMessage:
    return NewMessage(
        Direction.IN, CHANNEL, text.strip(), author=by, author_name=by.name, author_address=by.email,
        purpose=purpose, files=tuple(files),
    )  # fmt: skip
