"""Taking what people write from inside a product: a request, a remark or a complaint (R3.2a, R3.10a).

A token is used once; what comes again gets the answer that it got, and other content under the same key is refused.
Whoever is authorised is known by the address that the product signed; anybody else is held like an unknown mail, and
the answer is the same to both (R3.2b).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db import IntegrityError, transaction

from mainstay.core.saying import Refusal
from mainstay.feedback import complaints, sources, tokens
from mainstay.feedback.models import Knock, Remark, Secret, Sent, Source
from mainstay.feedback.tokens import Claims, NotGenuine
from mainstay.lib import sealed
from mainstay.mail import correspondence, letters, restraint
from mainstay.orgs import access
from mainstay.orgs.models import Membership, Person
from mainstay.tickets import actions as tickets
from mainstay.tickets.content import NUL, NewFile, NewMessage
from mainstay.tickets.models import Direction, Kind, Ticket

CHANNEL = "product"
REQUEST, REMARK, COMPLAINT = KINDS = ("request", "feedback", "complaint")
LONGEST_TEXT, LONGEST_SUBJECT = 20_000, 200
PER_PERSON, PER_ORGANISATION, PER_NETWORK = 10, 60, 30
WITHIN, WITHIN_FOR_NETWORK = timedelta(hours=1), timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(days=1)


class TooMany(Refusal, ValueError):
    """Too much came from one person, organisation or network; the message says when to come back."""


class UsedOtherwise(Refusal, ValueError):
    """The token or the key was used before, for something else."""


class BadWords(Refusal, ValueError):
    """What was said cannot be taken; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote. `page` is where in the product they were."""

    kind: str
    text: str
    subject: str = ""
    page: str = ""
    files: Sequence[NewFile] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer. A remark has no reference. `before`: it had been taken earlier."""

    kind: str
    reference: str
    before: bool


def knock(network: str, *, at: datetime) -> None:
    """Count one token from a network that was not genuine. Raises TooMany.

    A genuine one is never counted: many clients of one product may come by its one server.
    """
    digest = _digest(network)
    since = at - WITHIN_FOR_NETWORK
    if Knock.objects.filter(network=digest, at__gt=since).count() >= PER_NETWORK:
        raise TooMany("Too much has come from your network. Please try again in ten minutes.")
    Knock.objects.create(network=digest, at=at)


def forget_knocks(at: datetime) -> int:
    """Remove attempts of more than a day ago. Returns how many."""
    return Knock.objects.filter(at__lt=at - FORGOTTEN_AFTER).delete()[0]


def who(token: str, *, at: datetime) -> tuple[Source, Claims]:
    """Return from which product a token is, and whom it names. Raises NotGenuine."""
    found: list[Secret] = []

    def secret_of(key_id: str) -> str | None:
        holding = sources.good_at(at).select_related("source__product")
        secret = holding.filter(key_id=key_id, source__ended_at=None).first() if NUL not in key_id else None
        if secret is None:
            return None
        found.append(secret)
        try:
            return sources.unsealed(secret)
        except sealed.Unreadable:
            return None

    claims = tokens.read(token, secret_of=secret_of, at=at)
    return found[0].source, claims


def take(*, source: Source, claims: Claims, said: Said, key: str = "", at: datetime) -> Taken:
    """Take what was said, once. `key` is the sender's own for saying the same thing again.

    Raises BadWords, TooMany, UsedOtherwise.
    """
    said = _checked(said)
    mark = Sent(
        source=source, token=_digest(claims.token_id), idempotency_key=key[:255], content=_content(said),
        person=_digest(claims.email), at=at,
    )  # fmt: skip
    if (known := _known(mark)) is not None:
        return _again(known, mark)
    try:
        with transaction.atomic():
            return _taken(mark, claims, said, at)
    except IntegrityError:
        known = _known(mark)  # two that came together: the second one finds what the first one did
        if known is None:
            raise
        return _again(known, mark)


def _checked(said: Said) -> Said:
    text = said.text.replace(NUL, "\ufffd").strip()
    if said.kind not in KINDS:
        raise BadWords("Say what it is: request, feedback or complaint.")
    if not text:
        raise BadWords("Please write what it is about.")
    if len(text) > LONGEST_TEXT:
        raise BadWords("Please write no more than %(most)s characters.", most=LONGEST_TEXT)
    subject = " ".join(said.subject.replace(NUL, " ").split())[:LONGEST_SUBJECT]
    return Said(said.kind, text, subject or _first_words(text), said.page.replace(NUL, "")[:500], said.files)


def _first_words(text: str) -> str:
    line = " ".join(text.split("\n", 1)[0].split())
    return line if len(line) <= 80 else line[:80].rsplit(" ", 1)[0] + "…"


def _known(mark: Sent) -> Sent | None:
    same = Sent.objects.select_related("ticket").filter(source=mark.source)
    by_key = (
        same.filter(person=mark.person, idempotency_key=mark.idempotency_key).first() if mark.idempotency_key else None
    )
    return by_key or same.filter(token=mark.token).first()


def _again(known: Sent, mark: Sent) -> Taken:
    if known.content != mark.content or known.person != mark.person:
        raise UsedOtherwise(
            "This token or key was used before for something else. Ask the product for a new token and send it again."
        )
    return _answer(known, before=True)


def _answer(sent: Sent, *, before: bool) -> Taken:
    if sent.ticket is None:
        return Taken(REMARK, "", before)
    kind = COMPLAINT if sent.ticket.kind == Kind.COMPLAINT else REQUEST
    return Taken(kind, sent.ticket.reference, before)


def _taken(mark: Sent, claims: Claims, said: Said, at: datetime) -> Taken:
    person, membership = _authorised(claims, at)
    mark.organisation = membership.organisation if membership else None
    _within_limits(mark, at)
    if said.kind == REMARK:
        mark.remark = Remark.objects.create(
            source=mark.source, person=person, organisation=mark.organisation, name=claims.name, address=claims.email,
            text=said.text, page=said.page, at=at,
        )  # fmt: skip
    elif said.kind == COMPLAINT and membership is not None:
        mark.ticket = complaints.from_person(
            person=membership.person, organisation=membership.organisation, role=membership.role, text=_words(said),
            subject=said.subject, channel=CHANNEL, files=said.files, at=at,
        )  # fmt: skip
    else:
        mark.ticket = _opened(mark.source, claims, membership, said, at)
    mark.save(force_insert=True)
    return _answer(mark, before=False)


def _authorised(claims: Claims, at: datetime) -> tuple[Person | None, Membership | None]:
    """Return whom the address belongs to, and their authority at the organisation that the product names.

    A product that names none means the one that they are authorised for, where it is one. Staff write from no product.
    """
    person = access.person_with_address(claims.email)
    if person is None or not person.is_active or person.is_staff:
        return None, None
    mine = access.active_memberships(at).filter(person=person).select_related("organisation", "person").order_by("pk")
    named = [one for one in mine if not claims.org or one.organisation.key == claims.org]
    return person, named[0] if len(named) == 1 else None


def _within_limits(mark: Sent, at: datetime) -> None:
    lately = Sent.objects.filter(at__gt=at - WITHIN)
    if lately.filter(person=mark.person).count() >= PER_PERSON:
        raise TooMany("You have sent a lot within the hour. Please wait a little, or ring us if it is urgent.")
    if mark.organisation is not None and lately.filter(organisation=mark.organisation).count() >= PER_ORGANISATION:
        raise TooMany("A lot has come from your organisation within the hour. If it is urgent, please ring us.")


def _words(said: Said) -> str:
    return f"{said.text}\n\nWritten on the page {said.page}" if said.page else said.text


def _opened(source: Source, claims: Claims, membership: Membership | None, said: Said, at: datetime) -> Ticket:
    """Open a request, or hold what may be nobody's: reported now in either case."""
    verified = membership is not None and membership.may_raise
    kind = Kind.COMPLAINT if said.kind == COMPLAINT else Kind.INCIDENT
    message = NewMessage(
        Direction.IN, CHANNEL, _words(said), subject=said.subject, author=membership.person if membership else None,
        author_name=claims.name, author_address=claims.email, files=tuple(said.files),
    )  # fmt: skip
    ticket = tickets.open_ticket(
        at=at, channel=CHANNEL, subject=said.subject, message=message, requester_address=claims.email,
        requester_name=claims.name or claims.email, requester=membership.person if membership else None,
        requester_role=membership.role if membership else "",
        organisation=membership.organisation if membership else None,
        product=source.product, kind=kind, verified=verified,
        reason="" if verified else f"Written inside {source.product.name}; not known to be authorised.",
        missing=() if verified else _missing(claims, membership),
    )  # fmt: skip
    with letters.in_hand(ticket):
        if verified:
            correspondence.acknowledge(ticket, at)
        elif restraint.may_answer(claims.email, at=at):
            correspondence.neutral_acknowledgement(ticket, at)
    return ticket


def _missing(claims: Claims, membership: Membership | None) -> list[str]:
    return [] if membership else [*([] if claims.org else ["organisation"]), "role"]


def _content(said: Said) -> str:
    parts = (said.kind, said.text, said.subject, said.page, *chain(*((one.name, _bytes(one)) for one in said.files)))
    return _digest(json.dumps(parts))


def _bytes(file: NewFile) -> str:
    return hashlib.sha256(file.data).hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


__all__ = ["NotGenuine", "Said", "Taken", "TooMany", "UsedOtherwise", "knock", "take", "who"]
