"""Live sessions: who is signed in where, ending them, and what looks like an account that is shared (R5.1b)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from mainstay.orgs.models import Person, SignIn

TOGETHER = timedelta(minutes=10)  # used within this of each other: at once, as far as one can tell
REMEMBERED = timedelta(days=90)  # how long an ended session stays listed in the database


@transaction.atomic
def begin(*, person: Person, session_key: str, device: str, network: str, at: datetime) -> SignIn:
    """Note that `person` has signed in. The same session signing in again goes on under its row."""
    known = SignIn.objects.filter(person=person, session_key=session_key, ended_at=None).first()
    if known is not None:
        see(sign_in_id=known.pk, session_key=session_key, device=device, network=network, at=at)
        return known
    return SignIn.objects.create(
        person=person, session_key=session_key, device=device[:80], network=network[:60], began_at=at, seen_at=at
    )  # fmt: skip


def see(*, sign_in_id: int, session_key: str, device: str, network: str, at: datetime) -> None:
    """Note that a session was used, under which key by now and from where. One write."""
    SignIn.objects.filter(pk=sign_in_id, ended_at=None).update(
        session_key=session_key, device=device[:80], network=network[:60], seen_at=at
    )


def live(people: Iterable[Person] | None = None, *, at: datetime) -> QuerySet[SignIn]:
    """Return the sessions that open a page at `at`, of `people` or of everybody, the one used last first."""
    opens = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=at)
    found = SignIn.objects.filter(Exists(opens), ended_at=None, person__is_active=True)
    if people is not None:
        found = found.filter(person__in=list(people))
    return found.select_related("person").order_by("-seen_at", "-pk")


@transaction.atomic
def end(sign_ins: QuerySet[SignIn], *, at: datetime, by: Person | None, reason: str = "") -> int:
    """End these sessions: the next request of each is a stranger's, its live stream goes within a minute.

    Returns how many there were; `reason` is kept where whoever used one is to be told. Safe to repeat. Whether `by` may
    do so is the caller's to ask.
    """
    rows = list(sign_ins.filter(ended_at=None).values_list("pk", "session_key"))
    Session.objects.filter(session_key__in=[key for _, key in rows]).delete()
    return SignIn.objects.filter(pk__in=[pk for pk, _ in rows]).update(
        ended_at=at, ended_by=by, reason=reason
    )


def end_all(person: Person, *, at: datetime, by: Person | None, but: int | None = None) -> int:
    """End every session of `person`, except the one of that number."""
    theirs = SignIn.objects.filter(person=person)
    return end(theirs if but is None else theirs.exclude(pk=but), at=at, by=by)


def forget_old(at: datetime) -> None:
    """Forget the sessions that ended, or were last used, long ago, and Django's expired rows with them."""
    SignIn.objects.filter(seen_at__lt=at - REMEMBERED).delete()
    Session.objects.filter(expire_date__lt=at).delete()


def signs_of_sharing(live: Sequence[SignIn]) -> list[str]:
    """Return in plain words what suggests that several people use one account. Facts; there may be good reasons.

    `live` are the live sessions of one person. Two that were used within ten minutes count as used at once.
    """
    said: dict[str, None] = {}
    for one, other in combinations(sorted(live, key=lambda it: (it.began_at, it.pk)), 2):
        if abs(one.seen_at - other.seen_at) > TOGETHER:
            continue
        if one.device != other.device:
            said[f"Two devices at once: {one.device} and {other.device}."] = None
        if one.network and other.network and one.network != other.network:
            said[f"Two networks at once: {one.network} and {other.network}."] = None
    return list(said)
