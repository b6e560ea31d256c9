"""Asking how the support was, and taking the answer (R3.9, pack clause 3.9).

The link goes out in the closing letter. Looking at it changes nothing, so that programs which open the links of a mail
ahead of its reader answer for nobody (class C16); the answer is a POST. It is taken once and not changed afterwards.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mainstay.contracts import queries as contracts
from mainstay.core.saying import Refusal, marked
from mainstay.core.surveying import Surveying, SurveyPart
from mainstay.escalation import actions as escalation
from mainstay.feedback import complaints
from mainstay.feedback.models import BEST, WORST, Part, Rating, Survey, SurveyManner
from mainstay.lib import sql
from mainstay.lib.language import ours
from mainstay.mail import letters, phrases
from mainstay.mail.enclosures import NOTHING, Enclosure
from mainstay.mail.letters import Draft
from mainstay.orgs.models import Person
from mainstay.tickets import events
from mainstay.tickets.actions import locked
from mainstay.tickets.content import NUL
from mainstay.tickets.events import Happening
from mainstay.tickets.log import append
from mainstay.tickets.models import Event, Kind, Ticket

LONGEST = 10_000  # characters of a comment
USUAL = (  # key, words, and the commitment of the agreement that it is about; the desk changes them in the console
    ("reception", marked("Reaching us and being heard"), ""),
    ("response", marked("How soon we answered"), "response"),
    ("updates", marked("Being kept up to date"), "update"),
    ("resolution", marked("How it was solved"), "resolution"),
    ("manner", marked("How we dealt with you"), ""),
)
AFTER = 1_000  # the position of parts that only agreements name, behind those of the desk
LETTER = "survey"
SHOWN = marked("A link to our survey goes with this letter; only its recipient has it.")


class NoAnswer(ValueError):
    """The survey takes no answer; `why` is one of unknown, answered, expired, withdrawn."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Incomplete(Refusal, ValueError):
    """Nothing was said yet; the message says what to do."""


def manner() -> SurveyManner:
    """Return how the desk asks. The defaults are not kept."""
    return SurveyManner.objects.first() or SurveyManner()


@ours
def enclose(ticket: Ticket, at: datetime) -> Enclosure:
    """Ask about the support for `ticket`, which is being closed: return the paragraph with the link.

    Nothing where nobody is asked: the request is not verified, is a complaint, has nothing to be rated, or whoever
    raised it was asked lately.
    """
    begin_with_usual_parts()
    parts = parts_of(ticket)
    address = ticket.requester_address.lower()
    if not (ticket.verified and address and parts) or ticket.kind == Kind.COMPLAINT:
        return NOTHING
    terms = contracts.load(ticket.terms)
    if _asked_lately(address, terms.survey, at):
        return NOTHING
    token = secrets.token_urlsafe(32)
    expires_at = at + terms.closing.survey_valid
    survey = Survey.objects.create(
        ticket=ticket, address=address, digest=digest_of(token), sent_at=at, expires_at=expires_at
    )
    happening = Happening(events.SURVEY_SENT, at, {"survey": survey.pk})
    append(locked(ticket), [happening], actor="survey", recorded_at=at)
    asked = _("How was our support? It takes a minute: %(link)s") % {"link": f"{settings.BASE_URL}/survey/{token}/"}
    until = phrases.moment(expires_at, phrases.zone_of(terms))
    once = _("The link is yours alone and works once, until %(until)s.") % {"until": until}
    return Enclosure(f"{asked}\n{once}", _(SHOWN))


def _asked_lately(address: str, agreed: Surveying | None, at: datetime) -> bool:
    apart = agreed.apart if agreed else None
    since = at - (timedelta(days=manner().apart_days) if apart is None else apart)
    return Survey.objects.filter(address=address, sent_at__gt=since, withdrawn_at=None).exists()


def begin_with_usual_parts() -> None:
    """Write down the parts that are usually asked, where the desk has none yet. Safe to repeat."""
    if not Part.objects.exists():
        Part.objects.bulk_create(usual_parts(), ignore_conflicts=True)


@ours
def usual_parts() -> list[Part]:
    """Return the parts that a desk begins with; not kept yet."""
    return [
        Part(key=key, words=_(words), commitment=commitment, position=position)
        for position, (key, words, commitment) in enumerate(USUAL, start=1)
    ]


def parts_of(ticket: Ticket) -> list[Part]:
    """Return what is asked about `ticket`, as far as its agreement promises it. One query.

    The parts that its agreement names, or else those that the desk has in use.
    """
    terms = contracts.load(ticket.terms)
    promised = {one.name for one in terms.commitments}
    parts = _agreed(terms.survey.parts) if terms.survey and terms.survey.parts else parts_in_use()
    return [part for part in parts if part.commitment in ("", *promised)]


def _agreed(named: Sequence[SurveyPart]) -> list[Part]:
    """Return what an agreement has rated, in its words and order. What nobody has rated before is written down."""
    known = {row.key: row for row in Part.objects.filter(key__in=[one.name for one in named])}
    parts = []
    for place, one in enumerate(named, start=1):
        row = known.get(one.name) or Part.objects.get_or_create(
            key=one.name, defaults={"words": one.words, "position": AFTER + place, "agreed": True}
        )[0]
        row.words, row.commitment = one.words, one.commitment  # in this survey; the desk's own words stay as they are
        parts.append(row)
    return parts


def parts_in_use() -> list[Part]:
    """Return the parts that the desk asks about, in order. One query."""
    return list(Part.objects.filter(retired_at=None, agreed=False).order_by("position", "pk"))


def parts_rated() -> list[Part]:
    """Return the parts that results are told of: the desk's in use, then those that only agreements name. One query."""
    return list(Part.objects.filter(retired_at=None).order_by("agreed", "position", "pk"))


def digest_of(token: str) -> str:
    """Return what is kept of a token. It has 256 random bits, so that no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def find(token: str, *, at: datetime) -> Survey:
    """Return the survey that waits for an answer under this token. Raises NoAnswer. Changes nothing."""
    survey = Survey.objects.select_related("ticket__terms").filter(digest=digest_of(token)).first()
    return _open(survey, at)


def _open(survey: Survey | None, at: datetime) -> Survey:
    if survey is None:
        raise NoAnswer("unknown")
    if survey.answered_at is not None:
        raise NoAnswer("answered")
    if survey.withdrawn_at is not None:
        raise NoAnswer("withdrawn")
    if at >= survey.expires_at:
        raise NoAnswer("expired")
    return survey


@transaction.atomic
def answer(
    *, token: str, ratings: Mapping[str, int], comment: str, complain: bool, at: datetime
) -> Survey:
    """Take the answer: ratings by the key of the part, a comment, and whether it is a complaint. Once only.

    Raises NoAnswer, and Incomplete where nothing was said.
    """
    found = sql.lock_rows(Survey.objects.filter(digest=digest_of(token))).first()
    survey = _open(found, at)
    ticket = locked(survey.ticket_id)
    rated = {part: ratings[part.key] for part in parts_of(ticket) if part.key in ratings}
    comment = comment.strip().replace(NUL, "\ufffd")[:LONGEST]
    if not rated and not comment:
        raise Incomplete("Please rate at least one part, or write something.")
    if complain and not comment:
        raise Incomplete("Please write what the complaint is about, so that a manager can answer it.")
    survey.answered_at, survey.comment = at, comment
    Rating.objects.bulk_create(Rating(survey=survey, part=part, value=_in_range(rated[part])) for part in rated)
    happening = Happening(events.SURVEY_ANSWERED, at, {"survey": survey.pk})
    append(ticket, [happening], actor="survey", recorded_at=at)
    if complain:
        said = [f"{part.words}: {value} of {BEST}" for part, value in rated.items()]
        survey.complaint = complaints.from_survey(about=ticket, text=comment, ratings=said, at=at)
    survey.save()
    _tell_of_low(ticket, rated, at)
    return survey


def _in_range(value: int) -> int:
    if not WORST <= value <= BEST:
        raise Incomplete("A rating is a number from %(worst)s to %(best)s.", worst=WORST, best=BEST)
    return value


def _tell_of_low(ticket: Ticket, rated: Mapping[Part, int], at: datetime) -> None:
    """Tell the managers of low ratings: which parts, and not a word of the comment."""
    low = [part.words for part, value in rated.items() if value <= manner().low]
    if low:
        text = f"{ticket.reference}: rated low for {', '.join(low)}"
        escalation.tell_people(escalation.managers(), ticket=ticket, kind="low_rating", text=text, at=at)


def hear(ticket: Ticket, heard: Sequence[Event], recorded_at: datetime) -> None:
    """Withdraw the survey about a request that is opened again: what it asks about is not over.

    A client who accepts a fix in the portal closes the request without a letter of ours: they are sent one that asks.
    """
    kinds = {event.kind for event in heard}
    if kinds & {events.REOPENED, events.CLOSING_WITHDRAWN}:
        _waiting(ticket).update(withdrawn_at=recorded_at)
    elif events.CLOSED in kinds and _accepted_last(ticket) and not _waiting(ticket).exists():
        enclosed = enclose(ticket, recorded_at)
        if enclosed.text:
            draft = Draft(
                LETTER, {"survey": enclosed.text}, automatic="auto-generated", private={"survey": enclosed.shown}
            )
            letters.send(ticket, draft, at=recorded_at)


def _waiting(ticket: Ticket) -> QuerySet[Survey]:
    return Survey.objects.filter(ticket=ticket, answered_at=None, withdrawn_at=None)


def _accepted_last(ticket: Ticket) -> bool:
    """Whether the client's acceptance came last before the closing that is being told."""
    before = ticket.events.exclude(kind__in=(events.CLOSED, events.ASSIGNED)).order_by("-number")
    return before.values_list("kind", flat=True).first() == events.ACCEPTED


@transaction.atomic
def set_manner(*, apart_days: int, low: int, by: Person, at: datetime) -> SurveyManner:
    """Keep how often somebody is asked, and up to which rating the managers are told."""
    row = manner()
    row.apart_days, row.low, row.changed_by, row.changed_at = apart_days, low, by, at
    row.save()
    return row


@transaction.atomic
def set_parts(*, words: Mapping[str, str], new: str, at: datetime) -> None:
    """Keep how the parts are called, by key. One without words is retired, and one with words is asked again.

    `new` adds a part. What was answered about a part stays.
    """
    for part in Part.objects.order_by("position", "pk"):
        said = words.get(part.key)
        if said is None:
            continue
        part.words, part.retired_at = said.strip() or part.words, None if said.strip() else part.retired_at or at
        part.save()
    if new.strip():
        last = Part.objects.order_by("-position").values_list("position", flat=True).first() or 0
        Part.objects.create(key=f"part-{secrets.token_hex(4)}", words=new.strip(), position=last + 1)
