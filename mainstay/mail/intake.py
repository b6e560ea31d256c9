"""The second of two commits: each mail is read in a process of its own, decided on, and all of it written at once.

An arrival without an outcome is the work; no other queue exists that could lose it. Any number of workers may
take
mail: a lease gives each arrival to one, and the write that settles it must match the lease.
"""

from __future__ import annotations

import itertools
import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Case, F, IntegerField, Q, When

from mainstay.contracts import queries as contracts
from mainstay.lib import once, rows, sql
from mainstay.mail import desk, guard, letters, reception, restraint, senders
from mainstay.mail.classify import Own
from mainstay.mail.models import Arrival, Mailbox, Outcome, RawMail
from mainstay.mail.parsed import ParsedMail, Trust
from mainstay.mail.reception import Settled
from mainstay.tickets import actions as tickets
from mainstay.tickets.content import NewMessage
from mainstay.tickets.models import Direction, Ticket

log = logging.getLogger(__name__)

BATCH = 10  # mails that are read first and then written in one transaction
LEASE = timedelta(seconds=30)
LEASE_LEFT = 15.0  # seconds of a lease after which it is renewed before the next mail is read
TRIES = 3  # that may fail because of the mail itself
LOST = 5  # workers that a mail may take down before it is put aside
REST = (timedelta(seconds=5), timedelta(seconds=20))  # after the first and the second failure
_NOT_THE_MAILS_FAULT = (OperationalError, InterfaceError)
_NOT_TAKEN = ("", Outcome.QUARANTINED)  # in quarantine a mail waits: when it comes again it may be readable
_turn = itertools.count()


class LeaseLost(Exception):
    """Another worker has taken this arrival over; nothing that this one wrote may stand."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What all mails of a batch are held against."""

    own: Own
    levels: Mapping[str, int]
    taken: dict[str, Arrival] | None = None  # by identity, where it was looked up for the batch


@dataclass(frozen=True, slots=True)
class _Read:
    """An arrival with what could be read of it. Only one of `mail`, `problem` and `verdict` says something.

    `problem` is a failure that another try may mend, `verdict` one that none can.
    """

    arrival: Arrival
    trust: Trust
    mail: ParsedMail | None = None
    problem: str = ""
    verdict: str = ""


@sql.looking_for(sql.Look(Arrival, "due_at"))
def take_due(at: datetime) -> int:
    """Take in a small batch of what is due at `at`, fairly over the mailboxes; return how many were settled.

    The pump of the lane `mail`. One query when nothing is due.
    """
    claimed = _claim(at)
    try:
        return len(_take(claimed, at)) if claimed else 0
    except BaseException:
        for arrival in claimed:
            _put_back(arrival, at)
        raise


def _take(claimed: Sequence[Arrival], at: datetime) -> set[int]:
    known = _Desk(desk.own(), desk.severities(at))
    reads = _read_all(claimed, at)
    settled = _settle_together([one for one in reads if one.mail is not None], known, at)
    for one in reads:
        if one.arrival.pk not in settled:
            settled |= _settle_alone(one, known, at)
    return settled


def _claim(at: datetime) -> list[Arrival]:
    if not sql.is_due(Arrival, "due_at", at):
        return []
    due = Arrival.objects.filter(due_at__lte=at)
    picked, abandoned = _pick(at)
    # What may have taken a worker down is taken alone, so that it takes no other mail with it again.
    return sql.claim(
        due.filter(pk__in=abandoned[:1] or picked).order_by("due_at", "id"),
        limit=BATCH,
        leased=True,
        lost=Case(When(leased=True, then=F("lost") + 1), default=F("lost"), output_field=IntegerField()),
        fence=F("fence") + 1,
        due_at=at + LEASE,
    )


def _pick(at: datetime) -> tuple[list[int], list[int]]:
    """Return a batch of due arrivals, one of each mailbox in turn, and those whose worker died over them."""
    sources: list[int | None] = [None, *Mailbox.objects.order_by("id").values_list("pk", flat=True)]
    first = next(_turn) % len(sources)
    queues = []
    for source in sources[first:] + sources[:first]:
        here = Q(mailbox=None) if source is None else Q(mailbox=source)
        due = Arrival.objects.filter(here, due_at__lte=at).order_by("due_at", "id")
        queues.append(list(due.values_list("pk", "leased")[:BATCH]))
    found = [row for rank in itertools.zip_longest(*queues) for row in rank if row is not None]
    return [pk for pk, _ in found[:BATCH]], [pk for pk, leased in found if leased]


def _read_all(claimed: Sequence[Arrival], at: datetime) -> list[_Read]:
    wanted = {arrival.raw_id for arrival in claimed if arrival.raw_id}
    raws = {row.digest: row for row in rows.among(RawMail, "digest", wanted)}
    mailboxes = Mailbox.objects.in_bulk([arrival.mailbox_id for arrival in claimed if arrival.mailbox_id])
    trusts = {pk: desk.trust_of(mailbox) for pk, mailbox in mailboxes.items()}
    began = renewed = time.monotonic()
    reads = []
    for place, arrival in enumerate(claimed):
        if time.monotonic() - renewed > LEASE_LEFT:
            renewed = time.monotonic()
            _extend(claimed[place:], until=at + timedelta(seconds=renewed - began) + LEASE)
        raw = raws.get(arrival.raw_id or "")
        trust = trusts.get(arrival.mailbox_id or 0) or desk.trust_of(None)
        reads.append(_read(arrival, bytes(raw.data) if raw else b"", trust))
    return reads


def _read(arrival: Arrival, raw: bytes, trust: Trust) -> _Read:
    if arrival.fault:
        return _Read(arrival, trust, verdict=arrival.fault)
    if arrival.lost >= LOST:
        return _Read(arrival, trust, verdict=f"{arrival.lost} workers died, hung or were stopped over it.")
    try:
        return _Read(arrival, trust, mail=guard.read(raw, trust=trust))
    except guard.ParserDied as died:
        return _Read(arrival, trust, problem=died.reason)


def _extend(arrivals: Iterable[Arrival], *, until: datetime) -> None:
    for arrival in arrivals:
        Arrival.objects.filter(pk=arrival.pk, fence=arrival.fence, outcome="").update(due_at=until)


def _settle_together(reads: Sequence[_Read], known: _Desk, at: datetime) -> set[int]:
    """Write a whole batch in one transaction, table by table; return which were settled: all of them, or none.

    A fault of any of them undoes all of it: each is then tried by itself, so that one cannot harm the others.
    """
    if len(reads) < 2:
        return set()
    try:
        with transaction.atomic(), _looked_up_once(reads), rows.together():
            known = replace(known, taken=_taken([one.arrival for one in reads]))
            for one in reads:
                _settle(one, known, at)
    except Exception:
        log.warning("A batch of %s mails will be tried one by one", len(reads), exc_info=True)
        return set()
    return {one.arrival.pk for one in reads}


@contextmanager
def _looked_up_once(reads: Sequence[_Read]) -> Iterator[None]:
    """Look up what each mail of a batch would ask for by itself."""
    found = [one.mail.sender for one in reads if one.mail is not None and one.mail.sender]
    addresses = [one.address for one in found]
    with (
        once.for_all(),
        letters.knowing(addresses),
        restraint.knowing(addresses),
        senders.knowing([one.key for one in found]),
    ):
        contracts.look_ahead(senders.organisations_known())
        yield


def _taken(arrivals: Sequence[Arrival]) -> dict[str, Arrival]:
    identities = [one.identity for one in arrivals if one.identity]
    taken = Arrival.objects.select_related("ticket").filter(identity__in=identities, duplicate_of=None)
    return {one.identity: one for one in taken.exclude(outcome__in=_NOT_TAKEN)}


def _settle_alone(one: _Read, known: _Desk, at: datetime) -> set[int]:
    """Settle one arrival, or write down that it failed; return its id where it has an outcome now."""
    try:
        if one.verdict:
            _quarantine(one.arrival, one.verdict, at)
        elif one.mail is None:
            return _failed(one.arrival, one.problem, at)
        else:
            _settle_twice(one, known, at)
    except LeaseLost:
        log.warning("arrival %s was taken over by another worker", one.arrival.pk)
        return set()
    except _NOT_THE_MAILS_FAULT:
        raise
    except Exception as error:
        log.exception("arrival %s could not be taken in", one.arrival.pk)
        return _failed(one.arrival, f"{type(error).__name__}: {error}", at)
    return {one.arrival.pk}


def _settle_twice(one: _Read, known: _Desk, at: datetime) -> None:
    """Settle, and once more if the same mail was being settled elsewhere.

    Then it is found to be a duplicate.
    """
    try:
        with transaction.atomic():
            _settle(one, known, at)
    except IntegrityError:
        with transaction.atomic():
            _settle(one, known, at)


def _settle(one: _Read, known: _Desk, at: datetime) -> None:
    arrival, mail = one.arrival, one.mail
    assert mail is not None
    first = _same_mail(arrival) if known.taken is None else known.taken.get(arrival.identity)
    if first is not None:
        settled = Settled(Outcome(first.outcome), f"The same mail again. {first.reason}"[:500], first.ticket)
    else:
        settled = reception.receive(arrival, mail, own=known.own, trust=one.trust, levels=known.levels, at=at)
    _write_outcome(
        arrival,
        settled,
        at,
        message_id=mail.message_id[:998],
        sender=(str(mail.sender.address) if mail.sender else mail.sender_text)[:320],
        subject=mail.subject[:500],
        duplicate_of_id=first and first.pk,
    )
    if known.taken is not None and first is None and arrival.identity:
        arrival.outcome, arrival.reason, arrival.ticket = settled.outcome, settled.reason, settled.ticket
        known.taken[arrival.identity] = arrival


def _same_mail(arrival: Arrival) -> Arrival | None:
    """Return the arrival that this same mail was taken in with before. One query."""
    if not arrival.identity:
        return None
    same = Arrival.objects.filter(identity=arrival.identity, duplicate_of=None)
    taken = same.exclude(outcome__in=_NOT_TAKEN)
    return taken.exclude(pk=arrival.pk).order_by("id").first()


def _write_outcome(arrival: Arrival, settled: Settled, at: datetime, **columns: object) -> None:
    columns = {
        "outcome": settled.outcome,
        "reason": settled.reason[:500],
        "ticket_id": settled.ticket and settled.ticket.pk,
        "entry_id": settled.message and settled.message.pk,
        "settled_at": at,
        "due_at": None,
        "leased": False,
        "last_error": "",
        **columns,
    }
    changed = rows.change(Arrival, {"id": arrival.pk, "fence": arrival.fence, "outcome": ""}, **columns)
    if not changed:
        raise LeaseLost(str(arrival.pk))


def _failed(arrival: Arrival, problem: str, at: datetime) -> set[int]:
    """Count a failure that is the mail's own: try again after a rest, or put it aside for a person."""
    tries = arrival.tries + 1
    if tries >= TRIES:
        try:
            _quarantine(arrival, f"It could not be taken in, {tries} times: {problem}", at, tries=tries)
            return {arrival.pk}
        except LeaseLost:
            return set()
    Arrival.objects.filter(pk=arrival.pk, fence=arrival.fence, outcome="").update(
        tries=tries, leased=False, due_at=at + REST[tries - 1], last_error=_safe(problem, 500)
    )
    return set()


def _put_back(arrival: Arrival, at: datetime) -> None:
    """Give an arrival back for whose sake nothing failed: the database, the reader, a worker that is stopped.

    Nothing is counted against it. Where even this cannot be written, its lease runs out.
    """
    mine = Arrival.objects.filter(pk=arrival.pk, fence=arrival.fence, outcome="", leased=True)
    try:
        mine.update(leased=False, due_at=at + REST[0])
    except (DatabaseError, InterfaceError):
        log.warning("arrival %s waits for its lease to end", arrival.pk)


@transaction.atomic
def _quarantine(arrival: Arrival, reason: str, at: datetime, *, tries: int = 0) -> None:
    """Put a mail aside for a person, raw as it is, with a stub ticket: it is seen, and its time runs."""
    raw = RawMail.objects.filter(pk=arrival.raw_id).first() if arrival.raw_id else None
    shown = _shown_head(bytes(raw.data) if raw else b"")
    reason = _safe(reason, 500)
    first = _same_quarantined(arrival)
    ticket = first.ticket if first else _stub(arrival, shown, reason, at)
    _write_outcome(
        arrival,
        Settled(Outcome.QUARANTINED, reason, ticket),
        at,
        sender=shown.get("from", "")[:320],
        subject=shown.get("subject", "")[:500],
        tries=tries or arrival.tries,
        duplicate_of_id=first and first.pk,
    )


def _same_quarantined(arrival: Arrival) -> Arrival | None:
    """Return the same mail if it waits in quarantine already: one stub is enough. One query."""
    if not arrival.identity:
        return None
    waiting = Arrival.objects.select_related("ticket").filter(identity=arrival.identity, duplicate_of=None)
    return waiting.filter(outcome=Outcome.QUARANTINED, discarded_at=None).exclude(pk=arrival.pk).first()


def _stub(arrival: Arrival, shown: dict[str, str], reason: str, at: datetime) -> Ticket:
    said = [
        f"{name}: {shown[name.lower()]}"
        for name in ("From", "To", "Date", "Subject")
        if shown.get(name.lower())
    ]
    head = "\n".join(said) or "Nothing of its head can be shown."
    text = f"A mail could not be read. It is kept as it came, in the quarantine.\n\n{reason}\n\n{head}"
    message = NewMessage(
        direction=Direction.IN, channel="mail", text=text, author_name=shown.get("from", ""), notes=(reason,)
    )
    return tickets.open_ticket(
        at=arrival.received_at,
        channel="mail",
        subject=f"Unreadable mail: {shown.get('subject') or 'no subject'}"[:500],
        message=message,
        requester_address="",
        requester_name=shown.get("from", "")[:200] or "Unknown",
        verified=False,
        reason=f"In quarantine: {reason}"[:300],
        recorded_at=at,
    )


_HEAD = re.compile(rb"^(from|to|date|subject)[ \t]*:[ \t]*([^\r\n]{0,300})", re.I | re.M)


def _shown_head(raw: bytes) -> dict[str, str]:
    """Return a few header lines to be shown, without reading the mail: it may be what kills readers."""
    head = raw[:20_000].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found: dict[str, str] = {}
    for name, value in _HEAD.findall(head):
        found.setdefault(name.decode().lower(), _safe(value.decode("utf-8", "replace"), 300))
    return found


def _safe(text: str, longest: int) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:longest]
