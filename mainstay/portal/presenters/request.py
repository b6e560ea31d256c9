"""One request as its client sees it: how it stands, what they can do, what is promised, and what was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mainstay.clocks import queries as clocks
from mainstay.core.terms import Terms
from mainstay.mail import quotes
from mainstay.mail.addresses import spoofing
from mainstay.mail.parsed import Address
from mainstay.orgs.models import Person
from mainstay.portal.environment import url
from mainstay.portal.presenters import promises, words
from mainstay.portal.presenters.promises import Told
from mainstay.portal.presenters.requests import Standing, severity_words, standing
from mainstay.screens.moments import Moment, moment, size
from mainstay.screens.people import initials
from mainstay.screens.promises import zone_of
from mainstay.tickets import clients, delivery, log, resolution
from mainstay.tickets import events as e
from mainstay.tickets.access import speaks_for
from mainstay.tickets.models import Attachment, Direction, Event, Kind, Message, State, Ticket
from mainstay.tickets.shown import Shown, unprovided

LABELS = {
    delivery.SEVERITY_CONFIRMATION: gettext_lazy("How serious it is"),
    delivery.REQUEST_FOR_INFORMATION: gettext_lazy("A question for you"),
    delivery.PROGRESS_UPDATE: gettext_lazy("News"),
    delivery.WORKAROUND: gettext_lazy("A way to go on meanwhile"),
    delivery.FIX: gettext_lazy("A solution for you to try"),
    delivery.COMPLAINT_ANSWER: gettext_lazy("Our answer to your complaint"),
    delivery.CLOSURE: gettext_lazy("Closed"),
    delivery.ESCALATION_NOTICE: gettext_lazy("Passed on to somebody higher up"),
    clients.ESCALATION_REQUEST: gettext_lazy("Asked for somebody higher up"),
    e.ACCEPTED: gettext_lazy("The solution works"),
    e.ACCEPTANCE_REJECTED: gettext_lazy("The solution does not work"),
    resolution.ON_SITE: gettext_lazy("Asked for support on site"),
    delivery.ON_SITE: gettext_lazy("Support on site"),
    clients.NO_LONGER_NEEDED: gettext_lazy("No longer needed"),
}
HAPPENED = {
    e.REPORTED: gettext_lazy("It was reported"),
    e.COMPLAINT_RECEIVED: gettext_lazy("Your complaint reached us"),
    e.SEVERITY_PROVIDED: gettext_lazy("We told you how serious we judge it"),
    e.SEVERITY_CHANGED: gettext_lazy("We judged anew how serious it is"),
    e.WAITING_ON_CLIENT: gettext_lazy("Our question reached you; our time rests until you answer"),
    e.QUESTION_WITHDRAWN: gettext_lazy("We no longer need an answer to our question"),
    e.WORKAROUND_PROVIDED: gettext_lazy("You had a way to go on"),
    e.SERVICE_LOST: gettext_lazy("The service was lost again"),
    e.FIX_PROVIDED: gettext_lazy("The solution reached you"),
    e.ACCEPTANCE_REJECTED: gettext_lazy("The solution did not work; we went on"),
    e.ACCEPTED: gettext_lazy("The solution was accepted"),
    e.CLOSED: gettext_lazy("The request was closed"),
    e.REOPENED: gettext_lazy("The request was opened again"),
    e.CLOSING_WITHDRAWN: gettext_lazy("The closing was taken back"),
    e.ESCALATION_REQUESTED: gettext_lazy("Somebody higher up was asked for; our managers were told"),
    e.ON_SITE_REQUESTED: gettext_lazy("Support on site was asked for"),
    e.COMPLAINT_ANSWERED: gettext_lazy("Our answer to your complaint reached you"),
}


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file to be downloaded."""

    name: str
    size: str
    href: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message. `folded` texts are repeated ones, which are shown when asked for."""

    kind: str  # entry
    at: datetime
    id: int
    ours: bool
    machine: bool
    face: str
    sender: str
    address: str  # of whoever wrote from outside: a name is whatever its bearer says
    doubt: str  # what about the name may mislead the eye
    label: str
    text: str
    folded: str
    frame: str  # where its HTML form is, where the text alone says nothing
    files: tuple[FileLine, ...]
    when: Moment | None
    said: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened between the messages."""

    kind: str  # happened
    at: datetime
    text: str
    when: Moment | None
    said: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that waits for an answer."""

    id: int
    text: str
    asked: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What this page gives the reporter for the first time: it asks their browser to say that they have seen it."""

    confirmation: int | None
    also: tuple[int, ...]  # messages that give a question, news, a workaround, a fix or an answer


@dataclass(frozen=True, slots=True)
class Visit:
    """Support on site, where the agreement includes it. `asked` says when it was asked for and not yet answered."""

    included: str
    limit: str
    clause: str
    asked: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Everything that the page says. What somebody may not do is not offered to them."""

    reference: str
    subject: str
    standing: Standing
    explained: str
    severity: str
    product: str
    organisation: str
    requester: str
    reported: str
    told: tuple[Told, ...]
    questions: tuple[Asked, ...]
    fix: str  # the text of a solution that waits for a word, empty where none does
    closes: str  # when silence closes it
    thread: tuple[Entry | Happened, ...]
    copies: tuple[tuple[int, str, str], ...]  # (id, name, address) of whoever gets what we write
    colleagues: tuple[tuple[int, str], ...]  # who could be added
    mine: bool
    copied: bool  # sees it because somebody brought them in, and decides nothing
    may_write: bool
    may_share: bool
    may_reopen: bool
    may_withdraw: bool
    may_escalate: bool
    visit: Visit | None
    escalation: str  # what became of a wish for escalation
    closed: bool
    merged_into: str
    complaint: bool
    seen: Seen | None
    mark: str  # changes whenever anything on the page does


def page_of(found: Shown, person: Person, *, at: datetime) -> RequestPage:
    """Return the page of a request that `person` may see. A few queries beside those of `shown`, always as many."""
    ticket = found.ticket
    reading, terms = clocks.reading_of(ticket, at=at)
    zone, closed = zone_of(terms), ticket.state == State.CLOSED
    may_write = not found.merged_into and clients.may_write(ticket, person, at=at)
    mine, complaint = ticket.requester_id == person.pk, ticket.kind == Kind.COMPLAINT
    has_asked = any(one.kind == e.ESCALATION_REQUESTED for one in found.events)
    wish = clients.asked_for_escalation(ticket) if has_asked else None
    may_speak = speaks_for(ticket, person, at=at)
    speaks = may_write and may_speak
    waits = may_write and clients.fix_waits(ticket, found.events)
    fix = waits and speaks
    return RequestPage(
        reference=ticket.reference,
        subject=ticket.subject or _("(no subject)"),
        standing=standing(ticket.state, ticket.kind),
        explained=_explained(found, fix=fix, waits=waits, zone=zone, at=at),
        severity=severity_words(terms, reading.severity if reading.confirmed else None),
        product=ticket.product.name if ticket.product else "",
        organisation=ticket.organisation.name if ticket.organisation else "",
        requester=ticket.requester_name or ticket.requester_address,
        reported=words.on(ticket.reported_at, zone, now=at),
        told=promises.told(reading.clocks, terms, at=at),
        questions=_questions(found, zone, at) if may_write and not closed else (),
        fix=_newest(found, delivery.FIX) if fix else "",
        closes=closes(ticket, found.events, terms, at=at) if fix else "",
        thread=_thread(found, zone, at=at),
        copies=tuple((one.pk, one.name, one.address) for one in found.copies),
        colleagues=tuple((one.pk, one.name) for one in clients.colleagues(ticket, at=at)) if speaks else (),
        mine=mine,
        copied=not may_speak,
        may_write=may_write and (not closed or clients.may_reopen(ticket, at=at)),
        may_share=speaks,
        may_reopen=may_write and closed and clients.may_reopen(ticket, at=at),
        may_withdraw=mine and not closed and not complaint,
        may_escalate=may_write and not closed and wish is None,
        visit=_visit(found, terms, zone, at) if may_write and not closed and not complaint else None,
        escalation=_wish(wish, zone, at, mine=wish is not None and wish.actor == person.ref),
        closed=closed,
        merged_into=found.merged_into,
        complaint=complaint,
        seen=_seen(found, person) if mine else None,
        mark=mark_of(found),
    )


def mark_of(found: Shown) -> str:
    """Return what changes whenever the page of a request says something else: no inside event moves it."""
    newest = found.events[-1].number if found.events else 0
    last = found.messages[-1].pk if found.messages else 0
    return f"{newest}-{len(found.messages)}-{last}-{found.ticket.state}"


def closes(ticket: Ticket, events: Sequence[Event], terms: Terms, *, at: datetime) -> str:
    """Return when silence closes a request that lies with its client (clause 3.9); empty where nothing would."""
    given = next((one for one in reversed(events) if one.kind in (e.FIX_PROVIDED, e.COMPLAINT_ANSWERED)), None)
    if given is None or ticket.state != State.RESOLVED:
        return ""
    moment_ = terms.closing.calendar.calendar.add(given.at, terms.closing.silence)
    return words.by(moment_, zone_of(terms), now=at)


def _explained(found: Shown, *, fix: bool, waits: bool, zone: ZoneInfo, at: datetime) -> str:
    """Return one sentence on what happens next."""
    ticket = found.ticket
    if found.merged_into:
        return _("This request goes on together with %(reference)s.") % {"reference": found.merged_into}
    if fix:
        return _("Please try our solution and tell us whether it works.")
    if waits:
        return _("Our solution is there to be tried. Whoever made the request says whether it works.")
    if ticket.state == State.WAITING_CLIENT:
        return _("Please answer our question below. Our time rests until you do.")
    if ticket.state == State.CLOSED and ticket.closed_at:
        return _("It was closed %(at)s.") % {"at": words.on(ticket.closed_at, zone, now=at)}
    if ticket.state == State.NEW:
        return _("It has reached us. A person reads it, judges how serious it is and writes to you.")
    return _("A person at our desk has it.")


def _questions(found: Shown, zone: ZoneInfo, at: datetime) -> tuple[Asked, ...]:
    waiting = [one for one in found.questions if one.ended_at is None]
    return tuple(
        Asked(
            id=one.pk,
            text=one.question,
            asked=words.on(one.reached_at or one.asked_at, zone, now=at),
            wanted=words.by(one.answer_by, zone, now=at) if one.answer_by else "",
        )
        for one in waiting
    )


def _newest(found: Shown, purpose: str) -> str:
    return next((one.text.strip() for one in reversed(found.messages) if one.purpose == purpose), "") or _("See below.")


def _wish(wish: Event | None, zone: ZoneInfo, at: datetime, *, mine: bool) -> str:
    if wish is None:
        return ""
    told = words.on(wish.at, zone, now=at)
    return (
        (_("You asked for somebody higher up %(at)s.") if mine else _("Somebody higher up was asked for %(at)s."))
        % {"at": told}
        + " "
        + _("Our managers were told at once; one of them looks at it and writes to you.")
    )


def _visit(found: Shown, terms: Terms, zone: ZoneInfo, at: datetime) -> Visit | None:
    """Return what the agreement gives of support on site (R3.8). At most two queries."""
    given = terms.entitlement(resolution.ENTITLEMENT)
    if given is None or not given.included:
        return None
    has_asked = any(one.kind == e.ON_SITE_REQUESTED for one in found.events)
    asked = clients.asked_for_visit(found.ticket) if has_asked else None
    return Visit(
        included=given.description,
        limit=ngettext("At most %(count)d a year.", "At most %(count)d a year.", given.limit) % {"count": given.limit}
        if given.limit is not None
        else "",
        clause=promises.clause_of(given.clause),
        asked=words.on(asked.at, zone, now=at) if asked else "",
    )


def _seen(found: Shown, person: Person) -> Seen | None:
    """Return what the reporter has not been given yet and stands on this page; None where they have everything."""
    told = {one.kind: one.payload for one in log.history(found.ticket)}
    confirmations = [one for one in found.messages if one.purpose == delivery.SEVERITY_CONFIRMATION]
    given = told.get(e.SEVERITY_CHANGED) or told.get(e.SEVERITY_PROVIDED)
    newest = confirmations[-1] if confirmations else None
    fresh = newest is not None and (given is None or given.get("severity") != newest.effect.get("severity"))
    also = tuple(one.pk for one in unprovided(found))
    if e.NUMBER_PROVIDED in told and not fresh and not also:
        return None
    return Seen(newest.pk if newest is not None and fresh else None, also)


def _thread(found: Shown, zone: ZoneInfo, *, at: datetime) -> tuple[Entry | Happened, ...]:
    entries: list[Entry | Happened] = [_entry(one, found.ticket, zone, at) for one in found.messages]
    lines: list[Entry | Happened] = [
        Happened("happened", one.at, _happened(one), moment(one.at, zone, now=at), words.on(one.at, zone, now=at))
        for one in found.events
    ]
    return tuple(sorted(entries + lines, key=lambda item: (item.at, isinstance(item, Happened))))


def _happened(event: Event) -> str:
    if event.kind == e.MERGED:
        other = str(event.payload.get("into") or event.payload.get("reference", ""))
        return _("Joined with %(reference)s") % {"reference": other}
    if event.kind == e.ESCALATED:
        return _("Passed on to %(whom)s") % {"whom": str(event.payload.get("whom") or event.payload["level"])}
    return str(HAPPENED[event.kind])


def _entry(message: Message, ticket: Ticket, zone: ZoneInfo, at: datetime) -> Entry:
    ours = message.direction == Direction.OUT
    name = message.author_name or (_("Support") if ours else message.author_address or _("Somebody"))
    text, folded = _text(message)
    return Entry(
        kind="entry",
        at=message.at,
        id=message.pk,
        ours=ours,
        machine=message.automatic,
        face=initials(name),
        sender=_("Automatic message") if message.automatic else name,
        address="" if ours else message.author_address,
        doubt="" if ours else _doubt(message),
        label=str(LABELS[message.purpose]) if message.purpose in LABELS else "",
        text=text,
        folded=folded,
        frame=url("request_message", ticket.reference, message.pk) if message.html and not text.strip() else "",
        files=tuple(_file(one, ticket) for one in message.attachments.all()),
        when=moment(message.at, zone, now=at),
        said=words.on(message.at, zone, now=at),
    )


def _doubt(message: Message) -> str:
    """Return what to heed about a name that reads like something else (class B8); empty for nearly all."""
    if not spoofing(Address(message.author_name, message.author_address)):
        return ""
    return _("This name or address may be made to look like another. Look at it letter by letter.")


def _text(message: Message) -> tuple[str, str]:
    """Return what is new in a message, and what it repeats."""
    if message.direction == Direction.OUT:
        return message.text.strip("\n"), ""
    stretches = quotes.split(message.text)
    new = "".join(one.text for one in stretches if one.kind == "new").strip("\n")
    rest = "".join(one.text for one in stretches if one.kind != "new").strip("\n")
    return new, rest


def _file(file: Attachment, ticket: Ticket) -> FileLine:
    return FileLine(file.name, size(file.size), url("request_file", ticket.reference, file.pk))
