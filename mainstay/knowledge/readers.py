"""What readers tell of articles: whether one helped, and what they looked for in vain. It is not kept who they are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from mainstay.core.words import telling
from mainstay.knowledge.models import Edition, Vain, Vote
from mainstay.knowledge.rows.readers import Reason
from mainstay.lib import sql
from mainstay.orgs.models import Person
from mainstay.tickets.actions import CannotDo

LONGEST = 100  # characters of words that were looked for
MOST_WORDS = 6
MOST_FIGURES = 4  # in one word: a longer number may be somebody's own, and is not kept


@transaction.atomic
def vote(
    *, edition: Edition, voter: str, helped: bool, at: datetime, reason: str = "", comment: str = ""
) -> Vote:
    """Keep whether an edition helped. A second vote of the same reader takes the place of the first.

    `voter` is a digest made by the door, of a session or a person. Raises CannotDo for a reason that there is not.
    """
    if reason and reason not in Reason.values:
        raise CannotDo("Choose one of the reasons, or none.")
    columns = {
        "helped": helped,
        "reason": "" if helped else reason,
        "comment": comment.replace("\x00", "").strip()[:1000],
        "at": at,
        "settled_at": None,
        "settled_by": None,
    }
    kept, _ = Vote.objects.update_or_create(edition=edition, voter=voter, defaults=columns)
    return kept


@transaction.atomic
def looked_in_vain(*, text: str, at: datetime) -> None:
    """Keep the telling words of a search that found nothing, once for all who ask; none that may be somebody's own."""
    words = " ".join(word for word in telling(text, most=MOST_WORDS) if _is_nobodys(word))[:LONGEST].strip()
    if not words or "@" in text:
        return
    known = sql.lock_rows(Vain.objects.filter(words=words)).first()
    if known is None:
        Vain.objects.get_or_create(words=words, defaults={"first_at": at, "last_at": at})
    else:
        Vain.objects.filter(pk=known.pk).update(times=F("times") + 1, last_at=at, settled_at=None, settled_by=None)


@transaction.atomic
def settle_vote(*, vote: Vote, by: Person, at: datetime) -> None:
    """Say that what a reader told has been dealt with."""
    Vote.objects.filter(pk=vote.pk, settled_at=None).update(settled_at=at, settled_by=by)


@transaction.atomic
def settle_vain(*, vain: Vain, by: Person, at: datetime) -> None:
    """Say that somebody has dealt with words that found nothing; they come back when they are looked for again."""
    Vain.objects.filter(pk=vain.pk, settled_at=None).update(settled_at=at, settled_by=by)


def _is_nobodys(word: str) -> bool:
    return sum(letter.isdigit() for letter in word) <= MOST_FIGURES
